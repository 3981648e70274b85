import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

const ROOT = join(__dirname, '../..');

interface SourceFile {
  /** From the root, with `/`: `src/bot/http-server.ts`. */
  readonly path: string;
  readonly code: string;
  /** Own files as paths from the root without extension, packages by name. */
  readonly imports: readonly string[];
}

function readSources(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => toSource(relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')));
}

function toSource(path: string): SourceFile {
  const code = withoutComments(readFileSync(join(ROOT, path), 'utf8'));
  const specifiers = [...code.matchAll(/(?:\bfrom|\bimport\(?|\brequire\()\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  return { path, code, imports: specifiers.map((specifier) => resolveImport(path, specifier)) };
}

function resolveImport(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return posix.normalize(posix.join(dirname(from), specifier)).replace(/\.js$/, '');
}

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '');
}

interface Door {
  readonly in: string;
  readonly except?: string;
  readonly may: RegExp;
}

/** One-way doors: files whose path begins with `in` (`except` one) may import own files only as `may` says. */
const DOORS = [
  { in: 'src/bot/', may: /^src\/(bot\/|dialogs\/|services\/index$|services\/platform\/problem$)/ },
  // What both chats need lies beside them, and neither knows of the other.
  { in: 'src/bot/teams/', may: /^src\/(bot\/(teams\/|[^/]+$)|dialogs\/|services\/(index|platform\/problem)$)/ },
  { in: 'src/bot/slack/', may: /^src\/(bot\/(slack\/|[^/]+$)|dialogs\/|services\/(index|platform\/problem)$)/ },
  { in: 'src/dialogs/', may: /^src\/(dialogs\/|services\/index$)/ },
  // Only the wiring of the services knows the shape of the settings.
  { in: 'src/services/', except: 'src/services/create-services.ts', may: /^src\/services\// },
  { in: 'src/services/platform/', may: /^src\/services\/platform\// },
  { in: 'src/services/entra/', may: /^src\/services\/(entra|platform)\// },
  // The table of regions is pure and belongs to set-up; the client needs its hosts.
  { in: 'src/services/genesys/', may: /^src\/services\/(genesys\/|platform\/|sso\/genesys-region$)/ },
  // The two tables of hosts are pure: what a setting may name is read from them.
  {
    in: 'src/config',
    may: /^src\/(config\/|settings$|secret$|services\/entra\/microsoft-clouds$|services\/sso\/genesys-region$)/,
  },
  { in: 'sandbox/', may: /^sandbox\// },
] as const satisfies readonly Door[];

interface Package {
  readonly named: RegExp;
  readonly only: string;
  /** One file elsewhere. */
  readonly and?: string;
}

/** Packages that only one room knows. */
const PACKAGES = [
  { named: /^(botbuilder|botframework-)/, only: 'src/bot/teams/' },
  { named: /^adaptivecards/, only: 'src/bot/teams/' },
  // The manifest takes the type of Slack's own, and nothing that runs.
  { named: /^@slack\//, only: 'src/bot/slack/', and: 'src/manifest/slack-manifest.ts' },
  { named: /^restify/, only: 'src/bot/' },
  { named: /^(kysely|pg|pg-boss|@electric-sql\/)/, only: 'src/services/' },
  { named: /^(@microsoft\/microsoft-graph-client|@azure\/identity)/, only: 'src/services/entra/' },
  { named: /^purecloud-/, only: 'src/services/genesys/' },
] as const satisfies readonly Package[];

/** Words that only these files may say. */
const WORDS = [
  { said: /\bprocess\.env\b/, in: 'src/', only: ['src/main.ts', 'src/config.ts'] },
  { said: /\bDate\.now\(\)|\bnew Date\(\)/, in: 'src/', only: ['src/services/platform/clock.ts'] },
  {
    // Which hosts are Microsoft's depends on the cloud: one table knows them.
    said: /graph\.microsoft\.|microsoftonline\.|\bmyapps\.|chinacloudapi|sts\.windows/,
    in: 'src/',
    only: ['src/services/entra/microsoft-clouds.ts'],
  },
  { said: /\bexport default\b/, in: '', only: [] },
] as const;

const sources = [...readSources('src'), ...readSources('sandbox')];
const isOwn = (imported: string): boolean => /^(src|sandbox|test|bench)\//.test(imported);

test.each<Door>(DOORS)('files in $in import no more of our own than their door allows', (door) => {
  const offences = sources
    .filter(({ path }) => path.startsWith(door.in) && path !== door.except)
    .flatMap(({ path, imports }) =>
      imports
        .filter((imported) => isOwn(imported) && !door.may.test(imported))
        .map((imported) => `${path} → ${imported}`),
    );

  expect(offences).toEqual([]);
});

test.each<Package>(PACKAGES)('packages named $named are imported in $only only', ({ named, only, and }) => {
  const offences = sources
    .filter(({ path }) => path.startsWith('src/') && !path.startsWith(only) && path !== and)
    .flatMap(({ path, imports }) => imports.filter((name) => named.test(name)).map((name) => `${path} → ${name}`));

  expect(offences).toEqual([]);
});

/** Examples that tests share hold what the product would have computed. */
const isExample = (path: string): boolean => path.endsWith('.examples.ts') || path.endsWith('/testing/fixtures.ts');

test.each(WORDS)('$said is said in $only only', ({ said, in: room, only }) => {
  const allowed: readonly string[] = only;
  const offenders = sources
    .filter(({ path }) => !isExample(path))
    .filter(({ path, code }) => path.startsWith(room) && !allowed.includes(path) && said.test(code))
    .map(({ path }) => path);

  expect(offenders).toEqual([]);
});

/** `preflight` looks at a sandbox that runs already as it looks at the real systems. */
const KNOW_THE_SANDBOX = ['src/main.ts', 'src/preflight.ts'];

test('nothing imports main, and only the entrances know of the sandbox', () => {
  const offences = sources
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap(({ path, imports }) =>
      imports
        .filter((name) => name === 'src/main' || (name.startsWith('sandbox/') && !KNOW_THE_SANDBOX.includes(path)))
        .map((name) => `${path} → ${name}`),
    );

  expect(offences).toEqual([]);
});

test('the rules see the imports that they judge', () => {
  const channel = sources.find(({ path }) => path === 'src/bot/teams/teams-channel.ts');

  expect(channel?.imports).toEqual(expect.arrayContaining(['botbuilder', 'src/dialogs/channel', 'src/services/index']));
});
