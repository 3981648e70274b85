import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into the bot's process before the bot, by tests alone. On order, what comes from Slack never becomes a row
 * (`spooled`), or has become one of which the bot never hears (`written`): so a test can kill the bot at these moments. Each
 * order is answered with how many rows were written since it was given last.
 */
type Keep = (...args: readonly unknown[]) => Promise<unknown>;

let moment: string | undefined;
let written = 0;

function wrapStore(ofBot: NodeJS.Require): void {
  const store = ofBot('./services/platform/inbox-store.js') as { keepDeliveries: Keep };
  const keep = store.keepDeliveries;
  store.keepDeliveries = async (...args) => {
    if (moment === 'spooled') await forEver();
    const kept = await keep(...args);
    written += 1;
    if (moment === 'written') await forEver();
    return kept;
  };
}

function forEver(): Promise<never> {
  return new Promise(() => undefined);
}

function takeOrders(): void {
  process.on('message', (order) => {
    const told = order as { moment?: string };
    if (told.moment !== moment) written = 0;
    moment = told.moment;
    process.send?.(written);
  });
  process.channel?.unref();
}

// The thread of the database loads it, too, and knows nothing of what is wrapped.
if (isMainThread) {
  wrapStore(createRequire(process.argv[1] ?? ''));
  takeOrders();
}
