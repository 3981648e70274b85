import type {
  AccessListService,
  AccessService,
  AccountLinkService,
  Actor,
  AssignmentService,
  AuditService,
  BulkFiles,
  BulkService,
  Clock,
  EmailClaimService,
  FormStore,
  GroupAssignmentService,
  HealthService,
  Log,
  OffBoardService,
  PeopleService,
  ProblemFacts,
  ProvisioningService,
  Runs,
  SsoService,
  Started,
  StepUpService,
  TestUserService,
  UndoService,
} from '../../services/index.js';
import type { AccessNews } from '../access-news.js';
import type { Channel } from '../channel.js';
import type { ChatWatch } from '../chat-watch.js';
import type { Noticeboard } from '../noticeboard.js';
import type { Answer, Turn } from '../turn.js';
import type { View } from '../views/view.js';

/** Everything a conversation may use. Passed in from `main.ts`. */
export interface Parts {
  readonly sso: SsoService;
  readonly undo: UndoService;
  readonly people: PeopleService;
  readonly links: AccountLinkService;
  readonly testUsers: TestUserService;
  readonly assignments: AssignmentService;
  readonly groupAssignments: GroupAssignmentService;
  readonly accessList: AccessListService;
  readonly provisioning: ProvisioningService;
  readonly offBoarding: OffBoardService;
  readonly emailClaim: EmailClaimService;
  readonly access: AccessService;
  /** Votes, and what an approval needs beside the click. */
  readonly stepUp: Pick<StepUpService, 'vote'>;
  /** Ends access early: the person's own, or that of somebody else. */
  readonly leases: {
    giveBack(actor: Actor, leaseId: string): Promise<unknown>;
    revoke(actor: Actor, leaseId: string, reason: string): Promise<unknown>;
  };
  readonly accessNews: AccessNews;
  readonly bulk: BulkService;
  readonly files: BulkFiles;
  readonly health: HealthService;
  /** Chats that take nothing now. */
  readonly chats: Pick<ChatWatch, 'away'>;
  readonly runs: Runs;
  readonly audit: AuditService;
  readonly forms: FormStore;
  readonly noticeboard: Noticeboard;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Log;
}

export type Handled = Promise<Answer | undefined>;

/** What the buttons on a conversation's cards do, by verb. */
export type Verbs = Readonly<Record<string, (turn: Click) => Handled>>;

export type Click = Turn & { readonly said: Extract<Turn['said'], { kind: 'click' }> };

/** Who asks, as the services know people, and the card that follows what is started. */
export function actorOf(turn: Turn): Actor {
  const { place, said } = turn;
  const actor = deciderOf(turn);
  if (said.kind !== 'click' || said.messageId === undefined) return actor;
  const { channel, conversation, kind } = place;
  return { ...actor, card: { channel, conversation, kind, messageId: said.messageId } };
}

/** As `actorOf`, from a card that is no run's: a run that follows from it must not take the card over. */
export function deciderOf({ account }: Turn): Actor {
  const { personId, name, channel, channelUserId, byEmail } = account;
  const proof = byEmail ? { proof: 'email' as const } : {};
  // Teams says itself which person an account is.
  return { personId, name, channel, ...(channel === 'teams' ? {} : { channelUserId }), ...proof };
}

export function channelOf(parts: Pick<Parts, 'channels'>, turn: Pick<Turn, 'place'>): Channel {
  const channel = parts.channels.find(({ name }) => name === turn.place.channel);
  if (!channel) throw new Error(`There is no channel ${turn.place.channel}.`);
  return channel;
}

/** The same turn, answered below instead of on the card that was clicked. */
export function newCard(turn: Click): Click {
  const { kind, verb, reference, revision, inputs } = turn.said;
  return { ...turn, said: { kind, verb, reference, revision, inputs } };
}

/** A card about a person has a reference of its own and counts once; another card of the same person can act again. */
export function personCardOf(turn: Click): {
  personId: string;
  claim: { reference: string; verb: string; revision: number };
} {
  const { reference, verb, revision } = turn.said;
  return { personId: reference.split(':')[0] ?? '', claim: { reference, verb, revision } };
}

/** To a button whose verb, or whose reference, this release does not know. */
export function oldButton(): Answer {
  return {
    kind: 'refused',
    text: 'This button is from an older card and no longer acts. Say “help” for what you can do now.',
  };
}

/** What was chosen of several, by value. */
export function chosenOf(turn: Click, id: string): string[] {
  return (turn.said.inputs[id] ?? '').split(',').filter((value) => value !== '');
}

/** Shows a view where the turn came from: a click changes the card it was on, words get a new card. */
export async function show(
  parts: Pick<Parts, 'channels'>,
  turn: Pick<Turn, 'place' | 'said'>,
  view: View,
): Promise<Answer | undefined> {
  const channel = channelOf(parts, turn);
  if (turn.said.kind === 'click' && turn.said.messageId !== undefined) {
    await channel.replace(turn.place, turn.said.messageId, view);
    return { kind: 'view', view };
  }
  await channel.post(turn.place, view);
  return undefined;
}

/**
 * Lets the card that was clicked follow the run from here on. A second click does so too: after a crash between the
 * start and this, the card would otherwise show for ever what was about to be done.
 */
export async function followStarted(parts: Parts, turn: Click, started: Started): Promise<Answer> {
  if (started.kind === 'started') {
    await follow(parts, turn, started.runId);
    return { kind: 'message', text: 'Started. This card shows how far it is.', isOnCard: true };
  }
  if (started.runId !== undefined && turn.said.messageId !== undefined) await follow(parts, turn, started.runId);
  return { kind: 'message', text: `${started.by} has already started this.` };
}

/**
 * As `followStarted`, for what takes long enough to walk away from: whoever started it sees it in the personal chat of each
 * other channel, too. A chat where they have none is left out; one that is away gets it when the run has ended (`showEnd`).
 */
export async function followInEveryChat(parts: Parts, turn: Click, started: Started): Promise<Answer> {
  const answer = await followStarted(parts, turn, started);
  if (started.kind !== 'started') return answer;
  for (const { name } of parts.channels.filter((channel) => channel.name !== turn.place.channel)) {
    void parts.noticeboard
      .ensureWhispered(name, turn.account, `run:${started.runId}`)
      .catch((error: unknown) => parts.log.info({ channel: name, error }, 'A run is not shown in the other chat'));
  }
  return answer;
}

async function follow(parts: Parts, turn: Click, runId: string): Promise<void> {
  const reference = `run:${runId}`;
  if (turn.said.messageId === undefined) await parts.noticeboard.post(turn.place, reference);
  else await parts.noticeboard.adopt(turn.place, turn.said.messageId, reference);
}

/** A problem in one line, for where there is no room for a card. The request id is what support asks for. */
export function sentence({ what, why, remedy, requestId }: ProblemFacts): string {
  return [what, why, remedy, requestId && `(Request id ${requestId})`].filter(Boolean).join(' ');
}
