import { ConnectorStub } from './support/connector-stub.js';
import { ready, sandboxOf, startEchoBot, startLatchkey, type Bot } from './support/latchkey.js';
import { withOpened, type Opened } from './support/processes.js';
import { coveredMs, takeRemoteCalls, type RemoteCall } from './support/remote-calls.js';
import type { Bar, Figure } from './support/report.js';
import { interleave, median, percentile } from './support/statistics.js';
import { setUpSso, Talker, type SeenTurn } from './support/talker.js';
import type { Size } from './support/size.js';

const SAID = ['help', 'status'] as const;
type Said = (typeof SAID)[number];

const P50: Bar = { kind: 'ratio-at-most', value: 1.5 };
const P95: Bar = { kind: 'ratio-at-most', value: 2 };
const THROUGHPUT: Bar = { kind: 'ratio-at-least', value: 0.6 };
const AT_ONCE = 8;

/**
 * How many turns make a batch, and how many batches there are. Genesys allows 300 calls a minute: see `freshAllowance`. Graph
 * allows 3,000 at once and 20 a second, of which a `help` takes four and a `status` 14.
 */
const SIZES = {
  full: { rounds: 5, warmUp: 1, turns: 30, statuses: 8, turnsAtOnce: 40, statusesAtOnce: 8 },
  tiny: { rounds: 1, warmUp: 1, turns: 5, statuses: 5, turnsAtOnce: 8, statusesAtOnce: 8 },
} satisfies Record<Size, object>;

/** A chat turn, message in → reply out, against the echo bot; and how many turns a second pass, one and eight at a time. */
export function benchTurns(size: Size): Promise<Figure[]> {
  return withOpened(async (opened) => {
    const stage = await Stage.open(opened);
    const { rounds, warmUp, turns, statuses, turnsAtOnce, statusesAtOnce } = SIZES[size];
    const series = await interleave(
      {
        help: () => stage.batch('help', 1, turns),
        echo: () => stage.batch('echo', 1, turns),
        status: () => stage.batch('status', 1, statuses),
        helpAtOnce: () => stage.batch('help', AT_ONCE, turnsAtOnce),
        echoAtOnce: () => stage.batch('echo', AT_ONCE, turnsAtOnce),
        statusAtOnce: () => stage.batch('status', AT_ONCE, statusesAtOnce),
      },
      { rounds, warmUp },
    );
    const counted = { help: await stage.callsPerTurn('help'), status: await stage.callsPerTurn('status') };
    const atOnce = { help: series.helpAtOnce, status: series.statusAtOnce };
    return SAID.flatMap((said) => [
      ...latencyFigures(said, series[said], series.echo),
      { name: `${said}: remote calls per turn`, unit: 'calls', ours: counted[said] },
      throughputFigure(`${said}: turns per second, one at a time`, series[said], series.echo),
      throughputFigure(`${said}: turns per second, ${AT_ONCE} at a time`, atOnce[said], series.echoAtOnce),
    ]);
  });
}

interface Batch {
  readonly turnMs: readonly number[];
  /** Of each turn, how long at least one call to Entra or Genesys was under way. Empty where turns overlap. */
  readonly remoteMs: readonly number[];
  readonly turnsPerSecond: number;
}

function latencyFigures(said: Said, ours: readonly Batch[], echo: readonly Batch[]): Figure[] {
  const turnMs = ours.flatMap((batch) => batch.turnMs);
  const remoteMs = ours.flatMap((batch) => batch.remoteMs);
  const ownMs = turnMs.map((ms, turn) => ms - (remoteMs[turn] ?? 0));
  const echoMs = echo.flatMap((batch) => batch.turnMs);
  const against = (samples: readonly number[], share: number) => ({
    ...{ unit: 'ms' as const, ours: percentile(samples, share), baseline: percentile(echoMs, share) },
  });
  return [
    { name: `${said}: turn p50`, ...against(turnMs, 0.5), bar: P50 },
    { name: `${said}: turn p95`, ...against(turnMs, 0.95), bar: P95 },
    { name: `${said}: of it in remote calls p50`, unit: 'ms', ours: percentile(remoteMs, 0.5) },
    { name: `${said}: of it in remote calls p95`, unit: 'ms', ours: percentile(remoteMs, 0.95) },
    { name: `${said}: turn without remote calls p50`, ...against(ownMs, 0.5) },
    { name: `${said}: turn without remote calls p95`, ...against(ownMs, 0.95) },
  ];
}

function throughputFigure(name: string, ours: readonly Batch[], echo: readonly Batch[]): Figure {
  const of = (batches: readonly Batch[]): number => median(batches.map(({ turnsPerSecond }) => turnsPerSecond));
  return { name, unit: 'turns/s', ours: of(ours), baseline: of(echo), bar: THROUGHPUT };
}

