import { readPublicUrl } from './addresses.js';
import { readMode } from './common.js';
import type { SettingsReader } from './settings-reader.js';

/** What a package for Teams says of this installation. */
export interface ManifestSettings {
  /** The bot's application (client) ID; the package takes it as its own id, too. */
  readonly appId: string;
  /** https, no trailing slash. */
  readonly publicUrl: string;
}

/** Needs no more than the package does: it is made before the rest of live mode is there. Sandbox mode has no Teams app. */
export function readManifest(settings: SettingsReader): ManifestSettings | 'sandbox' {
  if (readMode(settings) === 'sandbox') {
    settings.finish();
    return 'sandbox';
  }
  const appId = settings.guid('MicrosoftAppId');
  const publicUrl = readPublicUrl(settings, 'live') ?? '';
  settings.finish();
  return { appId, publicUrl };
}
