import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type Request,
  type Response,
  type TurnContext,
} from 'botbuilder';
import restify from 'restify';
import { openDatabase } from '../../src/services/platform/database.js';
import { createLog } from '../../src/services/platform/log.js';

/**
 * The baseline of a chat turn: the smallest botbuilder bot on restify, as Microsoft's echo sample wires it, that makes one
 * durable insert per turn in the database class that Latchkey uses. It listens once the database is open.
 */
async function main({ port, dataDir }: { port: number; dataDir: string }): Promise<void> {
  const { db, close } = await openDatabase({ dataDir, log: createLog({ level: 'error' }) });
  const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}));
  const server = restify.createServer();
  server.use(restify.plugins.bodyParser());
  server.post('/api/messages', async (request: restify.Request, response: restify.Response) => {
    await adapter.process(request as Request, response as Response, async (context: TurnContext) => {
      const { id, text, type } = context.activity;
      if (type !== 'message') return;
      await db
        .insertInto('delivery')
        .values({ channel: 'echo', delivery_id: id ?? '', at: new Date() })
        .execute();
      await context.sendActivity(`Echo: ${text}`);
    });
  });
  server.listen(port, '127.0.0.1');
  process.once('SIGTERM', () => void close().finally(() => process.exit(0)));
  process.on('disconnect', () => process.exit(1));
}

if (require.main === module) {
  void main({ port: Number(process.env['PORT']), dataDir: process.env['DATA_DIR'] ?? '' });
}
