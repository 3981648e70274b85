import { Problem } from '../services/index.js';
import type { Channel } from './channel.js';
import { ChatWatch } from './chat-watch.js';

const NOW = new Date('2026-11-24T10:00:00Z');
const PLACE = { channel: 'slack', conversation: 'T1 D1', kind: 'personal' } as const;
const VIEW = { title: 'A card', tone: 'neutral', elements: [], actions: [], fallback: 'A card' } as const;

function answering(answer: () => Promise<string>): { say: () => Promise<unknown>; watch: ChatWatch } {
  const watch = new ChatWatch({ now: () => NOW });
  const channel: Channel = {
    ...{ name: 'slack', asks: 'in-dialog' },
    post: answer,
    replace: async () => undefined,
    whisper: async () => ({ place: PLACE, messageId: '1' }),
    typing: async () => undefined,
  };
  const watched = watch.watch(channel);
  return { watch, say: () => watched.post(PLACE, VIEW).catch(() => undefined) };
}

function problem(answer: 'timeout' | 'not-found'): Problem {
  return new Problem({ kind: 'remote', system: 'slack', answer, what: 'Not taken.', remedy: 'None.' });
}

test('a chat that fails twice in a row is away since the first time, until it takes something', async () => {
  let isAway = true;
  const { watch, say } = answering(() => (isAway ? Promise.reject(problem('timeout')) : Promise.resolve('1')));

  await say();
  const afterOne = watch.away();
  await say();
  const afterTwo = watch.away();
  isAway = false;
  await say();

  expect([afterOne, afterTwo, watch.away()]).toEqual([[], [{ channel: 'slack', since: NOW }], []]);
});

test('a chat that refuses a message for good is there', async () => {
  const { watch, say } = answering(() => Promise.reject(problem('not-found')));

  await say();
  await say();

  expect(watch.away()).toEqual([]);
});
