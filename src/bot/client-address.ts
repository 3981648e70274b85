import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const PRIVATE = new BlockList();
for (const [address, prefix] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(address, prefix, 'ipv4');
}
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addAddress('::1', 'ipv6');

/**
 * Whose request this is, for counting only and never for letting somebody in. A private neighbour is taken for our proxy:
 * then the last entry of its `X-Forwarded-For`, the one it has seen itself. Whoever else sends that header is not believed.
 */
export function clientAddress(
  request: Pick<IncomingMessage, 'headers'> & { remoteAddress: string | undefined },
): string {
  const peer = withoutMapping(request.remoteAddress ?? '');
  if (!isPrivate(peer)) return peer;
  const forwarded = String(request.headers['x-forwarded-for'] ?? '');
  const last = withoutMapping(forwarded.split(',').at(-1)?.trim() ?? '');
  return isIP(last) === 0 ? peer : last;
}

function isPrivate(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && PRIVATE.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** An IPv4 address as a socket that listens on both tells it. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
