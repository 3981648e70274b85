import { clientAddress } from './client-address.js';

const from = (remoteAddress: string | undefined, forwarded?: string): string =>
  clientAddress({ remoteAddress, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } });

test.each([
  ['a stranger', '203.0.113.9', undefined, '203.0.113.9'],
  ['a stranger who makes up a sender', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['a stranger behind our proxy', '10.0.0.7', '198.51.100.1', '198.51.100.1'],
  ['one who made up a sender before our proxy', '172.18.0.2', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
  ['a proxy on this machine', '::ffff:127.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
  ['a proxy with IPv6', 'fd00::2', '2001:db8::1', '2001:db8::1'],
  ['a proxy that says nothing', '192.168.1.4', undefined, '192.168.1.4'],
  ['a proxy that says rubbish', '192.168.1.4', 'unknown, <script>', '192.168.1.4'],
  ['nobody: the connection is gone', undefined, '198.51.100.1', ''],
])('%s', (_who, peer, forwarded, address) => {
  expect(from(peer, forwarded)).toBe(address);
});
