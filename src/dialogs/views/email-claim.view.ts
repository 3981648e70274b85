import type {
  AddressWarning,
  EmailClaimCard,
  EmailClaimOutcome,
  EmailSource,
  RunRecord,
} from '../../services/index.js';
import { buttonName, nextFor } from './people.view.js';
import { dismiss } from './person-question.js';
import { doneSteps } from './run.view.js';
import type { Action, Element, View } from './view.js';

const SOURCES: Readonly<Record<EmailSource, string>> = {
  userprincipalname: 'the user principal name',
  mail: 'the mail address',
};

/** That the sign-in sends one address of two; for every card that gives the person access. */
export function addressElements(person: { name: string }, warning: AddressWarning | undefined): Element[] {
  if (!warning) return [];
  const { sends, sendsFrom, other } = warning;
  const text = `${person.name} has two addresses. The sign-in sends ${SOURCES[sendsFrom]}, ${sends}, so Genesys must know ${person.name} by that one, not by ${other}.`;
  return [{ kind: 'notice', tone: 'warning', text }];
}

/** The way to have the other address sent: it changes the sign-in of everybody, so it has a card of its own. */
export function emailClaimActions(person: { id: string }, warning: AddressWarning | undefined): Action[] {
  if (!warning) return [];
  const to: EmailSource = warning.sendsFrom === 'mail' ? 'userprincipalname' : 'mail';
  return [
    {
      ...{ kind: 'verb', label: `Send ${SOURCES[to]} instead …`, verb: 'propose-email-claim' },
      ...{ reference: `${person.id}:${to}`, revision: 0, ignoresInputs: true },
    },
  ];
}

/** What another source of the claim means for everybody, before it is changed. */
export function emailClaimView(card: EmailClaimCard, { reference }: { reference: string }): View {
  const { from, to, person } = card;
  const [before, after] = [SOURCES[from], SOURCES[to]];
  return {
    title: `Send ${after} as Email?`,
    tone: 'warning',
    elements: [
      {
        kind: 'changes',
        heading: 'Microsoft Entra ID, for everybody who signs in',
        rows: [{ field: 'Claim Email', before, after }],
      },
      ...effects(card),
      { kind: 'text', text: 'Other claims stay as they are. Nothing is changed before you confirm.', style: 'subtle' },
    ],
    actions: [
      { kind: 'verb', label: `Send ${after}`, verb: 'choose-email-claim', reference, revision: 0, style: 'danger' },
      dismiss(),
    ],
    fallback: `Sending ${after} of everybody instead of ${before} waits for a confirmation${person ? `, for ${person.name}` : ''}.`,
  };
}

/** Who is hit, as far as it can be counted: the members of groups are not. */
function effects({ from, to, affected }: EmailClaimCard): Element[] {
  const rest = 'People who come through groups are not counted here.';
  const without = to === 'mail' ? [notice('warning', 'Whoever has no mail address in Entra cannot sign in then.')] : [];
  return [notice(affected === 0 ? 'neutral' : 'warning', `${whoIsHit(from, affected)} ${rest}`), ...without];
}

/** @param affected who has two addresses; `undefined`: too many are assigned to compare them. */
function whoIsHit(from: EmailSource, affected: number | undefined): string {
  const known = `by ${SOURCES[from]}`;
  const until = 'cannot sign in until their Genesys user has the other one';
  switch (affected) {
    case undefined:
      return `More than 300 people are assigned, so they were not compared. Who has two addresses and is known to Genesys ${known} ${until}.`;
    case 0:
      return 'Nobody who is assigned directly has two addresses.';
    case 1:
      return `1 person who is assigned directly has two addresses. If Genesys knows them ${known}, they ${until}.`;
    default:
      return `${String(affected)} people who are assigned directly have two addresses. If Genesys knows them ${known}, they ${until}.`;
  }
}

function notice(tone: 'neutral' | 'warning', text: string): Element {
  return { kind: 'notice', tone, text };
}

/** The record of the change, and where it was wanted for. */
export function emailClaimDoneView(run: RunRecord, { to, isNew, person }: EmailClaimOutcome): View {
  const what = isNew
    ? `The sign-in now sends ${SOURCES[to]} of everybody as Email.`
    : `The sign-in sent ${SOURCES[to]} already; nothing was changed.`;
  return {
    title: isNew ? 'Claim changed' : 'Nothing to change',
    tone: 'good',
    elements: [
      { kind: 'text', text: what, style: 'strong' },
      ...(person
        ? [{ kind: 'text', text: `${buttonName(person.name)} can be provisioned with that address now.` } as const]
        : []),
      doneSteps(run),
    ],
    actions: person ? nextFor(person, ['provision', 'assign']) : [],
    fallback: what,
  };
}
