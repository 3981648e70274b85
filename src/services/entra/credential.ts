import type { AccessToken, TokenCredential } from '@azure/identity';
import { z } from 'zod';
import { isDistrust, isLoopbackUrl, NoAnswer, withRetries, type Judgement } from '../platform/http.js';
import { Problem } from '../platform/problem.js';
import { TokenEndpointBusy, type BotCredential, type CredentialProof } from './bot-credential.js';
import { readClientCertificate } from './client-certificate.js';
import { unreachableProblem } from './entra-problems.js';
import { readFederatedToken } from './federated-token.js';
import { graphScope } from './microsoft-clouds.js';
import { postTokenForm } from './loopback-credential.js';
import { signInBySdk } from './sdk-credential.js';
import { isPassingSignIn, signInProblem } from './sign-in-problems.js';

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
  const signIn = (): Promise<AccessToken | null> => createCredential(bot).getToken(graphScope(bot.cloud));

  async function ask(): Promise<AccessToken> {
    const retrying = { pace: bot.pace, from: "Entra's sign-in", budgetMs: SIGN_IN_BUDGET_MS, judge };
    const token = await withRetries(signIn, retrying).catch(asProblem);
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

function judge(error: unknown): Judgement {
  if (error instanceof TokenEndpointBusy) return { againAfterMs: error.retryAfterMs };
  const isPassing = error instanceof NoAnswer ? !isDistrust(error.silence) : isPassingSignIn(error);
  return isPassing ? { againAfterMs: undefined } : 'give-up';
}

function asProblem(error: unknown): never {
  const to = 'sign in to Microsoft Entra';
  if (error instanceof TokenEndpointBusy) throw unreachableProblem(to, 'busy');
  if (error instanceof NoAnswer) throw unreachableProblem(to, error.silence);
  throw error instanceof Problem ? error : signInProblem(error instanceof Error ? error.message : '', {});
}

/**
 * The credential for the login URL's scheme, the one place that chooses: https (or none) uses `@azure/identity`, http on
 * loopback our own `TokenCredential`, because the SDK refuses http. A managed identity has no login URL: it is the SDK's.
 */
export function createCredential(bot: BotCredential): TokenCredential {
  const { loginUrl, proof } = bot;
  if (!loginUrl?.startsWith('http:') || proof.kind === 'managed-identity') return { getToken: () => signInBySdk(bot) };
  if (!isLoopbackUrl(loginUrl)) throw new RangeError('ENTRA_LOGIN_URL may use http on this machine only.');
  return { getToken: () => postTokenForm(bot, loginUrl.replace(/\/+$/, '')) };
}

/** Throws the `Problem` of a credential that cannot work, as far as that can be told without asking Entra. */
export async function requireUsable({ proof, now }: { proof: CredentialProof; now: Date }): Promise<void> {
  if (proof.kind === 'certificate') await readClientCertificate(proof, now);
  if (proof.kind === 'federated') await readFederatedToken(proof.tokenFile);
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
