import { z } from 'zod';
import { fetchWithin } from '../platform/http.js';
import { fine, lookAt, notLooked, type Finding } from './finding.js';
import { REQUESTERS_BY_EMAIL_WARNING, slackScopes } from './slack-scopes.js';

/** The bot token, and where Slack is. */
export interface SlackPlace {
  readonly token: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  /** People without a link may ask for access by their e-mail. */
  readonly readsEmail?: boolean;
}

/** The app as Slack shows it to its own token. */
export interface SlackFacts {
  /** Slack's name of why the token is not taken. */
  readonly error?: string | undefined;
  readonly teamId?: string | undefined;
  readonly isForOrganization: boolean;
  readonly scopes: readonly string[];
}

const TIMEOUT_MS = 10_000;
const answer = z.object({
  ok: z.boolean(),
  error: z.string().max(100).optional(),
  team_id: z.string().max(100).optional(),
  is_enterprise_install: z.boolean().nullish(),
});

/** Asks Slack who the token is. It changes nothing. */
export async function checkSlack({ token, apiUrl, readsEmail = false }: SlackPlace): Promise<Finding[]> {
  const look = await lookAt(async (): Promise<SlackFacts> => {
    const { headers, text } = await fetchWithin(`${apiUrl}/auth.test`, {
      ...{ method: 'POST', headers: { Authorization: `Bearer ${token}` }, timeoutMs: TIMEOUT_MS, system: 'slack' },
    });
    const { error, team_id: teamId, is_enterprise_install: isForAll } = answer.parse(JSON.parse(text));
    const scopes = (headers.get('x-oauth-scopes') ?? '').split(',').map((scope) => scope.trim());
    return { error, teamId, isForOrganization: isForAll === true, scopes: scopes.filter((scope) => scope !== '') };
  });
  const warning = readsEmail ? [byEmail] : [];
  if (look.ok) return [...judgeSlack(look.value, readsEmail), ...warning];
  return [
    ...warning,
    notLooked('slack-sign-in', {
      kind: 'remote',
      what: 'Slack did not say whose the bot token is.',
      remedy: 'Let this machine reach slack.com, then run this again.',
    }),
  ];
}

const byEmail: Finding = {
  name: 'slack-requesters-by-email',
  state: 'warning',
  what: REQUESTERS_BY_EMAIL_WARNING,
  remedy: 'Remove SLACK_REQUESTERS_BY_EMAIL once people have linked their accounts.',
};

/** @param readsEmail people without a link may ask for access by their e-mail. */
export function judgeSlack({ error, teamId, isForOrganization, scopes }: SlackFacts, readsEmail = false): Finding[] {
  if (error !== undefined) return [refused(error)];
  const needed = slackScopes(readsEmail);
  const team = teamId === undefined ? undefined : { teamId };
  return [
    isForOrganization
      ? forAll()
      : fine('slack-sign-in', 'Slack takes the bot token, which is for one workspace.', team),
    ...Object.entries(needed).map(([scope, purpose]) => judgeScope(scope, purpose, scopes)),
    ...judgeTooMuch(scopes, needed),
  ];
}

function refused(code: string): Finding {
  return {
    name: 'slack-sign-in',
    state: 'missing',
    what: 'Slack does not take the bot token.',
    remedy:
      'api.slack.com/apps, the app, OAuth & Permissions: install the app to the workspace, and set SLACK_BOT_TOKEN to the token that stands there.',
    remoteIds: { code },
  };
}

function forAll(): Finding {
  return {
    name: 'slack-sign-in',
    state: 'missing',
    what: 'The Slack app is installed for a whole organisation, and Latchkey serves one workspace.',
    remedy: 'Install the app to that one workspace, and set SLACK_BOT_TOKEN to its token.',
  };
}

function judgeScope(scope: string, purpose: string, granted: readonly string[]): Finding {
  const name = `slack-scope:${scope}`;
  if (granted.includes(scope)) return fine(name, `${scope} is granted.`);
  return {
    name,
    state: 'missing',
    what: `${scope} is not granted. Latchkey needs it ${/^to /.test(purpose) ? purpose : `for ${purpose}`}.`,
    remedy: `api.slack.com/apps, the app, OAuth & Permissions, Bot Token Scopes: add ${scope}, then reinstall the app to the workspace.`,
  };
}

function judgeTooMuch(granted: readonly string[], needed: object): Finding[] {
  const extra = granted.filter((scope) => !Object.hasOwn(needed, scope)).sort();
  if (extra.length === 0) return [];
  return [
    {
      name: 'slack-scope-too-much',
      state: 'warning',
      what: `The Slack app may do more than this release uses: ${extra.join(', ')}.`,
      remedy: 'api.slack.com/apps, the app, OAuth & Permissions, Bot Token Scopes: remove what no other release needs.',
    },
  ];
}
