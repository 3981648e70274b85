import type { AppRole, Claims, EntraPerson } from '../entra/entra.js';
import type { GenesysDivision, GenesysRole } from '../genesys/genesys.js';
import { judgeTarget } from '../operations/permissions.js';
import { problemFacts } from '../platform/problem.js';
import { defaultRole, rolesOnOffer } from './assign-person.js';
import type { BulkFile, BulkWish } from './bulk-csv.js';
import type { BulkContent, BulkRow, RowDeed } from './bulk-store.js';
import { addressSent } from './provisioning-refusals.js';

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

/** What each row of the file will do, in the order of the file. Has no effects. */
export function planBulk(file: BulkFile, truth: BulkTruth): BulkRow[] {
  const wrong = file.wrong.map((row): BulkRow => ({ ...row, state: 'wrong', deed: null }));
  return [...wrong, ...file.wishes.map((wish) => planRow(wish, truth))].toSorted((one, other) => one.line - other.line);
}

function planRow(wish: BulkWish, truth: BulkTruth): BulkRow {
  const { line, upn } = wish;
  const deed = deedOf(wish, truth);
  if (typeof deed === 'string') return { line, upn, state: 'wrong', deed: null, note: deed };
  if (!truth.assigned.get(deed.personId)?.has(deed.appRoleId)) {
    return { line, upn, state: 'to-assign', deed, note: '' };
  }
  const note = WAS_ASSIGNED;
  return { line, upn, state: deed.genesys ? 'to-provision' : 'there', deed, note };
}

export const WAS_ASSIGNED = 'Was assigned in Entra already.';

/** A text: what is wrong. */
function deedOf(wish: BulkWish, truth: BulkTruth): RowDeed | string {
  const person = truth.people.get(wish.upn.toLowerCase());
  if (!person) return 'Nobody in Entra has this user principal name.';
  const verdict = judgeTarget(truth.askerId, person.id);
  if (!verdict.isAllowed) return verdict.why;
  if (!person.isEnabled) return 'The account is disabled in Entra and could not sign in.';
  const role =
    wish.role === '' ? defaultRole(truth.appRoles) : named(wish.role, rolesOnOffer(truth.appRoles), 'displayName');
  if (!role)
    return notOnOffer(
      'role',
      wish.role,
      rolesOnOffer(truth.appRoles).map(({ displayName }) => displayName),
    );
  const genesys = wantsGenesys(wish) ? genesysDeedOf(wish, person, truth) : null;
  if (typeof genesys === 'string') return genesys;
  return { personId: person.id, personName: person.name, appRoleId: role.id, appRoleName: role.displayName, genesys };
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
    return problemFacts(error).what;
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

const MOST_NAMED = 8;

function notOnOffer(what: string, name: string, offered: readonly string[]): string {
  const [shown, more] = [offered.slice(0, MOST_NAMED).join(', '), offered.length > MOST_NAMED ? ', …' : ''];
  return `There is no ${what} “${name}”, or more than one. There is: ${shown}${more}.`;
}

/** What the plan found, in numbers. */
export function contentOf(
  { encoding, separator }: BulkFile,
  rows: readonly BulkRow[],
  target: { servicePrincipalId: string; templateId: string },
): BulkContent {
  const count = (...states: readonly BulkRow['state'][]): number =>
    rows.filter(({ state }) => states.includes(state)).length;
  const deeds = rows.flatMap(({ deed, state }) => (deed && state !== 'there' ? [deed] : []));
  return {
    ...{ encoding, separator, ...target },
    ...{ toAdd: count('to-assign', 'to-provision'), there: count('there'), wrong: count('wrong') },
    inGenesys: deeds.filter(({ genesys }) => genesys !== null).length,
    appRoleIds: [...new Set(deeds.map(({ appRoleId }) => appRoleId))],
  };
}
