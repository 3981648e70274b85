import type { Answer, ChatUser, Place, Said, Turn, UnlinkedTurn } from '../../dialogs/turn.js';
import { problemFacts, sentencesOf, type Log } from '../../services/index.js';
import type { PlaceStore } from '../places.js';
import { RateLimiter } from '../rate-limiter.js';
import type { Delivery } from './delivery.js';
import { OpenDialog, workingModal } from './dialogs.js';
import { Reply, type ReplyParts } from './reply.js';
import { judgeDelivery, judgeSender, type SenderFault } from './senders.js';
import { SearchRows } from './search-rows.js';
import { readSentFile, type FileDoor } from './slack-file.js';
import { addressOf, conversationOf, placeOf } from './slack-places.js';
import { slackProblem } from './slack-problems.js';
import { withoutMention } from './typed-text.js';
import type { OwnIdentity, Workspace } from './workspace.js';

/** What Slack gets at once; for a dialog that was sent, and for a list, it says what to show. */
export type Acknowledge = (body?: object) => Promise<void>;

/** What the rest of Latchkey does with what people do in Slack. */
export interface SlackConversations {
  handle(turn: Turn): Promise<Answer | undefined>;
  handleUnlinked(turn: UnlinkedTurn): Promise<Answer | undefined>;
  /** Whether the answer may be a form: then a dialog opens at once, while its trigger is good. */
  opensDialog(said: Said): boolean;
  /** Which person of the tenant the account was proven to be. */
  identify(user: ChatUser): Promise<{ personId: string; name: string } | undefined>;
}

export interface SlackTurnsOptions extends ReplyParts {
  readonly workspace: Workspace;
  readonly places: PlaceStore;
  readonly files: FileDoor;
  /** Where Slack has said which app it is. */
  readonly appId: string | undefined;
  readonly conversations: SlackConversations;
  readonly onRefused?: ((refusal: SenderFault) => void) | undefined;
  readonly log: Log;
}

const IN_MESSAGES = 'The answer comes in your direct messages with Latchkey.';
/** Of an account that nobody is known to be. */
const UNLINKED_LIMIT = { burst: 20, perSecond: 1 / 3 };

/** What happens with a delivery: acknowledged at once, then worked on. Nothing here rejects. */
export class SlackTurns {
  readonly #options: SlackTurnsOptions;
  readonly #running = new Set<Promise<unknown>>();
  readonly #unlinked = new RateLimiter(UNLINKED_LIMIT);
  readonly #rows: SearchRows;

  constructor(options: SlackTurnsOptions) {
    this.#options = options;
    this.#rows = new SearchRows(options);
  }

