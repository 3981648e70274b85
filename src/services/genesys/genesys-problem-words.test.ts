import type { Problem } from '../platform/problem.js';
import { expectWholeSentences, wordsOfAll } from '../platform/testing/problem-words.js';
import { thrownIn } from '../platform/testing/thrown-words.js';
import {
  GenesysProblem,
  loginProblem,
  notUnderstood,
  waitingForGenesys,
  type GenesysFailure,
} from './genesys-problems.js';
import { unholdable } from './identity-provider.js';

const CORRELATION_ID = 'c0ffee00-0000-4000-8000-000000000002';
const PLACE = 'EMEA (Frankfurt)';
const TO = 'write the single sign-on provider';

const answered = (failure: GenesysFailure): Problem =>
  new GenesysProblem({ message: '{"code":"x"}', correlationId: CORRELATION_ID, ...failure }, TO);
const login = (failure: GenesysFailure): Problem => loginProblem({ correlationId: CORRELATION_ID, ...failure }, PLACE);

/** One of every kind that the Genesys client throws after an answer. */
const ANSWERED: Readonly<Record<string, Problem>> = {
  'a token that is refused': answered({ status: 401 }),
  'a permission that is missing': answered({ status: 403, message: 'You are missing: [sso:provider:edit]' }),
  'a permission that is missing in a division': answered({
    ...{ status: 403, code: 'missing.division.permission', message: 'You are missing: [directory:user:add]' },
  }),
  'one of several permissions': answered({
    ...{ status: 403, code: 'missing.any.permissions' },
    message: 'You are missing at least one of: [directory:user:edit, directory:organization:admin]',
  }),
  'a right that is not named': answered({ status: 403, message: 'Not authorized.' }),
  'an unknown object': answered({ status: 404 }),
  'a time-out at Genesys': answered({ status: 504, code: 'request.timeout' }),
  'a change of somebody else': answered({ status: 409, code: 'general.conflict' }),
  'a value that is refused': answered({ status: 400, code: 'invalid.target.url' }),
  'a certificate that has expired': answered({ status: 400, code: 'certificate.expired' }),
  'a certificate of tomorrow': answered({ status: 400, code: 'certificate.not.yet.valid' }),
  'a certificate that cannot be read': answered({ status: 400, code: 'certificate.unparseable' }),
  'a certificate that is no base64': answered({ status: 400, code: 'certificate.invalid.base64' }),
  'too many requests': answered({ status: 429 }),
  'a fault of Genesys': answered({ status: 503 }),
  'an answer that is not understood': notUnderstood(TO, CORRELATION_ID, undefined),
  'an unknown client': login({ status: 400, code: 'invalid_client' }),
  'a wrong secret': login({ status: 401, code: 'invalid_client' }),
  'a client of another kind': login({ status: 400, code: 'unauthorized_client' }),
};

/** One of every kind without an answer, or that is not about one. */
const SILENT: Readonly<Record<string, Problem>> = {
  'nobody there': new GenesysProblem({ silence: 'refused' }, TO),
  'a lost connection': new GenesysProblem({ silence: 'lost' }, TO),
  'no answer in time': new GenesysProblem({ silence: 'timeout' }, TO),
  'a server of an unknown authority': new GenesysProblem({ silence: 'unknown-authority' }, TO),
  'a server whose certificate has expired': new GenesysProblem({ silence: 'expired-certificate' }, TO),
  'a server with the certificate of another': new GenesysProblem({ silence: 'other-host' }, TO),
  'a server without TLS': new GenesysProblem({ silence: 'no-tls' }, TO),
  'a change that is not shown': waitingForGenesys('the single sign-on provider'),
};

/** What Genesys could not hold, so it is not asked. */
const REFUSED: Readonly<Record<string, Problem>> = {
  'a certificate that nobody can read': unholdable('unreadable'),
  'too many certificates': unholdable(6),
};

const ALL = { ...ANSWERED, ...SILENT, ...REFUSED };

test('the words for every trouble with Genesys are these', () => {
  expect(wordsOfAll(ALL)).toMatchSnapshot();
});

test('no problem of this folder is without its words here, nor without a code by which this would be seen', () => {
  const said = Object.values(ALL).map(({ facts }) => facts.code);
  const thrown = thrownIn([__dirname]);

  expect(thrown.codes).toContain('provider-certificates');
  expect(thrown.codes.filter((code) => !said.includes(code))).toEqual([]);
  expect(thrown.withoutCode).toEqual([]);
});

test.each(Object.entries(ALL))('%s: whole sentences, nothing of the wire', (_, problem) => {
  expectWholeSentences(problem);
  expect(problem.facts.system).toBe('genesys');
});

test.each(Object.entries(ANSWERED))('%s: the correlation id is there for support', (_, { facts }) => {
  expect(facts.requestId).toBe(CORRELATION_ID);
});
