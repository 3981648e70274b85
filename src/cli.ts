import { once } from 'node:events';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askBot, noAnswer } from './bot/cli/ask-bot.js';
import { answer, COMMANDS, type Command, type Reply } from './bot/cli/replies.js';
import { findSocketPath } from './bot/cli/socket-path.js';
import { migrate, move } from './cli-database.js';
import { lintPolicy } from './cli-policy.js';
import { ConfigError, readCommandSettings, readPolicyFile, type CommandSettings } from './config.js';
import { OperatorAudit } from './services/operations/operator-audit.js';
import { auditCheckpoints } from './services/platform/audit-checkpoints.js';
import { createClock } from './services/platform/clock.js';
import { openDatabase } from './services/platform/database.js';
import { hasDatabase } from './services/platform/embedded/open-pglite.js';
import { findKey } from './services/platform/keys.js';
import { createLog } from './services/platform/log.js';
import { Problem, problemFacts, sentencesOf } from './services/platform/problem.js';

const FINE = 0;
const FOUND_SOMETHING = 1;
const COULD_NOT_LOOK = 2;

const HELP = `npx latchkey <command>

  audit verify [--json]   check that no entry of the audit log was changed, hidden, moved or cut off
  audit export            write the audit log, one JSON object per line, the oldest entry first
  move [--to <address>]   copy the embedded database to an empty one on PostgreSQL (default: DATABASE_URL), and compare;
                          the bot must be off
  policy lint [--json]    check the access policy in LATCHKEY_POLICY (default ./policy.yaml), without asking Entra
  migrate                 make or update the tables in DATABASE_URL, as the role that owns them

DATABASE_URL or DATA_DIR (default ./.latchkey) say where the data is, as for the bot, which may be running or not.
Exit code: 0 fine, 1 found something, 2 could not look.
`;

const ANSWER_WITHIN_MS = 3_000;
const ASK_AGAIN_MS = 200;

type Asked =
  | { readonly kind: 'command'; readonly command: Command; readonly isJson: boolean }
  | { readonly kind: 'help' }
  | { readonly kind: 'unknown'; readonly what: string };

/** The command line. Ends the process with its exit code once everything is written. */
export async function runCli(words: readonly string[]): Promise<void> {
  process.once('uncaughtException', (error) => end(complain(error)));
  // Whoever closes the pipe has read enough: `audit export | head`.
  process.stdout.once('error', () => process.exit(FINE));
  end(await run(words).catch(complain));
}

async function run(words: readonly string[]): Promise<number> {
  if (words[0] === 'policy') return checkPolicy(words);
  if (words[0] === 'move' || words[0] === 'migrate') return changeDatabase(words);
  const asked = parse(words);
  if (asked.kind === 'command') return print(await look(asked.command), asked);
  if (asked.kind === 'unknown') {
    process.stderr.write(`${asked.what}\n\n${HELP}`);
    return COULD_NOT_LOOK;
  }
  process.stdout.write(HELP);
  return FINE;
}

/** Needs neither the bot nor its database. */
async function checkPolicy([, what, ...options]: readonly string[]): Promise<number> {
  const isLint = what === 'lint' && options.every((option) => option === '--json');
  if (!isLint) {
    const isAsked = what === '--help' || options.includes('--help');
    process.stderr.write(isAsked ? HELP : `${doesNotTake('policy')}\n\n${HELP}`);
    return isAsked ? FINE : COULD_NOT_LOOK;
  }
  const { isUsable, text } = lintPolicy(readPolicyFile(), { isJson: options.includes('--json') });
  await write(text);
  return isUsable ? FINE : FOUND_SOMETHING;
}

/** The commands that have the database to themselves. */
async function changeDatabase([command, ...options]: readonly string[]): Promise<number> {
  const [name, to] = options;
  const isTo = command === 'move' && name === '--to' && to !== undefined && options.length === 2;
  if (options.length > 0 && !isTo) {
    const isAsked = options.includes('--help');
    process.stderr.write(isAsked ? HELP : `${doesNotTake(command ?? '')}\n\n${HELP}`);
    return isAsked ? FINE : COULD_NOT_LOOK;
  }
  const settings = readCommandSettings();
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const parts = { settings, log: createLog({ level: 'warn', stream: process.stderr }), say };
  if (command === 'migrate') {
    await migrate(parts);
  } else {
    if (!hasDatabase(join(settings.dataDir, 'db'))) throw noDatabase(settings.dataDir);
    await move(parts, to);
  }
  return FINE;
}

function parse(words: readonly string[]): Asked {
  const said = words.filter((word) => !word.startsWith('-')).join(' ');
  const options = words.filter((word) => word.startsWith('-'));
  if (options.includes('--help') || options.includes('-h') || said === 'help') return { kind: 'help' };
  const command = COMMANDS.find((known) => known === said);
  if (!command) return { kind: 'unknown', what: 'There is no such command.' };
  if (options.some((option) => option !== '--json')) return { kind: 'unknown', what: doesNotTake(command) };
  return { kind: 'command', command, isJson: options.includes('--json') };
}

