import type { Distrust } from './http.js';
import type { ProblemFacts } from './problem.js';

/** Why TLS did not prove who answered, and what an operator does about it; the same for every system. */
export const DISTRUST_WORDS: Readonly<Record<Distrust, Required<Pick<ProblemFacts, 'why' | 'remedy'>>>> = {
  'unknown-authority': {
    why: 'The certificate of the server is from an authority that this machine does not know. Nothing was sent.',
    remedy:
      'If a proxy of your network opens TLS, set NODE_EXTRA_CA_CERTS to the PEM file of its authority and restart. Otherwise find out who answers.',
  },
  'expired-certificate': {
    why: 'The certificate of the server has expired, or is not valid yet. Nothing was sent.',
    remedy:
      'Check the time of the machine that runs Latchkey. If it is right, whoever runs that server renews the certificate.',
  },
  'other-host': {
    why: 'The certificate of the server is for another host. Nothing was sent.',
    remedy: 'Check the base URLs in the settings, and the DNS and proxy of the machine that runs Latchkey.',
  },
  'no-tls': {
    why: 'The server answered without TLS, or with one that Latchkey does not speak. Nothing was sent.',
    remedy: 'Check the base URLs in the settings, and the proxy of the machine that runs Latchkey.',
  },
};
