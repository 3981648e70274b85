import { linksSlack } from '../support/links-slack.js';
import { until } from '../support/world.js';
import { Replicas } from './replicas.js';

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start();
}, 180_000);
afterAll(() => replicas?.stop(), 30_000);

interface InboxRow {
  readonly delivery_id: string;
  readonly holder: string;
  readonly tries: number;
}

const kept = () => replicas.rows<InboxRow>('select delivery_id, holder, tries from inbox order by seq');

test('What a replica had acknowledged to Slack and not answered when it was killed, the other one answers, once', async () => {
  const { slack } = replicas.world;
  const ana = replicas.world.person('Ana').inSlack;
  replicas.balancer.route = 0;
  // Whoever asks who that is waits for as long as the test needs.
  await slack.fault('slow-replies', { ms: '60000', match: 'users.info' });

  const outcomes = [await ana.writes('help'), await ana.types('/latchkey status')];
  expect(outcomes).toMatchObject([{ delivered: true }, { delivered: true }]);
  const before = await kept();
  expect(before.map(({ holder, tries }) => [replicas.indexOf(holder), tries])).toEqual([
    [0, 1],
    [0, 1],
  ]);
  await replicas.signal(0, 'SIGKILL');
  replicas.balancer.route = 1;
  await slack.fault('slow-replies', { on: false });

  await ana.sees('Link your account first');
  await until('nothing is left', async () => (await kept()).length === 0);
  const said = (await ana.messages()).filter((message) => message.says('Link your account first'));
  // Of an account that nobody knows each is answered by the invitation to link.
  expect(said).toHaveLength(2);
}, 120_000);

test('What a living replica works on for longer than a lease is left to it', async () => {
  const { entra } = replicas.world;
  const ada = replicas.world.person('Ada');
  await replicas.mend();
  replicas.balancer.route = 0;
  await linksSlack(ada);
  await until('nothing is under way', async () => (await kept()).length === 0);
  await entra.fault('slow-replies', { ms: '14000' });

  await ada.inSlack.writes('status');
  const from = performance.now();
  const holders = new Set<number | undefined>();
  let heldMs = 0;
  await until('it has been answered', async () => {
    const [row] = await kept();
    if (row === undefined) return true;
    holders.add(replicas.indexOf(row.holder));
    heldMs = performance.now() - from;
    // Whoever looks next is answered at once; what waits already goes on waiting.
    if (heldMs > 12_000) await entra.fault('slow-replies', { on: false });
    return false;
  });

  expect(heldMs).toBeGreaterThan(12_000);
  expect([...holders]).toEqual([0]);
}, 120_000);
