import type { Assignment } from '../entra/entra-access.js';
import type { AppRole, Claims, EntraPerson } from '../entra/entra.js';
import type { GenesysDivision, GenesysRole } from '../genesys/genesys.js';
import { judgeTarget } from '../operations/permissions.js';
import { problemFacts, sentencesOf } from '../platform/problem.js';
import { defaultRole, rolesOnOffer } from './assign-person.js';
import type { BulkFile, BulkWish } from './bulk-csv.js';
import { DISABLED, NOBODY, notOnOffer } from './bulk-notes.js';
import { WAS_ASSIGNED } from './bulk-row.js';
import type { BulkContent, BulkRow, RowDeed } from './bulk-store.js';
import { roleName } from './held-roles.js';
import { addressSent } from './address-warning.js';

/** Everything that the rows of a file are compared with, read once for all of them. */
export interface BulkTruth {
  /** Entra object id of whoever asks: nobody gives access to themselves. */
  readonly askerId: string;
  /** By user principal name, in lower case. */
  readonly people: ReadonlyMap<string, EntraPerson>;
  readonly appRoles: readonly AppRole[];
  /** Ids of the app roles that a person was given directly, by object id. */
  readonly assigned: ReadonlyMap<string, ReadonlySet<string>>;
  /** What the sign-in sends, so that Genesys finds the user. */
  readonly claims: Claims | undefined;
  readonly divisions: readonly GenesysDivision[];
  readonly genesysRoles: readonly GenesysRole[];
}

/** The role that a user of Genesys has at least. */
const EVERYBODYS_ROLE = 'employee';

export function wantsGenesys({ genesysDivision, genesysRoles }: BulkWish): boolean {
  return genesysDivision !== '' || genesysRoles.length > 0;
}

/** Ids of the app roles by the object id of whoever was given them. */
export function rolesByPerson(assignments: readonly Assignment[]): Map<string, Set<string>> {
  const roles = new Map<string, Set<string>>();
  for (const { principalId, appRoleId } of assignments) {
    roles.set(principalId, (roles.get(principalId) ?? new Set()).add(appRoleId));
  }
  return roles;
}

/** What each row of the file will do, in the order of the file. Has no effects. */
export function planBulk(file: BulkFile, truth: BulkTruth): BulkRow[] {
  const wrong = file.wrong.map((row): BulkRow => ({ ...row, state: 'wrong', deed: null, wasAssigned: false }));
  return [...wrong, ...file.wishes.map((wish) => planRow(wish, truth))].toSorted((one, other) => one.line - other.line);
}

function planRow(wish: BulkWish, truth: BulkTruth): BulkRow {
  const { line, upn } = wish;
  const deed = deedOf(wish, truth);
  if (typeof deed === 'string') return { line, upn, state: 'wrong', deed: null, note: deed, wasAssigned: false };
  const wasAssigned = truth.assigned.get(deed.personId)?.has(deed.appRoleId) ?? false;
  if (!wasAssigned) return { line, upn, state: 'to-assign', deed, note: '', wasAssigned };
  const note = isUsual(deed.appRoleId, truth) || wish.role !== '' ? WAS_ASSIGNED : holdsNote(deed.personId, truth);
  return { line, upn, state: deed.genesys ? 'to-provision' : 'there', deed, note, wasAssigned };
}

function holdsNote(personId: string, { assigned, appRoles }: BulkTruth): string {
  const names = [...(assigned.get(personId) ?? [])].map((id) => roleName(id, appRoles));
  return `Has the ${names.length === 1 ? 'role' : 'roles'} ${names.join(' and ')} already.`;
}

