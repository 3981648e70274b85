import { recordingLog, silentLog, StandingClock } from './testing/test-parts.js';
import { createTick, type Tick } from './tick.js';

let tick: Tick | undefined;
afterEach(() => tick?.stop());

/** Resolves when it has been called as often as that. */
function countdown(times: number): { call: () => void; reached: Promise<void> } {
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  let left = times;
  const call = (): void => {
    if (--left === 0) reach();
  };
  return { call, reached };
}

test('a sweep is asked with business time, again and again', async () => {
  const clock = new StandingClock();
  const { call, reached } = countdown(3);
  const asked: Date[] = [];
  tick = createTick({ clock, log: silentLog, everyMs: 5 });

  tick.register({
    name: 'anything',
    everySeconds: 0,
    sweep: async (now) => {
      asked.push(now);
      call();
    },
  });
  await reached;

  expect(asked[0]).toEqual(clock.now());
});

test('after a change of the clock the due work is asked for at once', async () => {
  const clock = new StandingClock();
  const asked: Date[] = [];
  tick = createTick({ clock, log: silentLog, everyMs: 60_000 });
  tick.register({ name: 'end of access', sweep: async (now) => asked.push(now) });

  clock.advance(240);
  await tick.dueWork();

  expect(asked).toEqual([clock.now()]);
});

test('a sweep is asked when business time has gone so far, though no wall time has passed', async () => {
  const clock = new StandingClock();
  const [first, second] = [countdown(1), countdown(2)];
  tick = createTick({ clock: { now: () => clock.now(), wall: () => new Date(0) }, log: silentLog, everyMs: 5 });
  tick.register({
    name: 'looks now and then',
    everySeconds: 300,
    sweep: async () => {
      first.call();
      second.call();
    },
  });
  await first.reached;

  clock.advance(5);

  await second.reached;
});

test('a sweep that fails is logged, does not stop the others and is asked again', async () => {
  const { log, lines } = recordingLog();
  let asked = 0;
  tick = createTick({ clock: new StandingClock(), log, everyMs: 60_000 });
  tick.register({ name: 'broken', sweep: () => Promise.reject(new Error('database gone')) });
  tick.register({ name: 'sound', sweep: async () => (asked += 1) });

  await tick.dueWork();
  await tick.dueWork();

  expect(asked).toBe(2);
  expect(lines().map(({ sweep }) => sweep)).toEqual(['broken', 'broken']);
});

test('a sweep that is still busy is not begun a second time, and stopping waits for it', async () => {
  let begun = 0;
  let finish = (): void => undefined;
  const own = createTick({ clock: new StandingClock(), log: silentLog, everyMs: 60_000 });
  own.register({
    name: 'slow',
    sweep: () => {
      begun += 1;
      return new Promise<void>((resolve) => (finish = resolve));
    },
  });
  const first = own.dueWork();
  const second = own.dueWork();

  let isStopped = false;
  const stopping = own.stop().then(() => (isStopped = true));
  await Promise.resolve();
  const stoppedBefore = isStopped;
  finish();
  await Promise.all([first, second, stopping]);

  expect([begun, stoppedBefore]).toEqual([1, false]);
});
