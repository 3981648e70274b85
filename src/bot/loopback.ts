const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);
const LOOPBACK_ADDRESSES = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Whether a URL leads to this machine. */
export function isLoopbackUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === '' && LOOPBACK_NAMES.has(url.hostname);
}

/**
 * Whether a request comes from this machine and was meant for it: the sender's address, and the `Host` it asked for. The
 * second keeps out a foreign page whose name was pointed at 127.0.0.1 (DNS rebinding).
 */
export function isFromThisMachine(request: { remoteAddress?: string; host?: string }): boolean {
  const host = (request.host ?? '').replace(/:\d+$/, '').toLowerCase();
  return LOOPBACK_ADDRESSES.has(request.remoteAddress ?? '') && LOOPBACK_NAMES.has(host);
}
