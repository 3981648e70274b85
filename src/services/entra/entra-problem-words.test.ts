import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../platform/problem.js';
import { expectWholeSentences, wordsOfAll } from '../platform/testing/problem-words.js';
import { thrownIn } from '../platform/testing/thrown-words.js';
import { readSigningCertificate } from './client-assertion.js';
import * as certificate from './client-certificate-problems.js';
import { connectorSignInProblem, connectorSilenceProblem } from './connector-sign-in-problems.js';
import { passwordRefused } from './entra-accounts.js';
import {
  alreadyExpired,
  GraphProblem,
  notUnderstood,
  unreachableProblem,
  waitingForEntra,
  type GraphFailure,
} from './entra-problems.js';
import * as refusals from './entra-refusals.js';
import { readFederatedToken } from './federated-token.js';
import { notPublished } from './federation-metadata.js';
import { NEEDS } from './graph-permissions.js';
import { foreignHost } from './sdk-credential.js';
import { cannotSignIn, foreignTenant } from './person-sign-in-problems.js';
import { managedIdentityProblem, signInProblem } from './sign-in-problems.js';

const REQUEST_ID = 'c0ffee00-0000-4000-8000-000000000001';
const OWNED_BY = ['Application.ReadWrite.OwnedBy', 'Application.Read.All'];

const attempt = { to: 'set Identifier and Reply URL', needs: NEEDS.writeApps };
const answered = (failure: GraphFailure, granted: readonly string[] = OWNED_BY): Problem =>
  new GraphProblem({ message: '{"error":{"code":"x"}}', requestId: REQUEST_ID, ...failure }, attempt, granted);
const signIn = (said: string): Problem => signInProblem(said, { status: 400, requestId: REQUEST_ID });

/** One of every kind that the Entra client throws after an answer. */
const ANSWERED: Readonly<Record<string, Problem>> = {
  'a token that is refused': answered({ status: 401 }),
  'a permission that is missing': answered({ status: 403 }, []),
  'an object of somebody else': answered({ status: 403 }),
  'an object that is protected': answered({ status: 403 }, ['Application.ReadWrite.All', 'Application.Read.All']),
  'an unknown object': answered({ status: 404 }),
  'a time-out at Entra': answered({ status: 408 }),
  'a value that is taken': answered({ status: 400, detailCodes: ['ObjectConflict'] }),
  'two writes at once': answered({ status: 409, code: 'Directory_ConcurrencyViolation' }),
  'an identifier outside the domains': answered({ status: 400, code: 'HostNameNotOnVerifiedDomain' }),
  'a value that is refused': answered({ status: 400, code: 'Request_BadRequest' }),
  'a password that is refused': passwordRefused('create the user t.simon@contoso.example', REQUEST_ID),
  'too many requests': answered({ status: 429 }),
  'a fault of Entra': answered({ status: 503 }),
  'an answer that is not understood': notUnderstood(attempt.to, REQUEST_ID, undefined),
  'no federation metadata': notPublished(404, REQUEST_ID),
  'a wrong secret': signIn('AADSTS7000215: Invalid client secret provided.'),
  'an expired secret': signIn('AADSTS7000222: The provided client secret keys are expired.'),
  'an unknown app registration': signIn('AADSTS700016: Application was not found.'),
  'a wrong certificate': signIn('AADSTS700027: Client assertion failed signature validation.'),
  'a statement for another app': signIn('AADSTS700021: Client assertion application identifier does not match.'),
  'a statement out of time': signIn('AADSTS700024: Client assertion is not within its valid time range.'),
  'a federated token of another issuer': signIn('AADSTS700211: No matching federated identity record found.'),
  'a federated token for another audience': signIn('AADSTS700212: No matching federated identity record found.'),
  'a federated token of another subject': signIn('AADSTS700213: No matching federated identity record found.'),
  'an unknown tenant': signIn('AADSTS90002: Tenant not found.'),
  'a disabled app registration': signIn('AADSTS7000112: Application is disabled.'),
  'a busy token endpoint': signIn('AADSTS90055: The app is sending too many requests.'),
  'a token endpoint with a fault': signIn('AADSTS90033: A transient error has occurred.'),
  'a sign-in that is refused for another reason': signIn('AADSTS53003: Blocked.'),
};

/** One of every kind without an answer, or that is not about one. */
const SILENT: Readonly<Record<string, Problem>> = {
  'nobody there': unreachableProblem(attempt.to, 'refused'),
  'a lost connection': unreachableProblem(attempt.to, 'lost'),
  'no answer in time': unreachableProblem(attempt.to, 'timeout'),
  'a server of an unknown authority': unreachableProblem(attempt.to, 'unknown-authority'),
  'a server whose certificate has expired': unreachableProblem(attempt.to, 'expired-certificate'),
  'a server with the certificate of another': unreachableProblem(attempt.to, 'other-host'),
  'a server without TLS': unreachableProblem(attempt.to, 'no-tls'),
  'no managed identity': managedIdentityProblem('ManagedIdentityCredential: Authentication failed.'),
  'busy for the whole time': unreachableProblem('sign in to Microsoft Entra', 'busy'),
  'a change that is not shown': waitingForEntra('the new certificate'),
  'a certificate that has expired at its birth': alreadyExpired(),
};

