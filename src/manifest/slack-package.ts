import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { Problem } from '../services/platform/problem.js';
import { slackManifest, type SlackDisplay, type SlackInstallation } from './slack-manifest.js';
import { slackManifestSchema } from './slack-manifest-schema.js';

/**
 * The manifest from which a Slack admin makes the app, as JSON. Throws a Problem that names everything that Slack would
 * refuse. @param root the folder with `manifest/`.
 */
export function makeSlackManifest(root: string, installation: SlackInstallation): string {
  const path = join(root, 'manifest', 'slack', 'manifest.template.json');
  // Whatever else stands there, the schema below finds.
  const display = JSON.parse(readFileSync(path, 'utf8')) as SlackDisplay;
  const manifest = slackManifest(display, installation);
  const { error } = slackManifestSchema.safeParse(manifest);
  if (error) throw unusable(error.issues.map(faultOf));
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function faultOf(issue: z.core.$ZodIssue): string {
  const where = ['manifest', ...issue.path].join('.');
  switch (issue.code) {
    case 'invalid_type':
      return `${where} is missing or of the wrong kind`;
    case 'too_small':
      return `${where} is shorter than ${String(issue.minimum)} characters`;
    case 'too_big':
      return `${where} is longer than ${String(issue.maximum)} characters`;
    case 'unrecognized_keys':
      return `${where} has ${issue.keys.join(', ')}, which Slack does not know`;
    default:
      return `${where} is not of the form that Slack takes`;
  }
}

function unusable(faults: readonly string[]): Problem {
  return new Problem({
    kind: 'input',
    what: `Slack would refuse the manifest: ${faults.join('; ')}.`,
    remedy: 'Correct that in the folder manifest/slack, then run "npm run manifest" again.',
    code: 'slack-manifest',
  });
}
