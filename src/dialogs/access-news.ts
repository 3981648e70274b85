import {
  isForGood,
  type AccessService,
  type Lease,
  type Log,
  type NamedPerson,
  type RequestCard,
} from '../services/index.js';
import type { Channel } from './channel.js';
import type { Noticeboard } from './noticeboard.js';
import type { ChatUser, Place } from './turn.js';
import { accessPhase } from './views/access-phase.js';
import type { Told } from './views/access-told.view.js';

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

/**
 * Lets everybody know: each change of a request brings the cards that are missing, makes the others true, and tells in a
 * message of its own what is easily missed. Whatever is sent is noted in the noticeboard, so that doing it again sends
 * nothing twice.
 */
export class AccessNews {
  readonly #parts: AccessNewsParts;
  /**
   * One at a time for each request: two that find a card missing would both send it. `next`: waits for it, and is for all
   * who come meanwhile.
   */
  readonly #lines = new Map<string, { readonly running: Promise<void>; next?: Promise<void> }>();
  /** Who has looked at the app's own page since this process began. */
  readonly #homes = new Set<string>();

  constructor(parts: AccessNewsParts) {
    this.#parts = parts;
  }

  /**
   * Rejects while somebody could not be sent a card or told, for whoever tries again. Resolves when all have what they are
   * to have, or can never get it; that the cards say the truth, the noticeboard sees to.
   */
  async bring(requestId: string, at?: AskedAt): Promise<void> {
    const line = this.#lines.get(requestId);
    if (!line) return this.#start(requestId, at);
    // Where somebody has asked is said by one of them alone.
    if (at) {
      await line.running.catch(() => undefined);
      return this.bring(requestId, at);
    }
    line.next ??= line.running.catch(() => undefined).then(() => this.bring(requestId));
    return line.next;
  }

