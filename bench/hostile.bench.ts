import fc from 'fast-check';
import { BOT, GENESYS, TENANT_ID } from '../sandbox/credentials.js';
import { APP_ID, BotFrameworkStub } from '../test/contract/bot-framework-stub.js';
import { faultOf, hostileRequests, sendHostile, unforeseenIn } from '../test/support/hostile-requests.js';
import { ConnectorStub } from './support/connector-stub.js';
import { ready, startLatchkey, startSandboxApart, type Bot } from './support/latchkey.js';
import { hasProc, residentMb, withOpened, type Opened } from './support/processes.js';
import type { Figure } from './support/report.js';
import type { Size } from './support/size.js';

/** To each of the three; they are different requests at each run, from a seed that a failure names. */
const REQUESTS = { full: 6_000, tiny: 200 } satisfies Record<Size, number>;
const AT_ONCE = 8;

/**
 * Requests that no honest client sends, to every route of the real process: in front of its sandbox, live, and live with
 * a good token for each, as if Teams itself had sent it.
 */
export function benchHostile(size: Size): Promise<Figure[]> {
  return withOpened(async (opened) => {
    const stub = await ConnectorStub.listen();
    opened.closeLater(() => stub.close());
    const framework = await BotFrameworkStub.start();
    opened.closeLater(() => framework.close());
    const attackOn = { serviceUrl: stub.url, count: REQUESTS[size] };
    const authorization = `Bearer ${await framework.token(stub.url)}`;
    return [
      ...(await attack(await startBeforeSandbox(opened), { where: 'before a sandbox', ...attackOn })),
      ...(await attack(await startLive(opened), { where: 'live', ...attackOn })),
      ...(await attack(await startLive(opened, framework), { where: 'live and signed', ...attackOn, authorization })),
    ];
  });
}

async function startBeforeSandbox(opened: Opened): Promise<Bot> {
  const settings = { TURNS_PER_MINUTE: '1000000', LOG_LEVEL: 'error' };
  return ready(await startLatchkey(opened, { dataDir: opened.folder(), settings }));
}

/** @param framework who signs for Teams, and gives the bot its token; absent: the real one, which is never reached. */
async function startLive(opened: Opened, framework?: BotFrameworkStub): Promise<Bot> {
  const settings = {
    ...(await startSandboxApart(opened)),
    ...{ SANDBOX_TEAMS_URL: '', SLACK_API_URL: '', LOG_LEVEL: 'error' }, // the sandbox's; unset live
    ...{ LATCHKEY_MODE: 'live', HOST: '127.0.0.1', PUBLIC_URL: 'https://latchkey.contoso.example' },
    ...{ MicrosoftAppId: APP_ID, MicrosoftAppTenantId: TENANT_ID, MicrosoftAppPassword: 'hunter2-hunter2' },
    ...(framework ? { TEAMS_OPENID_URL: framework.openIdUrl, TEAMS_TOKEN_ISSUER: framework.url } : {}),
    ...(framework ? { TEAMS_LOGIN_URL: framework.url, TURNS_PER_MINUTE: '1000000' } : {}),
    ...{ AZURE_TENANT_ID: TENANT_ID, AZURE_CLIENT_ID: BOT.clientId, AZURE_CLIENT_SECRET: BOT.clientSecret },
    ...{ GENESYSCLOUD_REGION: GENESYS.region, GENESYSCLOUD_OAUTHCLIENT_ID: GENESYS.clientId },
    ...{ GENESYSCLOUD_OAUTHCLIENT_SECRET: GENESYS.clientSecret, METRICS_TOKEN: 'hunter2-hunter2-hunter2' },
  };
  return ready(await startLatchkey(opened, { dataDir: opened.folder(), settings }));
}

interface Attack {
  readonly where: string;
  readonly serviceUrl: string;
  readonly count: number;
  readonly authorization?: string;
}

async function attack({ url, running }: Bot, { where, serviceUrl, count, authorization }: Attack): Promise<Figure[]> {
  const port = Number(new URL(url).port);
  const seed = Math.floor(Math.random() * 2 ** 31);
  const requests = fc.sample(hostileRequests(serviceUrl, authorization), { numRuns: count, seed });
  const before = hasProc() ? residentMb(running.pid) : 0;
  const faults: string[] = [];
  const worker = async (): Promise<void> => {
    for (let next = requests.pop(); next !== undefined; next = requests.pop()) {
      const fault = faultOf(next, await sendHostile(port, next));
      if (fault !== undefined) faults.push(fault);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  faults.push(...unforeseenIn(running.printed));
  const isAlive = await fetch(`${url}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  );
  if (!isAlive) faults.push('the process does not stand any more');
  for (const fault of faults.slice(0, 10)) process.stderr.write(`seed ${String(seed)}: ${fault}\n`);
  return [
    { name: `hostile requests, ${where}: sent`, unit: 'requests', ours: count },
    {
      name: `hostile requests, ${where}: ill answered`,
      unit: 'requests',
      ours: faults.length,
      bar: { kind: 'at-most', value: 0 },
    },
    ...(hasProc()
      ? [
          {
            name: `hostile requests, ${where}: memory grown by`,
            unit: 'MB' as const,
            ours: residentMb(running.pid) - before,
          },
        ]
      : []),
  ];
}
