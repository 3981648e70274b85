import type { Account, ChatUser, Place, Said } from '../../dialogs/turn.js';
import { problemFacts, sentencesOf, type Log, type ProblemFacts } from '../../services/index.js';
import type { PlaceStore } from '../places.js';
import { homeOpened, type Delivery, type Task } from './delivery.js';
import type { OpenDialog } from './dialogs.js';
import type { Pace } from './pace.js';
import { Reply, TOO_MUCH, type ReplyParts } from './reply.js';
import { judgeDelivery, judgeSender, NOT_SERVED, type Sender, type SenderFault } from './senders.js';
import type { SlackConversations } from './slack-conversations.js';
import type { FileDoor } from './slack-file.js';
import { isForEverybody, isInOtherDirect, originOf, withoutMessage } from './origin.js';
import { placeOf, roomOf } from './slack-places.js';
import { slackProblem } from './slack-problems.js';
import { NOT_LINKED, readSaid } from './slack-said.js';
import type { OwnIdentity, Workspace } from './workspace.js';

export interface SlackTurnsOptions extends ReplyParts {
  readonly workspace: Workspace;
  readonly places: PlaceStore;
  readonly files: FileDoor;
  /** Where Slack has said which app it is. */
  readonly appId: string | undefined;
  readonly pace: Pace;
  readonly conversations: SlackConversations;
  readonly onRefused?: ((refusal: SenderFault) => void) | undefined;
  readonly log: Log;
}

export const IN_MESSAGES = 'The answer comes in your direct messages with Latchkey.';
const PUT_OFF =
  'Slack does not answer Latchkey just now. What you did is kept, and the answer comes in your direct messages.';
const INVITED =
  'Latchkey does not know yet who you are here. It has written to you in your direct messages: link your account there first.';

/** One delivery that is worked on. */
interface Work {
  readonly task: Task;
  readonly delivery: Delivery;
  readonly reply: Reply;
  readonly own: OwnIdentity;
  readonly user: ChatUser;
  /** As Slack says it of the account, confirmed. */
  readonly email: string | undefined;
}

/** Which person of the tenant an account is, or counts as. */
type Identified = Pick<Account, 'personId' | 'name' | 'byEmail'>;

/** The work on what people do: who they are, what comes of it, and where they see that. */
export class SlackTurns {
  readonly #options: SlackTurnsOptions;
  /** Whose conversation was asked: what it did must not be done as if it were new. */
  readonly #asked = new WeakSet<Task>();

  constructor(options: SlackTurnsOptions) {
    this.#options = options;
  }

