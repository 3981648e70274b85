import {
  isForGood,
  within,
  type AccessService,
  type Log,
  type NamedPerson,
  type RequestCard,
} from '../services/index.js';
import { isWorthACard, isWorthAll, tidings, type Tidings } from './access-tidings.js';
import type { Channel } from './channel.js';
import type { Noticeboard } from './noticeboard.js';
import type { ChatUser, Place } from './turn.js';
import { accessPhase } from './views/access-phase.js';

export interface AccessNewsParts {
  readonly access: AccessService;
  readonly noticeboard: Noticeboard;
  readonly channels: readonly Channel[];
  /** Channels of the administrators. */
  readonly adminPlaces: readonly Omit<Place, 'kind'>[];
  /** Which accounts of other chats are that person's. */
  readonly accountsOf: (personId: string) => Promise<readonly ChatUser[]>;
  readonly clock: { now(): Date };
  readonly log: Log;
}

/** Where somebody has just asked: their first card stands there. */
export interface AskedAt {
  readonly personId: string;
  readonly place: Place;
  /** The message that becomes the card. */
  readonly messageId?: string;
  /** By an account that nobody has proven to be theirs, so that no chat is known as their own. */
  readonly isByEmail?: boolean;
}

/** Who has a card of a request, in each of their chats. */
export const requestReference = (requestId: string, personId: string): string => `request:${requestId}:${personId}`;
/** In the channel of the administrators: nobody's own. */
export const EVERYBODY = 'channel';

/** A living card follows the click by itself; this much later the button that takes back acts no more. */
const AFTER_START_MS = 300;
const MOST_HOMES = 10_000;

/** Whoever is asked elsewhere waits so long for the card where somebody has asked, which is to be their first. */
const FIRST_MS = 2_000;

/**
 * Lets everybody know: each change of a request brings the cards that are missing, makes the others true, and tells in a
 * message of its own what is easily missed. Whatever is sent is noted in the noticeboard, so that doing it again sends
 * nothing twice. Each chat is brought up to date apart: one that hangs holds up none of the others.
 */
export class AccessNews {
  readonly #parts: AccessNewsParts;
  /**
   * One at a time for each request and chat: two that find a card missing would both send it. `next`: waits for it, and is for
   * all who come meanwhile.
   */
  readonly #lines = new Map<string, { readonly running: Promise<void>; next?: Promise<void> }>();
  /** Requests whose first card is on its way to where somebody has asked. */
  readonly #firsts = new Map<string, { readonly chat: Channel['name']; readonly sent: Promise<void> }>();
  /** Who has looked at the app's own page since this process began. */
  readonly #homes = new Set<string>();

  constructor(parts: AccessNewsParts) {
    this.#parts = parts;
  }

