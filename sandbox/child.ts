import { runServers, type RunningServers, type RunServersOptions } from './run-servers.js';

/** What the parent sends: first the order, later perhaps another address of the bot. */
export type ToChild =
  | { readonly kind: 'start'; readonly botUrl: string; readonly order: Omit<RunServersOptions, 'botUrl'> }
  | { readonly kind: 'bot'; readonly botUrl: string };

/** What comes back, once. */
export type FromChild =
  | { readonly kind: 'listening'; readonly addresses: RunningServers['addresses']; readonly remarks: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

/** Serves until the parent is gone. Ctrl+C reaches parent and child alike: the parent closes first and then lets go. */
function serveParent(): void {
  let botUrl = '';
  let running: RunningServers | undefined;
  process.on('SIGINT', () => undefined);
  process.on('message', (message: ToChild) => {
    botUrl = message.botUrl;
    if (message.kind === 'bot') return;
    runServers({ ...message.order, botUrl: () => botUrl }).then(
      (servers) => {
        running = servers;
        tell({ kind: 'listening', addresses: servers.addresses, remarks: servers.remarks });
      },
      (error: unknown) => tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => {
    void (running?.close() ?? Promise.resolve()).finally(() => process.exit(0));
  });
}

function tell(message: FromChild): void {
  process.send?.(message);
}

if (require.main === module) serveParent();
