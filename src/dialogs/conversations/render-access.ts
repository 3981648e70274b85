import { cardRevision, type ConversationMemory, type RequestCard } from '../../services/index.js';
import { EVERYBODY } from '../access-news.js';
import type { Render } from '../noticeboard.js';
import { accessPhase } from '../views/access-phase.js';
import { accessRequestView, type CardReader } from '../views/access-request.view.js';
import { accessToldView, TOLD, type Told } from '../views/access-told.view.js';
import type { View } from '../views/view.js';
import type { Parts } from './talk.js';

type RenderParts = Pick<Parts, 'access' | 'sso' | 'clock'>;

/**
 * What `request:<id>:<reader>` and `told:<id>:<turn>:<reader>` show now. In direct messages with an account that nobody has
 * proven to be the reader's, a card has less to press.
 */
export function renderAccess(parts: RenderParts & { readonly memory: Pick<ConversationMemory, 'isUnproven'> }): Render {
  return async (reference, place) => {
    const [kind = '', id = '', ...rest] = reference.split(':');
    const readerId = rest.at(-1) ?? EVERYBODY;
    const { access, memory } = parts;
    const proof = place && (await memory.isUnproven(place)) ? 'email' : undefined;
    const card = await (readerId === EVERYBODY ? access.findShared(id) : access.find(id, readerId, proof));
    if (!card) return undefined;
    if (kind === 'request') {
      const isStarted = accessPhase(card, parts.clock.now()) === 'being-given';
      return { view: await requestViewFor(parts, card, readerId), revision: cardRevision(card, isStarted) };
    }
    const told = toldOf(rest[0] ?? '');
    // It says what has happened, and that does not change.
    return told && { view: accessToldView(told, card, await readerOf(parts, readerId)), revision: 0 };
  };
}

/** The card of a request as that person sees it now. */
export async function requestViewFor(parts: RenderParts, card: RequestCard, readerId: string): Promise<View> {
  return accessRequestView(card, await readerOf(parts, readerId));
}

async function readerOf({ sso, clock }: RenderParts, readerId: string): Promise<CardReader> {
  const setUp = await sso.lastSetUp();
  return {
    now: clock.now(),
    ...(readerId === EVERYBODY ? {} : { readerId }),
    ...(setUp ? { signIn: { links: sso.linksFor(setUp), tileMode: setUp.tileMode } } : {}),
  };
}

/** @param text with the number of those that come several times: `ends-soon-2`, `reminder-0-1`. */
function toldOf(text: string): Told | undefined {
  return TOLD.find((told) => told === text.replace(/(-\d+)+$/, ''));
}
