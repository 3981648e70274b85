import { SLACK_ACCOUNTS } from '../credentials.js';
import { SlackWorld } from '../slack/test-world.js';
import { directOf } from '../slack/workspace.js';
import { TestWorld } from './test-world.js';

const ana = SLACK_ACCOUNTS.find(({ name }) => name === 'Ana Agent')?.userId ?? '';

describe('the page reaches Slack through its own origin', () => {
  let world: TestWorld;
  let slack: SlackWorld;

  beforeEach(async () => {
    world = await TestWorld.start();
    slack = await SlackWorld.start();
    world.addresses.slack = slack.url;
  });
  afterEach(async () => {
    await world.close();
    await slack.close();
  });

  test('what somebody does there, and what they see, go both ways', async () => {
    const { body } = await world.call('GET', '/sandbox/api/slack/workspace');
    const deed = { deed: 'write', as: ana, channel: directOf(ana), text: 'help' };
    const token = { 'X-Sandbox-Token': String(body['token']) };
    const done = await world.call('POST', '/sandbox/api/slack/deeds', deed, token);
    const stream = await fetch(`${world.addresses.teams}/sandbox/api/slack/events?as=${ana}`);
    const reader = stream.body?.getReader();
    let seen = '';
    while (!seen.includes('event: ready')) seen += Buffer.from((await reader?.read())?.value ?? []).toString();
    await reader?.cancel();

    expect(done).toMatchObject({ status: 200, body: { delivered: true } });
    expect(slack.bot.events()).toMatchObject([{ type: 'message', text: 'help' }]);
    expect(seen).toMatch(/event: message\ndata: \{.*"text":"help"/);
  });

  test('another web site stays out', async () => {
    const foreign = { Origin: 'https://e.example' };
    const answers = [
      await world.call('GET', '/sandbox/api/slack/workspace', undefined, foreign),
      await world.call('POST', '/sandbox/api/slack/deeds', { deed: 'check-ssl' }, foreign),
      await world.call('POST', '/sandbox/api/slack/deeds', { deed: 'check-ssl' }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });

  test('a Slack that is away is said', async () => {
    world.addresses.slack = 'http://127.0.0.1:9';

    expect(await world.call('GET', '/sandbox/api/slack/workspace')).toMatchObject({
      status: 502,
      body: { error: { message: 'The Slack sandbox does not answer.' } },
    });
  });
});
