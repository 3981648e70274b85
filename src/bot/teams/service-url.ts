import { isLoopbackUrl } from '../loopback.js';

/** Which hosts the bot answers to; `loopback`: only this machine. */
export type ServiceHosts = readonly string[] | 'loopback';

/** Whether the bot may send a message, and its token, to that address: https on the usual port to a host of the list. */
export function isServiceUrl(text: string, hosts: ServiceHosts): boolean {
  if (hosts === 'loopback') return isLoopbackUrl(text);
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.port === '' && url.hash === '';
  return url.protocol === 'https:' && isPlain && hosts.includes(url.hostname);
}