/** Both bots and everybody who talks to them. */
class Stage {
  readonly #latchkey: Bot;
  readonly #sandbox: { entra: string; genesys: string };
  readonly #talkers: { ours: readonly Talker[]; echo: readonly Talker[] };

  private constructor(latchkey: Bot, dataDir: string, talkers: { ours: readonly Talker[]; echo: readonly Talker[] }) {
    this.#latchkey = latchkey;
    this.#sandbox = sandboxOf(dataDir);
    this.#talkers = talkers;
  }

  static async open(opened: Opened): Promise<Stage> {
    const stub = await ConnectorStub.listen();
    opened.closeLater(() => stub.close());
    const dataDir = opened.folder();
    const latchkey = await ready(
      await startLatchkey(opened, {
        dataDir,
        // Or the Teams sandbox would greet everybody meanwhile, and one person could not ask as fast as this.
        settings: { SANDBOX_TEAMS_URL: stub.url, TURNS_PER_MINUTE: '1000000' },
        preload: 'bench/support/remote-calls.js',
      }),
    );
    const echo = await ready(await startEchoBot(opened, { dataDir: opened.folder() }));
    const talkersTo = (botUrl: string, name: string): Talker[] =>
      Array.from({ length: AT_ONCE }, (_, chat) => new Talker({ botUrl, stub, conversation: `${name}-${chat}` }));
    const talkers = { ours: talkersTo(latchkey.url, 'ours'), echo: talkersTo(echo.url, 'echo') };
    const [ada] = talkers.ours;
    if (ada) await setUpSso(ada);
    return new Stage(latchkey, dataDir, talkers);
  }

  /** @param text `echo`: the echo bot is asked instead of Latchkey. */
  async batch(text: Said | 'echo', atOnce: number, count: number): Promise<Batch> {
    if (text === 'status') await this.#freshAllowance();
    const talkers = (text === 'echo' ? this.#talkers.echo : this.#talkers.ours).slice(0, atOnce);
    if (text !== 'echo') await takeRemoteCalls(this.#latchkey.running);
    const from = performance.now();
    const turns = await Promise.all(talkers.map((talker) => saysOften(talker, text, count / atOnce)));
    const seconds = (performance.now() - from) / 1_000;
    const calls = text === 'echo' ? [] : await this.#callsToSystems();
    const inTurn = atOnce === 1 && text !== 'echo' ? turns.flat() : [];
    return {
      turnMs: turns.flat().map((turn) => turn.to - turn.from),
      remoteMs: inTurn.map((turn) => coveredMs(calls, sinceEpoch(turn))),
      turnsPerSecond: turns.flat().length / seconds,
    };
  }

  /** By the sandbox's own log of what it was sent. */
  async callsPerTurn(said: Said): Promise<number> {
    const [ada] = this.#talkers.ours;
    if (said === 'status') await this.#freshAllowance();
    const before = await this.#sent();
    await ada?.says(said);
    const after = await this.#sent();
    return after.filter((request) => !before.includes(request)).length;
  }

  /**
   * Genesys takes 300 calls a minute per token, and Latchkey obeys; at full speed a benchmark would measure only that. The
   * sandbox lets the token run out, and two turns that do not count fetch a new one.
   */
  async #freshAllowance(): Promise<void> {
    // Off first: switching on what is on lets nothing run out.
    for (const on of [false, true]) {
      const response = await fetch(`${this.#sandbox.genesys}/_sandbox/faults`, {
        method: 'POST',
        body: JSON.stringify({ fault: 'token-expired-now', on }),
      });
      if (!response.ok) throw new Error(`The token could not be let run out: ${await response.text()}`);
    }
    const [ada] = this.#talkers.ours;
    await ada?.says('status');
    await ada?.says('status');
  }

  /** Calls to the connector are left out: answering there is what the echo bot does too. */
  async #callsToSystems(): Promise<readonly RemoteCall[]> {
    const hosts = [this.#sandbox.entra, this.#sandbox.genesys].map((url) => new URL(url).host);
    return (await takeRemoteCalls(this.#latchkey.running)).filter(({ host }) => hosts.includes(host));
  }

  async #sent(): Promise<string[]> {
    const logs = await Promise.all(
      [this.#sandbox.entra, this.#sandbox.genesys].map(async (url) => {
        const { requests } = (await (await fetch(`${url}/_sandbox/requests`)).json()) as { requests: unknown[] };
        return requests.map((request) => JSON.stringify(request));
      }),
    );
    return logs.flat();
  }
}

async function saysOften(talker: Talker, text: string, times: number): Promise<SeenTurn[]> {
  const turns: SeenTurn[] = [];
  for (let turn = 0; turn < times; turn += 1) turns.push(await talker.says(text));
  return turns;
}

function sinceEpoch({ from, to }: SeenTurn): SeenTurn {
  return { from: performance.timeOrigin + from, to: performance.timeOrigin + to };
}
