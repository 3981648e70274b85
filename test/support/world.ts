import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Persona } from './persona.js';
import { freePorts, url, type Ports } from './ports.js';
import { answers, end, ended, until } from './processes.js';
import { SandboxControl } from './sandbox-control.js';
import { createTestDatabase, isOnPostgres, type TestDatabase } from './test-database.js';

export { until } from './processes.js';

const DIST = resolve(__dirname, '../../dist');
/** On PostgreSQL live mode makes none. */
const KEY = randomBytes(32).toString('base64');

/**
 * Latchkey and its sandbox as processes of their own, on free ports, over a fresh folder. The sandbox servers run apart
 * from the bot, so that a test can kill the bot alone. The bot's database is embedded, or with `TEST_DATABASE=postgres` a
 * fresh one on PostgreSQL.
 */
export class World {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'latchkey-world-'));
  readonly entra: SandboxControl;
  readonly genesys: SandboxControl;
  readonly teams: SandboxControl;
  readonly slack: SandboxControl;
  readonly #ports: Ports;
  readonly #settings: NodeJS.ProcessEnv;
  readonly #preload: string | undefined;
  readonly #tls: TlsPaths | undefined;
  #database: TestDatabase | undefined;
  #sandbox: ChildProcess | undefined;
  #bot: ChildProcess | undefined;
  /** Everything the bot has printed. */
  botOutput = '';

  private constructor(ports: Ports, settings: NodeJS.ProcessEnv, own: { preload?: string; tls?: TlsPaths }) {
    this.#ports = ports;
    this.#settings = settings;
    this.#preload = own.preload;
    this.#tls = own.tls;
    const scheme = own.tls ? 'https' : 'http';
    this.entra = new SandboxControl(url(ports.entra, scheme));
    this.genesys = new SandboxControl(url(ports.genesys, scheme));
    this.teams = new SandboxControl(url(ports.teams));
    this.slack = new SandboxControl(url(ports.slack));
  }

  /** Starts both and waits until the bot says that it is ready. */
  static async start(settings: NodeJS.ProcessEnv = {}): Promise<World> {
    const world = await World.withoutBot(settings);
    try {
      await world.startBot();
      return world;
    } catch (error) {
      await world.stop();
      throw new Error(`The world did not start. The bot printed:\n${world.botOutput}`, { cause: error });
    }
  }

  /**
   * Starts the sandbox alone; every bot that is started later gets these settings.
   * @param preload a module that the bot's process loads before anything else; absolute path.
   * @param tls with what Entra and Genesys speak https; the test itself must trust the authority, the bot is told to.
   */
  static async withoutBot(settings: NodeJS.ProcessEnv = {}, preload?: string, tls?: TlsPaths): Promise<World> {
    const [entra = 0, genesys = 0, teams = 0, slack = 0, bot = 0] = await freePorts(5);
    const world = new World({ entra, genesys, teams, slack, bot }, settings, {
      ...(preload === undefined ? {} : { preload }),
      ...(tls ? { tls } : {}),
    });
    if (isOnPostgres()) world.#database = await createTestDatabase();
    await world.#startSandbox().catch(async (error: unknown) => {
      await world.stop();
      throw error;
    });
    return world;
  }

  get botUrl(): string {
    return `http://localhost:${this.#ports.bot}`;
  }

  /** One of the sandbox's people, by first name or user principal name, in Teams and (`inSlack`) in Slack. */
  person(name: string): Persona {
    return new Persona(this.teams, name, this.slack);
  }

  /** Resolves once the bot has written its first words in every chat, so that nothing but the test asks it any more. */
  async hasGreetedEverybody(): Promise<void> {
    let missing: readonly { id: string }[] = [];
    const look = async (): Promise<boolean> => {
      const { conversations, activities } = await this.teams.state<{
        conversations: { id: string }[];
        activities: { conversation?: { id: string } }[];
      }>();
      const greeted = new Set(activities.map(({ conversation }) => conversation?.id.split(';')[0]));
      missing = conversations.filter(({ id }) => !greeted.has(id));
      return missing.length === 0;
    };
    // Longer than one remote call that is never answered takes to be given up.
    await until('everybody has been greeted', look, 90_000).catch((cause: unknown) => {
      const ids = missing.map(({ id }) => id).join(', ');
      throw new Error(`Not greeted: ${ids}. The bot printed:\n${this.botOutput}`, { cause });
    });
  }

  async startBot(settings: NodeJS.ProcessEnv = {}): Promise<void> {
    const child = this.#forkBot(settings);
    this.#bot = child;
    child.stdout?.on('data', (chunk: Buffer) => (this.botOutput += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.botOutput += chunk.toString()));
    await answers(`${this.botUrl}/readyz`, child);
  }

  #forkBot(settings: NodeJS.ProcessEnv): ChildProcess {
    const { teams, slack, bot } = this.#ports;
    const [entra, genesys] = [this.entra.url, this.genesys.url];
    return fork(join(DIST, 'src/main.js'), [], {
      execArgv:
        this.#preload === undefined
          ? []
          : ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--import', this.#preload],
      silent: true,
      env: {
        PATH: process.env['PATH'],
        PORT: String(bot),
        DATA_DIR: join(this.dataDir, 'bot'),
        GRAPH_BASE_URL: entra,
        ENTRA_LOGIN_URL: entra,
        GENESYS_GATEWAY_URL: genesys,
        ...(this.#tls ? { NODE_EXTRA_CA_CERTS: this.#tls.authority } : {}),
        SANDBOX_TEAMS_URL: url(teams),
        SLACK_API_URL: `${url(slack)}/api/`,
        LATCHKEY_CLOCK_URL: `${entra}/_sandbox/clock`,
        LOG_LEVEL: 'info',
        ...(this.#database ? { DATABASE_URL: this.#database.url, LATCHKEY_KEY: KEY } : {}),
        ...this.#settings,
        ...settings,
      },
    });
  }

  /** Moves business time forwards, in the sandbox and, once it has noticed, in the bot. */
  async advance(duration: string): Promise<void> {
    await this.entra.advance(duration);
    const { now } = (await (await fetch(`${this.entra.url}/_sandbox/clock`)).json()) as { now: string };
    await until('the bot knows the new time', async () => {
      const { checks } = (await (await fetch(`${this.botUrl}/readyz`)).json()) as { checks: { time: string } };
      return checks.time >= now;
    });
  }

  /** Resolves once the bot has noticed how far business time is, also after it has moved backwards or on again. */
  async agreesOnTime(): Promise<void> {
    await until('the bot has the time of the sandbox', async () => {
      const [clock, ready] = await Promise.all([
        fetch(`${this.entra.url}/_sandbox/clock`),
        fetch(`${this.botUrl}/readyz`),
      ]);
      const { now } = (await clock.json()) as { now: string };
      const { checks } = (await ready.json()) as { checks: { time: string } };
      return Math.abs(Date.parse(checks.time) - Date.parse(now)) < 60_000;
    });
  }

  /** Ends the bot as a power cut would: nothing of its own runs any more. */
  killBot(): Promise<void> {
    return this.#endBot('SIGKILL');
  }

  /** Stops the bot's process where it stands, as a machine that is suspended does; `thawBot` lets it go on. */
  freezeBot(): void {
    this.#bot?.kill('SIGSTOP');
  }

  thawBot(): void {
    this.#bot?.kill('SIGCONT');
  }

  /** Starts one more bot over the same folder, on another port. Resolves with its exit code and what it printed, once it ends. */
  async startSecondBot(): Promise<{ code: number | null; printed: string }> {
    const [port = 0] = await freePorts(1);
    const child = this.#forkBot({ PORT: String(port) });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    }
    await once(child, 'exit');
    return { code: child.exitCode, printed };
  }

  /** Gives an order to what was preloaded into the bot, and resolves with its answer. */
  async orderBot(order: object): Promise<unknown> {
    if (!this.#bot) throw new Error('No bot is running.');
    const answered = once(this.#bot, 'message');
    this.#bot.send(order);
    return ((await answered) as [unknown])[0];
  }

  /** Resolves when the bot has died by itself. */
  botDies(): Promise<void> {
    return this.#endBot(undefined);
  }

  /** Forgets the bot that runs now once it has ended; by then another one may have been started. */
  async #endBot(signal: NodeJS.Signals | undefined): Promise<void> {
    const bot = this.#bot;
    await (signal === undefined ? ended(bot) : end(bot, signal));
    if (this.#bot === bot) this.#bot = undefined;
  }

  /** Keeps what Entra and Genesys hold now under that name. */
  async saveRemote(name: string): Promise<void> {
    await this.#stopSandbox();
    this.#copyRemote(join(this.dataDir, 'sandbox', 'sandbox'), join(this.dataDir, `saved-${name}`));
    await this.#startSandbox();
  }

  /** Entra and Genesys hold again what was saved; the chat stays as it is. */
  async restoreRemote(name: string): Promise<void> {
    await this.#stopSandbox();
    this.#copyRemote(join(this.dataDir, `saved-${name}`), join(this.dataDir, 'sandbox', 'sandbox'));
    await this.#startSandbox();
  }

  /** Keeps everything, the chats and what the bot knows too, under that name. With the embedded database alone. */
  async saveAll(name: string): Promise<void> {
    await this.stopBot();
    await this.#stopSandbox();
    cpSync(this.dataDir, this.#savedAll(name), { recursive: true });
    await this.#startSandbox();
    await this.startBot();
  }

  /** Everything is as it was when it was saved, but for the time, which goes on from there. The bot is killed before. */
  async restoreAll(name: string): Promise<void> {
    await this.killBot();
    await this.#stopSandbox();
    rmSync(this.dataDir, { recursive: true });
    cpSync(this.#savedAll(name), this.dataDir, { recursive: true });
    await this.#startSandbox();
    await this.startBot();
  }

  #savedAll(name: string): string {
    return join(`${this.dataDir}-saved`, name);
  }

  async #stopSandbox(): Promise<void> {
    await end(this.#sandbox, 'SIGTERM');
  }

  #copyRemote(from: string, to: string): void {
    const isRemote = (file: string): boolean => /^(entra|genesys)\.db/.test(file);
    mkdirSync(to, { recursive: true });
    for (const file of readdirSync(to).filter(isRemote)) rmSync(join(to, file));
    for (const file of readdirSync(from).filter(isRemote)) cpSync(join(from, file), join(to, file));
  }

  /** Asks the bot to stop and waits until it has. @returns its exit code. */
  async stopBot(): Promise<number | null> {
    const bot = this.#bot;
    await this.#endBot('SIGTERM');
    return bot?.exitCode ?? null;
  }

  /** Tells the bot something that it may ignore. */
  signalBot(signal: NodeJS.Signals): void {
    this.#bot?.kill(signal);
  }

  async stop(): Promise<void> {
    await end(this.#bot, 'SIGKILL');
    await end(this.#sandbox, 'SIGKILL');
    await this.#database?.drop();
    for (const folder of [this.dataDir, `${this.dataDir}-saved`]) rmSync(folder, { recursive: true, force: true });
  }

  async #startSandbox(): Promise<void> {
    const { entra, genesys, teams, slack, bot } = this.#ports;
    const child = fork(join(DIST, 'sandbox/main.js'), [], {
      execArgv: [],
      silent: true,
      env: {
        PATH: process.env['PATH'],
        DATA_DIR: join(this.dataDir, 'sandbox'),
        SANDBOX_ENTRA_PORT: String(entra),
        SANDBOX_GENESYS_PORT: String(genesys),
        SANDBOX_TEAMS_PORT: String(teams),
        SANDBOX_SLACK_PORT: String(slack),
        SANDBOX_BOT_URL: `http://127.0.0.1:${bot}`,
        ...(this.#tls ? { SANDBOX_TLS_CERTIFICATE: this.#tls.certificate, SANDBOX_TLS_KEY: this.#tls.key } : {}),
      },
    });
    this.#sandbox = child;
    child.stdout?.on('data', (chunk: Buffer) => (this.botOutput += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.botOutput += chunk.toString()));
    for (const { url: at } of [this.entra, this.genesys, this.teams, this.slack])
      await answers(`${at}/_sandbox/clock`, child);
  }
}

/** PEM files. */
export interface TlsPaths {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}
