import type { Entra, EntraPerson } from '../entra/entra.js';
import { isSameUpn } from '../people/same-upn.js';
import type { ApprovalStage, NamedPeople } from './access-policy.js';
import type { AccessRequest, NamedPerson } from './access-request.js';

/**
 * Who somebody named in the policy is at this moment. Nothing is kept from one question to the next, so that whoever has
 * left, was renamed or has changed the team is no approver any more.
 */

export type Directory = Pick<
  Entra,
  'findPerson' | 'findPeopleByNames' | 'findManager' | 'findGroup' | 'findGroupsNamed' | 'listMembers' | 'listGroupsOf'
>;

/** Of a request whose approvers are looked for: nobody decides for themselves. */
export type Concerned = Pick<AccessRequest, 'asker' | 'person'>;

interface FoundApprovers {
  /** Members of the tenant who are enabled, and are neither asker nor the person it is for. Each once. */
  readonly people: readonly NamedPerson[];
  /** What of the stage leads to nobody, in sentences. */
  readonly faults: readonly string[];
}

/** Who can decide in that stage now. */
export async function findApprovers(
  entra: Directory,
  stage: ApprovalStage,
  concerned: Concerned,
): Promise<FoundApprovers> {
  const [named, grouped, managing] = await Promise.all([
    findNamed(entra, stage.people),
    findInGroups(entra, stage.groups),
    stage.manager ? findManagerOf(entra, concerned.person) : NOBODY,
  ]);
  const all = [...named.people, ...grouped.people, ...managing.people].filter(
    ({ id }) => id !== concerned.asker.id && id !== concerned.person.id,
  );
  const faults = [...named.faults, ...grouped.faults, ...managing.faults];
  return { people: [...new Map(all.map(({ id, name }) => [id, { id, name }])).values()], faults };
}

/**
 * The stages, of those that were asked, in which that person can decide now. `person` is `undefined` for somebody who is
 * not in the tenant; whether they may use Latchkey at all, the caller judges.
 */
export async function findStages(
  entra: Directory,
  { rules, stage: last, person: concerned }: Pick<AccessRequest, 'rules' | 'stage' | 'person'>,
  personId: string,
): Promise<{ person: EntraPerson | undefined; stages: readonly number[] }> {
  const person = await entra.findPerson(personId);
  if (!person) return { person, stages: [] };
  const asked = rules.role.approval.slice(0, last + 1);
  const [groupIds, manager] = await Promise.all([
    asked.some(({ groups }) => groups.length > 0) ? entra.listGroupsOf(person.id) : [],
    asked.some((stage) => stage.manager) ? entra.findManager(concerned.id) : undefined,
  ]);
  const isIn = await Promise.all(
    asked.map(
      async (stage) =>
        stage.people.some((name) => isSameUpn(name, person.userPrincipalName)) ||
        (stage.manager && manager?.id === person.id) ||
        isAnyOf(groupIds, await groupIdsOf(entra, stage.groups)),
    ),
  );
  return { person, stages: isIn.flatMap((is, at) => (is ? [at] : [])) };
}

/** Whether the rule names that person, by name or by a group that they are directly in. */
export async function isNamed(entra: Directory, who: NamedPeople, person: EntraPerson): Promise<boolean> {
  if (who.people.some((name) => isSameUpn(name, person.userPrincipalName))) return true;
  if (who.groups.length === 0) return false;
  const [own, named] = await Promise.all([entra.listGroupsOf(person.id), groupIdsOf(entra, who.groups)]);
  return isAnyOf(own, named);
}

const NOBODY: FoundApprovers = { people: [], faults: [] };

async function findNamed(entra: Directory, names: readonly string[]): Promise<FoundApprovers> {
  if (names.length === 0) return NOBODY;
  const found = [...(await entra.findPeopleByNames(names)).values()];
  const ofName = (name: string): EntraPerson | undefined =>
    found.find(({ userPrincipalName }) => isSameUpn(name, userPrincipalName));
  return {
    people: names.flatMap((name) => ofName(name) ?? []).filter(isFit),
    faults: names.flatMap((name) => {
      const person = ofName(name);
      if (!person) return [`Nobody is called ${name} in Entra.`];
      return isFit(person) ? [] : [`${person.name} is ${person.isGuest ? 'a guest' : 'disabled'} in Entra.`];
    }),
  };
}

async function findInGroups(entra: Directory, names: readonly string[]): Promise<FoundApprovers> {
  const found = await Promise.all(
    names.map(async (name) => {
      const group = await findGroupOf(entra, name);
      if ('fault' in group) return { people: [], faults: [group.fault] };
      const members = await entra.listMembers(group.id);
      const people = members.filter((member) => member.kind === 'person' && isFit(member));
      const hasNested = members.some(({ kind }) => kind === 'group');
      const nested = hasNested ? ' It contains groups, and their members do not count.' : '';
      return { people, faults: people.length > 0 ? [] : [`The group “${name}” has no members who count.${nested}`] };
    }),
  );
  return { people: found.flatMap(({ people }) => people), faults: found.flatMap(({ faults }) => faults) };
}

async function findManagerOf(entra: Directory, { id, name }: NamedPerson): Promise<FoundApprovers> {
  const manager = await entra.findManager(id);
  if (manager && isFit(manager)) return { people: [manager], faults: [] };
  return {
    people: [],
    faults: [manager ? `${manager.name} is not enabled in Entra.` : `${name} has no manager in Entra.`],
  };
}

async function groupIdsOf(entra: Directory, names: readonly string[]): Promise<readonly string[]> {
  const groups = await Promise.all(names.map((name) => findGroupOf(entra, name)));
  return groups.flatMap((group) => ('id' in group ? [group.id] : []));
}

const OBJECT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The group that the policy means. A name that several have means none of them, as anybody who may make groups could make
 * the second; and only a security group counts, as people let themselves into others.
 */
async function findGroupOf(entra: Directory, name: string): Promise<{ id: string } | { fault: string }> {
  const found = OBJECT_ID.test(name)
    ? [await entra.findGroup(name)].filter((group) => group !== undefined)
    : await entra.findGroupsNamed(name);
  const [group, ...others] = found;
  if (!group) return { fault: `There is no group “${name}” in Entra.` };
  if (others.length > 0)
    return { fault: `Several groups are called “${name}” in Entra; the policy has to name its object id.` };
  return group.isSecurityEnabled ? { id: group.id } : { fault: `The group “${name}” is no security group.` };
}

function isFit({ isEnabled, isGuest }: Pick<EntraPerson, 'isEnabled' | 'isGuest'>): boolean {
  return isEnabled && !isGuest;
}

function isAnyOf(ids: readonly string[], named: readonly string[]): boolean {
  const own = new Set(ids.map((id) => id.toLowerCase()));
  return named.some((id) => own.has(id.toLowerCase()));
}
