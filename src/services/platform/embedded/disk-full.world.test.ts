import { Problem } from '../problem.js';
import { openEmbeddedOnDisk, type EmbeddedDatabase } from './embedded-database.js';
import { DataFolders, problemOf } from './testing/data-folders.js';
import { FillableFS } from './testing/full-disk.js';

const folders = new DataFolders();
afterAll(() => folders.removeAll());

const end = (_: unknown, error: unknown): never => {
  throw error;
};

async function openFillable(dataDir: string): Promise<EmbeddedDatabase & { fill(isFull: boolean): void }> {
  let disk: FillableFS | undefined;
  const fileSystemOf = (folder: string): FillableFS =>
    (disk = new FillableFS(folder, (error) => end('disk-failed', error)));
  const opened = await openEmbeddedOnDisk({ dataDir, since: new Date(0), end, fileSystemOf });
  return { ...opened, fill: (isFull) => void (disk && (disk.isFull = isFull)) };
}

test('a full disk refuses writes in words, lets reads go on, loses nothing, and is forgotten once there is room', async () => {
  const dataDir = folders.empty();
  const { pool, fill, close } = await openFillable(dataDir);
  await pool.query('create table note (number integer primary key, text text)');
  const acknowledged: number[] = [];
  const write = async (number: number): Promise<void> => {
    await pool.query('insert into note values ($1, $2)', [number, 'x'.repeat(1_000)]);
    acknowledged.push(number);
  };
  const writeUntilRefused = async (): Promise<never> => {
    for (let number = 0; ; number++) await write(number);
  };
  const read = async (): Promise<number[]> => {
    const { rows } = await pool.query<{ number: number }>('select number from note order by number');
    return rows.map(({ number }) => number);
  };
  await write(-1);

  fill(true);
  const problem = await problemOf(writeUntilRefused());
  const whileFull = await read();
  fill(false);
  await write(10_000);
  const afterwards = await read();
  await close();
  const again = await openFillable(dataDir);
  const { rows } = await again.pool.query<{ count: string }>('select count(*) from note');
  await again.close();

  expect(problem).toMatchObject({ kind: 'internal', code: 'disk-full' });
  expect(problem.remedy).toContain('Make room');
  expect(acknowledged.length).toBeGreaterThan(2);
  expect(whileFull).toEqual(acknowledged.slice(0, -1));
  expect(afterwards).toEqual(acknowledged);
  expect(rows).toEqual([{ count: String(acknowledged.length) }]);
}, 120_000);

test('a transaction that meets a full disk is rolled back as a whole', async () => {
  const { pool, fill, close } = await openFillable(folders.empty());
  await pool.query('create table note (number integer primary key, text text)');

  const client = await pool.connect();
  await client.query('begin');
  await client.query('insert into note values (1)');
  fill(true);
  const refused: unknown = await client
    .query(`insert into note select number, repeat('x', 1000) from generate_series(2, 2000) number`)
    .catch((error: unknown) => error);
  client.release();
  fill(false);
  const { rows } = await pool.query('select * from note');
  await close();

  expect(refused).toBeInstanceOf(Problem);
  expect(rows).toEqual([]);
}, 120_000);
