import { App } from '@slack/bolt';
import { SLACK } from '../../sandbox/credentials.js';

/** The baseline of an acknowledgement in Slack: Bolt's hello-world, with its own HTTP server, that acknowledges a command. */
async function main(port: number): Promise<void> {
  const app = new App({
    signingSecret: SLACK.signingSecret,
    authorize: async () => ({ botToken: SLACK.botToken, botId: SLACK.botId, botUserId: SLACK.botUserId }),
    customRoutes: [{ path: '/readyz', method: 'GET', handler: (_request, response) => void response.end() }],
  });
  app.command('/latchkey', async ({ ack }) => {
    await ack('Hello');
  });
  process.on('disconnect', () => process.exit(1));
  await app.start({ port, host: '127.0.0.1' });
}

if (require.main === module) void main(Number(process.env['PORT']));