  /**
   * Ends in an answer, or in words of why there is none. Never rejects.
   * @returns `false`: Slack was away before anything was done, and the same may be worked on later.
   */
  async workOn(task: Task, dialog: OpenDialog | undefined): Promise<boolean> {
    const { delivery } = task;
    const reply = new Reply(this.#options, task, dialog);
    try {
      await this.#judgeAndServe(task, reply, await this.#own());
      return true;
    } catch (error) {
      this.#options.log.error({ error, deed: delivery.deed.kind }, 'A deed in Slack failed');
      const facts = problemFacts(error);
      if (task.isNoted && !this.#asked.has(task) && isSlackAway(facts)) {
        await reply.close(PUT_OFF);
        return false;
      }
      return (await this.#tellFailure(task, reply, facts)) || this.#asked.has(task);
    }
  }

  /** @returns whether it was said. Never rejects. */
  async #tellFailure(task: Task, reply: Reply, facts: ProblemFacts): Promise<boolean> {
    const { workspace } = this.#options;
    const { delivery } = task;
    try {
      const own = workspace.known;
      const origin = own && originOf(delivery, own.teamId);
      // The address that came with it is not kept.
      const place = origin ?? (own && task.isTakenUp ? await this.#directPlace(delivery.userId, own) : undefined);
      await reply.say(sentencesOf(facts), place);
      return reply.hasSaid;
    } catch (error) {
      this.untold(error);
      return false;
    }
  }

  /** Whether it is for somebody else, as far as that is known by now. */
  isForeign(delivery: Delivery): boolean {
    const { workspace, appId } = this.#options;
    return workspace.known !== undefined && this.#refuses(judgeDelivery(delivery, workspace.known, appId));
  }

  /** The app's own page of somebody, as if they opened it now. Throws a `Problem`. */
  async refreshHome(userId: string): Promise<void> {
    const own = await this.#own();
    const delivery = homeOpened(userId, own.teamId);
    const task = { delivery };
    await this.#judgeAndServe(task, new Reply(this.#options, task, undefined), own).catch(asProblem);
  }

  async #judgeAndServe(task: Task, reply: Reply, own: OwnIdentity): Promise<void> {
    const { delivery, instead } = task;
    if (this.#refuses(judgeDelivery(delivery, own, this.#options.appId))) return reply.close(NOT_SERVED);
    const sender = await this.#judge(delivery, own);
    if (sender.kind === 'refused') return this.#turnDown(delivery, reply, own, sender);
    const user: ChatUser = {
      ...{ channel: 'slack', team: own.teamId, teamName: own.teamName },
      channelUserId: delivery.userId,
      name: sender.name,
    };
    if (instead !== undefined) return this.#tellInstead(task, reply, own, instead);
    await this.#serve({ task, delivery, reply, own, user, email: sender.email });
  }

  /** In the direct messages: whoever did it is no longer looking where they did it. */
  async #tellInstead({ delivery }: Task, reply: Reply, own: OwnIdentity, words: string): Promise<void> {
    await reply.close(words);
    await this.#options.channel.say(await this.#directPlace(delivery.userId, own), words);
  }

  /** A dialog is closed in words each time, the rest is told once a minute. */
  async #turnDown(
    delivery: Delivery,
    reply: Reply,
    own: OwnIdentity,
    { why, words }: Extract<Sender, { kind: 'refused' }>,
  ): Promise<void> {
    this.#refuses(why);
    if (words === undefined || !this.#options.pace.mayTurnDown(delivery.userId))
      return reply.close(words ?? NOT_SERVED);
    await reply.say(words, originOf(delivery, own.teamId) ?? (await this.#directPlace(delivery.userId, own)));
  }

  async #serve(work: Work): Promise<void> {
    const { task, delivery, reply, own, user } = work;
    const { conversations } = this.#options;
    const { deed } = delivery;
    const person = await this.#personOf(work);
    if (!person) return this.#serveUnlinked(work);
    const isProven = person.byEmail === undefined;
    const place = isProven ? await this.#placeOf(delivery, own) : await this.#directPlace(user.channelUserId, own);
    const isElsewhere = place.kind === 'personal' && originOf(delivery, own.teamId)?.kind === 'channel';
    if (isInOtherDirect(delivery, place)) await this.#sayWhere(work);
    // News and secrets of the person go to accounts that were proven to be theirs.
    await this.#remember(place, user, isProven ? person.personId : undefined);
    if (deed.kind === 'click' && deed.missing !== undefined) return reply.say(deed.missing, place);
    const said = await this.#said(delivery, own);
    if (said === undefined) return reply.say(NOT_LINKED, place);
    if (isElsewhere) await this.#sayWhere(work);
    this.#asked.add(task);
    let outcome = 'posted';
    const answer = await conversations.handle(
      {
        account: { channel: 'slack', channelUserId: user.channelUserId, ...person },
        ...{ place, room: roomOf(place), deliveryId: delivery.id, ...notedOf(task) },
        said: isElsewhere ? withoutMessage(said) : said,
      },
      (became) => (outcome = became),
    );
    await reply.deliver(answer, place, outcome);
  }

  /** A link counts for everything; without one, its e-mail may for asking for access. */
  async #personOf({ user, email }: Work): Promise<Identified | undefined> {
    const { conversations } = this.#options;
    const proven = await conversations.identify(user);
    if (proven || email === undefined || !conversations.requesterBy) return proven;
    if (this.#options.pace.isTooFastToMatch(user.channelUserId)) return undefined;
    const requester = await conversations.requesterBy(user, email);
    return requester && { ...requester, byEmail: user };
  }

  /** Where something was asked whose answer others must not read. Whether that is seen does not matter to the answer. */
  async #sayWhere({ delivery, reply, own }: Work): Promise<void> {
    const origin = originOf(delivery, own.teamId);
    const told =
      delivery.deed.kind === 'mention' && origin
        ? this.#options.channel.say(origin, IN_MESSAGES)
        : reply.sayOutside(IN_MESSAGES, origin);
    await told.catch((error: unknown) => this.untold(error));
  }

  /** What is said to an account that nobody is known to be is for that account alone. */
  async #serveUnlinked(work: Work): Promise<void> {
    const { task, delivery, reply, own, user } = work;
    const { deed, userId } = delivery;
    const origin = originOf(delivery, own.teamId);
    if (this.#options.pace.isTooFastUnlinked(userId)) {
      return this.#options.pace.mayAskToWait(userId) ? reply.say(TOO_MUCH, origin) : reply.close(TOO_MUCH);
    }
    const isElsewhere = origin?.kind !== 'personal';
    const place = isElsewhere ? await this.#directPlace(userId, own) : origin;
    if (isInOtherDirect(delivery, place)) await this.#sayWhere(work);
    await this.#remember(place, user, undefined);
    this.#asked.add(task);
    const isInvited = origin?.kind === 'channel' && deed.kind !== 'form';
    const answer = await this.#options.conversations.handleUnlinked({
      ...{ user, place, room: roomOf(place), deliveryId: delivery.id, ...notedOf(task) },
      // Whatever it was, it is answered by the invitation: so is a word in the direct messages.
      said: (isInvited ? undefined : await this.#said(delivery, own)) ?? { kind: 'text', text: '' },
    });
    if (isInvited && answer === undefined) return reply.say(INVITED, origin);
    await reply.deliver(answer, place);
  }

  #said(delivery: Delivery, { teamId: team, botUserId }: OwnIdentity): Promise<Said | undefined> {
    const { conversations, files } = this.#options;
    const personBehind = async (channelUserId: string): Promise<string | undefined> =>
      (await conversations.identify({ channel: 'slack', team, channelUserId, name: '' }))?.personId;
    return readSaid(delivery, { files, botUserId, personBehind });
  }

  /** Where the answer goes: not where people read it whom it does not concern, guests and other companies among them. */
  async #placeOf(delivery: Delivery, own: OwnIdentity): Promise<Place> {
    const origin = originOf(delivery, own.teamId);
    const isFitting = origin && (origin.kind === 'personal' || isForEverybody(delivery));
    return isFitting ? origin : this.#directPlace(delivery.userId, own);
  }

  async #directPlace(userId: string, own: OwnIdentity): Promise<Place> {
    const channel = await this.#options.workspace.direct(userId).catch(asProblem);
    return placeOf({ team: own.teamId, channel });
  }

  #own(): Promise<OwnIdentity> {
    return this.#options.workspace.me().catch(asProblem);
  }

  #judge(delivery: Delivery, own: OwnIdentity): ReturnType<typeof judgeSender> {
    return judgeSender(delivery, own, this.#options.workspace).catch(asProblem);
  }

  #refuses(fault: SenderFault | undefined): boolean {
    if (fault === undefined) return false;
    this.#options.log.warn({ refusal: fault }, 'A deed in Slack was refused');
    this.#options.onRefused?.(fault);
    return true;
  }

  untold(error: unknown): void {
    this.#options.log.warn({ error }, 'A line could not be told in Slack');
  }

  /** So that news find their way; answers do without when the store is away. A room, as its threads are without number. */
  async #remember(place: Place, { channelUserId }: ChatUser, personId: string | undefined): Promise<void> {
    const { kind } = place;
    const whose = { account: channelUserId, ...(personId === undefined ? {} : { person: personId }) };
    const room = { conversation: roomOf(place), kind, reference: {}, ...(kind === 'personal' ? whose : {}) };
    await this.#options.places.save(room).catch((error: unknown) => {
      this.#options.log.warn({ error }, 'The address of a conversation could not be stored');
    });
  }
}

function notedOf({ isNoted }: Task): { isNoted?: true } {
  return isNoted ? { isNoted } : {};
}

/** Of what passes by itself. */
function isSlackAway(facts: ProblemFacts): boolean {
  if (facts.kind !== 'remote' || facts.system !== 'slack') return false;
  return facts.answer === 'unavailable' || facts.answer === 'timeout' || facts.answer === 'throttled';
}

function asProblem(caught: unknown): never {
  throw slackProblem(caught);
}
