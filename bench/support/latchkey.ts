import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type Opened, type Running, type Start } from './processes.js';

/** A program that answers `POST /api/messages`. */
export interface Bot {
  readonly running: Running;
  readonly url: string;
}

const ANY_PORTS = {
  SANDBOX_ENTRA_PORT: '0',
  SANDBOX_GENESYS_PORT: '0',
  SANDBOX_TEAMS_PORT: '0',
  SANDBOX_SLACK_PORT: '0',
} as const;

/** Latchkey as `npm start` starts it: with its sandbox in a child process, on free ports. Not yet ready. */
export async function startLatchkey(
  opened: Opened,
  given: { dataDir: string; settings?: Readonly<Record<string, string>>; preload?: string },
): Promise<Bot> {
  const { dataDir, settings = {}, preload } = given;
  const env = { ...ANY_PORTS, DATA_DIR: dataDir, ...settings };
  return startBot(opened, { script: 'src/main.js', env, ...(preload === undefined ? {} : { preload }) });
}

/** The echo bot, over an embedded database in that folder. Not yet ready. */
export function startEchoBot(opened: Opened, { dataDir }: { dataDir: string }): Promise<Bot> {
  return startBot(opened, { script: 'bench/baselines/echo-bot.js', env: { DATA_DIR: dataDir } });
}

/** Bolt's hello-world. Not yet ready. @param keeps where it makes a durable insert before each acknowledgement. */
export function startBoltHello(opened: Opened, keeps: { dataDir?: string } = {}): Promise<Bot> {
  const { dataDir } = keeps;
  return startBot(opened, {
    ...{ script: 'bench/baselines/bolt-hello.js', env: dataDir === undefined ? {} : { DATA_DIR: dataDir } },
  });
}

async function startBot(opened: Opened, order: Start): Promise<Bot> {
  const port = await freePort();
  const running = opened.start({ ...order, env: { ...order.env, PORT: String(port) } });
  return { running, url: `http://127.0.0.1:${port}` };
}

export async function ready(bot: Bot): Promise<Bot> {
  await bot.running.isReady(`${bot.url}/readyz`);
  return bot;
}

/** Where Latchkey's own sandbox servers listen; it notes their ports in its data folder. */
export function sandboxOf(dataDir: string): Record<'entra' | 'genesys' | 'teams' | 'slack', string> {
  const ports = JSON.parse(readFileSync(join(dataDir, 'sandbox', 'ports.json'), 'utf8')) as Record<string, number>;
  const url = (server: string): string => `http://127.0.0.1:${ports[server]}`;
  return { entra: url('entra'), genesys: url('genesys'), teams: url('teams'), slack: url('slack') };
}

/** The sandbox apart from the bot, and the settings with which Latchkey finds it running. */
export async function startSandboxApart(opened: Opened): Promise<Readonly<Record<string, string>>> {
  const [entra, genesys, teams, slack] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const running = opened.start({
    script: 'sandbox/main.js',
    env: {
      DATA_DIR: opened.folder(),
      SANDBOX_ENTRA_PORT: String(entra),
      SANDBOX_GENESYS_PORT: String(genesys),
      SANDBOX_TEAMS_PORT: String(teams),
      SANDBOX_SLACK_PORT: String(slack),
    },
  });
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  for (const port of [entra, genesys, teams, slack]) await running.isReady(`${url(port)}/_sandbox/clock`);
  return {
    GRAPH_BASE_URL: url(entra),
    ENTRA_LOGIN_URL: url(entra),
    GENESYS_GATEWAY_URL: url(genesys),
    SANDBOX_TEAMS_URL: url(teams),
    SLACK_API_URL: `${url(slack)}/api/`,
  };
}
