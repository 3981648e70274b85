import { readPublicUrl } from './addresses.js';
import { readMode } from './common.js';
import type { SettingsReader } from './settings-reader.js';
import { isSlackOn, readRequestersByEmail } from './slack.js';
import { isTeamsOn } from './teams.js';

export interface TeamsManifestSettings {
  /** The bot's application (client) ID; the package takes it as its own id, too. */
  readonly appId: string;
  /** Who offers the app, and their pages: https. Of each installation, as a page of ours could promise nothing for it. */
  readonly developer: {
    readonly name: string;
    readonly websiteUrl: string;
    readonly privacyUrl: string;
    readonly termsOfUseUrl: string;
  };
}

/** What the packages for Teams and Slack say of this installation. */
export interface ManifestSettings {
  /** Absent: Teams is off. */
  readonly teams?: TeamsManifestSettings | undefined;
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
  const teams = isTeamsOn(settings) ? readTeamsManifest(settings) : undefined;
  const publicUrl = readPublicUrl(settings, 'live') ?? '';
  const isSlackSocketMode = settings.find('SLACK_APP_TOKEN') !== undefined;
  const readsSlackEmail = readRequestersByEmail(settings);
  settings.finish();
  return { teams, publicUrl, isSlackSocketMode, readsSlackEmail, isSlackOn: isSlackOn(settings) };
}

/** Characters. Source: Microsoft's schema 1.25. */
const LONGEST_NAME = 32;

function readTeamsManifest(settings: SettingsReader): TeamsManifestSettings {
  const appId = settings.guid('MicrosoftAppId');
  const name = settings.get('TEAMS_DEVELOPER_NAME');
  if (name.length > LONGEST_NAME)
    settings.wrong(
      'TEAMS_DEVELOPER_NAME',
      `must have ${String(LONGEST_NAME)} characters at most, as Teams takes no more`,
    );
  return {
    appId,
    developer: {
      name,
      websiteUrl: readPage(settings, 'TEAMS_WEBSITE_URL'),
      privacyUrl: readPage(settings, 'TEAMS_PRIVACY_URL'),
      termsOfUseUrl: readPage(settings, 'TEAMS_TERMS_URL'),
    },
  };
}

function readPage(
  settings: SettingsReader,
  name: 'TEAMS_WEBSITE_URL' | 'TEAMS_PRIVACY_URL' | 'TEAMS_TERMS_URL',
): string {
  const text = settings.get(name);
  const isPage = URL.canParse(text) && new URL(text).protocol === 'https:' && !new URL(text).username;
  if (text !== '' && !isPage)
    settings.wrong(name, 'must be the address of a page of yours, such as https://contoso.com/privacy');
  return text;
}
