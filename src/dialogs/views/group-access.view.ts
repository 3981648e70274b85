import type { EntraPerson, FoundGroup, GroupAccess, GroupProposal } from '../../services/index.js';
import { roleNames } from './assignment.view.js';
import { buttonName } from './people.view.js';
import { nameAndDetail, personChoice } from './person-choice.js';
import { dismiss } from './person-question.js';
import type { Choice, Element, View } from './view.js';

/** What is to be done with the group that is looked for. */
export interface GroupQuestion {
  readonly title: string;
  readonly reference: string;
}

/** Asks for a group by words, again when those typed before found none. */
export function askGroupView(words: string, { title, reference }: GroupQuestion): View {
  const none = words === '' ? undefined : `Entra knows no group by “${words}”.`;
  return {
    title: none === undefined ? title : 'No group found',
    tone: 'neutral',
    elements: [
      ...(none === undefined ? [] : [{ kind: 'text', text: none } as const]),
      { kind: 'text', text: 'Type the beginning of the name, the mail address or the object ID.', style: 'subtle' },
      {
        ...{ kind: 'write', id: 'words', label: 'Group', placeholder: 'for example Genesys Agents' },
        ...{ maxLength: 120, required: 'Type the name of a group.' },
      },
    ],
    actions: [
      { kind: 'verb', label: 'Search', verb: 'search-group', reference, revision: 0, style: 'primary' },
      dismiss(),
    ],
    fallback: none ?? `${title} Say it by name, mail address or object ID.`,
  };
}

/** Groups that the words may mean. Names are not unique, so each says what tells it apart. */
export function chooseGroupView(words: string, groups: readonly FoundGroup[], { reference }: GroupQuestion): View {
  const question = { title: 'Which group?', label: 'Group', verb: 'choose-group', reference };
  return chooseView(words, groups.map(groupChoice), question);
}

/** People and groups of the same name, people first. */
export function choosePrincipalView(
  words: string,
  people: readonly EntraPerson[],
  groups: readonly FoundGroup[],
): View {
  const choices = [
    ...people.map((person) => personChoice(person, `person:${person.id}`)),
    ...groups.map((group) => ({ ...groupChoice(group), value: `group:${group.id}` })),
  ];
  const question = { title: 'Assign whom?', label: 'Who', verb: 'choose-principal', reference: 'assign' };
  return chooseView(words, choices, question);
}

function groupChoice({ id, name, detail }: FoundGroup): Choice {
  return nameAndDetail(name, detail, id);
}

function chooseView(
  words: string,
  choices: readonly Choice[],
  { title, label, verb, reference }: GroupQuestion & { label: string; verb: string },
): View {
  return {
    title,
    tone: 'neutral',
    elements: [
      { kind: 'text', text: `“${words}” may be one of these.` },
      { kind: 'choose', id: 'principal', label, choices, required: 'Choose one.' },
    ],
    actions: [{ kind: 'verb', label: 'Continue', verb, reference, revision: 0, style: 'primary' }, dismiss()],
    fallback: `“${words}” may be one of ${String(choices.length)}. Choose one.`,
  };
}

/** What assigning a group would do, before anybody confirms it. */
export function assignGroupView(proposal: GroupProposal, card: { reference: string }): View {
  const { group, roles, role, holds } = proposal;
  return {
    title: `Assign the group ${group.name} to Genesys Cloud`,
    tone: 'neutral',
    elements: [
      groupFacts(proposal),
      ...groupWarnings(proposal),
      ...(holds.length === 0
        ? []
        : [
            {
              kind: 'notice',
              tone: 'good',
              text: `${group.name} is already assigned with the role ${roleNames(holds)}. Assigning the same role again changes nothing${roles.length > 1 ? '; another one is added beside it' : ''}.`,
            } as const,
          ]),
      {
        kind: 'choose',
        id: 'role',
        label: 'Role in Entra',
        choices: roles.map(({ id, displayName }) => ({ title: displayName, value: id })),
        value: role.id,
        required: 'Choose the role.',
      },
    ],
    actions: [
      {
        ...{ kind: 'verb', label: `Assign ${buttonName(group.name)}`, verb: 'assign-group' },
        ...{ reference: card.reference, revision: 0 },
        ...(holds.length === 0 ? { style: 'primary' as const } : {}),
      },
      dismiss(),
    ],
    fallback: `Assign the group ${group.name} (${proposal.detail}) to Genesys Cloud?`,
  };
}

/** What unassigning a group would take away. */
export function unassignGroupView(access: GroupAccess, card: { reference: string }): View {
  const { group, holds, makeUp } = access;
  const isAssigned = holds.length > 0;
  return {
    title: `Take Genesys Cloud from the group ${group.name}`,
    tone: isAssigned ? 'warning' : 'neutral',
    elements: [
      groupFacts(access),
      {
        kind: 'text',
        text: isAssigned
          ? `${group.name} loses the role ${roleNames(holds)}. Directly in it: ${inItWords(makeUp)}. Who has no other way loses access.`
          : `${group.name} is not assigned, so there is nothing to take away.`,
      },
    ],
    actions: isAssigned
      ? [
          {
            ...{ kind: 'verb', label: `Unassign ${buttonName(group.name)}`, verb: 'unassign-group' },
            ...{ reference: card.reference, revision: 0, style: 'danger' },
          },
          dismiss(),
        ]
      : [],
    fallback: isAssigned
      ? `Take Genesys Cloud from the group ${group.name} (${access.detail})?`
      : `${group.name} is not assigned.`,
  };
}

function groupFacts({ detail, makeUp, holds }: GroupAccess): Element {
  return {
    kind: 'facts',
    facts: [
      { label: 'In Entra', value: detail },
      { label: 'Directly in it', value: inItWords(makeUp) },
      ...(holds.length === 0 ? [] : [{ label: 'Assigned with', value: roleNames(holds) }]),
    ],
  };
}

/** From so many people on it is said how many they are, as nobody goes through them one by one. */
const MANY_PEOPLE = 100;
const NESTED_NAMED = 3;

function groupWarnings({ group, makeUp }: GroupAccess): Element[] {
  const { people, nested, isMore = false } = makeUp;
  const rest = nested.length - NESTED_NAMED;
  const named = nested.slice(0, NESTED_NAMED).join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
  const texts = [
    people === 0 && !isMore ? `Nobody is directly in ${group.name}, so nobody gets access by this.` : '',
    nested.length === 1 ? `The group ${named} is in it. Entra does not look into it: its members get no access.` : '',
    nested.length > 1
      ? `${String(nested.length)} groups are in it: ${named}. Entra does not look into them: their members get no access.`
      : '',
    people >= MANY_PEOPLE || isMore ? `${inItWords(makeUp)} get access at once.` : '',
    group.isDynamic ? 'Its members follow a rule: whoever fits it later gets access too.' : '',
    group.isRoleAssignable ? `${group.name} can hold directory roles in Entra; its members may be administrators.` : '',
  ].filter(Boolean);
  return texts.map((text) => ({ kind: 'notice', tone: 'warning', text }));
}

const COUNT = new Intl.NumberFormat('en');

/** Of a group too large to be read through, at least how many. */
function inItWords({ people, isMore = false }: GroupAccess['makeUp']): string {
  return isMore ? `${COUNT.format(people)} people or more` : peopleWords(people);
}

export function peopleWords(count: number): string {
  return count === 1 ? '1 person' : `${COUNT.format(count)} people`;
}
