import { redactSaying } from '../platform/http.js';
import { Problem } from '../platform/problem.js';

/** The token endpoint is busy or away for a moment: it says so with a 400, and without Retry-After. */
const PASSING_SIGN_IN_ERRORS = new Set(['AADSTS90055', 'AADSTS90033']);

/** Whether a refusal of the token endpoint passes by itself. */
export function isPassingSignIn(error: unknown): boolean {
  return error instanceof Problem && PASSING_SIGN_IN_ERRORS.has(error.facts.code ?? '');
}

const SIGN_IN_ERRORS: Readonly<Record<string, { why: string; remedy: string }>> = {
  '7000215': {
    why: 'The client secret is wrong.',
    remedy: 'Set AZURE_CLIENT_SECRET to the value (not the id) of a secret of the app registration.',
  },
  '7000222': {
    why: 'The client secret has expired.',
    remedy: 'Create a new secret for the app registration and set AZURE_CLIENT_SECRET to it.',
  },
  '700016': {
    why: 'The tenant does not know the app registration.',
    remedy: 'Check AZURE_CLIENT_ID, and that AZURE_TENANT_ID is the tenant it lives in.',
  },
  '700027': {
    why: 'The certificate of the credential is not one of the app registration.',
    remedy: 'Upload the certificate to the app registration, or configure the one that is there.',
  },
  '90002': { why: 'There is no such tenant.', remedy: 'Check AZURE_TENANT_ID.' },
  '90055': {
    why: 'Entra counts too many sign-ins of this kind for the moment.',
    remedy: 'Try again in a minute: nothing is wrong with the credential.',
  },
  '90033': { why: 'The sign-in of Entra has a passing fault.', remedy: 'Try again in a minute.' },
  '700021': {
    why: 'The signed statement of the credential is for another app registration.',
    remedy:
      'Check AZURE_CLIENT_ID: it must be the app registration that the certificate or federated credential belongs to.',
  },
  '700024': {
    why: 'The signed statement of the credential is not valid at this time.',
    remedy: 'Check the time of the machine that runs Latchkey, and that the platform renews the federated token.',
  },
  '700211': {
    why: 'The app registration trusts no federated credential of this issuer.',
    remedy: 'Compare the issuer of the federated credential with that of the token, letter by letter.',
  },
  '700212': {
    why: 'The federated token is not made for Entra.',
    remedy: 'Its audience must be that of the federated credential, api://AzureADTokenExchange.',
  },
  '700213': {
    why: 'The app registration trusts no federated credential of this subject.',
    remedy: 'Compare the subject of the federated credential with that of the token, letter by letter.',
  },
  '7000112': { why: 'The app registration of Latchkey is disabled.', remedy: 'Enable it in the Entra admin center.' },
};

/** Entra refused the bot's own credential. @param said the text of the refusal, with its AADSTS code. */
export function signInProblem(said: string, more: { status?: number; requestId?: string | undefined }): Problem {
  const number = /AADSTS(\d{4,9})/.exec(said)?.[1] ?? /\b(\d{7}|900\d\d|7000\d\d|7002\d\d)\b/.exec(said)?.[1];
  const known = number === undefined ? undefined : SIGN_IN_ERRORS[number];
  const isPassing = number !== undefined && PASSING_SIGN_IN_ERRORS.has(`AADSTS${number}`);
  return new Problem({
    kind: 'remote',
    system: 'entra',
    answer: isPassing ? 'throttled' : 'unauthorized',
    what: isPassing
      ? 'Entra did not let Latchkey sign in at this moment.'
      : 'Entra did not accept the credential of Latchkey.',
    remedy:
      'Check AZURE_TENANT_ID, AZURE_CLIENT_ID and the credential. Preflight (npm run preflight) looks at all of them.',
    ...known,
    ...(number ? { code: `AADSTS${number}` } : {}),
    ...(said ? { said: redactSaying(said) } : {}),
    ...(more.status ? { status: more.status } : {}),
    ...(more.requestId ? { requestId: more.requestId } : {}),
  });
}

/** The machine gave no token for its managed identity. @param said the SDK's words. */
export function managedIdentityProblem(said: string): Problem {
  return new Problem({
    kind: 'remote',
    system: 'entra',
    answer: 'unauthorized',
    code: 'managed-identity',
    what: 'Azure gave Latchkey no token for its managed identity.',
    why: 'This machine has no managed identity, or none with the client ID in AZURE_CLIENT_ID.',
    remedy:
      'Turn the identity on for the Azure resource that runs Latchkey. AZURE_CLIENT_ID is for a user-assigned one; leave it out for the one of the system.',
    ...(said ? { said: redactSaying(said) } : {}),
  });
}
