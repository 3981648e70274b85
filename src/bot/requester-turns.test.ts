import { INTENTS } from '../dialogs/intents.js';
import type { Parts } from '../dialogs/conversations/talk.js';
import type { Said } from '../dialogs/turn.js';
import { silentLog } from '../services/platform/testing/test-parts.js';
import { Conversations } from './conversations.js';
import { isForRequesters } from './requester-turns.js';

const click = (verb: string, reference = ''): Said => ({ kind: 'click', verb, reference, revision: 0, inputs: {} });
const form = (name: string, inputs: Record<string, string> = {}): Said => ({ kind: 'form', form: name, inputs });

test('of all intents these, by words and by buttons alike', () => {
  const allowed = INTENTS.filter(({ phrases: [phrase = ''] }) => isForRequesters({ kind: 'text', text: phrase }));

  expect(allowed.map(({ name }) => name)).toEqual(['request-access', 'my-requests', 'my-access']);
  for (const intent of INTENTS) expect(isForRequesters(click('intent', intent.name))).toBe(allowed.includes(intent));
});

test('of all buttons that there are these', () => {
  const heard = { onLinked: () => undefined, onAccountChanged: () => undefined, onCardsEnded: () => undefined };
  const parts = { log: silentLog, links: heard, files: { onUpload: () => undefined } } as unknown as Parts;
  const { verbs } = new Conversations(parts, {});

  const allowed = [...verbs.keys()].filter((verb) => isForRequesters(click(verb)));

  expect(allowed.toSorted()).toEqual(['access-cancel', 'access-give-back', 'access-show']);
});

test.each<[string, boolean, Said]>([
  ['a request for oneself', true, form('request-access', { role: 'agent', how: 'ask', person: ' ' })],
  ['a request for somebody else', false, form('request-access', { role: 'agent', person: 'p' })],
  ['a break-glass', false, form('request-access', { role: 'agent', how: 'at-once' })],
  ['an urgency that nobody knows', false, form('request-access', { role: 'agent', how: 'x' })],
  ['giving back', true, form('give-back-access')],
  ['a denial', false, form('deny-access')],
  ['approving for less', false, form('approve-access-less')],
  ['a review', false, form('review-access')],
  ['a revocation', false, form('revoke-access')],
  ['more time', false, form('extend-access')],
  ['the set-up', false, form('set-up-sso')],
  ['a form that will be there one day', false, form('new-form')],
  ['the number of a link', false, form('link-number')],
  ['words that nobody understands', false, { kind: 'text', text: 'whatever' }],
  ['words that answer a question', false, { kind: 'text', text: 'back' }],
  ['a search for people', false, { kind: 'search', dataset: 'people', words: 'an' }],
  ['a file', false, { kind: 'file', name: 'a.csv', read: async () => new Uint8Array() }],
  ['the page of the app', false, { kind: 'home' }],
  ['a message of somebody', false, { kind: 'about', personId: 'p' }],
])('%s: %s', (_what, expected, said) => {
  expect(isForRequesters(said)).toBe(expected);
});
