import { allAtATime, createOneAtATime } from './replication.js';

/** Work that goes on until it is told to end, and what began and ended so far. */
function works() {
  const told: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => async (): Promise<string> => {
    told.push(`${name} begins`);
    await new Promise<void>((resolve) => ends.set(name, resolve));
    told.push(`${name} ends`);
    return name;
  };
  return { told, work, end: (name: string) => ends.get(name)?.() };
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('work on one of several people waits until the work on all of them has ended', async () => {
  const oneAtATime = createOneAtATime();
  const { told, work, end } = works();
  const many = allAtATime(oneAtATime, ['b', 'a', 'b'], work('many'));
  await soon();
  const [one, other] = [oneAtATime('b', work('one')), oneAtATime('c', work('other'))];
  await soon();
  expect(told).toEqual(expect.arrayContaining(['many begins', 'other begins']));
  expect(told).not.toContain('one begins');

  end('many');
  await expect(many).resolves.toBe('many');
  await soon();
  expect(told).toContain('one begins');

  end('one');
  end('other');
  await expect(Promise.all([one, other])).resolves.toEqual(['one', 'other']);
});

test('two that want the same people in another order both come to an end', async () => {
  const oneAtATime = createOneAtATime();
  const at = (name: string) => () => soon().then(() => name);

  const both = [
    allAtATime(oneAtATime, ['a', 'b', 'c'], at('one')),
    allAtATime(oneAtATime, ['c', 'b', 'a'], at('other')),
  ];

  await expect(Promise.all(both)).resolves.toEqual(['one', 'other']);
});

test('what failed lets the others go on', async () => {
  const oneAtATime = createOneAtATime();
  const failed = allAtATime(oneAtATime, ['a', 'b'], () => Promise.reject(new Error('It failed.')));

  await expect(failed).rejects.toThrow('It failed.');
  await expect(oneAtATime('a', () => Promise.resolve('a'))).resolves.toBe('a');
});
