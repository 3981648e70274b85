import { journey } from '../support/journey.js';
import { assigns, plansSso, provisions, setsUpSso } from '../support/deeds.js';
import { signInByHand } from '../support/sign-in-by-hand.js';

interface Counts {
  readonly applications: { displayName: string }[];
  readonly servicePrincipals: { displayName: string; keyCredentials?: unknown[] }[];
}

const NAME = 'Genesys Cloud for Azure';

journey(
  'A missing Genesys permission is named with the way to add it, and Retry goes on at that step',
  async ({ world, ada }) => {
    const plan = await plansSso(ada);
    await world.genesys.fault('permission-removed', { permission: 'sso:provider:edit' });
    await world.genesys.fault('permission-removed', { permission: 'sso:provider:add' });

    await ada.presses(plan, 'Run');
    const stopped = await ada.watches(plan, 'did not finish');
    expect(stopped.text).toMatch(/sso:provider:(add|edit)/);
    expect(stopped.text).toContain('What to do:');
    expect(stopped.buttons()).toEqual(['Retry', 'Undo …']);

    await world.genesys.fault('permission-removed', { on: false });
    await ada.presses(stopped, 'Retry');
    await ada.watches(plan, 'SSO is set up');
    const { applications } = await world.entra.state<Counts>();
    expect(applications.filter(({ displayName }) => displayName === NAME)).toHaveLength(1);
    const created = (await world.entra.requests()).filter(({ path }) =>
      /instantiate|addTokenSigningCertificate/.test(path),
    );
    expect(created).toHaveLength(2);
  },
);

journey('A missing Graph permission is named before anything is changed', async ({ world, ada }) => {
  const plan = await plansSso(ada);
  await world.entra.fault('permission-removed', { permission: 'Application.ReadWrite.OwnedBy' });

  await ada.presses(plan, 'Run');

  const stopped = await ada.watches(plan, 'did not finish');
  expect(stopped.text).toContain('Application.ReadWrite.OwnedBy');
  const { applications } = await world.entra.state<Counts>();
  expect(applications.filter(({ displayName }) => displayName === NAME)).toEqual([]);
});

journey('A system that is away once is asked again, and nobody notices', async ({ world, ada }) => {
  const plan = await plansSso(ada);
  await world.entra.fault('unavailable-once', { path: '/claimsPolicy', method: 'PUT' });
  await world.genesys.fault('unavailable-once', { path: '/identityproviders', method: 'PUT' });

  await ada.presses(plan, 'Run');

  await ada.watches(plan, 'SSO is set up');
});

journey('Run pressed twice, and delivered twice, runs once', async ({ world, ada }) => {
  const plan = await plansSso(ada);
  await world.teams.fault('deliver-twice');

  const clicks = await Promise.all([ada.presses(plan, 'Run'), ada.presses(plan, 'Run')]);

  await ada.watches(plan, 'SSO is set up');
  // Of the two deliveries of the click that counts either may be the first; the other one is told that it was received.
  expect(clicks.map(({ value }) => String(value)).join()).toMatch(
    /Started\. This card shows how far it is\.|Received\./,
  );
  const created = (await world.entra.requests()).filter(({ path }) => path.endsWith('/instantiate'));
  expect(created).toHaveLength(1);
});

journey('Something that changed since the plan was made leads to a new plan', async ({ ada }) => {
  const outdated = await plansSso(ada);
  await setsUpSso(ada);

  await ada.presses(outdated, 'Run');

  const renewed = await ada.watches(outdated, 'nothing to change');
  expect(renewed.text).toContain('Something was changed in Entra or Genesys since this plan was made');
});

