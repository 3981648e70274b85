import type { Activity, ConversationReference, TurnContext } from 'botbuilder';
import { z } from 'zod';
import type { Channel } from '../../dialogs/channel.js';
import type { Account, Place } from '../../dialogs/turn.js';
import type { View } from '../../dialogs/views/view.js';
import { Problem, type RemoteAnswer } from '../../services/platform/problem.js';
import type { Log } from '../../services/index.js';
import { ADAPTIVE_CARD_TYPE, toAdaptiveCard, type AdaptiveCard } from './adaptive-card.js';
import { ConnectorError } from './connector-http.js';
import type { TeamsConnector } from './connector.js';
import { LaneFull, Lanes } from '../lanes.js';
import type { PlaceStore } from '../places.js';

export interface TeamsChannel extends Channel {
  /** Posts one line of plain text, without a card. Throws like `post`. */
  say(place: Place, text: string): Promise<void>;
}

export interface TeamsChannelOptions {
  readonly connector: TeamsConnector;
  readonly places: PlaceStore;
  readonly log: Log;
}

/**
 * The `Channel` of Teams, for answers and for news alike. What goes to one conversation goes in the order of the calls,
 * so that an older card never replaces a newer one. Every failure is a `Problem` of system `teams`.
 */
export function createTeamsChannel({ connector, places, log }: TeamsChannelOptions): TeamsChannel {
  const lanes = new Lanes();

  async function find(conversation: string): Promise<Partial<ConversationReference>> {
    const known = await places.find(conversation);
    if (known) return known.reference as Partial<ConversationReference>;
    throw new Problem({
      kind: 'remote',
      system: 'teams',
      answer: 'not-found',
      what: 'Latchkey could not write to a Teams conversation.',
      why: 'It has no address of that conversation.',
      remedy: 'Write "help" to Latchkey in that conversation; then it knows the address again.',
      code: 'no-address',
    });
  }

  async function reach<T>(conversation: string, deed: (context: TurnContext) => Promise<T>): Promise<T> {
    const reference = await find(conversation);
    const results: T[] = [];
    await connector
      .reach(reference, async (context) => {
        results.push(await deed(context));
      })
      .catch((caught: unknown) => {
        throw deliveryProblem(caught);
      });
    const [result] = results;
    if (results.length === 0) throw deliveryProblem(new Error('The SDK ran no turn.'));
    return result as T;
  }

  /** In its turn. */
  function send<T>({ conversation }: Place, deed: (context: TurnContext) => Promise<T>): Promise<T> {
    return lanes
      .run(conversation, () => reach(conversation, deed))
      .catch((caught: unknown) => {
        throw deliveryProblem(caught);
      });
  }

  /** In a channel each of those whom the buttons are for gets them by a refresh, as long as Teams' id of all of them is known. */
  async function activityFor({ kind }: Place, view: View): Promise<Partial<Activity>> {
    const people = kind === 'channel' ? (view.buttonsFor?.personIds ?? []) : [];
    const found = await Promise.all(people.slice(0, MOST_REFRESHED).map((person) => places.findPersonal(person)));
    const userIds = found.flatMap((place) => personalReference.safeParse(place?.reference).data?.user.id ?? []);
    return cardActivity(view, userIds.length > 0 && userIds.length === people.length ? userIds : undefined);
  }

  const channel: TeamsChannel = {
    name: 'teams',
    asks: 'in-chat',
    post: (place, view) =>
      send(place, async (context) => (await context.sendActivity(await activityFor(place, view)))?.id ?? ''),
    replace: (place, messageId, view) =>
      send(place, async (context) => {
        await context.updateActivity({ ...(await activityFor(place, view)), id: messageId });
      }),
    say: (place, text) =>
      send(place, async (context) => {
        await context.sendActivity({ type: 'message', text, textFormat: 'plain' });
      }),
    async whisper(account, view) {
      const place = await personalPlace(places, account);
      return { place, messageId: await channel.post(place, view) };
    },
    async typing(place) {
      await reach(place.conversation, async (context) => {
        await context.sendActivity({ type: 'typing' });
      }).catch((error: unknown) => log.warn({ error }, 'Typing could not be shown'));
    },
  };
  return channel;
}

/** Teams refreshes a card for so many people (Microsoft's page on refresh of Adaptive Cards). */
const MOST_REFRESHED = 60;
const personalReference = z.object({ user: z.object({ id: z.string().min(1) }) });

/**
 * A message that holds the view as a card; `summary` is what a notification shows.
 * @param refreshedFor Teams' ids of those who get the buttons: the card itself is without them.
 */
export function cardActivity(view: View, refreshedFor?: readonly string[]): Partial<Activity> {
  const content = refreshedFor ? refreshedCard(view, refreshedFor) : toAdaptiveCard(view);
  return {
    type: 'message',
    summary: content.fallbackText,
    attachments: [{ contentType: ADAPTIVE_CARD_TYPE, content }],
  };
}

function refreshedCard(view: View, userIds: readonly string[]): AdaptiveCard & { readonly refresh: object } {
  const card = toAdaptiveCard({ ...view, actions: view.actions.filter(({ kind }) => kind === 'link') });
  const data = { reference: view.buttonsFor?.reference ?? '', revision: 0 };
  return { ...card, refresh: { action: { type: 'Action.Execute', verb: 'refresh', data }, userIds } };
}

async function personalPlace(places: PlaceStore, account: Pick<Account, 'personId' | 'name'>): Promise<Place> {
  const known = await places.findPersonal(account.personId);
  if (known) return { channel: 'teams', conversation: known.conversation, kind: 'personal' };
  throw new Problem({
    kind: 'remote',
    system: 'teams',
    answer: 'not-found',
    what: 'Latchkey could not write to you alone.',
    why: 'You have no personal chat with Latchkey yet.',
    remedy: 'Open a chat with Latchkey in Teams, write "help" there, and try again.',
    code: 'no-personal-chat',
  });
}

const ANSWERS: Readonly<Record<number, RemoteAnswer>> = {
  401: 'unauthorized',
  403: 'denied',
  404: 'not-found',
  409: 'conflict',
  412: 'conflict',
  429: 'throttled',
};

function deliveryProblem(caught: unknown): Problem {
  if (caught instanceof Problem) return caught;
  if (caught instanceof LaneFull) return tooMuchWaiting();
  const failure = caught instanceof ConnectorError ? caught : undefined;
  return new Problem(
    {
      kind: 'remote',
      system: 'teams',
      answer: answerOf(failure),
      what: 'Teams did not take a message of Latchkey.',
      remedy: 'The message is shown the next time you write to Latchkey.',
      code: failure?.code,
      status: failure?.status,
    },
    { cause: caught },
  );
}

function tooMuchWaiting(): Problem {
  return new Problem({
    kind: 'remote',
    system: 'teams',
    answer: 'throttled',
    what: 'Teams did not take a message of Latchkey.',
    why: 'Too many messages to that conversation are waiting already.',
    remedy: 'Wait a minute; then ask Latchkey again.',
    code: 'conversation-full',
  });
}

function answerOf(failure: ConnectorError | undefined): RemoteAnswer {
  if (failure?.status === undefined) return failure?.isTimeout ? 'timeout' : 'unavailable';
  return ANSWERS[failure.status] ?? (failure.status >= 500 ? 'unavailable' : 'invalid');
}
