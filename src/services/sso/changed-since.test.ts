import { refuseChangedSince } from './changed-since.js';
import { beforeOf } from './before-set-up.js';
import { instance, settings } from './testing/two-sides.js';
import { Problem } from '../platform/problem.js';

const planned = instance({ singleSignOnMode: 'password', signOnUrl: 'https://old.example/' });
const before = beforeOf({ instance: planned, provider: undefined }).entra;

function refusal(now: ReturnType<typeof instance>, was = before): unknown {
  try {
    return void refuseChangedSince(now, { before: was, settings });
  } catch (error) {
    return error instanceof Problem ? error.facts : error;
  }
}

test.each([
  ['as it was planned', planned],
  ['as the set-up writes it', instance()],
  ['half written by an attempt before', instance({ signOnUrl: 'https://old.example/' })],
])('A set-up goes on over an instance %s', (_, now) => {
  expect(refusal(now)).toBeUndefined();
});

test('A set-up stops before a value that somebody has changed since it was planned, and names it', () => {
  const facts = refusal(instance({ signOnUrl: 'https://new.example/' }));

  expect(facts).toMatchObject({
    ...{ kind: 'refused', code: 'changed-since-plan' },
    why: 'Sign-on URL: is https://new.example/, was https://old.example/.',
  });
});

test('Of an application that the set-up makes, nothing was there before', () => {
  expect(refusal(instance(), null)).toBeUndefined();
  expect(refusal(instance({ signOnUrl: 'https://new.example/' }), null)).toMatchObject({ code: 'changed-since-plan' });
});
