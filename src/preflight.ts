import { requireNodeVersion } from './node-version.js';
// Before anything is loaded that an older Node could not load.
requireNodeVersion();

import {
  readForPreflight,
  secretsOfEntra,
  secretsOfLink,
  secretsOfSlack,
  secretsOfTeams,
  type SettingsByPart,
} from './config.js';
import { preflightParts } from './preflight/preflight-parts.js';
import { preflightWords } from './preflight/preflight-words.js';
import { createClock } from './services/platform/clock.js';
import { problemFacts, sentencesOf } from './services/platform/problem.js';
import { createRedact } from './services/platform/redact.js';
import { Preflight } from './services/preflight/preflight.js';
import { exitCodeOf, type PreflightReport } from './services/preflight/report.js';

const COULD_NOT_LOOK = 2;

const HELP = `npm run preflight [-- --json]

Checks the settings against the real systems and says what is missing, and how to add it. Changes nothing.
Exit code: 0 nothing is missing (there may be warnings), 1 something is missing, 2 not everything could be looked at.
`;

async function main(words: readonly string[]): Promise<number> {
  const unknown = words.filter((word) => !['--json', '--help', '-h'].includes(word));
  if (unknown.length > 0 || words.some((word) => word !== '--json')) {
    if (unknown.length > 0) process.stderr.write(`Preflight does not take that.\n\n${HELP}`);
    else process.stdout.write(HELP);
    return unknown.length > 0 ? COULD_NOT_LOOK : 0;
  }
  // An image for live use does not hold the sandbox.
  const sandbox = await import('../sandbox/start.js').catch(() => undefined);
  const settings = readForPreflight(sandbox?.findSandbox ?? (() => undefined));
  const { clockUrl } = settings;
  const clock = createClock(clockUrl === undefined ? {} : { clockUrl });
  // Where the time of a test server is not to be had, ours is the best there is.
  await clock.refresh().catch(() => undefined);
  const report = await new Preflight(preflightParts(settings, clock)).run();
  clock.stop();
  // Every sentence is our own; this is for the day when one is not.
  const safe = createRedact(secretsOf(settings))(report) as PreflightReport;
  process.stdout.write(words.includes('--json') ? `${JSON.stringify(safe, null, 2)}\n` : preflightWords(safe));
  return exitCodeOf(safe);
}

function secretsOf({ common, entra, genesys, teams, slack, link }: SettingsByPart): string[] {
  const secrets = [
    ...[common?.key, common?.previousKey, common?.metricsToken, common?.database?.password, genesys?.clientSecret],
    ...(entra ? secretsOfEntra(entra.credential) : []),
    ...(teams ? secretsOfTeams(teams) : []),
    ...(slack ? secretsOfSlack(slack) : []),
    ...(link ? secretsOfLink(link) : []),
  ];
  return secrets.flatMap((secret) => (secret ? [secret.reveal()] : []));
}

/** The text of what nobody foresaw helps whoever reports it; there is no log that would have it. */
function wordsFor(error: unknown): string {
  const facts = problemFacts(error);
  if (facts.kind !== 'internal') return sentencesOf(facts);
  const reason = error instanceof Error ? error.message : String(error);
  return `The reason is a fault of its own: ${reason}. Run it again; if it stays, report this.`;
}

void main(process.argv.slice(2))
  .catch((error: unknown) => {
    process.stderr.write(`Preflight could not look. ${wordsFor(error)}\n`);
    return COULD_NOT_LOOK;
  })
  .then((code) => process.stdout.write('', () => process.exit(code)));
