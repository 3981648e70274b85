import fc from 'fast-check';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { crc32, inflateSync } from 'node:zlib';
import { INTENTS, understand } from '../dialogs/intents.js';
import { Problem } from '../services/platform/problem.js';
import { teamsCommands } from './teams-manifest.js';
import { makeTeamsPackage } from './teams-package.js';
import { zip } from './zip.js';

const ROOT = resolve(__dirname, '../..');
const APP_ID = '0f1e2d3c-4b5a-4968-8778-695a4b3c2d1e';
const HERE = {
  ...{ appId: APP_ID, publicUrl: 'https://latchkey.contoso.example' },
  developer: {
    ...{ name: 'Contoso', websiteUrl: 'https://contoso.example/it' },
    ...{ privacyUrl: 'https://contoso.example/privacy', termsOfUseUrl: 'https://contoso.example/terms' },
  },
};

interface Manifest {
  readonly id: string;
  readonly version: string;
  readonly developer: object;
  readonly icons: Readonly<Record<string, string>>;
  readonly bots: readonly {
    readonly botId: string;
    readonly scopes: readonly string[];
    readonly supportsFiles: boolean;
    readonly commandLists: readonly { readonly commands: readonly { title: string; description: string }[] }[];
  }[];
  readonly validDomains: readonly string[];
}

/** Reads a zip from its end, as programs do: central directory first, then each entry. Throws where the two disagree. */
function unzip(bytes: Buffer): Map<string, Buffer> {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    expect(bytes.toString('latin1', at, at + 4)).toBe('PK\x01\x02');
    const [checksum, size] = [bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 24)];
    const [nameLength, entryAt] = [bytes.readUInt16LE(at + 28), bytes.readUInt32LE(at + 42)];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    expect(bytes.toString('latin1', entryAt, entryAt + 4)).toBe('PK\x03\x04');
    expect(bytes.toString('utf8', entryAt + 30, entryAt + 30 + nameLength)).toBe(name);
    const start = entryAt + 30 + nameLength + bytes.readUInt16LE(entryAt + 28);
    const content = bytes.subarray(start, start + size);
    expect(crc32(content)).toBe(checksum);
    files.set(name, content);
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  expect(at).toBe(end);
  return files;
}

/** Alpha of each pixel of a PNG with 8 bits and alpha; only filters 0 to 4 of the format. */
function alphas(png: Buffer): number[] {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  expect([png[24], png[25]]).toEqual([8, 6]);
  const chunks: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      chunks.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(chunks));
  const [stride, found, pixels] = [width * 4, [] as number[], Buffer.alloc(width * height * 4)];
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (stride + 1)] ?? 0;
    for (let column = 0; column < stride; column += 1) {
      const at = row * stride + column;
      const left = column >= 4 ? (pixels[at - 4] ?? 0) : 0;
      const up = row > 0 ? (pixels[at - stride] ?? 0) : 0;
      const corner = row > 0 && column >= 4 ? (pixels[at - stride - 4] ?? 0) : 0;
      const guess = [0, left, up, Math.floor((left + up) / 2), paeth(left, up, corner)][filter] ?? 0;
      pixels[at] = ((raw[row * (stride + 1) + 1 + column] ?? 0) + guess) & 0xff;
      if (column % 4 === 3) found.push(pixels[at]);
    }
  }
  return found;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  return [left, up, corner].reduce((best, one) => (Math.abs(estimate - one) < Math.abs(estimate - best) ? one : best));
}

