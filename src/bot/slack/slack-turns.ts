import type { Account, ChatUser, Place, Said } from '../../dialogs/turn.js';
import { problemFacts, sentencesOf, type Log } from '../../services/index.js';
import type { PlaceStore } from '../places.js';
import { lineModal } from './block-kit.js';
import { homeOpened, type Delivery } from './delivery.js';
import { OpenDialog, TITLE, workingModal } from './dialogs.js';
import { Pace } from './pace.js';
import { Reply, TOO_MUCH, type ReplyParts } from './reply.js';
import { judgeDelivery, judgeSender, NOT_SERVED, type Sender, type SenderFault } from './senders.js';
import { SearchRows } from './search-rows.js';
import type { SlackConversations } from './slack-conversations.js';
import type { FileDoor } from './slack-file.js';
import { isForEverybody, isInOtherDirect, originOf, withoutMessage } from './origin.js';
import { isDirect, placeOf, roomOf } from './slack-places.js';
import { slackProblem } from './slack-problems.js';
import { NOT_LINKED, readSaid } from './slack-said.js';
import { WorkQueue } from './work-queue.js';
import type { OwnIdentity, Workspace } from './workspace.js';

/** What Slack gets at once; for a dialog that was sent, and for a list, it says what to show. */
export type Acknowledge = (body?: object) => Promise<void>;

export interface SlackTurnsOptions extends ReplyParts {
  readonly workspace: Workspace;
  readonly places: PlaceStore;
  readonly files: FileDoor;
  /** Where Slack has said which app it is. */
  readonly appId: string | undefined;
  /** Of one person. */
  readonly turnsPerMinute: number;
  readonly conversations: SlackConversations;
  readonly onRefused?: ((refusal: SenderFault) => void) | undefined;
  readonly log: Log;
}

const IN_MESSAGES = 'The answer comes in your direct messages with Latchkey.';
const INVITED =
  'Latchkey does not know yet who you are here. It has written to you in your direct messages: link your account there first.';
const FULL =
  'Latchkey has more to do than it can take just now, and nothing was done with this. Try again in a minute.';
/** Enough that nobody waits behind a few slow systems. */
const WORK = { atOnce: 32, waiting: 500 };
/** Words to those who are turned away, on their way at once. */
const MOST_TURNED_AWAY = 20;

/** One delivery that is worked on. */
interface Work {
  readonly delivery: Delivery;
  readonly reply: Reply;
  readonly own: OwnIdentity;
  readonly user: ChatUser;
  /** As Slack says it of the account, confirmed. */
  readonly email: string | undefined;
}

/** Which person of the tenant an account is, or counts as. */
type Identified = Pick<Account, 'personId' | 'name' | 'byEmail'>;

/** What happens with a delivery: acknowledged at once, then worked on. Nothing here rejects. */
export class SlackTurns {
  readonly #options: SlackTurnsOptions;
  readonly #pace: Pace;
  readonly #work = new WorkQueue(WORK);
  /** What is under way beside the work: rows of lists, and words to those who are turned away. */
  readonly #aside = new Set<Promise<unknown>>();
  readonly #rows: SearchRows;

  constructor(options: SlackTurnsOptions) {
    this.#options = options;
    this.#pace = new Pace(options.turnsPerMinute);
    this.#rows = new SearchRows(options);
  }

