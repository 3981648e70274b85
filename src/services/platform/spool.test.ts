import fs, {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { placeDatabase } from './embedded/data-folder.js';
import type { NewDelivery } from './inbox-store.js';
import type { Log } from './log.js';
import { openSpool, SLACK_SPOOL, Spool } from './spool.js';
import { recordingLog, silentLog } from './testing/test-parts.js';

let dataDir: string;
let file: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-spool-'));
  file = join(dataDir, SLACK_SPOOL);
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** As the next process finds it. */
function opened(log: Log = silentLog, mostBytes?: number): Spool {
  return new Spool({ file, ...(mostBytes === undefined ? {} : { mostBytes }), log });
}

function came(deliveryId: string, text = 'help', receivedAt = new Date('2026-11-24T09:00:00.123Z')): NewDelivery {
  return { deliveryId, delivery: { text }, receivedAt };
}

const content = (): string => readFileSync(file, 'utf8');

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a\nb', '\u2028', '\0\ud800', '{"over":["a"]}'),
);
const id: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd');
/** How much of the line is written when the process dies; mostly it lives. */
const torn = fc.option(fc.double({ min: 0, max: 0.999, noNaN: true }), { nil: undefined, freq: 1 });
const deed = fc.oneof(
  fc.record({ kind: fc.constant('note' as const), id, text, torn }),
  fc.record({ kind: fc.constant('forget' as const), ids: fc.array(id), torn }),
  fc.record({ kind: fc.constant('reopen' as const) }),
);

test('whatever happens, and wherever the process dies in a line, what is left is what was noted and not forgotten', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
      rmSync(file, { force: true });
      // So few that the file is written anew between these deeds.
      let spool = opened(silentLog, 200);
      let expected: readonly NewDelivery[] = [];
      for (const [count, what] of deeds.entries()) {
        const noted =
          what.kind === 'note' && !spool.has(what.id) ? came(what.id, what.text, new Date(count)) : undefined;
        const isTorn = whileTorn('torn' in what ? what.torn : undefined, () => {
          if (noted) spool.note(noted);
          if (what.kind === 'forget') spool.forget(what.ids);
        });
        if (isTorn || what.kind === 'reopen') spool = opened(silentLog, 200);
        if (!isTorn && noted) expected = [...expected, noted];
        if (!isTorn && what.kind === 'forget')
          expected = expected.filter(({ deliveryId }) => !what.ids.includes(deliveryId));
        expect(spool.left()).toEqual(expected);
      }
      expect(opened().left()).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});

/** @returns whether it wrote a line, of which so much is now there, behind what is whole. */
function whileTorn(part: number | undefined, write: () => void): boolean {
  const before = statSync(file, { throwIfNoEntry: false });
  write();
  const after = statSync(file, { throwIfNoEntry: false });
  if (part === undefined || !before || !after || before.ino !== after.ino || after.size <= before.size) return false;
  truncateSync(file, before.size + Math.floor((after.size - before.size) * part));
  return true;
}

test('a file of which nothing is left is empty, and its owner’s alone', () => {
  const spool = opened();
  spool.note(came('a'));
  spool.note(came('b'));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(content().split('\n')).toHaveLength(3);

  spool.forget(['a', 'b']);

  expect(content()).toBe('');
});

test('where nothing was ever noted there is no file', () => {
  expect(opened().left()).toEqual([]);
  opened().forget(['a']);
  expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
});

test('a file that is never empty stays small, and loses nothing', () => {
  const spool = opened();
  spool.note(came('stays'));
  for (let count = 0; count < 60; count += 1) {
    spool.note(came(`d${String(count)}`, 'x'.repeat(100_000)));
    spool.forget([`d${String(count)}`]);
    expect(statSync(file).size).toBeLessThan(1_200_000);
  }

  expect(opened().left()).toEqual([came('stays')]);
});

test('what is left may be more than that', () => {
  const spool = opened();
  const many = Array.from({ length: 30 }, (_, index) => came(`d${String(index)}`, 'x'.repeat(100_000)));
  for (const one of many) spool.note(one);

  expect(opened().left()).toEqual(many);
});

