import { readPublicUrl } from './addresses.js';
import { readMode } from './common.js';
import type { SettingsReader } from './settings-reader.js';
import { isSlackOn, readRequestersByEmail } from './slack.js';
import { isTeamsOn } from './teams.js';

/** What the packages for Teams and Slack say of this installation. */
export interface ManifestSettings {
  /** The bot's application (client) ID; the package takes it as its own id, too. Absent: Teams is off. */
  readonly appId?: string | undefined;
  /** https, no trailing slash. */
  readonly publicUrl: string;
  /** Slack comes through a socket, and sends no requests to that address. */
  readonly isSlackSocketMode: boolean;
  /** The app may read the e-mail of accounts. */
  readonly readsSlackEmail: boolean;
  /** Its settings come with the app, which is made from the manifest: without them that one is needed all the same. */
  readonly isSlackOn: boolean;
}

/** Needs no more than the packages do: they are made before the rest of live mode is there. Sandbox mode has no apps. */
export function readManifest(settings: SettingsReader): ManifestSettings | 'sandbox' {
  if (readMode(settings) === 'sandbox') {
    settings.finish();
    return 'sandbox';
  }
  const appId = isTeamsOn(settings) ? settings.guid('MicrosoftAppId') : undefined;
  const publicUrl = readPublicUrl(settings, 'live') ?? '';
  const isSlackSocketMode = settings.find('SLACK_APP_TOKEN') !== undefined;
  const readsSlackEmail = readRequestersByEmail(settings);
  settings.finish();
  return { appId, publicUrl, isSlackSocketMode, readsSlackEmail, isSlackOn: isSlackOn(settings) };
}
