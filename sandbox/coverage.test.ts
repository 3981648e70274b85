import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxAddresses } from './addresses.js';
import { createEntraSandbox } from './entra/entra-sandbox.js';
import { createGenesysSandbox } from './genesys/genesys-sandbox.js';
import { SandboxClock } from './kit/clock.js';
import type { SandboxServer } from './kit/server.js';
import { SandboxStore } from './kit/store.js';
import { createSlackSandbox } from './slack/slack-sandbox.js';
import { createTeamsSandbox } from './teams/teams-sandbox.js';

const addresses: SandboxAddresses = {
  entra: 'http://127.0.0.1:1',
  genesys: 'http://127.0.0.1:2',
  teams: 'http://127.0.0.1:3',
};

function parts(): { store: SandboxStore; clock: SandboxClock; addresses: SandboxAddresses } {
  return { store: new SandboxStore(':memory:'), clock: new SandboxClock(new SandboxStore(':memory:')), addresses };
}

const SERVERS: readonly (readonly [heading: string, create: () => SandboxServer])[] = [
  ['Microsoft Graph and Entra', () => createEntraSandbox(parts())],
  ['Genesys Cloud', () => createGenesysSandbox(parts())],
  ['Teams connector', () => createTeamsSandbox({ ...parts(), botUrl: () => '', pageFolders: [] })],
  ['Slack', () => createSlackSandbox({ ...parts(), botUrl: () => '' })],
];

/** The rows below that heading: route → state. One row may name several routes. */
function rowsOf(heading: string): { route: string; state: string }[] {
  const text = readFileSync(join(__dirname, 'COVERAGE.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\|(.+?)\| *(full|partial|absent) *\|/gm)].flatMap(([, routes = '', state = '']) =>
    [...routes.matchAll(/`([A-Z]+ [^`]+)`/g)].map(([, route = '']) => ({ route, state })),
  );
}

test.each(SERVERS)(
  'the coverage table of %s names every route that exists, and calls absent only what does not',
  (heading, create) => {
    const rows = rowsOf(heading);
    const routes = [...create().routes];

    const present = rows.filter(({ state }) => state !== 'absent').map(({ route }) => route);
    const absent = rows.filter(({ state }) => state === 'absent').map(({ route }) => route);

    expect(present.sort()).toEqual(routes.sort());
    expect(absent.filter((route) => routes.includes(route))).toEqual([]);
  },
);
