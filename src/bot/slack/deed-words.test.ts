import { deedWords } from './deed-words.js';
import type { Deed } from './delivery.js';

const at = new Date('2026-12-01T14:02:30Z');
const button = { verb: 'access-approve', reference: 'r', revision: 1 };
const page = { kind: 'page' } as const;
const click = { kind: 'click', button, inputs: {}, missing: undefined, surface: page } as const;
const form = { kind: 'form', form: 'f', reference: undefined, inputs: {}, viewId: 'V', conversation: 'T/D' } as const;
const message = { kind: 'message', text: 'help', channel: 'D1', thread: undefined, files: [] } as const;

test.each<[Deed, string]>([
  [{ ...click, label: 'Approve' }, 'pressed “Approve”'],
  [click, 'pressed a button'],
  [{ ...form, title: 'Request access' }, 'sent the form “Request access”'],
  [form, 'sent a form'],
  [message, 'wrote “help”'],
  [
    { ...message, files: [{ name: 'new people.csv', url: 'https://files.slack.com/a' }] },
    'sent the file “new people.csv”',
  ],
  [{ kind: 'command', text: 'status', channel: 'C1' }, 'wrote the command “status”'],
  [{ kind: 'command', text: '', channel: 'C1' }, 'used the command of Latchkey'],
  [{ kind: 'mention', text: '<@U9> status', channel: 'C1', thread: '1.1' }, 'mentioned Latchkey in a channel'],
  [{ kind: 'about', author: 'U2' }, 'asked about somebody'],
])('%j is told as: %s', (deed, words) => {
  expect(deedWords(deed, at)).toBe(`On Tue 1 Dec 2026, 14:02 (UTC) you ${words}.`);
});

test('what is long is quoted in part, and no character in half', () => {
  const words = deedWords({ ...message, text: '😀'.repeat(100) }, at);

  expect(words).toContain(`“${'😀'.repeat(80)}…”`);
});
