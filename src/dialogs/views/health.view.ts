import type {
  AccessFinding,
  Health,
  LeaseTrouble,
  Pile,
  PolicyFault,
  PolicyStanding,
  RunTrouble,
} from '../../services/index.js';
import type { ChatAway } from '../chat-watch.js';
import { zonedText } from './access-words.js';
import { buttonName } from './people.view.js';
import { intent } from './setup.view.js';
import type { Action, Element } from './view.js';
import { dateText } from './when.js';

export interface HealthShown {
  readonly health: Health;
  readonly chats: readonly ChatAway[];
  /** Whoever reads may change who has access. */
  readonly canManage: boolean;
}

interface Reading {
  readonly readerId: string;
  readonly now: Date;
}

/** Something that is wrong: what, since when, and what to do; with the button that does it, where there is one. */
interface Trouble {
  readonly text: string;
  readonly action?: Action;
}

const MOST_TROUBLES = 8;
const HEADING = 'Health';
/** A set-up makes the next certificate when the one in use is valid for no longer than this. */
const CERTIFICATE_DAYS = 60;
const LOOK_MINUTES = 15;

/** What is wrong, the gravest first, or one line that says that nothing is; and since when that is known. */
export function healthElements(shown: HealthShown, reading: Reading): Element[] {
  const troubles = troublesOf(shown, reading);
  const rest = troubleCount(shown, reading) - Math.min(troubles.length, MOST_TROUBLES);
  const texts = troubles.slice(0, MOST_TROUBLES).map(({ text }) => text);
  const items = [...texts, ...(rest > 0 ? [`and ${String(rest)} more`] : [])];
  return [
    { kind: 'list', heading: HEADING, items: items.length > 0 ? items : ['Nothing is wrong.'] },
    { kind: 'text', text: knownText(shown.health, reading.now), style: 'subtle' },
  ];
}

/** A button for each of them that something can be done about, and one for what both sides say of SSO. */
export function healthActions(shown: HealthShown, reading: Reading): Action[] {
  const troubles = troublesOf(shown, reading).slice(0, MOST_TROUBLES);
  const buttons = troubles.flatMap(({ action }) => (action ? [action] : []));
  const unlike = [...new Map(buttons.map((button) => [button.label, button])).values()];
  return [...unlike, intent('Show status', 'status')];
}

/** How many things are wrong, also those that are not shown. */
export function troubleCount(shown: HealthShown, reading: Reading): number {
  const { leases, runs } = shown.health;
  const cut = leases.total - leases.first.length + runs.total - runs.first.length;
  return troublesOf(shown, reading).length + cut;
}

function troublesOf({ health, chats, canManage }: HealthShown, { readerId, now }: Reading): Trouble[] {
  const { leases, runs, policy, directory } = health;
  const inZone = (date: Date): string => zonedText(date, zoneOf(policy));
  const fault = policyFault(policy);
  return [
    ...leases.first.map((trouble) => leaseTrouble(trouble, inZone)),
    ...directory.findings.map((finding) => ({
      text: findingText(finding, policy),
      ...findingAction(finding, { canManage, readerId }),
    })),
    ...(fault ? [{ text: `Access policy: ${fault.text}` }] : policyWarnings(policy)),
    ...chats.map(({ channel, since }) => ({
      text: `${channel === 'teams' ? 'Teams' : 'Slack'} takes no messages since ${inZone(since)}. What is missing there is brought as soon as it does.`,
    })),
    ...runs.first.map((trouble) => runTrouble(trouble, inZone)),
    ...pileTrouble(health.overdue, inZone, overdueText),
    ...pileTrouble(health.undelivered, inZone, undeliveredText),
    ...(health.cardsBehind > 0 ? [{ text: cardsText(health.cardsBehind) }] : []),
    ...certificateTrouble(health.certificateUntil, now),
    ...lookTrouble(health, { now, inZone }),
  ];
}

/**
 * The access policy as it cannot be used. `undefined` while the file is as it is used, or where there is none and nobody
 * misses it.
 */
export function policyFault(policy: PolicyStanding): { tone: 'warning' | 'problem'; text: string } | undefined {
  const { fault, rolesOffered } = policy;
  if (!fault || (fault.kind === 'missing' && !rolesOffered)) return undefined;
  const inForce = rolesOffered
    ? `The rules before stay in force and offer ${rolesOffered.join(', ')}.`
    : 'Nobody can ask for access until that is done.';
  return { tone: rolesOffered ? 'warning' : 'problem', text: sentences(faultText(fault, policy), inForce) };
}

function faultText({ kind, what, remedy }: PolicyFault, { file, findings }: PolicyStanding): string {
  if (kind === 'missing') return `There is none at ${file} any more.`;
  const first = kind === 'unusable' ? findings.find(({ severity }) => severity === 'error') : undefined;
  return sentences(first ? `${placeText(file, first)}: ${first.what}` : what, remedy);
}

/** What Entra says beside a lease, and what to do. */
export function findingText({ kind, lease }: AccessFinding, policy: PolicyStanding): string {
  const { person, roleName, endsAt } = lease;
  const who = `${person.name}, ${roleName}:`;
  switch (kind) {
    case 'gone':
      return `${who} somebody has taken the role in Entra, though the lease lasts until ${zonedText(endsAt, zoneOf(policy))}. If that was a mistake, give it back there; else have the access revoked.`;
    case 'still-there':
      return `${who} the role was taken in Entra at the end of the lease, and is there again. Latchkey takes it once more.`;
    case 'comes-back':
      return `${who} the role comes back in Entra each time that Latchkey takes it. Look there for what gives it, and remove that.`;
    case 'given-again':
      return `${who} somebody has given the role in Entra since the lease ended. Unassign them if they should not have it.`;
  }
}

