import { beginRemoteCall, type Log } from '../../services/index.js';
import { isLoopbackUrl } from '../loopback.js';
import { lineMessage } from './slack-text.js';

const WITHIN_MS = 5_000;

/** Answers to where something was typed, through the address that came with it; no token of ours goes there. */
export class ResponseUrls {
  readonly #isLoopbackOnly: boolean;
  readonly #log: Log;

  /** @param isLoopbackOnly in front of a sandbox: Slack is on this machine, and nowhere else. */
  constructor({ isLoopbackOnly, log }: { isLoopbackOnly: boolean; log: Log }) {
    this.#isLoopbackOnly = isLoopbackOnly;
    this.#log = log;
  }

  /** A line for the one who typed. Never throws. @returns whether Slack took it. */
  async say(url: string, text: string): Promise<boolean> {
    if (!isResponseUrl(url, this.#isLoopbackOnly)) {
      this.#log.warn('An address to answer at is not one of Slack');
      return false;
    }
    const ended = beginRemoteCall('slack', { method: 'POST', url: new URL(url).origin });
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...lineMessage(text) }),
        redirect: 'error',
        signal: AbortSignal.timeout(WITHIN_MS),
      });
      ended(response.status, response.headers);
      await response.body?.cancel();
      return response.ok;
    } catch (error) {
      ended('lost');
      this.#log.warn({ error }, 'A line could not be said where something was typed');
      return false;
    }
  }
}

/** The address comes from outside, though signed: only Slack's own host is answered, or this machine in front of a sandbox. */
export function isResponseUrl(text: string, isLoopbackOnly: boolean): boolean {
  if (isLoopbackOnly) return isLoopbackUrl(text);
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, port, hostname } = new URL(text);
  return (
    protocol === 'https:' && hostname === 'hooks.slack.com' && [username, password, port].every((part) => part === '')
  );
}