  #start(requestId: string, at: AskedAt | undefined): Promise<void> {
    const running = this.#bring(requestId, at).finally(() => this.#lines.delete(requestId));
    this.#lines.set(requestId, { running });
    return running;
  }

  /** As `bring`, for whoever does not wait: an event comes after each change, and tries again. */
  bringSoon(requestId: string, at?: AskedAt): void {
    void this.bring(requestId, at).catch((error: unknown) => {
      this.#parts.log.info({ request: requestId, error }, 'A card of a request could not be brought yet');
    });
  }

  /** From now on the app's own page of that person shows each change of what concerns them. */
  homeOpened(personId: string): void {
    this.#homes.add(personId);
    const [oldest] = this.#homes;
    if (this.#homes.size > MOST_HOMES && oldest !== undefined) this.#homes.delete(oldest);
  }

  async #bring(requestId: string, at: AskedAt | undefined): Promise<void> {
    const { access, clock } = this.#parts;
    const card = await access.findShared(requestId);
    if (!card) return;
    if (at) await this.#bringThere(card, at);
    const audience = access.audienceOf(card.request);
    const done = await Promise.allSettled([
      ...audience.map((person) => this.#bringTo(card, person)),
      this.#bringToAdmins(card),
      this.#bringRun(card),
    ]);
    const told = await Promise.allSettled(tidings(card, clock.now()).map((news) => this.#tell(card, news)));
    if (accessPhase(card, clock.now()) === 'approved') this.#lookAfterStart(card);
    for (const { id } of audience) if (this.#homes.has(id)) void this.#refreshHome(id);
    const failed = [...done, ...told].find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Brings it there before anywhere else, unless there is one in that chat already. */
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

  async #bringTo(card: RequestCard, person: NamedPerson): Promise<void> {
    const { noticeboard, channels } = this.#parts;
    const reference = requestReference(card.request.id, person.id);
    const copies = await noticeboard.find(reference);
    const missing = channels.filter(({ name }) => !copies.some(({ place }) => place.channel === name));
    const wanted = isWorthACard(card, person) ? missing : [];
    noticeboard.refresh(reference);
    await allOf(wanted.map(({ name }) => this.#whisper(name, person, reference)));
  }

  /** What is loud, and what reaches nobody, stands in the channels of the administrators as well. */
  async #bringToAdmins(card: RequestCard): Promise<void> {
    const { noticeboard, access, adminPlaces } = this.#parts;
    const { id } = card.request;
    const reference = requestReference(id, EVERYBODY);
    const copies = await noticeboard.find(reference);
    const missing = adminPlaces.filter(({ channel }) => !copies.some(({ place }) => place.channel === channel));
    const isWanted = missing.length > 0 && isWorthAll(card) && (await access.isForAdmins(id));
    noticeboard.refresh(reference);
    await allOf((isWanted ? missing : []).map((place) => this.#post(place, reference)));
  }

  /** Where the giving has failed, its own card says why and has *Retry*: for the administrators and whoever has approved. */
  async #bringRun({ request: { state, decision }, lease }: RequestCard): Promise<void> {
    if (state !== 'failed' || !lease) return;
    const { noticeboard, adminPlaces, channels } = this.#parts;
    const reference = `run:${lease.runId}`;
    const copies = await noticeboard.find(reference);
    const conversations = copies.map(({ place }) => place.conversation);
    const shared = adminPlaces.map(({ conversation }) => conversation);
    const own = copies.filter(({ place }) => !shared.includes(place.conversation)).map(({ place }) => place.channel);
    const by = decision?.by;
    await allOf([
      ...adminPlaces
        .filter(({ conversation }) => !conversations.includes(conversation))
        .map((place) => this.#post(place, reference)),
      ...(by
        ? channels.filter(({ name }) => !own.includes(name)).map(({ name }) => this.#whisper(name, by, reference))
        : []),
    ]);
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
  async #tell({ request }: RequestCard, { told, person }: Tidings): Promise<void> {
    const { noticeboard } = this.#parts;
    const reference = `told:${request.id}:${told}:${person.id}`;
    if ((await noticeboard.find(reference)).length > 0) return;
    const [first] = await noticeboard.find(requestReference(request.id, person.id));
    if (!first) return;
    // Whoever asked by their e-mail alone has no account that is theirs: they are told where they asked.
    const isByEmail = first.place.channel === 'slack' && (await this.#parts.accountsOf(person.id)).length === 0;
    if (isByEmail) await noticeboard.post(first.place, reference);
    else await this.#whisper(first.place.channel, person, reference);
  }

  /** It is shown anew when it is opened, so that a failure costs little. Never rejects. */
  async #refreshHome(personId: string): Promise<void> {
    try {
      for (const account of await this.#parts.accountsOf(personId)) {
        await this.#parts.channels.find(({ name }) => name === account.channel)?.refreshHome?.(account);
      }
    } catch (error) {
      this.#parts.log.info({ error }, 'A page of the app could not be shown anew');
    }
  }

  #lookAfterStart({ request: { id, startsAt } }: RequestCard): void {
    const wait = (startsAt?.getTime() ?? 0) - this.#parts.clock.now().getTime() + AFTER_START_MS;
    setTimeout(() => this.bringSoon(id), Math.max(wait, 0)).unref();
  }
}

/** Rejects where one of them does, when all have ended. */
async function allOf(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

interface Tidings {
  /** With the number of those that come several times: `ends-soon-2`, `reminder-0-1` in the first stage. */
  readonly told: Told | `${Told}-${number}` | `${Told}-${number}-${number}`;
  readonly person: NamedPerson;
}

/** Who has to be told what, as it stands. */
export function tidings({ request, votes, lease, extendedUntil }: RequestCard, now: Date): Tidings[] {
  const { asker, person, state } = request;
  const concerned = [...new Map([asker, person].map((one) => [one.id, one])).values()];
  const tell = (told: Tidings['told'], people = concerned): Tidings[] => people.map((one) => ({ told, person: one }));
  switch (state) {
    case 'open':
      return tell(`reminder-${request.stage}-${request.reminders}`, silentOf({ request, votes }));
    case 'granted':
      return [
        ...tell('granted'),
        ...(extendedUntil ? [] : endingSoon(lease, now, () => tell(`ends-soon-${lease?.reminders ?? 0}`, [person]))),
      ];
    case 'denied':
    case 'expired':
    case 'failed':
      return tell(state);
    case 'ended':
      // Whoever gave it back knows, and for whom it goes on nothing has ended.
      return lease?.endReason === 'given-back' || extendedUntil ? [] : tell('ended', [person]);
    case 'approved':
    case 'cancelled':
      return [];
  }
}

/** Whom the last reminder is for: who were asked before it and have not voted, each once. */
function silentOf({ request, votes }: Pick<RequestCard, 'request' | 'votes'>): NamedPerson[] {
  const { approvers, reminders } = request;
  const silent = approvers.filter(
    ({ id, missed = 0 }) => missed < reminders && !votes.some((vote) => vote.person.id === id),
  );
  return [...new Map(silent.map((one) => [one.id, one])).values()];
}

function endingSoon(lease: Lease | undefined, now: Date, tell: () => Tidings[]): Tidings[] {
  return lease && lease.state === 'active' && lease.reminders > 0 && lease.endsAt > now ? tell() : [];
}

/** Not when all is over before anybody was told. */
function isWorthAll({ request: { state, review } }: RequestCard): boolean {
  return state === 'open' || (review !== undefined && review.verdict === undefined);
}

/** A card is sent to whoever can do something with it, or waits for it; those that were sent stay true in any case. */
function isWorthACard({ request }: RequestCard, { id }: NamedPerson): boolean {
  const { state, asker, person, review } = request;
  const isConcerned = id === asker.id || id === person.id;
  if (isConcerned) return state === 'open' || state === 'approved' || state === 'granted';
  return state === 'open' || (review !== undefined && review.verdict === undefined && state !== 'ended');
}
