import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SandboxAddresses } from './addresses.js';
import type { FromChild, ToChild } from './child.js';
import { BOT, GENESYS, SLACK, TENANT_ID } from './credentials.js';
import { pageFolders, projectRoot } from './page-folders.js';
import { givenAddresses, portWishes, type SandboxEnvironment, SERVER_NAMES, tlsFiles } from './settings.js';

export interface StartSandboxOptions {
  readonly dataDir: string;
  /** The port the bot listens on; `tellBotUrl` corrects it when that was 0. */
  readonly botPort: number;
  readonly env: SandboxEnvironment;
  /** One sentence about something an operator should know. */
  readonly log: (line: string) => void;
  /** Forget what the sandbox holds, and begin anew. */
  readonly fresh?: boolean;
}

export interface Sandbox {
  readonly addresses: Readonly<SandboxAddresses>;
  /** Addresses, clock and credentials, named as in the environment: all that the bot gets to know of the sandbox. */
  readonly settings: Readonly<Record<string, string>>;
  /** The browser page, for the bot's own HTTP server. */
  readonly page: {
    readonly folders: readonly string[];
    readonly files: Readonly<Record<string, string>>;
    readonly proxyTo: string;
  };
  /** Tells the sandboxes of the chats where the bot is, unless `SANDBOX_BOT_URL` says so. */
  tellBotUrl(url: string): void;
  /** Settles when the servers are closed and their state is stored. */
  stop(): Promise<void>;
}

/**
 * Starts, in one child process, the servers whose address the environment does not give, over the state in
 * `<dataDir>/sandbox`. Settles when all listen; throws with a sentence when they cannot. The child ends with its parent.
 */
export async function startSandbox(options: StartSandboxOptions): Promise<Sandbox> {
  const { env } = options;
  const given = givenAddresses(env);
  const isAllGiven = SERVER_NAMES.every((name) => given[name] !== undefined);
  const child = isAllGiven ? undefined : await Servers.start(options);
  const addresses: SandboxAddresses = {
    entra: '',
    genesys: '',
    teams: '',
    ...given,
    ...child?.addresses,
  };
  return {
    addresses,
    settings: settingsOf(addresses, env),
    page: {
      folders: pageFolders(),
      // The package's own entry cannot be loaded by a browser; this is its browser build.
      files: { 'adaptivecards.js': require.resolve('adaptivecards/dist/adaptivecards.min.js') },
      proxyTo: addresses.teams,
    },
    tellBotUrl: (url) => child?.tellBotUrl(url),
    stop: async () => child?.stop(),
  };
}

/** The settings of a sandbox that runs already; `undefined` when the environment does not say where. */
export function findSandbox(env: SandboxEnvironment): Readonly<Record<string, string>> | undefined {
  const { entra, genesys, slack } = givenAddresses(env);
  if (!entra || !genesys) return undefined;
  return settingsOf({ entra, genesys, teams: '', ...(slack === undefined ? {} : { slack }) }, env);
}

function settingsOf(addresses: SandboxAddresses, env: SandboxEnvironment): Record<string, string> {
  return {
    AZURE_TENANT_ID: TENANT_ID,
    AZURE_CLIENT_ID: BOT.clientId,
    AZURE_CLIENT_SECRET: BOT.clientSecret,
    GENESYSCLOUD_REGION: GENESYS.region,
    GENESYSCLOUD_OAUTHCLIENT_ID: GENESYS.clientId,
    GENESYSCLOUD_OAUTHCLIENT_SECRET: GENESYS.clientSecret,
    GRAPH_BASE_URL: env['GRAPH_BASE_URL']?.trim() || addresses.entra,
    ENTRA_LOGIN_URL: addresses.entra,
    GENESYS_GATEWAY_URL: addresses.genesys,
    ...slackSettings(addresses.slack),
    LATCHKEY_CLOCK_URL: env['LATCHKEY_CLOCK_URL']?.trim() || `${addresses.entra}/_sandbox/clock`,
  };
}

function slackSettings(address: string | undefined): Record<string, string> {
  if (!address) return {};
  return {
    SLACK_BOT_TOKEN: SLACK.botToken,
    SLACK_SIGNING_SECRET: SLACK.signingSecret,
    SLACK_API_URL: `${address}/api/`,
  };
}

const STOP_MS = 5_000;

/** The child process with the servers. */
class Servers {
  readonly addresses: SandboxAddresses;
  readonly #child: ChildProcess;
  readonly #mayTellBotUrl: boolean;

  private constructor(child: ChildProcess, addresses: SandboxAddresses, mayTellBotUrl: boolean) {
    this.#child = child;
    this.addresses = addresses;
    this.#mayTellBotUrl = mayTellBotUrl;
  }

  static async start({ dataDir, botPort, env, log, fresh = false }: StartSandboxOptions): Promise<Servers> {
    const botUrl = env['SANDBOX_BOT_URL']?.trim();
    const child = forkChild(env);
    const answer = firstMessage(child);
    send(child, {
      kind: 'start',
      botUrl: botUrl || `http://127.0.0.1:${botPort}`,
      order: {
        folder: resolve(dataDir, 'sandbox'),
        given: givenAddresses(env),
        ports: portWishes(env),
        tls: tlsFiles(env),
        fresh,
      },
    });
    const started = await answer;
    if (started.kind === 'failed') {
      child.disconnect();
      throw new Error(started.message);
    }
    for (const remark of started.remarks) log(remark);
    const servers = new Servers(child, started.addresses, !botUrl);
    child.once('exit', () => {
      if (!servers.#isStopping) log('The sandbox servers ended on their own. Start again.');
    });
    return servers;
  }

  #isStopping = false;

  tellBotUrl(botUrl: string): void {
    if (this.#mayTellBotUrl && this.#child.connected) send(this.#child, { kind: 'bot', botUrl });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(kill);
  }
}

/** A child with nothing of our environment but what a process needs to run, and without the flags of ours. */
function forkChild(environment: SandboxEnvironment): ChildProcess {
  const file = join(projectRoot(), 'dist', 'sandbox', 'child.js');
  if (!existsSync(file)) throw new Error('The sandbox is not built yet. Run "npm run build".');
  const env = Object.fromEntries(['PATH', 'SystemRoot', 'TEMP', 'TZ'].map((name) => [name, environment[name]]));
  return fork(file, [], { execArgv: [], env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

async function firstMessage(child: ChildProcess): Promise<FromChild> {
  return new Promise((settle) => {
    child.once('message', (message: FromChild) => settle(message));
    child.once('error', (error) => settle({ kind: 'failed', message: error.message }));
    child.once('exit', (code) => settle({ kind: 'failed', message: `The sandbox servers ended with code ${code}.` }));
  });
}

function send(child: ChildProcess, message: ToChild): void {
  child.send(message);
}
