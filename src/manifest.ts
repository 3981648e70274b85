import { requireNodeVersion } from './node-version.js';
// Before anything is loaded that an older Node could not load.
requireNodeVersion();

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ConfigError, readForManifest } from './config.js';
import { makeSlackManifest } from './manifest/slack-package.js';
import { makeTeamsPackage, type TeamsPackage } from './manifest/teams-package.js';
import { Problem, sentencesOf } from './services/platform/problem.js';

const FINE = 0;
const FOUND_SOMETHING = 1;
const COULD_NOT_LOOK = 2;

const IN_THE_SANDBOX = `There is no app to make a package for: no credential is set, so this is the sandbox, which needs none.
Set PUBLIC_URL, for Teams MicrosoftAppId, and for Slack alone LATCHKEY_MODE=live, here or in .env, then run this again.
`;
const TEAMS_OFF = `There is no package for Teams, which is off: none of its settings is set. With MicrosoftAppId there is one.
`;
const SLACK_OFF = `Slack is off until the settings that the app then gives are set: SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET.
`;

/** `npm run manifest`: the packages that people install, into `dist/`. Sends nothing anywhere. */
function makePackages(root: string): number {
  const settings = readForManifest();
  if (settings === 'sandbox') {
    process.stderr.write(IN_THE_SANDBOX);
    return FOUND_SOMETHING;
  }
  const { teams: teamsSettings, publicUrl, isSlackSocketMode, readsSlackEmail, isSlackOn } = settings;
  // Both are checked before either is written.
  const teams = teamsSettings && makeTeamsPackage(root, { ...teamsSettings, publicUrl });
  const slack = makeSlackManifest(root, {
    ...{ publicUrl, isSocketMode: isSlackSocketMode, readsEmail: readsSlackEmail },
  });
  mkdirSync(join(root, 'dist'), { recursive: true });
  if (teams) writeTeams(root, teams);
  else process.stdout.write(TEAMS_OFF);
  writeSlack(root, slack, isSlackOn);
  return FINE;
}

function writeTeams(root: string, { bytes }: TeamsPackage): void {
  const path = join(root, 'dist', 'latchkey-teams.zip');
  writeFileSync(path, bytes);
  process.stdout.write(`${relative(process.cwd(), path)} is valid for Teams (manifest 1.25).\n`);
  process.stdout.write('Upload it in the Teams admin center: Teams apps, Manage apps, Actions, Upload new app.\n');
}

function writeSlack(root: string, manifest: string, isSlackOn: boolean): void {
  const path = join(root, 'dist', 'latchkey-slack.json');
  writeFileSync(path, manifest);
  process.stdout.write(`${relative(process.cwd(), path)} is valid for Slack (manifest 2.1).\n`);
  process.stdout.write('Paste it at api.slack.com/apps: Create New App, From a manifest.\n');
  if (!isSlackOn) process.stdout.write(SLACK_OFF);
}

function notMade(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `The packages could not be made: ${reason}. Check that the folder manifest is whole and that dist can be written to.\n`;
}

function complain(error: unknown): number {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else if (error instanceof Problem) process.stderr.write(`${sentencesOf(error.facts)}\n`);
  else process.stderr.write(notMade(error));
  return error instanceof ConfigError || error instanceof Problem ? FOUND_SOMETHING : COULD_NOT_LOOK;
}

try {
  process.exitCode = makePackages(resolve(__dirname, '../..'));
} catch (error) {
  process.exitCode = complain(error);
}
