import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../services/platform/problem.js';
import { teamsManifest, type Installation } from './teams-manifest.js';
import { zip } from './zip.js';

export interface TeamsPackage {
  readonly manifest: object;
  readonly bytes: Buffer;
}

/** Pixels of each side, as Teams asks for them. */
const ICONS = { 'color.png': 192, 'outline.png': 32 } as const;
const SCHEMA = 'MicrosoftTeams.v1.25.schema.json';

/**
 * The app package that a Teams admin uploads: `manifest.json` and both icons, at the root of a zip. Throws a Problem that
 * names everything that Microsoft's schema or Teams would refuse. @param root the folder with package.json and `manifest/`.
 */
export function makeTeamsPackage(root: string, installation: Omit<Installation, 'version'>): TeamsPackage {
  const folder = join(root, 'manifest', 'teams');
  const template = readJson(join(folder, 'manifest.template.json'));
  const manifest = teamsManifest(template, { ...installation, version: versionIn(root) });
  const icons = Object.keys(ICONS).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  const faults = [
    ...schemaFaults(manifest, readJson(join(folder, SCHEMA))),
    ...icons.flatMap(({ name, bytes }) => iconFaults(name, bytes)),
  ];
  if (faults.length > 0) throw unusable(faults);
  return {
    manifest,
    bytes: zip([{ name: 'manifest.json', bytes: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) }, ...icons]),
  };
}

function readJson(path: string): object {
  return JSON.parse(readFileSync(path, 'utf8')) as object;
}

function versionIn(root: string): string {
  const { version } = readJson(join(root, 'package.json')) as { version?: unknown };
  return String(version);
}

function schemaFaults(manifest: object, schema: object): string[] {
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats(ajv);
  ajv.validate(schema, manifest);
  return (ajv.errors ?? []).map(({ instancePath, message, params }) => {
    const more = 'additionalProperty' in params ? ` (${String(params['additionalProperty'])})` : '';
    return `manifest.json ${instancePath || 'itself'} ${message ?? 'is wrong'}${more}`;
  });
}

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/** Width and height stand in the first chunk of a PNG, at bytes 16 and 20. */
function iconFaults(name: string, bytes: Buffer): string[] {
  const wanted = Object.entries(ICONS).find(([icon]) => icon === name)?.[1];
  if (!bytes.subarray(0, PNG.length).equals(PNG)) return [`${name} is not a PNG`];
  const size = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  return size.every((side) => side === wanted)
    ? []
    : [`${name} is ${size.join(' × ')} pixels, not ${String(wanted)} × ${String(wanted)}`];
}

function unusable(faults: readonly string[]): Problem {
  return new Problem({
    kind: 'input',
    what: `Teams would refuse the package: ${faults.join('; ')}.`,
    remedy: 'Correct that in the folder manifest/teams, then run "npm run manifest" again.',
    code: 'teams-package',
  });
}
