import { resolve } from 'node:path';
import { runServers, type RunningServers } from './run-servers.js';
import { givenAddresses, portWishes, tlsFiles } from './settings.js';

/** `npm run sandbox`: the servers alone, without the bot, for any client that wants to be tried against them. */
async function main(): Promise<void> {
  const { env } = process;
  const botUrl = env['SANDBOX_BOT_URL']?.trim() || `http://127.0.0.1:${env['PORT']?.trim() || '3978'}`;
  const servers = await runServers({
    folder: resolve(env['DATA_DIR']?.trim() || './.latchkey', 'sandbox'),
    given: givenAddresses(env),
    ports: portWishes(env),
    botUrl: () => botUrl,
    tls: tlsFiles(env),
    fresh: process.argv.includes('--fresh'),
  });
  process.stdout.write(welcome(servers, botUrl));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void servers.close().finally(() => process.exit(0)));
  }
}

function welcome({ addresses, remarks }: RunningServers, botUrl: string): string {
  return [
    ...remarks,
    `Entra and Microsoft Graph  ${addresses.entra}`,
    `Genesys Cloud              ${addresses.genesys}`,
    `Teams connector            ${addresses.teams}`,
    `Slack                      ${addresses.slack ?? ''}`,
    `The bot is expected at     ${botUrl}`,
    '',
    'To put Latchkey in front of these servers, start it with:',
    ...(addresses.entra.startsWith('https:') ? ['  NODE_EXTRA_CA_CERTS=<PEM of the authority> \\'] : []),
    `  GRAPH_BASE_URL=${addresses.entra} ENTRA_LOGIN_URL=${addresses.entra} \\`,
    `  GENESYS_GATEWAY_URL=${addresses.genesys} SANDBOX_TEAMS_URL=${addresses.teams} \\`,
    `  SLACK_API_URL=${addresses.slack ?? ''}/api/ npm start`,
    '',
    `Page: ${addresses.teams}/`,
    '',
  ].join('\n');
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
