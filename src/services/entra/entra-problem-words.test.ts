import type { Problem } from '../platform/problem.js';
import { passwordRefused } from './entra-accounts.js';
import {
  alreadyExpired,
  GraphProblem,
  notUnderstood,
  unreachableProblem,
  waitingForEntra,
  type GraphFailure,
} from './entra-problems.js';
import { NEEDS } from './graph-permissions.js';
import { managedIdentityProblem, signInProblem } from './sign-in-problems.js';
import { expectWholeSentences, wordsOfAll } from '../platform/testing/problem-words.js';

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

test('the words for every trouble with Entra are these', () => {
  expect(wordsOfAll({ ...ANSWERED, ...SILENT })).toMatchSnapshot();
});

test.each(Object.entries({ ...ANSWERED, ...SILENT }))('%s: whole sentences, nothing of the wire', (_, problem) => {
  expectWholeSentences(problem);
  expect(problem.facts.system).toBe('entra');
});

test.each(Object.entries(ANSWERED))('%s: the request id is there for support', (_, { facts }) => {
  expect(facts.requestId).toBe(REQUEST_ID);
});
