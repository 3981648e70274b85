import type { webApi } from '@slack/bolt';
import { slackScopes, type SlackScope } from '../services/preflight/slack-scopes.js';

/** What differs from one installation to the next. */
export interface SlackInstallation {
  /** https, no trailing slash. */
  readonly publicUrl: string;
  /** Slack comes through a socket that the bot opens, and sends no requests. */
  readonly isSocketMode: boolean;
  /** People without a link may ask for access by their e-mail. */
  readonly readsEmail?: boolean;
}

/** What people read of the app, from `manifest/slack`: an organisation may put its own words there. */
export interface SlackDisplay {
  readonly name: string;
  readonly description: string;
  readonly long_description: string;
  readonly background_color: string;
}

export type SlackManifest = Exclude<webApi.AppsManifestCreateArguments['manifest'], string>;

export const SLACK_SHORTCUT_ID = 'latchkey_about';

/** The manifest of the Slack app: one request URL for everything, or none with a socket. */
export function slackManifest(
  display: SlackDisplay,
  { publicUrl, isSocketMode, readsEmail = false }: SlackInstallation,
): SlackManifest {
  const url = `${publicUrl}/slack/events`;
  const requests = isSocketMode ? {} : { request_url: url };
  return {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: { ...display },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: 'latchkey', always_online: true },
      slash_commands: [
        {
          command: '/latchkey',
          ...(isSocketMode ? {} : { url }),
          description: 'Single sign-on between Entra ID and Genesys Cloud',
          usage_hint: 'help',
          should_escape: true,
        },
      ],
      shortcuts: [
        {
          name: 'Ask Latchkey about them',
          type: 'message',
          callback_id: SLACK_SHORTCUT_ID,
          description: 'Shows what can be done about whoever wrote it',
        },
      ],
    },
    oauth_config: { scopes: { bot: scopesFor(readsEmail) } },
    settings: {
      event_subscriptions: { ...requests, bot_events: ['app_home_opened', 'app_mention', 'message.im'] },
      interactivity: {
        is_enabled: true,
        ...(isSocketMode ? {} : { request_url: url, message_menu_options_url: url }),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: isSocketMode,
      token_rotation_enabled: false,
    },
  };
}

// `Object.keys` forgets which keys they are.
const scopesFor = (readsEmail: boolean): SlackScope[] => Object.keys(slackScopes(readsEmail)) as SlackScope[];
