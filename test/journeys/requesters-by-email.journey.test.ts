import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SLACK, SLACK_ACCOUNTS } from '../../sandbox/credentials.js';
import { asksInSlack } from '../support/access-desk.js';
import { Consoles } from '../support/consoles.js';
import { setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';
import { linksSlack } from '../support/links-slack.js';
import type { Persona } from '../support/persona.js';
import type { SeenBlocks } from '../support/seen-blocks.js';
import { until } from '../support/processes.js';
import type { World } from '../support/world.js';

const ON = { SLACK_REQUESTERS_BY_EMAIL: 'on' };
const INVITATION = 'Link your account first';

const policyFile = join(mkdtempSync(join(tmpdir(), 'latchkey-policy-')), 'policy.yaml');
writeFileSync(
  policyFile,
  `version: 1
timeZone: Europe/Berlin
roles:
  agent:
    name: Agent
    gives: { entraRole: User, genesys: { division: Home, roles: [employee] } }
    mayAsk: everybody
    approval:
      - { people: [omar.owner@contoso.example, dana.deputy@contoso.example], quorum: 1 }
    lasts: { usually: 8 hours, atMost: 30 days }
    breakGlass: { people: [ana.agent@contoso.example, omar.owner@contoso.example], atMost: 30 minutes }
`,
);

/** Lets Slack show the e-mails of people. */
const showsEmails = (world: World): Promise<void> => world.slack.fault('more-scope', { scope: 'users:read.email' });

/** What somebody in charge of the workspace can do: that account has this e-mail from now on. */
async function givesEmail(world: World, name: string, email: string, more = {}): Promise<void> {
  const user = SLACK_ACCOUNTS.find((account) => account.name.startsWith(name))?.userId ?? '';
  await world.slack.fault('profile-email', { user, email, ...more });
}

/** Types it, and waits for a message that was not there before. */
async function types({ name, inSlack }: Persona, words: string, expected: string | RegExp): Promise<SeenBlocks> {
  const before = new Set((await inSlack.messages()).map(({ at }) => JSON.stringify(at)));
  await inSlack.types(`/latchkey ${words}`);
  return until(`${name} types ${words} and sees ${String(expected)}`, async () =>
    (await inSlack.messages()).find((one) => !before.has(JSON.stringify(one.at)) && one.says(expected)),
  );
}

const isAboutHavingIt = (label: string): boolean => /more time|give back/i.test(label);

journey(
  'Ana asks by her e-mail, sees what becomes of it and cancels; nothing else is hers without a link',
  async ({ world, ada, ana }) => {
    await showsEmails(world);
    await setsUpSso(ada);
    const omar = world.person('Omar');

    const card = await asksInSlack(ana, 'agent', { because: 'the night shift' });
    expect(card.says('Waits for a decision.')).toBe(true);
    const asked = await omar.sees('Ana Agent asks for Agent');
    await types(ana, 'my requests', 'Agent');

    for (const words of ['help', 'status', 'my work', 'my linked accounts', 'audit b.simon', 'set up sso'])
      await types(ana, words, INVITATION);
    await ana.inSlack.opensHome();
    await ana.inSlack.seesHome(/Link your/i);

    await ana.inSlack.types('/latchkey request');
    const dialog = await ana.inSlack.seesDialog('Which role?');
    expect(dialog.says('For whom?')).toBe(false);
    await types(ana, 'request agent for b.simon', 'that is enough to ask for access for yourself');
    await ana.inSlack.types('/latchkey request agent for me for two weeks');
    expect((await ana.inSlack.seesDialog('Which role?')).says('For whom?')).toBe(false);

    await ana.inSlack.presses(/^Cancel/, card);
    await ana.inSlack.watches(card, /Cancelled/);
    await omar.watches(asked, /Cancelled/);
    expect(world.botOutput).toContain('SLACK_REQUESTERS_BY_EMAIL is on: whoever can give a Slack account');
  },
  ON,
);

journey(
  'Ana has what she asked for by her e-mail, is told where she asked, and gives it back',
  async ({ world, ada, ana }) => {
    await showsEmails(world);
    await setsUpSso(ada);
    const omar = world.person('Omar');
    const card = await asksInSlack(ana, 'agent', { because: 'the night shift' });

    await omar.presses(await omar.sees('Ana Agent asks for Agent'), 'Approve Ana Agent');
    await ana.inSlack.watches(card, /Approved by Omar Owner/);
    await world.advance('PT11S');
    await ana.inSlack.watches(card, /You have access until/);
    await ana.inSlack.sees('You have access');
    await types(ana, 'my access', 'Agent');

    // In Teams, where she is who she is, her card has both.
    const inTeams = await ana.watches(await ana.sees('Your request: Agent'), /You have access until/);
    expect([...inTeams.buttons(), ...(await ana.inSlack.looksAgainAt(card)).buttons].filter(isAboutHavingIt)).toEqual([
      ...['Ask for more time …', 'Give back Agent …', 'Give back Agent …'],
    ]);

    await ana.inSlack.presses(/Give back/i, card);
    await ana.inSlack.submits(await ana.inSlack.seesDialog('Give the access back'));
    await ana.inSlack.watches(card, /Given back|Access ended/);
  },
  ON,
);

journey(
  'an approver who is known by an e-mail alone approves nothing, and gets no card there',
  async ({ world, ada, ana }) => {
    await showsEmails(world);
    await setsUpSso(ada);
    const omar = world.person('Omar');
    await linksSlack(ana);
    await types(omar, 'my requests', /./);

    await asksInSlack(ana, 'agent', { because: 'the night shift' });
    await omar.sees('Ana Agent asks for Agent');

    await types(omar, 'approvals', INVITATION);
    await omar.inSlack.opensHome();
    const home = await omar.inSlack.seesHome(/Link your/i);
    expect(home.says('Ana Agent')).toBe(false);
    expect((await omar.inSlack.messages()).filter((one) => one.says('Ana Agent'))).toEqual([]);

    await omar.inSlack.types('/latchkey request');
    expect((await omar.inSlack.seesDialog('Which role?')).says('How urgent is it?')).toBe(false);
    await ana.inSlack.types('/latchkey request');
    const dialog = await ana.inSlack.seesDialog('How urgent is it?');
    ana.inSlack.fills(dialog, { role: 'agent', how: 'at-once', why: 'the hotline is down' });
    await ana.inSlack.submits(dialog);
    const confirm = await ana.inSlack.sees('Take Agent at once?');
    await ana.inSlack.presses('Take Agent now', confirm);
    // In the channel of the administrators everybody sees the buttons.
    const loud = await omar.inSlack.sees('Break-glass: Ana Agent takes Agent', 'general');
    await omar.inSlack.presses(/^Review/, loud);
    await omar.inSlack.seesDialog(/link your account first/i);
    expect((await omar.inSlack.looksAgainAt(loud)).button(/^Review/)).toBeDefined();
  },
  { ...ON, LATCHKEY_POLICY: policyFile, LATCHKEY_ADMIN_CHANNEL: `${SLACK.teamId}/C0GENERAL01` },
);

journey(
  'an e-mail in capitals is that person’s; one of two, one that looks the same, and one that nobody confirmed are nobody’s',
  async ({ world, ana }) => {
    const [dana, omar, mia, gale] = ['Dana', 'Omar', 'Mia', 'Gale'].map((name) => world.person(name));
    if (!dana || !omar || !mia || !gale) throw new Error('Somebody is missing.');
    await showsEmails(world);
    await givesEmail(world, 'Ana', 'ANA.Agent@Contoso.Example');
    await givesEmail(world, 'Dana', 'd\u0430na.deputy@contoso.example');
    await givesEmail(world, 'Omar', 'omar.owner@contoso.example', { unconfirmed: 'yes' });
    await givesEmail(world, 'Gale', 'gus@fabrikam.example');
    await new Consoles(world).graph('PATCH', `/v1.0/users/${world.person('Pim').id}`, {
      mail: 'mia@mail.contoso.example',
    });

    await types(ana, 'my requests', /You have asked for nothing|requests/i);
    for (const person of [dana, omar, gale, mia]) await types(person, 'my requests', INVITATION);

    await linksSlack(ana);
    const told = await ana.sees('A Slack account was linked to you');
    await ana.presses(told, 'That was not me');
    await ana.watches(told, 'Neither you nor that account can be linked');
    await types(ana, 'my requests', 'This Slack account cannot be linked.');
  },
  ON,
);

journey('with the setting off an e-mail is nobody’s', async ({ world, ana }) => {
  await showsEmails(world);

  await types(ana, 'request', INVITATION);

  expect(world.botOutput).not.toContain('SLACK_REQUESTERS_BY_EMAIL');
  expect((await world.entra.requests()).filter(({ path }) => path.includes('ana.agent'))).toEqual([]);
});