/** What is thrown. */
function problemOf(deed: () => unknown): Problem {
  try {
    deed();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

const claimsPolicy = { id: 'c', name: 'Contoso claims' };

/** What Latchkey does not do, and what Entra protects from it. */
const REFUSED: Readonly<Record<string, Problem>> = {
  'another application': refusals.foreignApplication(),
  'a role that is not for people': refusals.unknownAppRole(true),
  'a role that is not there': refusals.unknownAppRole(false),
  'no application in the gallery': refusals.notOneTemplate('Genesys Cloud for Azure', 0),
  'several applications in the gallery': refusals.notOneTemplate('Genesys Cloud for Azure', 2),
  'a claims policy of several applications': refusals.claimsPolicyLeftAlone({ ...claimsPolicy, leftAlone: 'shared' }),
  'a claims policy of another shape': refusals.claimsPolicyLeftAlone({ ...claimsPolicy, leftAlone: 'unreadable' }),
  'one of several claims policies': refusals.claimsPolicyLeftAlone({ ...claimsPolicy, leftAlone: 'several' }),
  'the sessions of an administrator': refusals.protectedPerson(answered({ status: 403 })),
};

const PEM = '/etc/latchkey/entra.pem';

/** Credentials that are no good before anybody is asked. */
const CREDENTIALS: Readonly<Record<string, Problem>> = {
  'no certificate': certificate.missing(PEM),
  'a certificate that cannot be read': certificate.unreadable(PEM, 'EACCES'),
  'a file without a key': certificate.notPem(PEM, true),
  'a file without a certificate': certificate.notPem(PEM, false),
  'a key without its password': certificate.locked(PEM, false),
  'a key with another password': certificate.locked(PEM, true),
  'a key of another kind': certificate.notRsa(PEM),
  'a key of another certificate': certificate.notItsKey(PEM),
  'a certificate out of time': certificate.outOfTime('expired on 2026-05-31'),
  'a sign-in that leads elsewhere': foreignHost('login.evil.example'),
};

/** The sign-in of a person who links an account, or who approves. */
const PEOPLE: Readonly<Record<string, Problem>> = {
  'a person of another organisation': foreignTenant('link'),
  'a person who cancelled the sign-in': cannotSignIn({ error: 'access_denied' }, 'link'),
  'a sign-in of a person that does not fit': cannotSignIn(
    { error: 'invalid_grant', error_description: 'AADSTS54005: x' },
    'link',
  ),
  'a client that may not sign people in': cannotSignIn(
    { error: 'invalid_client', error_description: 'AADSTS7000215: x' },
    'link',
  ),
  'an approver of another organisation': foreignTenant('approve'),
  'an approver who cancelled the sign-in': cannotSignIn({ error: 'access_denied' }, 'approve'),
  'a sign-in of an approver that does not fit': cannotSignIn({ error: 'invalid_grant' }, 'approve'),
};

const bot = (said: string): Problem => connectorSignInProblem(said, { status: 401, proof: 'secret' });

/** The sign-in of the bot to Teams. */
const BOT: Readonly<Record<string, Problem>> = {
  'a wrong secret of the bot': bot('AADSTS7000215: Invalid client secret provided.'),
  'an expired secret of the bot': bot('AADSTS7000222: The provided client secret keys are expired.'),
  'an unknown bot': bot('AADSTS700016: Application was not found.'),
  'a wrong certificate of the bot': bot('AADSTS700027: Client assertion failed signature validation.'),
  'an unknown tenant of the bot': bot('AADSTS90002: Tenant not found.'),
  'a disabled bot': bot('AADSTS7000112: Application is disabled.'),
  'a bot that is refused for another reason': bot('AADSTS53003: Blocked.'),
  'a bot without managed identity': connectorSignInProblem('', { proof: 'managed-identity' }),
  'no answer to the bot': connectorSilenceProblem('lost'),
};

const ALL = { ...ANSWERED, ...SILENT, ...REFUSED, ...CREDENTIALS, ...PEOPLE, ...BOT };

/** A key of the bot is a setting. */
const botKey = problemOf(() => readSigningCertificate({ privateKey: { reveal: () => '-----BEGIN' } }, new Date(0)));

async function federatedToken(): Promise<Problem> {
  const path = join(tmpdir(), 'latchkey-no-such-token');
  const error: unknown = await readFederatedToken(path).catch((caught: unknown) => caught);
  if (!(error instanceof Problem)) throw new Error('A token was read.');
  return new Problem({ ...error.facts, what: error.facts.what.replace(path, '/var/run/secrets/azure/token') });
}

test('the words for every trouble with Entra are these', async () => {
  const all = { ...ALL, 'a key of the bot that is none': botKey, 'no federated token': await federatedToken() };

  expect(wordsOfAll(all)).toMatchSnapshot();
  for (const problem of Object.values(all)) expectWholeSentences(problem);
});

test('no problem of this folder is without its words here, nor without a code by which this would be seen', async () => {
  const said = [...Object.values(ALL), botKey, await federatedToken()].map(({ facts }) => facts.code);
  const thrown = thrownIn([__dirname]);

  expect(thrown.codes.length).toBeGreaterThan(15);
  expect(thrown.codes.filter((code) => !said.includes(code))).toEqual([]);
  expect(thrown.withoutCode).toEqual([]);
});

test.each(Object.entries(ALL))('%s: whole sentences, nothing of the wire', (_, problem) => {
  expectWholeSentences(problem);
  expect(problem.facts.system).toBe('entra');
});

test.each(Object.entries(ANSWERED))('%s: the request id is there for support', (_, { facts }) => {
  expect(facts.requestId).toBe(REQUEST_ID);
});
