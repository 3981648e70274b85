import { readPublicUrl } from './addresses.js';
import { readMode } from './common.js';
import type { SettingsReader } from './settings-reader.js';

/** What the packages for Teams and Slack say of this installation. */
export interface ManifestSettings {
  /** The bot's application (client) ID; the package takes it as its own id, too. */
  readonly appId: string;
  /** https, no trailing slash. */
  readonly publicUrl: string;
  /** Slack comes through a socket, and sends no requests to that address. */
  readonly isSlackSocketMode: boolean;
}

/** Needs no more than the package does: it is made before the rest of live mode is there. Sandbox mode has no Teams app. */
export function readManifest(settings: SettingsReader): ManifestSettings | 'sandbox' {
  if (readMode(settings) === 'sandbox') {
    settings.finish();
    return 'sandbox';
  }
  const appId = settings.guid('MicrosoftAppId');
  const publicUrl = readPublicUrl(settings, 'live') ?? '';
  const isSlackSocketMode = settings.find('SLACK_APP_TOKEN') !== undefined;
  settings.finish();
  return { appId, publicUrl, isSlackSocketMode };
}
