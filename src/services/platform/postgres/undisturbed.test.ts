import { recordingLog } from '../testing/test-parts.js';
import { untilUndisturbed } from './undisturbed.js';

const failing = (times: number, code: string): (() => Promise<string>) => {
  let tries = 0;
  return async () => {
    tries += 1;
    if (tries <= times) throw Object.assign(new Error('deadlock detected'), { code });
    return 'done';
  };
};

test.each(['40P01', '40001'])(
  'a transaction that the server ended (%s) is begun again, and the log says so',
  async (code) => {
    const { log, lines } = recordingLog();

    await expect(untilUndisturbed(failing(2, code), log)).resolves.toBe('done');

    expect(lines()).toMatchObject([
      { level: 40, tries: 1 },
      { level: 40, tries: 2 },
    ]);
  },
);

test('five times at most, and no other failure', async () => {
  const { log, lines } = recordingLog();

  await expect(untilUndisturbed(failing(5, '40P01'), log)).rejects.toThrow('deadlock detected');
  await expect(untilUndisturbed(failing(1, '23505'), log)).rejects.toThrow('deadlock detected');

  expect(lines()).toHaveLength(4);
});
