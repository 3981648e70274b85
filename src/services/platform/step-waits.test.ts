import { lookUntil, withRetries, type Pace } from './http.js';
import { createWindow } from './request-budget.js';
import { askedForPause, limitReached, noteWaits, stillTakes, whileWaiting } from './step-waits.js';

/** Wall time that passes only by waiting; while it does, a write that was begun gets to its end. */
function waitingPace(): Pace {
  let now = 0;
  return {
    wall: () => new Date(now),
    random: () => 1,
    sleep: async (ms) => {
      now += ms;
      await new Promise(setImmediate);
    },
  };
}

/** What the card of a step says, one after the other, while it does that. */
async function notesOf(deed: (pace: Pace) => Promise<unknown>): Promise<(string | undefined)[]> {
  const notes: (string | undefined)[] = [];
  const write = async (text: string | undefined): Promise<void> => {
    await Promise.resolve();
    notes.push(text);
  };
  await noteWaits(write, () => deed(waitingPace())).catch(() => undefined);
  return notes;
}

/** Looks for something that shows after so many ms. */
function looks(pace: Pace, { because = 'Entra does not show it yet', afterMs = 8_000, budgetMs = 120_000 } = {}) {
  const from = pace.wall().getTime();
  const look = (): Promise<true | undefined> =>
    Promise.resolve(pace.wall().getTime() - from >= afterMs ? true : undefined);
  return lookUntil(look, { because, budgetMs, pace });
}

test('A wait of less than two seconds is not worth a word', async () => {
  expect(await notesOf((pace) => looks(pace, { afterMs: 1_200 }))).toEqual([]);
});

test('A longer wait says what for and how long it may still take, in few steps, and nothing when it is over', async () => {
  expect(await notesOf((pace) => looks(pace, { afterMs: 112_000 }))).toEqual([
    'Entra does not show it yet; this can still take up to 2 minutes.',
    'Entra does not show it yet; this can still take up to 1 minute.',
    'Entra does not show it yet; this can still take up to 30 seconds.',
    'Entra does not show it yet; this can still take up to 10 seconds.',
    undefined,
  ]);
});

test('A note is taken away, too, when the wait was in vain or the step failed in it', async () => {
  const inVain = await notesOf((pace) => looks(pace, { afterMs: 60_000, budgetMs: 9_000 }));
  const failed = await notesOf(async (pace) => {
    await whileWaiting(pace, async (pause) => {
      await pause(5_000, 'Entra thinks.');
      throw new Error('no');
    });
  });

  expect(inVain.at(-1)).toBeUndefined();
  expect(failed).toEqual(['Entra thinks.', undefined]);
});

test('Throttling says the pause that was asked for; without a word from the remote side, that it is asked again', async () => {
  let tries = 0;
  const busyTwice = (): Promise<string> => ((tries += 1) <= 2 ? Promise.reject(new Error('429')) : Promise.resolve(''));
  const asked = await notesOf((pace) =>
    withRetries(busyTwice, {
      ...{ from: 'Genesys Cloud', budgetMs: 60_000, pace },
      judge: () => ({ againAfterMs: tries === 1 ? 30_000 : 1_000 }),
    }),
  );
  tries = 0;
  const silent = await notesOf((pace) =>
    withRetries(busyTwice, { from: 'Entra', budgetMs: 60_000, pace, judge: () => ({ againAfterMs: undefined }) }),
  );

  expect(asked).toEqual([
    'Genesys Cloud asked for a pause of 30 seconds.',
    'Genesys Cloud asked for a pause of 1 second.',
    undefined,
  ]);
  expect(silent).toEqual(['Entra is busy or out of reach; Latchkey goes on asking for up to 1 minute.', undefined]);
});

test('A published limit that is used up is named with the seconds until it is free again', async () => {
  const notes = await notesOf(async (pace) => {
    const window = createWindow({ of: 'Genesys Cloud', requests: 1, windowMs: 61_000 }, pace);
    await window.take();
    await window.take();
  });

  expect(notes).toEqual([
    'Latchkey has used up the requests that Genesys Cloud allows for now, and goes on in 61 seconds.',
    undefined,
  ]);
});

test('Of waits within each other the inner one is shown, and afterwards the outer one again', async () => {
  const notes = await notesOf((pace) =>
    whileWaiting(pace, async (pause) => {
      await pause(3_000, 'The outer one.');
      await whileWaiting(pace, (inner) => inner(3_000, 'The inner one.'));
      await pause(3_000, 'The outer one.');
    }),
  );

  expect(notes).toEqual(['The outer one.', 'The inner one.', 'The outer one.', undefined]);
});

test('What goes on waiting after its step has ended writes nothing more', async () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const late: Promise<void>[] = [];
  const notes = await notesOf(async (pace) => {
    late.push(
      whileWaiting({ ...pace, sleep: () => opened }, async (pause) => {
        await pause(5_000, 'Left behind.');
        await pause(5_000, 'Too late.');
      }),
    );
    await pace.sleep(1);
  });

  open();
  await Promise.all(late);

  expect(notes).toEqual(['Left behind.', undefined]);
});

test('A note that cannot be written does not hurt the step', async () => {
  const write = (): Promise<void> => Promise.reject(new Error('The database is away.'));

  await expect(noteWaits(write, () => looks(waitingPace()))).resolves.toBe(true);
});

test.each([
  [stillTakes('It waits', -5), 'It waits; this can still take up to 10 seconds.'],
  [stillTakes('It waits', 30_001), 'It waits; this can still take up to 1 minute.'],
  [askedForPause('Entra', 400), 'Entra asked for a pause of 1 second.'],
  [askedForPause('Entra', 180_000), 'Entra asked for a pause of 3 minutes.'],
  [
    limitReached('Entra', 90_000),
    'Latchkey has used up the requests that Entra allows for now, and goes on in 90 seconds.',
  ],
])('Times are said as people say them: %s', (said, expected) => {
  expect(said).toBe(expected);
});
