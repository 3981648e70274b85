import { onceAMinute } from './once-a-minute.js';

test('a warning is due at first, and then once a minute', () => {
  let nowMs = 5;
  const isDue = onceAMinute(() => nowMs);
  const dueAt = (ms: number): boolean => {
    nowMs = ms;
    return isDue();
  };

  expect([5, 5, 60_004, 60_005, 60_006, 200_000].map(dueAt)).toEqual([true, false, false, true, false, true]);
});
