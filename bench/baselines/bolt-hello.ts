import { App } from '@slack/bolt';
import { SLACK } from '../../sandbox/credentials.js';
import { openDatabase } from '../../src/services/platform/database.js';
import { createLog } from '../../src/services/platform/log.js';

/**
 * The baseline of an acknowledgement in Slack: Bolt's hello-world, with its own HTTP server, that acknowledges a command.
 * With a `dataDir` it makes one durable insert before, in the database class that Latchkey uses.
 */
async function main({ port, dataDir }: { port: number; dataDir: string | undefined }): Promise<void> {
  const keep = dataDir === undefined ? async () => undefined : await keeper(dataDir);
  const app = new App({
    signingSecret: SLACK.signingSecret,
    authorize: async () => ({ botToken: SLACK.botToken, botId: SLACK.botId, botUserId: SLACK.botUserId }),
    customRoutes: [{ path: '/readyz', method: 'GET', handler: (_request, response) => void response.end() }],
  });
  app.command('/latchkey', async ({ ack, command }) => {
    await keep(command.trigger_id);
    await ack('Hello');
  });
  process.on('disconnect', () => process.exit(1));
  await app.start({ port, host: '127.0.0.1' });
}

async function keeper(dataDir: string): Promise<(deliveryId: string) => Promise<unknown>> {
  const { db } = await openDatabase({ dataDir, log: createLog({ level: 'error' }) });
  return (deliveryId) =>
    db.insertInto('delivery').values({ channel: 'hello', delivery_id: deliveryId, at: new Date() }).execute();
}

if (require.main === module) void main({ port: Number(process.env['PORT']), dataDir: process.env['DATA_DIR'] });