function doesNotTake(command: string): string {
  return `"${command}" does not take that.`;
}

/** Asks the running bot, or reads the database itself where none runs. */
async function look(command: Command): Promise<AsyncIterable<Reply>> {
  const settings = readCommandSettings();
  const user = osUser();
  const { wall } = createClock();
  const last = wall().getTime() + ANSWER_WITHIN_MS;
  for (;;) {
    const withinMs = Math.max(last - wall().getTime(), 1);
    const answered = await askBot(findSocketPath(settings.dataDir), { command, user, withinMs });
    const replies = answered ?? (await readHere(settings, command, user));
    if (replies) return replies;
    // Somebody has the lock and does not listen yet: it may be starting.
    if (wall().getTime() >= last) throw noAnswer();
    await sleep(ASK_AGAIN_MS);
  }
}

/** `undefined`: another process has the database, which then is the embedded one. */
async function readHere(
  { dataDir, key, previousKey, database: postgres }: CommandSettings,
  command: Command,
  user: string,
): Promise<AsyncIterable<Reply> | undefined> {
  if (!postgres && !hasDatabase(join(dataDir, 'db'))) throw noDatabase(dataDir);
  const log = createLog({ level: 'warn', stream: process.stderr });
  const clock = createClock();
  const keys = findKey({ dataDir, latchkeyKey: key?.reveal(), previousKey: previousKey?.reveal() });
  try {
    const database = await openDatabase({ dataDir, postgres, log, clock });
    const checkpoints = keys && auditCheckpoints({ database, keys, clock, log, dataDir });
    const audit = new OperatorAudit({ database, clock, log, ...(checkpoints ? { checkpoints } : {}) });
    const replies = answer(command, user, audit);
    return andThen(replies, () => database.close());
  } catch (error) {
    if (error instanceof Problem && error.facts.code === 'data-folder-in-use') return undefined;
    throw error;
  }
}

async function* andThen(replies: AsyncIterable<Reply>, close: () => Promise<void>): AsyncGenerator<Reply> {
  try {
    yield* replies;
  } finally {
    await close();
  }
}

/** Writes the answer and returns the exit code. */
async function print(replies: AsyncIterable<Reply>, { isJson }: { isJson: boolean }): Promise<number> {
  let code = FINE;
  for await (const reply of replies) {
    switch (reply.kind) {
      case 'verdict':
        code = reply.verdict.ok ? FINE : FOUND_SOMETHING;
        await write(isJson ? JSON.stringify(reply.verdict) : verdictWords(reply.verdict));
        break;
      case 'entry':
        await write(JSON.stringify(reply.entry));
        break;
      case 'note':
        process.stderr.write(`${reply.text}\n`);
        break;
      case 'failed':
        process.stderr.write(`${reply.text}\n`);
        return COULD_NOT_LOOK;
      case 'end':
        return code;
    }
  }
  throw noAnswer();
}

function verdictWords(verdict: Extract<Reply, { kind: 'verdict' }>['verdict']): string {
  const { entries, checkpoints, notes } = verdict;
  return [verdict.ok ? whole(entries, checkpoints) : broken(verdict), ...notes].join('\n');
}

function whole(entries: number, checkpoints: number): string {
  const agreeing =
    checkpoints > 0
      ? ` ${String(checkpoints)} signed ${checkpoints === 1 ? 'checkpoint agrees' : 'checkpoints agree'}.`
      : '';
  return `The audit log is whole: ${String(entries)} ${entries === 1 ? 'entry' : 'entries'}.${agreeing}`;
}

function broken({ seq, what }: { seq?: number | undefined; what: string }): string {
  if (seq === undefined) return `Whether the newest entries were cut off cannot be told. ${what}`;
  return `The audit log is not as it was written, from entry ${String(seq)} on. ${what}`;
}

async function write(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

function complain(error: unknown): number {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    return COULD_NOT_LOOK;
  }
  const unforeseen =
    error instanceof Problem ? '' : `\n${error instanceof Error ? String(error.stack) : String(error)}`;
  process.stderr.write(`${sentencesOf(problemFacts(error))}${unforeseen}\n`);
  return COULD_NOT_LOOK;
}

function end(code: number): void {
  process.stdout.write('', () => process.exit(code));
}

/** Some containers run under a number without a name. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

function noDatabase(dataDir: string): Problem {
  return new Problem({
    kind: 'input',
    what: `There is no Latchkey database in ${dataDir}.`,
    remedy: 'Set DATA_DIR to the folder that the bot was started with, or run this where the bot was started.',
    code: 'no-database',
  });
}