/** A text: what is wrong. */
function deedOf(wish: BulkWish, truth: BulkTruth): RowDeed | string {
  const person = truth.people.get(wish.upn.toLowerCase());
  if (!person) return NOBODY;
  const verdict = judgeTarget(truth.askerId, person.id);
  if (!verdict.isAllowed) return `${verdict.why} ${verdict.remedy}`;
  if (!person.isEnabled) return DISABLED;
  const role = roleOf(wish, person.id, truth);
  if (!role)
    return notOnOffer(
      'app role',
      wish.role,
      rolesOnOffer(truth.appRoles).map(({ displayName }) => displayName),
    );
  const genesys = wantsGenesys(wish) ? genesysDeedOf(wish, person, truth) : null;
  if (typeof genesys === 'string') return genesys;
  return { personId: person.id, personName: person.name, appRoleId: role.id, appRoleName: role.displayName, genesys };
}

/** Whoever has access already, with whatever role, gets no other one unless the row names it. */
function roleOf(
  { role }: BulkWish,
  personId: string,
  { assigned, appRoles }: BulkTruth,
): { id: string; displayName: string } | undefined {
  if (role !== '') return named(role, rolesOnOffer(appRoles), 'displayName');
  const [usual, held] = [defaultRole(appRoles), [...(assigned.get(personId) ?? [])]];
  const [first] = held;
  if (first === undefined || (usual && held.includes(usual.id))) return usual;
  return { id: first, displayName: roleName(first, appRoles) };
}

function isUsual(appRoleId: string, { appRoles }: BulkTruth): boolean {
  return defaultRole(appRoles)?.id === appRoleId;
}

function genesysDeedOf(
  wish: BulkWish,
  person: EntraPerson,
  truth: BulkTruth,
): NonNullable<RowDeed['genesys']> | string {
  const { divisions, genesysRoles } = truth;
  const division =
    wish.genesysDivision === ''
      ? divisions.find(({ isHome }) => isHome)
      : named(wish.genesysDivision, divisions, 'name');
  if (!division)
    return notOnOffer(
      'Genesys division',
      wish.genesysDivision,
      divisions.map(({ name }) => name),
    );
  const roles: GenesysRole[] = [];
  for (const name of wish.genesysRoles.length > 0 ? wish.genesysRoles : [EVERYBODYS_ROLE]) {
    const role = named(name, genesysRoles, 'name');
    if (!role)
      return notOnOffer(
        'Genesys role',
        name,
        genesysRoles.map((one) => one.name),
      );
    if (!roles.includes(role)) roles.push(role);
  }
  try {
    const email = addressSent(person, truth.claims);
    return {
      email,
      divisionId: division.id,
      divisionName: division.name,
      roles: roles.map(({ id, name }) => ({ id, name })),
    };
  } catch (error) {
    return sentencesOf(problemFacts(error));
  }
}

/** By its name, upper and lower case alike; a name that several have is nobody's. */
function named<Key extends string, T extends Readonly<Record<Key, string>>>(
  name: string,
  all: readonly T[],
  key: Key,
): T | undefined {
  const found = all.filter((one) => one[key].toLowerCase() === name.toLowerCase());
  return found.length === 1 ? found[0] : undefined;
}

/** What the plan found, in numbers. */
export function contentOf(
  { encoding, separator }: BulkFile,
  rows: readonly BulkRow[],
  { assigned, ...target }: Pick<BulkTruth, 'assigned'> & { servicePrincipalId: string; templateId: string },
): BulkContent {
  const count = (...states: readonly BulkRow['state'][]): number =>
    rows.filter(({ state }) => states.includes(state)).length;
  const deeds = rows.flatMap(({ deed, state }) => (deed && state !== 'there' ? [deed] : []));
  const toAssign = rows.flatMap(({ deed, state }) => (deed && state === 'to-assign' ? [deed] : []));
  return {
    ...{ encoding, separator, ...target },
    ...{ toAdd: count('to-assign', 'to-provision'), there: count('there'), wrong: count('wrong') },
    inGenesys: deeds.filter(({ genesys }) => genesys !== null).length,
    secondRoles: toAssign.filter(({ personId }) => assigned.has(personId)).length,
    appRoleIds: [...new Set(toAssign.map(({ appRoleId }) => appRoleId))],
  };
}