/** A copy of what the package is made from, to break. */
function brokenRoot(change: (folder: string) => void): string {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-manifest-'));
  cpSync(join(ROOT, 'manifest'), join(root, 'manifest'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(root, 'package.json'));
  change(join(root, 'manifest', 'teams'));
  return root;
}

function refusal(root: string): string {
  try {
    makeTeamsPackage(root, HERE);
  } catch (error) {
    if (error instanceof Problem) return error.facts.what;
    throw error;
  } finally {
    rmSync(root, { recursive: true });
  }
  return 'nothing was refused';
}

test('the package is a zip with the manifest and both icons at its root, and nothing else', () => {
  const files = unzip(makeTeamsPackage(ROOT, HERE).bytes);

  expect([...files.keys()]).toEqual(['manifest.json', 'color.png', 'outline.png']);
  expect(files.get('color.png')).toEqual(readFileSync(join(ROOT, 'manifest/teams/color.png')));
});

test('the manifest names this installation: its bot, its domain, and the version that is installed', () => {
  const { bytes } = makeTeamsPackage(ROOT, HERE);

  const manifest = JSON.parse(String(unzip(bytes).get('manifest.json'))) as Manifest;

  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(manifest).toMatchObject({ id: APP_ID, version, validDomains: ['latchkey.contoso.example'] });
  expect(manifest.developer).toEqual(HERE.developer);
  expect(manifest.bots).toHaveLength(1);
  expect(manifest.bots[0]).toMatchObject({
    botId: APP_ID,
    scopes: ['personal', 'team', 'groupChat'],
    supportsFiles: true,
  });
  expect(manifest.bots[0]?.commandLists[0]?.commands).toEqual(teamsCommands());
});

test('the same settings make the same bytes', () => {
  expect(makeTeamsPackage(ROOT, HERE).bytes.equals(makeTeamsPackage(ROOT, HERE).bytes)).toBe(true);
});

test('every command is one that the bot understands: first what everybody may say, help among them', () => {
  const meant = teamsCommands().map(({ title }) => {
    const understood = understand(title);
    return understood.kind === 'intent' ? understood.intent.name : `nothing: ${title}`;
  });

  const others = INTENTS.filter(({ name }) => name !== 'help');
  const [forAll, forAdmins] = [true, false].map((isForAll) => others.filter(({ right }) => isForAll === !right));
  const expected = [...(forAll ?? []), ...(forAdmins ?? [])].slice(0, 11).map(({ name }) => name);
  expect(meant).toEqual([...expected, 'help']);
  expect(meant).toEqual(expect.arrayContaining(['request-access', 'my-work', 'set-up-sso', 'status']));
});

test('commands are short enough for every Teams client, also for those that know an older schema', () => {
  const commands = teamsCommands();

  expect(commands.length).toBeLessThanOrEqual(12);
  for (const { title, description } of commands) {
    expect(title.length).toBeLessThanOrEqual(32);
    expect(description.length).toBeLessThanOrEqual(128);
  }
});

test('the outline icon is a drawing on nothing', () => {
  const pixels = alphas(readFileSync(join(ROOT, 'manifest/teams/outline.png')));

  expect(pixels).toHaveLength(32 * 32);
  expect(pixels[0]).toBe(0);
  expect(pixels.filter((alpha) => alpha === 255).length).toBeGreaterThan(50);
  expect(pixels.filter((alpha) => alpha === 0).length).toBeGreaterThan(500);
});

test.each([
  ['a name that is too long', '"short": "Latchkey"', `"short": "${'L'.repeat(31)}"`, 'manifest.json /name/short'],
  ['a property that Teams does not know', '"accentColor"', '"accentColour": "#4A4FB5", "accentColor"', 'accentColour'],
  ['no colour', '"accentColor": "#4A4FB5",', '', 'accentColor'],
])('a template with %s is refused by its name', (_, before, after, named) => {
  const root = brokenRoot((folder) => {
    const path = join(folder, 'manifest.template.json');
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(before);
    writeFileSync(path, text.replace(before, after));
  });

  expect(refusal(root)).toContain(named);
});

test('an icon of another size, and one that is no picture, are refused by their names', () => {
  const root = brokenRoot((folder) => {
    cpSync(join(folder, 'outline.png'), join(folder, 'color.png'));
    writeFileSync(join(folder, 'outline.png'), 'a poem');
  });

  const said = refusal(root);

  expect(said).toContain('color.png is 32 × 32 pixels, not 192 × 192');
  expect(said).toContain('outline.png is not a PNG');
});

test('whatever is zipped comes out again', () => {
  const files = fc.uniqueArray(
    fc.record({
      name: fc.string({ minLength: 1, unit: 'grapheme' }),
      bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    }),
    { selector: ({ name }) => name, maxLength: 5 },
  );

  fc.assert(
    fc.property(files, (given) => {
      const found = unzip(zip(given));
      expect([...found.entries()]).toEqual(given.map(({ name, bytes }) => [name, bytes]));
    }),
  );
});
