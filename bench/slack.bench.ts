import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { SLACK, SLACK_ACCOUNTS } from '../sandbox/credentials.js';
import { ready, startBoltHello, startLatchkey, type Bot } from './support/latchkey.js';
import { withOpened } from './support/processes.js';
import type { Bar, Figure } from './support/report.js';
import type { Size } from './support/size.js';
import { interleave, percentile } from './support/statistics.js';

const SIZES = {
  full: { rounds: 4, warmUp: 1, seconds: 10 },
  tiny: { rounds: 1, warmUp: 1, seconds: 1 },
} satisfies Record<Size, object>;
const PER_SECOND = 50;
const P99: Bar = { kind: 'at-most', value: 250 };
const AGAINST_BOLT: Bar = { kind: 'ratio-at-most', value: 2 };
const MEMBERS = SLACK_ACCOUNTS.filter(({ teamId, guest }) => teamId === SLACK.teamId && guest === undefined);

/**
 * How soon Slack gets its acknowledgement at 50 commands a second, against Bolt's hello-world in the same run, as it is and
 * with one durable insert before it acknowledges; Latchkey keeps each command before, and works on it meanwhile.
 */
export function benchSlack(size: Size): Promise<Figure[]> {
  const { rounds, warmUp, seconds } = SIZES[size];
  return withOpened(async (opened) => {
    const [latchkey, bolt, keeping] = [
      await ready(await startLatchkey(opened, { dataDir: opened.folder() })),
      await ready(await startBoltHello(opened)),
      await ready(await startBoltHello(opened, { dataDir: opened.folder() })),
    ];
    const series = await interleave(
      { ours: () => load(latchkey, seconds), bolt: () => load(bolt, seconds), keeping: () => load(keeping, seconds) },
      { rounds, warmUp },
    );
    const ours = series.ours.flat();
    const against = (share: number, name: string): Figure[] =>
      Object.entries({ Bolt: series.bolt, 'Bolt that keeps it first': series.keeping }).map(([baseline, times]) => ({
        ...{ name: `Slack acknowledgement ${name} against ${baseline}`, unit: 'ms', ours: percentile(ours, share) },
        ...{ baseline: percentile(times.flat(), share), bar: AGAINST_BOLT },
      }));
    return [
      { name: 'Slack acknowledgement p99', unit: 'ms' as const, ours: percentile(ours, 0.99), bar: P99 },
      ...against(0.5, 'p50'),
      ...against(0.99, 'p99'),
    ];
  });
}

/** Milliseconds of each acknowledgement. Sent by the clock, whether the ones before are answered or not. */
async function load({ url }: Bot, seconds: number): Promise<number[]> {
  const waiting: Promise<number>[] = [];
  const from = performance.now();
  for (let count = 0; count < seconds * PER_SECOND; count += 1) {
    const pause = from + (count * 1_000) / PER_SECOND - performance.now();
    if (pause > 0) await wait(pause);
    waiting.push(acknowledged(url, MEMBERS[count % MEMBERS.length]?.userId ?? ''));
  }
  return Promise.all(waiting);
}

let sent = 0;

async function acknowledged(url: string, userId: string): Promise<number> {
  sent += 1;
  const body = new URLSearchParams({
    ...{ command: '/latchkey', text: 'help', user_id: userId, team_id: SLACK.teamId, channel_id: 'C0GENERAL01' },
    ...{ trigger_id: `bench-${sent}`, api_app_id: SLACK.appId },
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', SLACK.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  const before = performance.now();
  const response = await fetch(`${url}/slack/events`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...{ 'X-Slack-Request-Timestamp': timestamp, 'X-Slack-Signature': `v0=${signature}` },
    },
    body: Buffer.from(body),
  });
  await response.text();
  if (response.status !== 200) throw new Error(`A command got ${response.status}.`);
  return performance.now() - before;
}