test('what a write that failed has left behind is written over', () => {
  const spool = opened();
  spool.note(came('a'));
  appendFileSync(file, '{"id":"torn","at":"2026-11-2');

  spool.note(came('b'));

  expect(opened().left()).toEqual([came('a'), came('b')]);
});

test('a disk that takes a line in parts has taken all of it, or none', () => {
  const spool = opened();
  spool.note(came('a'));
  const write = fs.writeSync;
  const writes = jest.spyOn(fs, 'writeSync');
  const takesHalf = (): void =>
    void writes.mockImplementationOnce((...args: unknown[]) => {
      const [descriptor, bytes, from, length, at] = args as [number, Buffer, number, number, number];
      return write(descriptor, bytes, from, Math.floor(length / 2), at);
    });

  takesHalf();
  spool.note(came('b'));
  takesHalf();
  writes.mockImplementationOnce(() => {
    throw new Error('ENOSPC');
  });
  expect(() => spool.note(came('c'))).toThrow('ENOSPC');
  writes.mockRestore();
  spool.note(came('d'));

  expect(opened().left()).toEqual([came('a'), came('b'), came('d')]);
});

test('a spool that is closed writes nothing any more, and leaves to the next process what was not over', () => {
  const { log, lines } = recordingLog();
  const spool = opened(log);
  spool.note(came('a'));
  spool.close();
  const before = content();

  expect(() => spool.note(came('b'))).toThrow('closed');
  spool.forget(['a']);

  expect(content()).toBe(before);
  expect(lines()).toMatchObject([{ level: 40 }]);
  expect(opened().left()).toEqual([came('a')]);
});

test('lines that this release cannot read are said, and lose nothing else', () => {
  opened().note(came('a'));
  appendFileSync(file, 'no JSON\n{"id":"b","from":"the future"}\n\0\0\0\n');
  appendFileSync(
    file,
    `${JSON.stringify({ id: 'c', at: '2026-11-24T09:00:00.123Z', delivery: { text: 'help' } })}\n{"id":`,
  );
  const { log, lines } = recordingLog();

  const spool = opened(log);

  expect(spool.left()).toEqual([came('a'), came('c')]);
  expect(lines()).toMatchObject([{ level: 50, unread: 3 }]);
  spool.note(came('d'));
  expect(opened().left()).toEqual([came('a'), came('c'), came('d')]);
});

test('a disk that takes nothing is said to whoever notes, and taken again when it is back', () => {
  const { log, lines } = recordingLog();
  const away = join(dataDir, 'away', SLACK_SPOOL);
  const spool = new Spool({ file: away, log });

  expect(() => spool.note(came('a'))).toThrow('ENOENT');
  expect(spool.left()).toEqual([]);

  mkdirSync(join(dataDir, 'away'));
  spool.note(came('b'));
  expect(spool.left()).toEqual([came('b')]);
  expect(lines()).toEqual([]);
});

test('what a process that died has left of a draft is no hindrance, and keeps its rights from nobody', () => {
  writeFileSync(`${file}.draft`, 'half a li', { mode: 0o644 });

  opened().note(came('a'));

  expect(opened().left()).toEqual([came('a')]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir)).toEqual([SLACK_SPOOL]);
});

describe('Another database', () => {
  /** As a first start does, and a restore. */
  async function place(): Promise<void> {
    await placeDatabase(dataDir, async (folder) => writeFileSync(join(folder, 'PG_VERSION'), '18'));
  }

  test('what was noted for the one before a restore is gone with it, and so is a draft', async () => {
    await place();
    openSpool({ dataDir, log: silentLog }).note(came('a'));
    writeFileSync(`${file}.draft`, content());

    await place();

    expect(readdirSync(dataDir)).toEqual(['db']);
    expect(openSpool({ dataDir, log: silentLog }).left()).toEqual([]);
  });

  test('a folder that was copied to another machine takes along what was noted in it', async () => {
    await place();
    openSpool({ dataDir, log: silentLog }).note(came('a'));
    const elsewhere = `${dataDir}-elsewhere`;
    cpSync(dataDir, elsewhere, { recursive: true, preserveTimestamps: true });

    expect(openSpool({ dataDir: elsewhere, log: silentLog }).left()).toEqual([came('a')]);
    rmSync(elsewhere, { recursive: true });
  });
});
