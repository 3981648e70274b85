import { BOT, GENESYS, SLACK, TEAMS_APP, TENANT_ID } from '../sandbox/credentials.js';
import { ready, startEchoBot, startLatchkey, startSandboxApart, type Bot } from './support/latchkey.js';
import { withOpened, type Opened } from './support/processes.js';
import type { Figure } from './support/report.js';
import type { Size } from './support/size.js';
import { interleave, median } from './support/statistics.js';

type Settings = Readonly<Record<string, string>>;

const SIZES = { full: { rounds: 3 }, tiny: { rounds: 1 } } satisfies Record<Size, object>;
const BAR = { kind: 'ratio-at-most', value: 3 } as const;
/** What a chat adds to the start that the other one has made. */
const CHAT_BAR = { kind: 'ratio-at-most', value: 1.25 } as const;

/** Live, in front of the sandbox's servers, with Teams alone; with Slack there is more to load. */
function teamsAlone(around: Settings): Settings {
  return {
    ...around,
    ...{ SLACK_API_URL: '', SANDBOX_TEAMS_URL: '' },
    ...{ LATCHKEY_MODE: 'live', HOST: '127.0.0.1', PUBLIC_URL: 'https://latchkey.contoso.example' },
    ...{ AZURE_TENANT_ID: TENANT_ID, AZURE_CLIENT_ID: BOT.clientId, AZURE_CLIENT_SECRET: BOT.clientSecret },
    ...{ GENESYSCLOUD_REGION: GENESYS.region, GENESYSCLOUD_OAUTHCLIENT_ID: GENESYS.clientId },
    GENESYSCLOUD_OAUTHCLIENT_SECRET: GENESYS.clientSecret,
    ...{ MicrosoftAppId: TEAMS_APP.appId, MicrosoftAppTenantId: TENANT_ID, MicrosoftAppPassword: TEAMS_APP.password },
  };
}

function bothChats(around: Settings): Settings {
  const { botToken, signingSecret } = SLACK;
  const { SLACK_API_URL = '' } = around;
  return {
    ...teamsAlone(around),
    ...{ SLACK_BOT_TOKEN: botToken, SLACK_SIGNING_SECRET: signingSecret, SLACK_API_URL },
  };
}

/**
 * From the start of the process to the first answer, over a database that is there already, against the echo bot: Latchkey
 * in front of systems that run, and Latchkey with the start of its sandbox. Live: with both chats, against Teams alone.
 */
export function benchStart(size: Size): Promise<Figure[]> {
  return withOpened(async (opened) => {
    const around = await startSandboxApart(opened);
    const [echo, alone, withSandbox] = [opened.folder(), opened.folder(), opened.folder()];
    const [teams, both] = [opened.folder(), opened.folder()];
    const starts = {
      echo: () => startToReady((once) => startEchoBot(once, { dataDir: echo })),
      alone: () => startToReady((once) => startLatchkey(once, { dataDir: alone, settings: around })),
      withSandbox: () => startToReady((once) => startLatchkey(once, { dataDir: withSandbox })),
      teams: () => startToReady((once) => startLatchkey(once, { dataDir: teams, settings: teamsAlone(around) })),
      both: () => startToReady((once) => startLatchkey(once, { dataDir: both, settings: bothChats(around) })),
    };
    // The first start, which makes the database, is the warm-up.
    const results = await interleave(starts, { rounds: SIZES[size].rounds, warmUp: 1 });
    const baseline = median(results.echo);
    return [
      { name: 'start to ready', unit: 'ms', ours: median(results.alone), baseline, bar: BAR },
      { name: 'start to ready, with its sandbox', unit: 'ms', ours: median(results.withSandbox), baseline, bar: BAR },
      {
        ...{ name: 'start to ready, live, Slack beside Teams', unit: 'ms' },
        ...{ ours: median(results.both), baseline: median(results.teams), bar: CHAT_BAR },
      },
    ];
  });
}

/** Milliseconds; the process is stopped again. */
function startToReady(start: (once: Opened) => Promise<Bot>): Promise<number> {
  return withOpened(async (once) => {
    const from = performance.now();
    await ready(await start(once));
    return performance.now() - from;
  });
}
