import { setImmediate as nextTurn } from 'node:timers/promises';
import { WorkQueue } from './work-queue.js';

/** A job that ends when it is told to. */
function held(began: string[], name: string): { job: () => Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const job = async (): Promise<void> => {
    began.push(name);
    await ended;
  };
  return { job, end: () => end() };
}

test('a few at once and the rest in their order, each after what is quick', async () => {
  const queue = new WorkQueue({ atOnce: 2, waiting: 2 });
  const began: string[] = [];
  const jobs = ['a', 'b', 'c', 'd'].map((name) => held(began, name));
  const [, b] = jobs;

  const all = jobs.map(({ job }) => queue.run(job));
  expect(began).toEqual([]);
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  expect(began).toEqual(['a', 'b']);
  expect(queue.isFull).toBe(true);

  b?.end();
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  expect(began).toEqual(['a', 'b', 'c']);
  expect(queue.isFull).toBe(false);

  for (const one of jobs) one.end();
  await queue.settle();
  expect(began).toEqual(['a', 'b', 'c', 'd']);
  await Promise.all(all);
});

test('a job that fails holds up nobody', async () => {
  const queue = new WorkQueue({ atOnce: 1, waiting: 10 });

  const failed = queue.run(() => Promise.reject(new Error('no')));
  const next = queue.run(async () => 'next');

  await expect(failed).rejects.toThrow('no');
  await expect(next).resolves.toBe('next');
  await queue.settle();
});