  /** Settles once the delivery is acknowledged; the work goes on. */
  async take(delivery: Delivery, acknowledge: Acknowledge): Promise<void> {
    const { workspace, appId } = this.#options;
    const { deed, userId } = delivery;
    const own = workspace.known;
    if (own && this.#refuses(judgeDelivery(delivery, own, appId))) {
      return acknowledge(deed.kind === 'form' ? lineInstead(NOT_SERVED) : undefined);
    }
    const isTooFast = this.#pace.isTooFast(userId);
    if (deed.kind === 'search') {
      const isTooMuch = isTooFast || this.#aside.size >= WORK.waiting;
      return acknowledge({ options: isTooMuch ? [] : await this.#track(this.#rows.inTime(delivery)) });
    }
    if (isTooFast || this.#work.isFull) return this.#turnAway(delivery, acknowledge, isTooFast ? TOO_MUCH : FULL);
    await acknowledge(this.#firstAnswer(delivery));
    // At once, as its trigger is good for three seconds.
    const dialog = this.#dialogFor(delivery);
    void this.#work.run(async () => this.#workOn(delivery, await dialog));
  }

  /** The app's own page of somebody, as if they opened it now. Throws a `Problem`. */
  async refreshHome(userId: string): Promise<void> {
    const own = await this.#own();
    const delivery = homeOpened(userId, own.teamId);
    await this.#judgeAndServe(delivery, new Reply(this.#options, delivery, undefined), own).catch(asProblem);
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    await this.#work.settle();
    while (this.#aside.size > 0) await Promise.allSettled([...this.#aside]);
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.#aside.delete(tracked));
    this.#aside.add(tracked);
    return tracked;
  }

  /** In words that cost next to nothing: dialogs and commands are told in what Slack gets anyway. */
  async #turnAway(delivery: Delivery, acknowledge: Acknowledge, words: string): Promise<void> {
    const { deed, userId, teamId } = delivery;
    if (deed.kind === 'form') return acknowledge(lineInstead(words));
    const isTold = this.#pace.mayAskToWait(userId);
    if (deed.kind === 'command') {
      return acknowledge(isTold ? { response_type: 'ephemeral', text: words } : undefined);
    }
    await acknowledge();
    if (!isTold || deed.kind === 'home' || this.#aside.size >= MOST_TURNED_AWAY) return;
    const told = new Reply(this.#options, delivery, undefined).say(words, originOf(delivery, teamId));
    void this.#track(told.catch((error: unknown) => this.#untold(error)));
  }

  #firstAnswer(delivery: Delivery): object | undefined {
    const { deed } = delivery;
    if (deed.kind === 'form') return { response_action: 'update', view: workingModal() };
    if (deed.kind !== 'command' || this.#opensDialog(delivery)) return undefined;
    // Whether direct messages are those with the bot is not known before Slack was asked.
    return isDirect(deed.channel) ? undefined : { response_type: 'ephemeral', text: IN_MESSAGES };
  }

  #opensDialog({ deed, triggerId }: Delivery): boolean {
    if (triggerId === undefined) return false;
    const { opensDialog } = this.#options.conversations;
    if (deed.kind === 'about') return true;
    if (deed.kind === 'command') return opensDialog({ kind: 'text', text: deed.text });
    if (deed.kind !== 'click') return false;
    // On the app's own page nothing would be seen to happen, as its answer stands elsewhere.
    return deed.surface.kind === 'page' || opensDialog({ kind: 'click', ...deed.button, inputs: deed.inputs });
  }

  async #workOn(delivery: Delivery, dialog: OpenDialog | undefined): Promise<void> {
    const reply = new Reply(this.#options, delivery, dialog);
    let origin: Place | undefined;
    try {
      const own = await this.#own();
      origin = originOf(delivery, own.teamId);
      await this.#judgeAndServe(delivery, reply, own);
    } catch (error) {
      this.#options.log.error({ error, deed: delivery.deed.kind }, 'A deed in Slack failed');
      await reply.say(sentencesOf(problemFacts(error)), origin).catch((later: unknown) => this.#untold(later));
    }
  }

  async #judgeAndServe(delivery: Delivery, reply: Reply, own: OwnIdentity): Promise<void> {
    if (this.#refuses(judgeDelivery(delivery, own, this.#options.appId))) return reply.close(NOT_SERVED);
    const sender = await this.#judge(delivery, own);
    if (sender.kind === 'refused') return this.#turnDown(delivery, reply, own, sender);
    const user: ChatUser = {
      ...{ channel: 'slack', team: own.teamId, teamName: own.teamName },
      channelUserId: delivery.userId,
      name: sender.name,
    };
    await this.#serve({ delivery, reply, own, user, email: sender.email });
  }

  /** A dialog is closed in words each time, the rest is told once a minute. */
  async #turnDown(
    delivery: Delivery,
    reply: Reply,
    own: OwnIdentity,
    { why, words }: Extract<Sender, { kind: 'refused' }>,
  ): Promise<void> {
    this.#refuses(why);
    if (words === undefined || !this.#pace.mayTurnDown(delivery.userId)) return reply.close(words ?? NOT_SERVED);
    await reply.say(words, originOf(delivery, own.teamId) ?? (await this.#directPlace(delivery.userId, own)));
  }

  async #serve(work: Work): Promise<void> {
    const { delivery, reply, own, user } = work;
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
    let outcome = 'posted';
    const answer = await conversations.handle(
      {
        account: { channel: 'slack', channelUserId: user.channelUserId, ...person },
        ...{ place, room: roomOf(place), deliveryId: delivery.id },
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
    if (this.#pace.isTooFastToMatch(user.channelUserId)) return undefined;
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
    await told.catch((error: unknown) => this.#untold(error));
  }

  /** What is said to an account that nobody is known to be is for that account alone. */
  async #serveUnlinked(work: Work): Promise<void> {
    const { delivery, reply, own, user } = work;
    const { deed, userId } = delivery;
    const origin = originOf(delivery, own.teamId);
    if (this.#pace.isTooFastUnlinked(userId)) {
      return this.#pace.mayAskToWait(userId) ? reply.say(TOO_MUCH, origin) : reply.close(TOO_MUCH);
    }
    const isElsewhere = origin?.kind !== 'personal';
    const place = isElsewhere ? await this.#directPlace(userId, own) : origin;
    if (isInOtherDirect(delivery, place)) await this.#sayWhere(work);
    await this.#remember(place, user, undefined);
    const isInvited = origin?.kind === 'channel' && deed.kind !== 'form';
    const answer = await this.#options.conversations.handleUnlinked({
      ...{ user, place, room: roomOf(place), deliveryId: delivery.id },
      // Whatever it was, it is answered by the invitation: so is a word in the direct messages.
      said: (isInvited ? undefined : await this.#said(delivery, own)) ?? { kind: 'text', text: '' },
    });
    if (isInvited && answer === undefined) return reply.say(INVITED, origin);
    await reply.deliver(answer, place);
  }

  async #dialogFor(delivery: Delivery): Promise<OpenDialog | undefined> {
    const { api, log } = this.#options;
    const { deed, triggerId } = delivery;
    if (deed.kind === 'form') return new OpenDialog(api, deed.viewId, log);
    return triggerId !== undefined && this.#opensDialog(delivery)
      ? OpenDialog.open({ api, log }, triggerId, workingModal())
      : undefined;
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

  #untold(error: unknown): void {
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

/** In the place of a dialog that was sent. */
function lineInstead(text: string): object {
  return { response_action: 'update', view: lineModal(TITLE, text) };
}

function asProblem(caught: unknown): never {
  throw slackProblem(caught);
}
