import type {
  Clock,
  FormStore,
  Log,
  ProblemFacts,
  ProvisioningService,
  Runs,
  SsoService,
} from '../../services/index.js';
import type { Channel } from '../channel.js';
import type { Noticeboard } from '../noticeboard.js';
import type { Answer, Turn } from '../turn.js';
import type { View } from '../views/view.js';

/** Everything a conversation may use. Passed in from `main.ts`. */
export interface Parts {
  readonly sso: SsoService;
  readonly provisioning: ProvisioningService;
  readonly runs: Runs;
  readonly forms: FormStore;
  readonly noticeboard: Noticeboard;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Log;
}

export type Click = Turn & { readonly said: Extract<Turn['said'], { kind: 'click' }> };

/** Who asks, as the services know people. */
export function actorOf(turn: Turn): { personId: string; name: string; channel: string } {
  return { personId: turn.account.personId, name: turn.account.name, channel: turn.account.channel };
}

export function channelOf(parts: Pick<Parts, 'channels'>, turn: Turn): Channel {
  const channel = parts.channels.find(({ name }) => name === turn.place.channel);
  if (!channel) throw new Error(`There is no channel ${turn.place.channel}.`);
  return channel;
}

/** Shows a view where the turn came from: a click changes the card it was on, words get a new card. */
export async function show(parts: Pick<Parts, 'channels'>, turn: Turn, view: View): Promise<Answer | undefined> {
  const channel = channelOf(parts, turn);
  if (turn.said.kind === 'click' && turn.said.messageId !== undefined) {
    await channel.replace(turn.place, turn.said.messageId, view);
    return { kind: 'view', view };
  }
  await channel.post(turn.place, view);
  return undefined;
}

/** Lets the card that was clicked follow a run from here on. */
export async function follow(parts: Parts, turn: Click, runId: string): Promise<Answer> {
  const reference = `run:${runId}`;
  if (turn.said.messageId === undefined) await parts.noticeboard.post(turn.place, reference);
  else await parts.noticeboard.adopt(turn.place, turn.said.messageId, reference);
  return { kind: 'message', text: 'Started. This card shows how far it is.' };
}

/** A problem in one line, for where there is no room for a card. The request id is what support asks for. */
export function sentence({ what, why, remedy, requestId }: ProblemFacts): string {
  return [what, why, remedy, requestId && `(Request id ${requestId})`].filter(Boolean).join(' ');
}
