import { randomUUID } from 'node:crypto';
import type { AccessToken, TokenCredential } from '@azure/identity';
import { z } from 'zod';
import type { Clock } from '../platform/clock.js';
import {
  fetchWithin,
  isDistrust,
  isLoopbackUrl,
  isPassing,
  NoAnswer,
  paceOf,
  parseRetryAfter,
  withRetries,
  type Judgement,
  type Pace,
} from '../platform/http.js';
import { Problem } from '../platform/problem.js';
import { TokenEndpointBusy } from './bot-credential.js';
import { clientAssertion, readSigningCertificate, type SigningCertificate } from './client-assertion.js';
import { connectorSignInProblem, connectorSilenceProblem } from './connector-sign-in-problems.js';
import { GLOBAL_CLOUD } from './microsoft-clouds.js';
import { SdkWire } from './sdk-credential.js';

/** The bot's registration as far as its own sign-in goes. */
export interface ConnectorIdentity {
  readonly appId: string;
  readonly tenantId: string;
  readonly proof:
    | { readonly kind: 'secret'; readonly password: { reveal(): string } }
    | {
        readonly kind: 'certificate';
        readonly privateKey: { reveal(): string };
        readonly thumbprint?: string | undefined;
      }
    | { readonly kind: 'managed-identity' };
  readonly cloud: { readonly loginUrl: string; readonly tokenScope: string };
}

/** The token with which the bot writes in Teams: kept until five minutes before it ends, one request for all who ask. */
export interface ConnectorTokens {
  /** Throws a Problem that says what is wrong with the bot's credential. */
  get(): Promise<string>;
  /** Forgets `refused`, unless another caller already has; the next `get` asks for a new one. */
  renew(refused: string): void;
}

const RENEW_BEFORE_MS = 5 * 60_000;
const TIMEOUT_MS = 10_000;
const BUDGET_MS = 10_000;

/** Throws a Problem when the certificate of the bot cannot be used. */
export function createConnectorTokens(
  identity: ConnectorIdentity,
  { clock, timeoutMs = TIMEOUT_MS, budgetMs = BUDGET_MS }: TokenParts,
): ConnectorTokens {
  const signIn = new ConnectorSignIn(identity, { pace: paceOf(clock), timeoutMs });
  let current: Promise<AccessToken> | undefined;
  let known: AccessToken | undefined;

  function forget(): void {
    current = undefined;
    known = undefined;
  }

  async function ask(): Promise<AccessToken> {
    try {
      const pace = paceOf(clock);
      return (known = await withRetries(() => signIn.ask(), { pace, from: "Entra's sign-in", budgetMs, judge }));
    } catch (error) {
      forget();
      throw asProblem(error, identity);
    }
  }

  return {
    async get() {
      if (known && known.expiresOnTimestamp - clock.wall().getTime() <= RENEW_BEFORE_MS) forget();
      return (await (current ??= ask())).token;
    },
    renew: (refused) => {
      if (known?.token === refused) forget();
    },
  };
}

export interface TokenParts {
  readonly clock: Pick<Clock, 'wall'>;
  readonly timeoutMs?: number;
  /** How long a sign-in that is away for a moment is asked again. */
  readonly budgetMs?: number;
}

function judge(error: unknown): Judgement {
  if (error instanceof TokenEndpointBusy) return { againAfterMs: error.retryAfterMs };
  return error instanceof NoAnswer && !isDistrust(error.silence) ? { againAfterMs: undefined } : 'give-up';
}

function asProblem(error: unknown, { proof }: ConnectorIdentity): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof NoAnswer) return connectorSilenceProblem(error.silence);
  if (error instanceof TokenEndpointBusy) return connectorSilenceProblem('busy');
  return connectorSignInProblem(error instanceof Error ? error.message : '', { proof: proof.kind });
}

/**
 * One request for a token, in the way that the registration asks for: `@azure/identity`, except for http on this
 * machine, which it refuses. A credential is made anew each time: the SDK's own cache would hand out what was refused.
 */
class ConnectorSignIn {
  readonly #identity: ConnectorIdentity;
  readonly #pace: Pace;
  readonly #timeoutMs: number;
  readonly #isPlainHttp: boolean;

