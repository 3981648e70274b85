import type { AccessToken, TokenCredential } from '@azure/identity';
import { z } from 'zod';
import {
  fetchWithin,
  isLoopbackUrl,
  isPassing,
  NoAnswer,
  parseRetryAfter,
  withRetries,
  type Pace,
} from '../platform/http.js';
import { Problem } from '../platform/problem.js';
import { unreachableProblem } from './entra-problems.js';
import { isPassingSignIn, signInProblem } from './sign-in-problems.js';

export interface BotCredential {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `ENTRA_LOGIN_URL`; none: the real one. http is for loopback only. */
  readonly loginUrl?: string | undefined;
  readonly timeoutMs: number;
  readonly pace: Pace;
}

const GRAPH_SCOPE = 'https://graph.microsoft.com/.default';
const RENEW_BEFORE_MS = 60_000;
const SIGN_IN_BUDGET_MS = 20_000;

/** The bot's Graph token: kept until a minute before it ends, and renewed when Graph refuses it. */
export interface GraphTokens {
  get(): Promise<string>;
  /** Forgets `refused`, unless another caller already has; the next `get` asks for a new one. */
  renew(refused: string): void;
  /** What the newest token says of the bot. */
  claims(): Promise<TokenClaims>;
}

/** `oid`: the object id of the bot's service principal; `roles`: its granted application permissions. */
export interface TokenClaims {
  readonly oid?: string | undefined;
  readonly roles: readonly string[];
}

export function createGraphTokens(bot: BotCredential): GraphTokens {
  let current: Promise<AccessToken> | undefined;
  let known: AccessToken | undefined;

  /** By a new credential each time: the SDK's own cache would hand out again what Graph has just refused. */
  async function signIn(): Promise<AccessToken | null> {
    const credential = await createCredential(bot);
    return credential.getToken(GRAPH_SCOPE).catch((error: unknown) => {
      throw error instanceof Problem ? error : signInProblem(error instanceof Error ? error.message : '', {});
    });
  }

  async function ask(): Promise<AccessToken> {
    const token = await withRetries(signIn, {
      pace: bot.pace,
      budgetMs: SIGN_IN_BUDGET_MS,
      judge: (error) => (isPassingSignIn(error) ? { againAfterMs: undefined } : 'give-up'),
    });
    if (!token) throw signInProblem('', {});
    known = token;
    return token;
  }

  async function get(): Promise<string> {
    const left = known ? known.expiresOnTimestamp - bot.pace.wall().getTime() : 0;
    if (left <= RENEW_BEFORE_MS && known) forget();
    current ??= ask().catch((error: unknown) => {
      forget();
      throw error;
    });
    return (await current).token;
  }

  function forget(): void {
    current = undefined;
    known = undefined;
  }

  return {
    get,
    renew: (refused) => {
      if (known?.token === refused) forget();
    },
    claims: async () => tokenClaims(await get()),
  };
}

/**
 * The credential for the login URL's scheme, the one place that chooses: https (or none) uses `@azure/identity`, http on
 * loopback our own `TokenCredential`, because the SDK refuses http. The SDK is loaded here, at the first token.
 */
export async function createCredential(bot: BotCredential): Promise<TokenCredential> {
  if (bot.loginUrl?.startsWith('http:')) {
    if (!isLoopbackUrl(bot.loginUrl)) throw new RangeError('ENTRA_LOGIN_URL may use http on this machine only.');
    return { getToken: () => postTokenForm(bot, `${bot.loginUrl?.replace(/\/+$/, '')}`) };
  }
  const { ClientSecretCredential } = await import('@azure/identity');
  const authority = bot.loginUrl ? { authorityHost: bot.loginUrl, disableInstanceDiscovery: true } : {};
  return new ClientSecretCredential(bot.tenantId, bot.clientId, bot.clientSecret, authority);
}

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });
const tokenRefusal = z.object({
  error_description: z.string().default(''),
  error_codes: z.array(z.number()).default([]),
  correlation_id: z.string().optional(),
});

class TokenEndpointBusy extends Error {
  constructor(readonly retryAfterMs: number | undefined) {
    super('The token endpoint is busy.');
  }
}

function postTokenForm(bot: BotCredential, loginUrl: string): Promise<AccessToken> {
  const attempt = async (): Promise<AccessToken> => {
    const answer = await fetchWithin(`${loginUrl}/${encodeURIComponent(bot.tenantId)}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: bot.clientId,
        client_secret: bot.clientSecret,
        scope: GRAPH_SCOPE,
        grant_type: 'client_credentials',
      }),
      timeoutMs: bot.timeoutMs,
    });
    const now = bot.pace.wall();
    if (isPassing(answer.status)) throw new TokenEndpointBusy(parseRetryAfter(answer.headers.get('retry-after'), now));
    const body = parseJson(answer.text);
    const token = tokenAnswer.safeParse(body);
    if (answer.status === 200 && token.success) {
      return {
        token: token.data.access_token,
        expiresOnTimestamp: now.getTime() + token.data.expires_in * 1000,
      };
    }
    const refusal = tokenRefusal.safeParse(body);
    const said = refusal.success ? refusal.data : undefined;
    throw signInProblem(said?.error_description ?? '', { status: answer.status, requestId: said?.correlation_id });
  };
  return withRetries(attempt, {
    pace: bot.pace,
    budgetMs: SIGN_IN_BUDGET_MS,
    judge: (error) => {
      if (error instanceof TokenEndpointBusy) return { againAfterMs: error.retryAfterMs };
      return error instanceof NoAnswer ? { againAfterMs: undefined } : 'give-up';
    },
  }).catch((error: unknown) => {
    if (error instanceof TokenEndpointBusy) throw unreachableProblem('sign in to Microsoft Entra', 'busy');
    if (error instanceof NoAnswer) throw unreachableProblem('sign in to Microsoft Entra', error.silence);
    throw error;
  });
}

const claims = z.object({ oid: z.string().optional(), roles: z.array(z.string()).default([]) });

/** The claims inside an access token. It is ours, so only read, not verified; what is no JWT says nothing. */
export function tokenClaims(token: string): TokenClaims {
  const payload = token.split('.')[1] ?? '';
  const parsed = claims.safeParse(parseJson(Buffer.from(payload, 'base64url').toString('utf8')));
  return parsed.success ? parsed.data : { roles: [] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
