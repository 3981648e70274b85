import { DISTRUST_WORDS } from '../platform/distrust-words.js';
import type { Distrust, Silence } from '../platform/http.js';
import { fine, type Finding } from './finding.js';

/** How far a connection came. By layer: DNS, TCP, TLS, HTTP. */
export type Reach =
  | { readonly kind: 'unknown-name' | 'no-connection'; readonly code: string }
  | { readonly kind: 'not-trusted'; readonly code: Distrust }
  | { readonly kind: 'no-answer'; readonly silence: Silence }
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The `Date` header, whole seconds. */
      readonly theirTime?: Date | undefined;
      readonly sentAt: Date;
      readonly answeredAt: Date;
    };

/** One address that Latchkey has to reach. */
export interface Host {
  /** Stable, for programs: `graph`. */
  readonly key: string;
  /** For people: "Microsoft Graph". */
  readonly title: string;
  readonly url: string;
}

export interface HostSeen extends Host {
  readonly reach: Reach;
}

export function judgeReach({ key, title, url, reach }: HostSeen): Finding {
  const name = `reach:${key}`;
  const { host } = new URL(url);
  switch (reach.kind) {
    case 'unknown-name':
      return gone(name, `This machine does not find the name ${host} (${title}; DNS says ${reach.code}).`, DNS);
    case 'no-connection':
      return gone(name, `${title} takes no connection at ${host} (${reach.code}).`, firewall(host));
    case 'not-trusted':
      return distrusted(name, `Whoever answers at ${host} did not prove to be ${title}.`, reach.code);
    case 'no-answer':
      return gone(
        name,
        `${title} takes the connection at ${host} and does not answer (${reach.silence}).`,
        firewall(host),
      );
    case 'answered':
      if (reach.status < 500) return fine(name, `${title} answers at ${host}.`);
      return {
        name,
        state: 'warning',
        what: `${title} answers at ${host} with ${String(reach.status)}: a fault of its own.`,
        remedy: 'Run this again in some minutes. If it stays, look at the status page of the service.',
      };
  }
}

const DNS = 'Check the name server of this machine, and the rules of its network for that name.';
function distrusted(name: string, what: string, code: Distrust): Finding {
  const { why, remedy } = DISTRUST_WORDS[code];
  return gone(name, `${what} ${why}`, remedy);
}

function firewall(host: string): string {
  return `Let this machine connect to ${host}: firewall, and the rules of its network.`;
}

function gone(name: string, what: string, remedy: string): Finding {
  return { name, state: 'missing', what, remedy };
}

/** Tokens and assertions are good for 5 minutes more at both ends; SAML breaks beyond. */
const BROKEN_MS = 5 * 60_000;
const SUSPICIOUS_MS = 60_000;

/** Compares this machine's clock with those of the services, by the one that differs most. Nothing without any answer. */
export function judgeClock(hosts: readonly HostSeen[]): Finding[] {
  const seen = hosts.flatMap(({ title, reach }) => {
    const ahead = clockDifference(reach);
    return ahead === undefined ? [] : [{ title, ahead }];
  });
  const [worst] = [...seen].sort((one, other) => Math.abs(other.ahead) - Math.abs(one.ahead));
  if (!worst) return [];
  const difference = Math.abs(worst.ahead);
  if (difference <= SUSPICIOUS_MS) return [fine('clock', 'This machine’s clock agrees with those of the services.')];
  const words = `This machine’s clock is ${inWords(difference)} ${worst.ahead > 0 ? 'ahead of' : 'behind'} that of ${worst.title}.`;
  return [
    {
      name: 'clock',
      state: difference > BROKEN_MS ? 'missing' : 'warning',
      what:
        difference > BROKEN_MS
          ? `${words} Tokens are refused, and times of sign-ins and certificates are wrong.`
          : words,
      remedy: 'Let the machine take its time from a time server (NTP).',
    },
  ];
}

/**
 * Milliseconds by which our clock is ahead of theirs for certain: what the road and the whole seconds of the header may
 * account for is taken off. `undefined`: they did not say.
 */
export function clockDifference(reach: Reach): number | undefined {
  if (reach.kind !== 'answered' || !reach.theirTime) return undefined;
  const [sent, answered, theirs] = [reach.sentAt, reach.answeredAt, reach.theirTime].map((time) => time.getTime());
  if (sent === undefined || answered === undefined || theirs === undefined) return undefined;
  // They wrote it between our sending and our reading, at some moment of that second.
  if (sent > theirs + 1_000) return sent - (theirs + 1_000);
  return answered < theirs ? answered - theirs : 0;
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${String(seconds)} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${String(minutes)} minutes` : `${String(Math.round(minutes / 60))} hours`;
}