  constructor(identity: ConnectorIdentity, { pace, timeoutMs }: { pace: Pace; timeoutMs: number }) {
    const { proof, cloud } = identity;
    this.#identity = identity;
    this.#pace = pace;
    this.#timeoutMs = timeoutMs;
    // A certificate that cannot be used is told at the start.
    if (proof.kind === 'certificate') this.#readCertificate(proof);
    this.#isPlainHttp = proof.kind !== 'managed-identity' && cloud.loginUrl.startsWith('http:');
    if (this.#isPlainHttp && !isLoopbackUrl(cloud.loginUrl)) {
      throw new RangeError('The bot may sign in by http on this machine only.');
    }
  }

  ask(): Promise<AccessToken> {
    return this.#isPlainHttp ? this.#postForm() : this.#askSdk();
  }

  async #askSdk(): Promise<AccessToken> {
    const { appId, tenantId, proof, cloud } = this.#identity;
    // What is at stake on the wire is the same as for Graph: no other host, no redirects, our time-outs.
    const wire = new SdkWire({
      ...{ tenantId, clientId: appId, cloud: GLOBAL_CLOUD, loginUrl: cloud.loginUrl },
      ...{ timeoutMs: this.#timeoutMs, pace: this.#pace },
      proof: proof.kind === 'managed-identity' ? proof : { kind: 'secret', secret: { reveal: () => '' } },
    });
    const credential = await this.#credential(wire);
    const token = await credential.getToken(cloud.tokenScope).catch((error: unknown) => {
      throw wire.trouble ?? error;
    });
    if (!token) throw connectorSignInProblem('', { proof: proof.kind });
    return token;
  }

  async #credential(wire: SdkWire): Promise<TokenCredential> {
    const { appId, tenantId, proof, cloud } = this.#identity;
    const sdk = await import('@azure/identity');
    const options = { ...wire.options, authorityHost: cloud.loginUrl, disableInstanceDiscovery: true };
    switch (proof.kind) {
      case 'secret':
        return new sdk.ClientSecretCredential(tenantId, appId, proof.password.reveal(), options);
      case 'certificate':
        return new sdk.ClientAssertionCredential(tenantId, appId, async () => this.#assertion(), options);
      case 'managed-identity':
        return new sdk.ManagedIdentityCredential({ ...wire.options, clientId: appId });
    }
  }

  async #postForm(): Promise<AccessToken> {
    const { appId, cloud } = this.#identity;
    const body = new URLSearchParams({
      client_id: appId,
      scope: cloud.tokenScope,
      grant_type: 'client_credentials',
      ...this.#proofFields(),
    });
    const answer = await fetchWithin(this.#url, { method: 'POST', body, timeoutMs: this.#timeoutMs, system: 'entra' });
    const now = this.#pace.wall();
    if (isPassing(answer.status)) throw new TokenEndpointBusy(parseRetryAfter(answer.headers.get('retry-after'), now));
    const token = tokenAnswer.safeParse(parseJson(answer.text));
    if (answer.status !== 200 || !token.success) {
      throw connectorSignInProblem(answer.text, { status: answer.status, proof: this.#identity.proof.kind });
    }
    const { access_token, expires_in } = token.data;
    return { token: access_token, expiresOnTimestamp: now.getTime() + expires_in * 1_000 };
  }

  #proofFields(): Record<string, string> {
    const { proof } = this.#identity;
    if (proof.kind === 'secret') return { client_secret: proof.password.reveal() };
    return {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: this.#assertion(),
    };
  }

  #assertion(): string {
    const { appId, proof } = this.#identity;
    if (proof.kind !== 'certificate') throw new RangeError('Only a bot with a certificate makes assertions.');
    const certificate = this.#readCertificate(proof);
    return clientAssertion(certificate, { appId, audience: this.#url, id: randomUUID(), now: this.#pace.wall() });
  }

  /** Anew for each token, so that a file that was renewed counts without a restart. */
  #readCertificate(proof: Parameters<typeof readSigningCertificate>[0]): SigningCertificate {
    return readSigningCertificate(proof, this.#pace.wall());
  }

  get #url(): string {
    const { cloud, tenantId } = this.#identity;
    return `${cloud.loginUrl}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
  }
}

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
