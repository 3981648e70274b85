import type { TeamsManifestSettings } from '../config/manifest.js';
import { INTENTS, type Intent } from '../dialogs/intents.js';

/** What differs from one installation to the next. */
export interface Installation extends TeamsManifestSettings {
  readonly publicUrl: string;
  /** Of Latchkey, from package.json: Teams takes a package as an update only when it has grown. */
  readonly version: string;
}

/** Where the bot can be added: a chat with one person, a team, a group chat. */
const SCOPES = ['personal', 'team', 'groupChat'] as const;

/**
 * The manifest of the Teams app. The template has what is the same everywhere; a command is what a person types, so that
 * a click on it in Teams writes a phrase that the bot understands.
 */
export function teamsManifest(template: object, { appId, developer, publicUrl, version }: Installation): object {
  return {
    ...template,
    developer,
    version,
    id: appId,
    bots: [
      {
        botId: appId,
        scopes: SCOPES,
        // Teams offers files in the chat with one person only, whatever the other scopes are.
        supportsFiles: true,
        isNotificationOnly: false,
        commandLists: [{ scopes: SCOPES, commands: teamsCommands() }],
      },
    ],
    validDomains: [new URL(publicUrl).host],
  };
}

/** Of one list. Source: Microsoft's schema 1.25. */
const MOST_COMMANDS = 12;

/** What everybody may say comes first, then the first ones for administrators, and help, which shows all. */
export function teamsCommands(): { title: string; description: string }[] {
  const help = INTENTS.filter(({ name }) => name === 'help');
  const isForAll = ({ right }: Intent): boolean => right === undefined;
  const others = INTENTS.filter(({ name }) => name !== 'help').sort((one, other) => +isForAll(other) - +isForAll(one));
  return [...others.slice(0, MOST_COMMANDS - help.length), ...help].flatMap(({ phrases: [shown], explains }) =>
    shown === undefined ? [] : [{ title: shown, description: explains }],
  );
}
