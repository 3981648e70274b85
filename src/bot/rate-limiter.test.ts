import { RateLimiter } from './rate-limiter.js';

let now = 0;
const limiter = (burst: number, perSecond: number, mostKeys?: number): RateLimiter =>
  new RateLimiter({ burst, perSecond }, { now: () => now, ...(mostKeys === undefined ? {} : { mostKeys }) });
const takes = (of: RateLimiter, key: string, times: number): number[] =>
  Array.from({ length: times }, () => of.take(key));

test('a burst is let through, then it says after how many seconds there is one again', () => {
  expect(takes(limiter(3, 0.5), 'ada', 5)).toEqual([0, 0, 0, 2, 2]);
});

test('whoever waits as long as it said gets exactly one more', () => {
  const bucket = limiter(2, 0.5);
  takes(bucket, 'ada', 2);

  now += bucket.take('ada') * 1_000;

  expect(takes(bucket, 'ada', 2)).toEqual([0, 2]);
});

test('a bucket fills up to its burst and no further', () => {
  const bucket = limiter(2, 1);
  takes(bucket, 'ada', 2);

  now += 3_600_000;

  expect(takes(bucket, 'ada', 3)).toEqual([0, 0, 1]);
});

test('one who is too fast does not slow down another', () => {
  const bucket = limiter(1, 1);
  takes(bucket, 'ada', 10);

  expect(bucket.take('omar')).toBe(0);
});

test('of too many keys the one used the longest ago is forgotten, and no other', () => {
  const bucket = limiter(1, 0.001, 2);
  takes(bucket, 'ada', 1);
  takes(bucket, 'omar', 1);
  takes(bucket, 'ada', 1);

  takes(bucket, 'dana', 1);

  expect(bucket.take('ada')).toBeGreaterThan(0);
  expect(bucket.take('omar')).toBe(0);
});
