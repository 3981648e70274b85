import { once } from 'node:events';
import { createServer } from 'node:net';

/** Of the servers of one world. */
export interface Ports {
  readonly entra: number;
  readonly genesys: number;
  readonly teams: number;
  readonly slack: number;
  readonly bot: number;
}

/** Of a server on this machine. */
export function url(port: number, scheme = 'http'): string {
  return `${scheme}://127.0.0.1:${port}`;
}

/** Ports that nobody listens on at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
