import { Problem } from '../problem.js';
import { receivedError, sentError } from './thread-messages.js';

/** As a thread gets what another one sends. */
function crossed(error: unknown): Error {
  return receivedError(structuredClone(sentError(error)));
}

test('an error of PostgreSQL keeps its words, its place and its fields', () => {
  const error = Object.assign(new Error('duplicate key'), { code: '23505', constraint: 'note_pkey', length: 202 });

  const received = crossed(error);

  expect(received).toBeInstanceOf(Error);
  expect(received).toMatchObject({ message: 'duplicate key', code: '23505', constraint: 'note_pkey', length: 202 });
  expect(received.stack).toBe(error.stack);
});

test('a problem arrives as one, with its facts and its cause', () => {
  const facts = { kind: 'internal', what: 'It could not be opened.', remedy: 'Try again.', code: 'x' } as const;

  const received = crossed(new Problem(facts, { cause: new Error('ENOENT', { cause: 'no such file' }) }));

  expect(received).toBeInstanceOf(Problem);
  expect(received).toMatchObject({ facts, cause: { message: 'ENOENT', cause: { message: 'no such file' } } });
});

test.each([
  ['how an engine exits', { name: 'ExitStatus', message: 'Program terminated with exit(1)', status: 1 }],
  ['an object without words', { status: 2 }],
])('what is thrown and is no error says what it can: %s', (_, thrown) => {
  expect(crossed(thrown)).toMatchObject(thrown);
});

test.each([
  ['text', 'text'],
  [undefined, 'undefined'],
  [7, '7'],
])('%p is told as it is written', (thrown, words) => {
  expect(crossed(thrown).message).toBe(words);
});
