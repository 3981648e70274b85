import { writeSync } from 'node:fs';

/**
 * Shows what a test has measured beside its result. Past the test runner, which keeps what is written to `process.stdout`
 * back and loses it when several suites run.
 */
export function print(text: string): void {
  writeSync(1, text);
}
