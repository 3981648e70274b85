import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as sandbox from '../../sandbox/credentials.js';
import { Problem } from '../services/platform/problem.js';
import { SLACK_EMAIL_SCOPE, SLACK_SCOPES, slackScopes } from '../services/preflight/slack-scopes.js';
import { SLACK_SHORTCUT_ID, type SlackManifest } from './slack-manifest.js';
import { makeSlackManifest } from './slack-package.js';

const ROOT = resolve(__dirname, '../..');
const HERE = { publicUrl: 'https://latchkey.contoso.example', isSocketMode: false };
const URL_HERE = 'https://latchkey.contoso.example/slack/events';

const read = (installation = HERE): SlackManifest => JSON.parse(makeSlackManifest(ROOT, installation)) as SlackManifest;

test('everything that Slack sends goes to one address, which the manifest names', () => {
  const { features, settings } = read();

  expect(features?.slash_commands).toMatchObject([
    { command: sandbox.SLACK_COMMAND, url: URL_HERE, should_escape: true },
  ]);
  const { callbackId, name } = sandbox.SLACK_SHORTCUT;
  expect(features?.shortcuts).toMatchObject([{ type: 'message', callback_id: callbackId, name }]);
  expect(SLACK_SHORTCUT_ID).toBe(callbackId);
  // The most that Slack takes.
  expect(name.length).toBeLessThanOrEqual(24);
  expect(settings).toMatchObject({
    event_subscriptions: { request_url: URL_HERE, bot_events: ['app_home_opened', 'app_mention', 'message.im'] },
    interactivity: { request_url: URL_HERE, message_menu_options_url: URL_HERE },
    org_deploy_enabled: false,
  });
});

test('with a socket it names no address', () => {
  expect(makeSlackManifest(ROOT, { ...HERE, isSocketMode: true })).not.toContain(URL_HERE);
});

test('no more scopes than are needed, and none that shows addresses of people', () => {
  const { oauth_config } = read();

  expect(oauth_config?.scopes?.bot).toEqual(Object.keys(SLACK_SCOPES));
  expect(JSON.stringify(oauth_config)).not.toMatch(/email|admin|:write\.|channels:history/);
  expect(oauth_config?.scopes).not.toHaveProperty('user');
});

test('where people may ask for access by their e-mail, one scope more', () => {
  const { oauth_config } = JSON.parse(makeSlackManifest(ROOT, { ...HERE, readsEmail: true })) as SlackManifest;

  expect(oauth_config?.scopes?.bot).toEqual([...Object.keys(SLACK_SCOPES), 'users:read.email']);
  expect(Object.keys(SLACK_EMAIL_SCOPE)).toEqual(['users:read.email']);
});

test('the sandbox grants what the manifest asks for, and nothing else', () => {
  expect(sandbox.SLACK_SCOPES.toSorted()).toEqual(read().oauth_config?.scopes?.bot?.toSorted());
});

test('each scope is explained where people read how to install the app', () => {
  const readme = readFileSync(join(ROOT, 'manifest/README.md'), 'utf8');

  for (const [scope, why] of Object.entries(slackScopes(true))) expect(readme).toContain(`| \`${scope}\` | ${why} |`);
});

test('words of ours that Slack would refuse are named', () => {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-slack-manifest-'));
  cpSync(join(ROOT, 'manifest'), join(root, 'manifest'), { recursive: true });
  const display = {
    name: 'L'.repeat(36),
    description: '',
    long_description: 'short',
    background_color: 'blue',
    more: 1,
  };
  writeFileSync(join(root, 'manifest/slack/manifest.template.json'), JSON.stringify(display));

  let problem: unknown;
  try {
    makeSlackManifest(root, HERE);
  } catch (caught) {
    problem = caught;
  }
  rmSync(root, { recursive: true, force: true });

  expect(problem).toBeInstanceOf(Problem);
  for (const field of ['name', 'description', 'long_description', 'background_color', 'more']) {
    expect((problem as Problem).facts.what).toContain(field);
  }
});
