import { ReplicaSoak, type Soak } from './replica-soak.js';
import { Replicas } from './replicas.js';
import { print } from '../support/print.js';

/** The whole is `REPLICA_SOAK_S=300`; a slice runs always. */
const SECONDS = Number(process.env['REPLICA_SOAK_S'] ?? 40);
const KILL_EVERY_S = 20;

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start();
}, 180_000);
afterAll(() => replicas?.stop(), 30_000);

test(
  `Two replicas under a stream of set-ups and questions for ${SECONDS} s, one killed every ${KILL_EVERY_S} s: nothing is lost, doubled or late`,
  async () => {
    const soak = await new ReplicaSoak(replicas, { seconds: SECONDS, killEveryS: KILL_EVERY_S }).run();

    print(table(soak));
    expect(soak.kills).toBeGreaterThan(0);
    expect(soak.setUps).toBeGreaterThan(0);
    expect(soak).toMatchObject({ lost: [], doubled: [], late: [] });
  },
  (SECONDS + 300) * 1_000,
);

function table({ takenAfterS, cardsAfterS, lost, doubled, late, ...soak }: Soak): string {
  const slowest = (seconds: readonly number[]): string => `at most ${String(Math.max(0, ...seconds))} s`;
  return `
Two replicas for ${String(SECONDS)} s
  set-ups ${String(soak.setUps)}, undone ${String(soak.undone)}, questions ${String(soak.turns)}, said again ${String(soak.saidAgain)}
  killed ${String(soak.kills)} times, ${String(takenAfterS.length)} of them with a run under way, taken over after ${slowest(takenAfterS)}
  a card showed the end of its run after ${slowest(cardsAfterS)}
  lost ${String(lost.length)}, doubled ${String(doubled.length)}, late ${String(late.length)}
`;
}
