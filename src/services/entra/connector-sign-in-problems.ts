import { redactSaying, type Silence } from '../platform/http.js';
import { Problem } from '../platform/problem.js';

const WHAT = 'Entra did not accept the credential of the bot, so Latchkey cannot write in Teams.';

/** What the AADSTS code of a refusal means for the settings of the bot. */
const REASONS: Readonly<Record<string, { why: string; remedy: string }>> = {
  '7000215': {
    why: 'The client secret is wrong.',
    remedy: 'Set MicrosoftAppPassword to the value (not the id) of a secret of the bot’s app registration.',
  },
  '7000222': {
    why: 'The client secret has expired.',
    remedy: 'Create a new secret for the bot’s app registration and set MicrosoftAppPassword to it.',
  },
  '700016': {
    why: 'The tenant does not know the bot.',
    remedy: 'Check MicrosoftAppId, and that MicrosoftAppTenantId is the tenant it is registered in.',
  },
  '700027': {
    why: 'The certificate is not one of the bot’s app registration, or it has expired.',
    remedy:
      'Upload the certificate to the bot’s app registration, or set CertificatePrivateKey to the one that is there.',
  },
  '90002': { why: 'There is no such tenant.', remedy: 'Check MicrosoftAppTenantId.' },
  '7000112': {
    why: 'The app registration of the bot is disabled.',
    remedy: 'Enable it in the Entra admin center.',
  },
};

/** @param said the text of the refusal, with its AADSTS code if it has one; never shown with a token in it. */
export function connectorSignInProblem(
  said: string,
  { status, proof }: { status?: number; proof: 'secret' | 'certificate' | 'managed-identity' },
): Problem {
  const number = /AADSTS(\d{4,9})/.exec(said)?.[1];
  return new Problem({
    kind: 'remote',
    system: 'entra',
    answer: 'unauthorized',
    what: WHAT,
    remedy: 'Check the MicrosoftApp settings. Preflight (npm run preflight) looks at all of them.',
    ...(proof === 'managed-identity' ? NO_IDENTITY : {}),
    ...(number === undefined ? {} : REASONS[number]),
    ...(number === undefined ? {} : { code: `AADSTS${number}` }),
    ...(said === '' ? {} : { said: redactSaying(said) }),
    ...(status === undefined ? {} : { status }),
  });
}

const NO_IDENTITY = {
  why: 'This machine has no managed identity with the client ID in MicrosoftAppId.',
  remedy: 'Assign the managed identity of the bot to the Azure resource that runs Latchkey.',
};

/** The sign-in did not answer, or could not for the moment. */
export function connectorSilenceProblem(silence: Silence | 'busy'): Problem {
  return new Problem({
    kind: 'remote',
    system: 'entra',
    answer: silence === 'timeout' ? 'timeout' : silence === 'busy' ? 'throttled' : 'unavailable',
    what: 'Entra’s sign-in did not answer, so Latchkey could not write in Teams.',
    remedy: 'Try again in a minute. If it stays, check that this machine reaches Entra’s sign-in.',
    code: `sign-in-${silence}`,
  });
}
