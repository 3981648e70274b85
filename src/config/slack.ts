import type { Secret } from '../secret.js';
import { readBaseUrl } from './addresses.js';
import type { SettingsReader } from './settings-reader.js';

/** How Slack reaches the bot: by signed requests to PUBLIC_URL, or through a socket that the bot opens. */
export type SlackDeliverySettings =
  { readonly kind: 'http'; readonly signingSecret: Secret } | { readonly kind: 'socket'; readonly appToken: Secret };

/** The Slack app as it is installed in one workspace. */
export interface SlackSettings {
  readonly botToken: Secret;
  /** An address on this machine in place of slack.com. No trailing slash. */
  readonly apiUrl?: string | undefined;
  readonly delivery: SlackDeliverySettings;
}

const NAMES = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN', 'SLACK_API_URL'] as const;

/** Slack is on as soon as one of its settings is set. */
export function isSlackOn(settings: SettingsReader): boolean {
  return NAMES.some((name) => settings.find(name) !== undefined);
}

/** Each setting that is missing is noted. `undefined`: Slack is off. */
export function readSlack(settings: SettingsReader): SlackSettings | undefined {
  if (!isSlackOn(settings)) return undefined;
  const botToken = settings.secret('SLACK_BOT_TOKEN');
  if (!/^(xoxb-\S+)?$/.test(botToken.reveal())) {
    settings.wrong('SLACK_BOT_TOKEN', 'must be the Bot User OAuth Token of the app, which begins with "xoxb-"');
  }
  return { botToken, apiUrl: readBaseUrl(settings, 'SLACK_API_URL'), delivery: readDelivery(settings) };
}

/** Whether an account without a link may ask for access by its e-mail, and do nothing else. It switches nothing on by itself. */
export function readRequestersByEmail(settings: SettingsReader): boolean {
  return settings.oneOf('SLACK_REQUESTERS_BY_EMAIL', ['off', 'on'], 'off') === 'on';
}

function readDelivery(settings: SettingsReader): SlackDeliverySettings {
  const appToken = settings.findSecret('SLACK_APP_TOKEN');
  if (appToken === undefined) return { kind: 'http', signingSecret: readSigningSecret(settings) };
  if (settings.find('SLACK_SIGNING_SECRET') !== undefined) {
    settings.wrong(
      'SLACK_APP_TOKEN',
      'and SLACK_SIGNING_SECRET are set. Slack either comes through a socket or sends requests: keep one of them',
    );
  }
  if (!/^xapp-\S+$/.test(appToken.reveal())) {
    settings.wrong('SLACK_APP_TOKEN', 'must be an app-level token with the scope connections:write, "xapp-…"');
  }
  return { kind: 'socket', appToken };
}

/** A short one could be found by trying. Slack's have 32 characters. */
function readSigningSecret(settings: SettingsReader): Secret {
  const secret = settings.secret('SLACK_SIGNING_SECRET');
  if (!/^(\S{20,})?$/.test(secret.reveal())) {
    settings.wrong('SLACK_SIGNING_SECRET', 'must be the signing secret of the app, 32 characters without a space');
  }
  return secret;
}

/** What must not be logged. */
export function secretsOfSlack({ botToken, delivery }: SlackSettings): Secret[] {
  return [botToken, delivery.kind === 'http' ? delivery.signingSecret : delivery.appToken];
}
