import { providerCallCount } from './baselines/terraform-providers.js';
import { ConnectorStub } from './support/connector-stub.js';
import { criticalPath, type TracedCall } from './support/critical-path.js';
import { ready, sandboxOf, startLatchkey } from './support/latchkey.js';
import { withOpened, type Opened } from './support/processes.js';
import type { Figure } from './support/report.js';
import type { Size } from './support/size.js';
import { median } from './support/statistics.js';
import { plansSso, Talker } from './support/talker.js';

const SIZES = {
  full: { rounds: 5, latencyMs: 150, lagMs: 5_000 },
  tiny: { rounds: 1, latencyMs: 20, lagMs: 500 },
} satisfies Record<Size, object>;

const TIME_BAR = { kind: 'ratio-at-most', value: 1.15 } as const;
const FEWER = { kind: 'ratio-at-most', value: 0.999 } as const;

interface Conditions {
  readonly latencyMs: number;
  readonly lagMs: number;
}

interface SetUpSeen {
  /** From the click to the answer of the last call, by the sandbox's log: then all of it is done and compared. */
  readonly ms: number;
  /** From the click to the card that says so; it is edited once a second at most. */
  readonly cardMs: number;
  readonly calls: readonly TracedCall[];
}

/**
 * A set-up from the click on *Run* to the answer of its last call, over a tenant without an instance: with latency and
 * replication lag against the longest chain of its calls that cannot overlap, and its calls against those of Terraform's
 * providers.
 */
export function benchSetUp(size: Size): Promise<Figure[]> {
  const { rounds, ...conditions } = SIZES[size];
  return withOpened(async (opened) => {
    const stage = await Stage.open(opened);
    await stage.setUp({ latencyMs: 0, lagMs: 0 }); // warm-up: SDKs are loaded at the first call
    const prompt = await stage.setUp({ latencyMs: 0, lagMs: 0 });
    const seen: SetUpSeen[] = [];
    for (let round = 0; round < rounds; round += 1) seen.push(await stage.setUp(conditions));
    const bounds = seen.map(({ calls }) => criticalPath(calls, conditions));
    process.stderr.write(`set-up: the longest chain is ${bounds[0]?.chain.join(' → ') ?? ''}\n`);
    const callCounts = seen.map(({ calls }) => calls.length);
    return [
      {
        name: `set-up: run to done, ${conditions.latencyMs} ms latency, ${conditions.lagMs / 1_000} s lag`,
        ...{ unit: 'ms', ours: median(seen.map(({ ms }) => ms)), baseline: median(bounds.map(({ ms }) => ms)) },
        bar: TIME_BAR,
      },
      { name: 'set-up: run to the card that says so', unit: 'ms', ours: median(seen.map(({ cardMs }) => cardMs)) },
      {
        ...{ name: 'set-up: its remote calls, nothing lags', unit: 'calls' },
        ...{ ours: prompt.calls.length, baseline: providerCallCount(0), bar: FEWER },
      },
      {
        ...{ name: `set-up: its remote calls, ${conditions.lagMs / 1_000} s lag`, unit: 'calls' },
        ...{ ours: median(callCounts), baseline: providerCallCount(conditions.lagMs / 1_000), bar: FEWER },
      },
    ];
  });
}

class Stage {
  readonly #urls: readonly string[];
  readonly #talker: Talker;

  private constructor(urls: readonly string[], talker: Talker) {
    this.#urls = urls;
    this.#talker = talker;
  }

  static async open(opened: Opened): Promise<Stage> {
    const stub = await ConnectorStub.listen();
    opened.closeLater(() => stub.close());
    const dataDir = opened.folder();
    const settings = { SANDBOX_TEAMS_URL: stub.url };
    const bot = await ready(await startLatchkey(opened, { dataDir, settings }));
    const { entra, genesys } = sandboxOf(dataDir);
    return new Stage([entra, genesys], new Talker({ botUrl: bot.url, stub, conversation: 'set-up' }));
  }

  /** One set-up over both systems as on the first day. The plan is made before anything is slow. */
  async setUp({ latencyMs, lagMs }: Conditions): Promise<SetUpSeen> {
    for (const url of this.#urls) await post(`${url}/_sandbox/reset`);
    const plan = await plansSso(this.#talker);
    const [entra = '', genesys = ''] = this.#urls;
    if (latencyMs > 0) {
      const slow = { fault: 'slow-replies', on: true, ms: String(latencyMs) };
      const lag = { fault: 'replication-lag', on: true, seconds: String(lagMs / 1_000), replicas: '1' };
      await post(`${entra}/_sandbox/faults`, [slow, lag]);
      await post(`${genesys}/_sandbox/faults`, slow);
    }
    const before = await this.#sent();
    const from = Date.now();
    await this.#talker.presses(plan, 'Run', 'SSO is set up');
    const cardMs = Date.now() - from;
    const after = await this.#sent();
    const calls = after.flatMap((all, side) => all.slice(before[side]?.length ?? 0));
    const lastCall = Math.max(...calls.map(({ time }) => Date.parse(time)));
    return { ms: lastCall + latencyMs - from, cardMs, calls };
  }

  #sent(): Promise<TracedCall[][]> {
    return Promise.all(
      this.#urls.map(async (url) => {
        const { requests } = (await (await fetch(`${url}/_sandbox/requests`)).json()) as { requests: TracedCall[] };
        return requests;
      }),
    );
  }
}

async function post(url: string, body?: unknown): Promise<void> {
  const response = await fetch(url, { method: 'POST', ...(body ? { body: JSON.stringify(body) } : {}) });
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
}