  /** As `bringIn`, in every chat; rejects where one of them does. */
  async bring(requestId: string, at?: AskedAt): Promise<void> {
    await allOf([
      ...(at ? [this.#bringFirst(requestId, at)] : []),
      ...this.#parts.channels.map(({ name }) => this.bringIn(name, requestId)),
    ]);
  }

  /**
   * Rejects while somebody could not be sent a card or told in that chat, for whoever tries again. Resolves when all have what
   * they are to have there, or can never get it; that the cards say the truth, the noticeboard sees to.
   */
  async bringIn(chat: Channel['name'], requestId: string): Promise<void> {
    const key = `${chat} ${requestId}`;
    const line = this.#lines.get(key);
    if (!line) {
      const running = this.#bringIn(chat, requestId).finally(() => this.#lines.delete(key));
      this.#lines.set(key, { running });
      return running;
    }
    line.next ??= line.running.catch(() => undefined).then(() => this.bringIn(chat, requestId));
    return line.next;
  }

  /** As `bring`, for whoever does not wait: an event comes after each change, and tries again. */
  bringSoon(requestId: string, at?: AskedAt): void {
    this.#soon(requestId, this.bring(requestId, at));
  }

  #soon(requestId: string, brought: Promise<void>): void {
    void brought.catch((error: unknown) => {
      this.#parts.log.info({ request: requestId, error }, 'A card of a request could not be brought yet');
    });
  }

  /** From now on the app's own page of that person shows each change of what concerns them. */
  homeOpened(personId: string): void {
    this.#homes.add(personId);
    const [oldest] = this.#homes;
    if (this.#homes.size > MOST_HOMES && oldest !== undefined) this.#homes.delete(oldest);
  }

  /** Where somebody has asked they see it before anywhere else. */
  async #bringFirst(requestId: string, at: AskedAt): Promise<void> {
    const before = this.#lines.get(`${at.place.channel} ${requestId}`)?.running.catch(() => undefined);
    const sent = (async () => {
      await before;
      const card = await this.#parts.access.findShared(requestId);
      if (card) await this.#bringThere(card, at);
    })().finally(() => this.#firsts.delete(requestId));
    this.#firsts.set(requestId, { chat: at.place.channel, sent });
    await sent;
  }

  async #bringIn(chat: Channel['name'], requestId: string): Promise<void> {
    const { access, clock, channels } = this.#parts;
    const channel = channels.find(({ name }) => name === chat);
    // A chat that is off is told nothing.
    if (!channel) return;
    const first = this.#firsts.get(requestId);
    if (first?.chat === chat) await first.sent.catch(() => undefined);
    else if (first) await within(FIRST_MS, first.sent);
    const card = await access.findShared(requestId);
    if (!card) return;
    const audience = access.audienceOf(card.request);
    const done = await Promise.allSettled([
      ...audience.map((person) => this.#bringTo(chat, card, person)),
      this.#bringToAdmins(chat, card),
      this.#bringRun(chat, card),
    ]);
    const told = await Promise.allSettled(tidings(card, clock.now()).map((news) => this.#tell(chat, card, news)));
    if (accessPhase(card, clock.now()) === 'approved') this.#lookAfterStart(chat, card);
    for (const { id } of audience) if (this.#homes.has(id)) void this.#refreshHome(channel, id);
    const failed = [...done, ...told].find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Unless there is one in that chat already. */
  async #bringThere({ request }: RequestCard, { place, messageId, personId, isByEmail }: AskedAt): Promise<void> {
    const { noticeboard, access } = this.#parts;
    const reference = requestReference(request.id, personId);
    const copies = await noticeboard.find(reference);
    if (copies.some((copy) => copy.place.channel === place.channel)) return;
    if (messageId !== undefined) return noticeboard.adopt(place, messageId, reference);
    if (isByEmail === true) return noticeboard.post(place, reference);
    const person = access.audienceOf(request).find(({ id }) => id === personId);
    if (person) await this.#whisper(place.channel, person, reference);
  }

  async #bringTo(chat: Channel['name'], card: RequestCard, person: NamedPerson): Promise<void> {
    const { noticeboard } = this.#parts;
    const reference = requestReference(card.request.id, person.id);
    const copies = await noticeboard.find(reference);
    noticeboard.refresh(reference);
    const isThere = copies.some(({ place }) => place.channel === chat);
    if (!isThere && isWorthACard(card, person)) await this.#whisper(chat, person, reference);
  }

  /** What is loud, and what reaches nobody, stands in the channels of the administrators as well. */
  async #bringToAdmins(chat: Channel['name'], card: RequestCard): Promise<void> {
    const { noticeboard, access } = this.#parts;
    const { id } = card.request;
    const reference = requestReference(id, EVERYBODY);
    const copies = await noticeboard.find(reference);
    noticeboard.refresh(reference);
    const isThere = copies.some(({ place }) => place.channel === chat);
    const places = isThere ? [] : this.#adminPlacesIn(chat);
    const isWanted = places.length > 0 && isWorthAll(card) && (await access.isForAdmins(id));
    await allOf((isWanted ? places : []).map((place) => this.#post(place, reference)));
  }

  /** Where the giving has failed, its own card says why and has *Retry*: for the administrators and whoever has approved. */
  async #bringRun(chat: Channel['name'], { request: { state, decision }, lease }: RequestCard): Promise<void> {
    if (state !== 'failed' || !lease) return;
    const { noticeboard } = this.#parts;
    const reference = `run:${lease.runId}`;
    const copies = (await noticeboard.find(reference)).filter(({ place }) => place.channel === chat);
    const conversations = copies.map(({ place }) => place.conversation);
    const shared = this.#adminPlacesIn(chat);
    const hasOwn = conversations.some((one) => !shared.some(({ conversation }) => conversation === one));
    const by = decision?.by;
    await allOf([
      ...shared
        .filter(({ conversation }) => !conversations.includes(conversation))
        .map((place) => this.#post(place, reference)),
      ...(by && !hasOwn ? [this.#whisper(chat, by, reference)] : []),
    ]);
  }

  #adminPlacesIn(chat: Channel['name']): readonly Omit<Place, 'kind'>[] {
    return this.#parts.adminPlaces.filter(({ channel }) => channel === chat);
  }

  /** In a channel of the administrators. */
  #post(place: Omit<Place, 'kind'>, reference: string): Promise<void> {
    return this.#unlessForGood(this.#parts.noticeboard.post({ ...place, kind: 'channel' }, reference));
  }

  /** Not to whoever does not have that chat, or has closed it to Latchkey. Rejects where it does not answer. */
  #whisper(channel: Channel['name'], { id: personId, name }: NamedPerson, reference: string): Promise<void> {
    return this.#unlessForGood(this.#parts.noticeboard.whisper(channel, { personId, name }, reference));
  }

  async #unlessForGood(sent: Promise<void>): Promise<void> {
    await sent.catch((error: unknown) => {
      if (!isForGood(error)) throw error;
      this.#parts.log.info({ error }, 'A card of a request could not be sent, and never will be');
    });
  }

  /** In the chat where they had a card of it first: that is where they asked, or were asked. */
  async #tell(chat: Channel['name'], { request }: RequestCard, { told, person }: Tidings): Promise<void> {
    const { noticeboard } = this.#parts;
    const reference = `told:${request.id}:${told}:${person.id}`;
    if ((await noticeboard.find(reference)).length > 0) return;
    const [first] = await noticeboard.find(requestReference(request.id, person.id));
    if (first?.place.channel !== chat) return;
    // Whoever asked by their e-mail alone has no account that is theirs: they are told where they asked.
    const isByEmail = first.place.channel === 'slack' && (await this.#parts.accountsOf(person.id)).length === 0;
    if (isByEmail) await noticeboard.post(first.place, reference);
    else await this.#whisper(chat, person, reference);
  }

  /** It is shown anew when it is opened, so that a failure costs little. Never rejects. */
  async #refreshHome(channel: Channel, personId: string): Promise<void> {
    try {
      for (const account of await this.#parts.accountsOf(personId)) {
        if (account.channel === channel.name) await channel.refreshHome?.(account);
      }
    } catch (error) {
      this.#parts.log.info({ error }, 'A page of the app could not be shown anew');
    }
  }

  #lookAfterStart(chat: Channel['name'], { request: { id, startsAt } }: RequestCard): void {
    const wait = (startsAt?.getTime() ?? 0) - this.#parts.clock.now().getTime() + AFTER_START_MS;
    setTimeout(() => this.#soon(id, this.bringIn(chat, id)), Math.max(wait, 0)).unref();
  }
}

/** Rejects where one of them does, when all have ended. */
async function allOf(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}