function findingAction(
  { kind, lease: { person } }: AccessFinding,
  { canManage, readerId }: { canManage: boolean; readerId: string },
): { action?: Action } {
  const name = buttonName(person.name);
  const about = { kind: 'verb', reference: person.id, revision: 0 } as const;
  const isToTake = kind === 'given-again' || kind === 'comes-back';
  // Nobody takes their own.
  if (isToTake && canManage && person.id !== readerId)
    return { action: { ...about, label: `Unassign ${name} …`, verb: 'propose-unassign' } };
  return { action: { ...about, label: `Audit of ${name}`, verb: 'audit-of' } };
}

function leaseTrouble(
  { kind, lease: { person, roleName }, runId, since, problem }: LeaseTrouble,
  inZone: (date: Date) => string,
): Trouble {
  const text = {
    'not-given': `${person.name}, ${roleName}: giving the access failed at ${inZone(since)}.`,
    'not-taken': `${person.name}, ${roleName}: the access should have ended, and can still be used; its end is under way since ${inZone(since)}.`,
    'sessions-open': `${person.name}, ${roleName}: no new sign-ins; open sessions are being ended since ${inZone(since)}.`,
  }[kind];
  const remedy = kind === 'not-given' ? 'Open it and press Retry.' : 'Latchkey goes on trying.';
  const label = `Open the ${kind === 'not-given' ? 'giving to' : 'end of'} ${buttonName(person.name)}`;
  return { text: sentences(text, problem, remedy), action: openRun(label, runId) };
}

function runTrouble({ kind, runId, wanted, by, since, problem }: RunTrouble, inZone: (date: Date) => string): Trouble {
  const what = `The run of ${by}${wanted === undefined ? '' : ` to ${wanted}`}`;
  const text =
    kind === 'waits' ? `${what} is waiting since ${inZone(since)}.` : `${what} has stopped at ${inZone(since)}.`;
  const remedy = kind === 'waits' ? 'Latchkey goes on trying.' : 'Open it and press Retry.';
  return { text: sentences(text, problem, remedy), action: openRun(`Open the run of ${buttonName(by)}`, runId) };
}

function openRun(label: string, reference: string): Action {
  return { kind: 'verb', label, verb: 'health-run', reference, revision: 0 };
}

function policyWarnings({ file, findings }: PolicyStanding): Trouble[] {
  const [first, ...others] = findings.filter(({ severity }) => severity === 'warning');
  if (!first) return [];
  const more = others.length === 0 ? '' : ` and ${String(others.length)} more: run latchkey policy lint`;
  return [{ text: `Access policy, a warning${more}. ${placeText(file, first)}: ${first.what}` }];
}

function placeText(file: string, { line }: { line?: number }): string {
  return line === undefined ? file : `${file}, line ${String(line)}`;
}

function pileTrouble(
  { count, since }: Pile,
  inZone: (date: Date) => string,
  words: (count: number, since: string) => string,
): Trouble[] {
  return count > 0 && since ? [{ text: words(count, inZone(since)) }] : [];
}

function overdueText(count: number, since: string): string {
  return `${counted(count, 'request or lease is', 'requests or leases are')} due since ${since}, and nothing has been done. The log of Latchkey says why.`;
}

function undeliveredText(count: number, since: string): string {
  return `News of ${counted(count, 'change', 'changes')} in requests has not reached everybody since ${since}. It is tried again and again.`;
}

function cardsText(count: number): string {
  return `${counted(count, 'card shows', 'cards show')} less than has happened. They are tried again and again, for a day.`;
}

function certificateTrouble(until: Date | undefined, now: Date): Trouble[] {
  if (!until || until.getTime() - now.getTime() > CERTIFICATE_DAYS * 86_400_000) return [];
  const verb = until <= now ? 'ended' : 'ends';
  return [
    {
      text: `The certificate that Entra signs with ${verb} on ${dateText(until, now)}. Set up SSO once more: the plan makes the next one.`,
    },
  ];
}

function lookTrouble(
  { directory: { at }, startedAt }: Health,
  { now, inZone }: { now: Date; inZone: (date: Date) => string },
): Trouble[] {
  const since = at ?? startedAt;
  if (now.getTime() - since.getTime() <= LOOK_MINUTES * 60_000) return [];
  return [
    { text: `Entra could not be compared with the leases since ${inZone(since)}. The log of Latchkey says why.` },
  ];
}

function knownText({ policy: { rolesOffered }, directory: { at } }: Health, now: Date): string {
  const offers = rolesOffered
    ? `The access policy offers ${counted(rolesOffered.length, 'role', 'roles')}.`
    : 'No access policy is in force.';
  if (!at) return `${offers} Entra has not been compared with the leases since Latchkey was started.`;
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  const ago = minutes < 1 ? 'less than a minute' : counted(minutes, 'minute', 'minutes');
  return `${offers} Entra was compared with the leases ${ago} ago.`;
}

function zoneOf({ timeZone }: PolicyStanding): string {
  return timeZone ?? 'UTC';
}

function counted(count: number, one: string, many: string): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}

function sentences(...all: readonly (string | undefined)[]): string {
  return all.filter(Boolean).join(' ');
}
