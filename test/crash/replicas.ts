import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { Balancer } from '../support/balancer.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { freePorts } from '../support/ports.js';
import { until, World } from '../support/world.js';
import { RemoteProxy } from './remote-proxy.js';

/** One change on a remote side, and which replica asked for it. */
export interface Effect {
  readonly by: number;
  readonly name: string;
  /** Since the process started, in milliseconds. */
  readonly atMs: number;
}

/** What happens around each effect; it goes on once the watcher has resolved. */
export type Watch = (effect: Effect, when: 'before' | 'after') => Promise<void>;

const MAIN = resolve(__dirname, '../../dist/src/main.js');
const COUNT = 2;

/** Two bots over one PostgreSQL, behind a balancer, in front of one sandbox. Each has a data folder of its own. */
export class Replicas {
  readonly world: World;
  readonly effects: Effect[] = [];
  readonly #database: TestDatabase;
  readonly #settings: NodeJS.ProcessEnv;
  readonly #ports: readonly number[];
  readonly #bots: (ChildProcess | undefined)[] = [];
  readonly #proxies: RemoteProxy[] = [];
  readonly #addresses: { readonly entra: string; readonly genesys: string }[] = [];
  #balancer: Balancer | undefined;
  watch: Watch = async () => undefined;
  /** Everything the bots have printed. */
  output = '';

  private constructor(world: World, database: TestDatabase, ports: readonly number[]) {
    this.world = world;
    this.#database = database;
    this.#ports = ports;
    this.#settings = {
      ...{ LATCHKEY_KEY: randomBytes(32).toString('base64'), PUBLIC_URL: world.botUrl },
      // The sandbox shows everything at once; a creation whose answer is lost is looked for as long as this.
      REPLICATION_BUDGET_S: '15',
    };
  }

  static async start(): Promise<Replicas> {
    const database = await createTestDatabase();
    const replicas = new Replicas(await World.withoutBot(), database, await freePorts(COUNT));
    try {
      await replicas.#open();
      return replicas;
    } catch (error) {
      await replicas.stop();
      throw new Error(`The replicas did not start. They printed:\n${replicas.output}`, { cause: error });
    }
  }

  /** One address for each replica. */
  get urls(): readonly string[] {
    return this.#ports.map((port) => `http://127.0.0.1:${String(port)}`);
  }

  /** Which replica has that name in the database. */
  indexOf(holder: string): number | undefined {
    const index = this.#bots.findIndex((bot) => bot?.pid !== undefined && holder.includes(` ${String(bot.pid)} `));
    return index < 0 ? undefined : index;
  }

  get balancer(): Balancer {
    if (!this.#balancer) throw new Error('There is no balancer.');
    return this.#balancer;
  }

  async #open(): Promise<void> {
    for (let index = 0; index < COUNT; index += 1) {
      const { entra, genesys } = this.world;
      this.#addresses.push({
        entra: await this.#proxy(index, entra.url),
        genesys: await this.#proxy(index, genesys.url),
      });
    }
    this.#balancer = await Balancer.open(Number(new URL(this.world.botUrl).port), this.urls);
    // At the same moment, as an orchestrator does: both find an empty database.
    await Promise.all(this.#ports.map((_, index) => this.startBot(index)));
    await this.world.hasGreetedEverybody();
  }

  async startBot(index: number): Promise<void> {
    const port = this.#ports[index] ?? 0;
    const child = fork(MAIN, [], { execArgv: [], silent: true, env: this.#environment(index, port) });
    this.#bots[index] = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString().replace(/^/gm, `[${String(index)}] `)));
    }
    const url = `${this.urls[index] ?? ''}/readyz`;
    await until(`replica ${String(index)} answers`, async () => {
      if (child.exitCode !== null) throw new Error(`Replica ${String(index)} has ended.`);
      return (await fetch(url).catch(() => undefined))?.status === 200;
    });
  }

  #environment(index: number, port: number): NodeJS.ProcessEnv {
    const remote = this.#addresses[index];
    const { entra, teams, slack } = this.world;
    return {
      PATH: process.env['PATH'],
      PORT: String(port),
      DATA_DIR: join(this.world.dataDir, `bot-${String(index)}`),
      DATABASE_URL: this.#database.url,
      GRAPH_BASE_URL: remote?.entra,
      ENTRA_LOGIN_URL: entra.url,
      GENESYS_GATEWAY_URL: remote?.genesys,
      SANDBOX_TEAMS_URL: teams.url,
      SLACK_API_URL: `${slack.url}/api/`,
      LATCHKEY_CLOCK_URL: `${entra.url}/_sandbox/clock`,
      ...this.#settings,
    };
  }

  /** Both run again, whatever was done to them. */
  async mend(): Promise<void> {
    for (const [index, bot] of this.#bots.entries()) {
      bot?.kill('SIGCONT');
      if (!bot || bot.exitCode !== null || bot.signalCode !== null) await this.startBot(index);
    }
  }

  /** Sends the signal; for those that end a process, resolves when it has ended. */
  async signal(index: number, signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const child = this.#bots[index];
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await ended;
  }

  /** Asks the database that the replicas share. */
  async rows<Row>(text: string): Promise<Row[]> {
    const client = new Client({ connectionString: this.#database.url });
    await client.connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#bots.map((_, index) => this.signal(index, 'SIGKILL')));
    await this.#balancer?.close();
    await this.world.stop();
    await this.#database.drop();
    for (const proxy of this.#proxies) await proxy.close();
  }

  async #proxy(by: number, target: string): Promise<string> {
    const around = async (name: string, when: 'before' | 'after'): Promise<boolean> => {
      const effect = { by, name, atMs: performance.now() };
      if (when === 'after') this.effects.push(effect);
      await this.watch(effect, when);
      return true;
    };
    const proxy = await RemoteProxy.open(target, {
      before: (name) => around(name, 'before'),
      refuses: () => false,
      after: (name) => around(name, 'after'),
    });
    this.#proxies.push(proxy);
    return proxy.url;
  }
}
