import { pino, type DestinationStream, type Logger } from 'pino';
import { logFields } from './log-context.js';
import { createRedact, type Redact } from './redact.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** What varies: operation, step, ids, remote request id, `error`. Never free text from people. */
export type LogFields = Readonly<Record<string, unknown>>;

interface Write {
  (message: string): void;
  (fields: LogFields, message: string): void;
}

/**
 * A log whose messages are fixed and whose fields vary, in pino's order; `withLogFields` adds those of the work that is
 * under way. All of it is redacted before it is written.
 */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** A log that adds these fields to every line. */
  child(fields: LogFields): Log;
}

/**
 * Writes one JSON object per line to `stream` (default: standard output).
 * @param secrets configured secret values that must not appear anywhere, whatever the field.
 */
export function createLog({
  level,
  stream,
  secrets = [],
}: {
  level: LogLevel;
  stream?: DestinationStream;
  secrets?: readonly string[];
}): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const writer = stream ? pino(options, stream) : pino(options);
  return logOver(writer, createRedact(secrets));
}

function logOver(writer: Logger, redact: Redact): Log {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error'): Write =>
    (given: string | LogFields, message?: string): void => {
      if (!writer.isLevelEnabled(level)) return;
      const [fields, words] = typeof given === 'string' ? [{}, given] : [given, message];
      writer[level](Object.assign({}, redact(logFields()), redact(fields)), String(redact(words)));
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => logOver(writer.child(redact(fields) as Record<string, unknown>), redact),
  };
}