journey(
  'With the tile that opens Genesys there is no IdP-initiated link, and the switch brings it',
  async ({ world, ada }) => {
    const plan = await plansSso(ada);
    await ada.presses(plan, 'Run', { tileMode: 'opens-genesys' });
    const done = await ada.watches(plan, 'SSO is set up');
    expect(done.buttons()).not.toContain('Test from Microsoft (IdP-initiated)');
    expect(done.text).toContain('There is no IdP-initiated link');
    const { servicePrincipals } = await world.entra.state<{
      servicePrincipals: { displayName: string; loginUrl: string | null }[];
    }>();
    expect(servicePrincipals.find(({ displayName }) => displayName === NAME)?.loginUrl).toBe(
      'https://login.mypurecloud.de',
    );

    await ada.presses(done, 'Let the tile sign straight in');
    const change = await ada.sees('Plan for SSO');
    await ada.presses(change, 'Run');
    const switched = await ada.watches(change, 'SSO is set up');
    expect(switched.buttons()).toContain('Test from Microsoft (IdP-initiated)');
  },
);

journey(
  'Killed and started again, both sides and the chat are as they were, and links stay alive',
  async ({ world, ada }) => {
    const done = await setsUpSso(ada);
    await assigns(ada, 'b.simon');
    await provisions(ada, 'b.simon');
    const before = {
      entra: await world.entra.state(),
      genesys: await world.genesys.state(),
      cards: (await ada.cards()).map(({ text }) => text),
    };

    await world.killBot();
    await world.startBot();

    expect({ entra: await world.entra.state(), genesys: await world.genesys.state() }).toEqual({
      entra: before.entra,
      genesys: before.genesys,
    });
    expect((await ada.cards()).map(({ text }) => text)).toEqual(before.cards);
    expect((await fetch(done.link('Test from Genesys (SP-initiated)'))).status).toBe(200);
    const again = await assigns(ada, 'b.simon');
    expect(again.text).toContain('nothing was changed');
  },
);

journey(
  'Killed in the middle of a run, the card says so and Retry ends it as if nothing had happened',
  async ({ world, ada }) => {
    const plan = await plansSso(ada);
    // The certificate step waits: Genesys is away for as long as the bot keeps asking.
    await world.genesys.fault('permission-removed', { permission: 'sso:provider:view' });
    await world.genesys.fault('permission-removed', { permission: 'sso:provider:add' });
    await world.genesys.fault('permission-removed', { permission: 'sso:provider:edit' });
    await world.genesys.fault('permission-removed', { on: false });
    await ada.presses(plan, 'Run');
    await world.killBot();
    await world.startBot();

    const card = await ada.watches(plan, /was interrupted|SSO is set up/);
    if (card.says('was interrupted')) await ada.presses(card, 'Retry');

    await ada.watches(plan, 'SSO is set up');
    const { applications } = await world.entra.state<Counts>();
    expect(applications.filter(({ displayName }) => displayName === NAME)).toHaveLength(1);
  },
  // A creation that was under way is waited for that long before it is made again.
  { REPLICATION_BUDGET_S: '6' },
);

journey(
  'A certificate that Genesys calls expired stops the run in words, and nothing is activated in Entra',
  async ({ world, ada }) => {
    const plan = await plansSso(ada);
    await world.genesys.fault('certificate-expired');

    await ada.presses(plan, 'Run');

    const stopped = await ada.watches(plan, 'did not finish');
    expect(stopped.text).toContain('certificate.expired');
    expect(stopped.text).toContain('What to do:');
    const { servicePrincipals } = await world.entra.state<{
      servicePrincipals: { displayName: string; preferredTokenSigningKeyThumbprint: string | null }[];
    }>();
    expect(
      servicePrincipals.find(({ displayName }) => displayName === NAME)?.preferredTokenSigningKeyThumbprint,
    ).toBeNull();
  },
);

journey('Entra that signs with a certificate of somebody else is refused by Genesys', async ({ world, ada }) => {
  const done = await setsUpSso(ada);
  await assigns(ada, 'b.simon');
  await provisions(ada, 'b.simon');
  expect(await signInByHand(done.link('Test from Microsoft (IdP-initiated)'))).toContain('You are signed in');

  await world.entra.fault('certificate-foreign');

  expect(await signInByHand(done.link('Test from Microsoft (IdP-initiated)'))).toMatch(
    /You are not signed in[\s\S]*lib/,
  );
});
