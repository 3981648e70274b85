import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../../services/index.js';
import { oneLine } from '../view-text.js';

/** The SDK's log, through ours: warnings and errors alone, as its other lines hold whole requests. */
export function sdkLog(log: Log): Logger {
  const said = (words: readonly unknown[]): string => oneLine(words.map(textOf).join(' '), 300);
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...words: unknown[]) => log.warn({ said: said(words) }, 'The SDK of Slack warns'),
    error: (...words: unknown[]) => log.error({ said: said(words) }, 'The SDK of Slack reports an error'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}

/** Of an error its own sentence; of anything else nothing, as it may be what somebody sent. */
function textOf(word: unknown): string {
  if (word instanceof Error) return word.message;
  return typeof word === 'string' ? word : '';
}
