import { assigns, plansSso, provisions, setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';
import { signInByHand } from '../support/sign-in-by-hand.js';

/** The certificate of a set-up lives for three years: 30 days before its end the next set-up makes a new one. */
const UNTIL_SHORTLY_BEFORE_ITS_END = 'P1064D';

/** Signs in again and again until told to stop. */
function signInsMeanwhile(link: string): { stop(): Promise<{ count: number; refusals: readonly string[] }> } {
  let isOver = false;
  let count = 0;
  const refusals: string[] = [];
  const going = (async () => {
    while (!isOver) {
      const page = await signInByHand(link);
      count += 1;
      if (!page.includes('You are signed in')) refusals.push(page.slice(0, 300));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await going;
      return { count, refusals };
    },
  };
}

journey(
  'Who signs in while a working set-up gets a new certificate, and while that is undone, never notices',
  async ({ world, ada }) => {
    const first = await setsUpSso(ada);
    await assigns(ada, 'b.simon');
    await provisions(ada, 'b.simon');
    const link = first.link('Test from Microsoft (IdP-initiated)');
    await world.advance(UNTIL_SHORTLY_BEFORE_ITS_END);
    await world.entra.fault('replication-lag', { seconds: '2', replicas: '2' });
    await world.genesys.fault('stale-reads', { seconds: '2' });

    const meanwhile = signInsMeanwhile(link);
    const plan = await plansSso(ada);
    expect(plan.text).toContain('a new one');
    await ada.presses(plan, 'Run');
    const done = await ada.watches(plan, 'SSO is set up');
    const duringSetUp = await meanwhile.stop();

    const afterwards = signInsMeanwhile(link);
    await ada.presses(done, 'Undo …');
    const undo = await ada.sees('Undo the set-up?');
    await ada.presses(undo, 'Undo');
    await ada.watches(undo, 'Set-up undone');
    const duringUndo = await afterwards.stop();

    expect([duringSetUp.refusals, duringUndo.refusals]).toEqual([[], []]);
    expect(duringSetUp.count).toBeGreaterThan(5);
    expect(duringUndo.count).toBeGreaterThan(5);
    expect(await signInByHand(link)).toContain('You are signed in');
  },
);
