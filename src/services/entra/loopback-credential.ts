import { randomUUID } from 'node:crypto';
import type { AccessToken } from '@azure/identity';
import { z } from 'zod';
import { fetchWithin, isPassing, parseRetryAfter } from '../platform/http.js';
import { TokenEndpointBusy, type BotCredential } from './bot-credential.js';
import { clientAssertion } from './client-assertion.js';
import { readClientCertificate } from './client-certificate.js';
import { readFederatedToken } from './federated-token.js';
import { graphScope } from './microsoft-clouds.js';
import { signInProblem } from './sign-in-problems.js';

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });
const tokenRefusal = z.object({
  error_description: z.string().default(''),
  correlation_id: z.string().optional(),
});

/**
 * Signs in at a token endpoint on this machine, over http, which the SDK refuses: the same client-credentials form.
 * Throws a `Problem`, `NoAnswer` or `TokenEndpointBusy`. @param loginUrl without a slash at the end.
 */
export async function postTokenForm(bot: BotCredential, loginUrl: string): Promise<AccessToken> {
  const endpoint = `${loginUrl}/${encodeURIComponent(bot.tenantId)}/oauth2/v2.0/token`;
  const answer = await fetchWithin(endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: bot.clientId ?? '',
      scope: graphScope(bot.cloud),
      grant_type: 'client_credentials',
      ...(await proofFields(bot, endpoint)),
    }),
    timeoutMs: bot.timeoutMs,
    system: 'entra',
  });
  const now = bot.pace.wall();
  if (isPassing(answer.status)) throw new TokenEndpointBusy(parseRetryAfter(answer.headers.get('retry-after'), now));
  const body = parseJson(answer.text);
  const token = tokenAnswer.safeParse(body);
  if (answer.status === 200 && token.success) {
    return { token: token.data.access_token, expiresOnTimestamp: now.getTime() + token.data.expires_in * 1000 };
  }
  const refusal = tokenRefusal.safeParse(body);
  const said = refusal.success ? refusal.data : undefined;
  throw signInProblem(said?.error_description ?? '', { status: answer.status, requestId: said?.correlation_id });
}

async function proofFields(
  { proof, clientId = '', pace }: BotCredential,
  audience: string,
): Promise<Record<string, string>> {
  const now = pace.wall();
  switch (proof.kind) {
    case 'secret':
      return { client_secret: proof.secret.reveal() };
    case 'certificate':
      return assertionFields(
        clientAssertion(await readClientCertificate(proof, now), { appId: clientId, audience, id: randomUUID(), now }),
      );
    case 'federated':
      return assertionFields(await readFederatedToken(proof.tokenFile));
    case 'managed-identity':
      throw new RangeError('A managed identity has no token endpoint of its own.');
  }
}

function assertionFields(assertion: string): Record<string, string> {
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