  /** Settles once the delivery is acknowledged; the work goes on. */
  async take(delivery: Delivery, acknowledge: Acknowledge): Promise<void> {
    if (delivery.deed.kind === 'search') {
      await acknowledge({ options: await this.#track(this.#rows.inTime(delivery)) });
      return;
    }
    await acknowledge(this.#firstAnswer(delivery));
    void this.#track(this.#work(delivery));
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled([...this.#running]);
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
    return tracked;
  }

  #firstAnswer(delivery: Delivery): object | undefined {
    const { deed, userId } = delivery;
    if (deed.kind === 'form') return { response_action: 'update', view: workingModal() };
    if (deed.kind !== 'command' || this.#opensDialog(delivery)) return undefined;
    const isAtHome = deed.channel === this.#options.workspace.knownDirect(userId);
    return isAtHome ? undefined : { response_type: 'ephemeral', text: IN_MESSAGES };
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

  async #work(delivery: Delivery): Promise<void> {
    const { log } = this.#options;
    const reply = new Reply(this.#options, delivery, await this.#dialogFor(delivery));
    let place: Place | undefined;
    try {
      const own = await this.#own();
      if (this.#refuses(judgeDelivery(delivery, own, this.#options.appId))) return;
      const sender = await this.#judge(delivery, own);
      if (sender.kind === 'refused') {
        this.#refuses(sender.why);
        if (sender.words !== undefined) await reply.say(sender.words, await this.#placeOf(delivery, own));
        return;
      }
      place = await this.#placeOf(delivery, own);
      const user: ChatUser = {
        ...{ channel: 'slack', team: own.teamId, teamName: own.teamName },
        channelUserId: delivery.userId,
        name: sender.name,
      };
      await this.#serve({ delivery, reply, own, user, place });
    } catch (error) {
      log.error({ error, deed: delivery.deed.kind }, 'A deed in Slack failed');
      await reply.say(sentencesOf(problemFacts(error)), place).catch((later: unknown) => {
        log.warn({ error: later }, 'A failure could not be told in Slack');
      });
    }
  }

  async #serve(one: {
    delivery: Delivery;
    reply: Reply;
    own: OwnIdentity;
    user: ChatUser;
    place: Place;
  }): Promise<void> {
    const { delivery, reply, own, user, place } = one;
    const { conversations } = this.#options;
    const person = await conversations.identify(user);
    if (!person) return this.#serveUnlinked(one);
    await this.#remember(place, person.personId);
    const { deed } = delivery;
    if (deed.kind === 'click' && deed.missing !== undefined) return reply.say(deed.missing, place);
    const answer = await conversations.handle({
      account: { channel: 'slack', channelUserId: user.channelUserId, ...person },
      ...{ place, room: roomOf(place), deliveryId: delivery.id },
      said: await this.#said(delivery, own),
    });
    await reply.deliver(answer, place);
  }

  /** What is said to an account that nobody is known to be is for that account alone. */
  async #serveUnlinked(one: {
    delivery: Delivery;
    reply: Reply;
    own: OwnIdentity;
    user: ChatUser;
    place: Place;
  }): Promise<void> {
    const { delivery, reply, own, user } = one;
    if (this.#unlinked.take(user.channelUserId) > 0) {
      return reply.say('That was a lot at once. Wait a moment, then go on.', one.place);
    }
    const isOpen = one.place.kind === 'channel';
    const place = isOpen ? await this.#directPlace(user.channelUserId, own) : one.place;
    await this.#remember(place, undefined);
    const said = await this.#said(delivery, own);
    const answer = await this.#options.conversations.handleUnlinked({
      ...{ user, place, room: roomOf(place), deliveryId: delivery.id },
      said: isOpen && said.kind === 'click' ? withoutMessage(said) : said,
    });
    if (isOpen && answer?.kind !== 'form') await reply.say(IN_MESSAGES, one.place);
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

  async #said(delivery: Delivery, own: OwnIdentity): Promise<Said> {
    const { deed } = delivery;
    switch (deed.kind) {
      case 'command':
        return { kind: 'text', text: deed.text };
      case 'mention':
        return { kind: 'text', text: withoutMention(deed.text, own.botUserId) };
      case 'message':
        return readSentFile(deed.files, this.#options.files) ?? { kind: 'text', text: deed.text };
      case 'click': {
        const messageId = deed.surface.kind === 'message' ? { messageId: deed.surface.ts } : {};
        const { verb, reference, revision } = deed.button;
        return { kind: 'click', verb, reference, revision, inputs: deed.inputs, ...messageId };
      }
      case 'form':
        return { kind: 'form', form: deed.form, inputs: deed.inputs };
      case 'search':
        return { kind: 'search', dataset: deed.dataset, words: deed.words };
      case 'home':
        return { kind: 'home' };
      case 'about':
        return { kind: 'about', personId: await this.#personBehind(deed.author, own) };
    }
  }

  async #personBehind(author: string | undefined, { teamId }: OwnIdentity): Promise<string | undefined> {
    if (author === undefined) return undefined;
    const user: ChatUser = { channel: 'slack', team: teamId, channelUserId: author, name: '' };
    return (await this.#options.conversations.identify(user))?.personId;
  }

  async #placeOf({ deed, userId }: Delivery, own: OwnIdentity): Promise<Place> {
    const team = own.teamId;
    switch (deed.kind) {
      case 'message':
      case 'mention':
        return placeOf({ team, channel: deed.channel, thread: deed.thread });
      case 'click':
        return deed.surface.kind === 'message' ? placeOf({ team, ...deed.surface }) : this.#directPlace(userId, own);
      case 'form':
        return placeOf({ ...addressOf(deed.conversation), team });
      default:
        return this.#directPlace(userId, own);
    }
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

  /** So that news find their way; answers do without when the store is away. */
  async #remember({ conversation, kind }: Place, personId: string | undefined): Promise<void> {
    const isRoot = addressOf(conversation).thread === undefined;
    const person = personId !== undefined && kind === 'personal' && isRoot ? { person: personId } : {};
    await this.#options.places.save({ conversation, kind, reference: {}, ...person }).catch((error: unknown) => {
      this.#options.log.warn({ error }, 'The address of a conversation could not be stored');
    });
  }
}

function asProblem(caught: unknown): never {
  throw slackProblem(caught);
}

/** The conversation without its thread. */
function roomOf({ conversation }: Place): string {
  const { team, channel } = addressOf(conversation);
  return conversationOf({ team, channel });
}

/** The card stands where others see it: it stays as it is. */
function withoutMessage({ kind, verb, reference, revision, inputs }: Extract<Said, { kind: 'click' }>): Said {
  return { kind, verb, reference, revision, inputs };
}
