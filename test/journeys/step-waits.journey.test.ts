import { plansSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';

journey(
  'While Entra lags, the card says what the step waits for and how long; in the end it does not',
  async ({ world, ada }) => {
    const plan = await plansSso(ada);
    await world.entra.fault('replication-lag', { seconds: '6', replicas: '1', writes: 'lag' });

    await ada.presses(plan, 'Run');

    const waiting = await ada.watches(plan, 'Entra does not show the new application everywhere yet');
    expect(waiting.text).toMatch(
      /\(in progress\) Entra does not show the new application everywhere yet; this can still take up to \d+ (seconds|minutes?)\./,
    );
    await world.entra.fault('replication-lag', { on: false });
    const done = await ada.watches(plan, 'SSO is set up');
    expect(done.text).not.toMatch(/still take up to/);
  },
);

journey('When Genesys asks for a pause, the card says for how long', async ({ world, ada }) => {
  const plan = await plansSso(ada);
  await world.genesys.fault('throttled', { retryAfter: '5', match: 'PUT' });

  await ada.presses(plan, 'Run');

  const waiting = await ada.watches(plan, 'Genesys Cloud asked for a pause of 5 seconds');
  expect(waiting.text).toContain('(in progress) Genesys Cloud asked for a pause of 5 seconds.');
  const done = await ada.watches(plan, 'SSO is set up');
  expect(done.text).not.toContain('asked for a pause');
});
