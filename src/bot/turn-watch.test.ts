import type { Answer, Turn, UnlinkedTurn } from '../dialogs/turn.js';
import type { CountedTurn } from '../services/index.js';
import { recordingLog } from '../services/platform/testing/test-parts.js';
import { TurnWatch, type TurnWatchParts } from './turn-watch.js';

const ANSWERED: Answer = { kind: 'message', text: 'done' };

function turnOf(said: Turn['said'], personId = 'ada'): Turn {
  const account = { channel: 'teams', channelUserId: '29:1', personId, name: 'Ada' } as const;
  const place = { channel: 'teams', conversation: 'a', kind: 'personal' } as const;
  return { account, place, room: 'a', deliveryId: 'd1', said };
}
const words = (personId?: string): Turn => turnOf({ kind: 'text', text: 'my password is hunter2' }, personId);
const click = turnOf({ kind: 'click', verb: 'run-plan', reference: 'r', revision: 1, inputs: {} });

type Note = Parameters<TurnWatchParts['router']['handle']>[1];

function watch(handle: TurnWatchParts['router']['handle'], turnsPerMinute = 10) {
  const counted: CountedTurn[] = [];
  const { log, lines, text } = recordingLog();
  const router = {
    handle,
    handleUnlinked: (_turn: UnlinkedTurn, note?: Note) => handle(words(), note),
    nameOf: ({ said }: Turn) => (said.kind === 'click' ? said.verb : 'words'),
  };
  const turns = new TurnWatch({ router, countTurn: (turn) => void counted.push(turn), turnsPerMinute, log });
  return { turns, counted, lines, text };
}

test('a turn is counted by what it meant and what came of it, and logged without what was typed', async () => {
  const { turns, counted, lines, text } = watch(async () => ANSWERED);

  expect(await turns.handle(words())).toBe(ANSWERED);

  expect(counted).toMatchObject([{ intent: 'words', outcome: 'answered' }]);
  expect(lines()).toMatchObject([{ turn: 'd1', intent: 'words', outcome: 'answered', requestIds: [] }]);
  expect(text()).not.toContain('hunter2');
});

test('a turn of an account that nobody is known to be is counted and logged, too, without who or what', async () => {
  const { turns, counted, lines, text } = watch(async (_turn, note) => {
    note?.('refused');
    return undefined;
  });
  const { place, room, deliveryId, said } = words();
  const user = { channel: 'slack', team: 'T1', channelUserId: 'U1', name: 'mallory' } as const;

  await turns.handleUnlinked({ user, place, room, deliveryId, said });

  expect(counted).toMatchObject([{ intent: 'unlinked', outcome: 'refused' }]);
  expect(lines()).toMatchObject([{ turn: 'd1', intent: 'unlinked', outcome: 'refused' }]);
  expect(text()).not.toMatch(/hunter2|mallory/);
});

test.each([
  ['a refusal', async () => ({ kind: 'refused', text: 'no' }) as const, 'refused'],
  ['a card that was posted elsewhere', async () => undefined, 'posted'],
  [
    'what the router notes',
    async (_turn: Turn, note: (outcome: 'duplicate') => void = () => undefined) => {
      note('duplicate');
      return undefined;
    },
    'duplicate',
  ],
] as const)('%s is counted as such', async (_what, handle, outcome) => {
  const { turns, counted } = watch(handle);

  await turns.handle(words());

  expect(counted).toMatchObject([{ outcome }]);
});

test('somebody who types too fast into a list gets no rows for a while, and no message about it', async () => {
  const { turns, counted } = watch(async () => ({ kind: 'choices', choices: [{ title: 'Ana', value: '1' }] }), 2);
  const search = turnOf({ kind: 'search', dataset: 'people', words: 'an' });
  const answers = [await turns.handle(search), await turns.handle(search), await turns.handle(search)];

  expect(answers.map((answer) => answer?.kind)).toEqual(['choices', 'choices', 'choices']);
  expect(answers.at(-1)).toEqual({ kind: 'choices', choices: [] });
  expect(counted.at(-1)).toMatchObject({ outcome: 'too-fast' });
});

test('somebody too fast is told to wait: each click on its card, messages once; nothing is done with it', async () => {
  let handled = 0;
  const { turns, counted } = watch(async () => {
    handled += 1;
    return ANSWERED;
  });
  for (let turn = 0; turn < 10; turn += 1) await turns.handle(click);

  const clicked = [await turns.handle(click), await turns.handle(click)];
  const said = [await turns.handle(words()), await turns.handle(words())];

  expect(handled).toBe(10);
  for (const answer of clicked)
    expect(answer).toMatchObject({
      kind: 'refused',
      text: expect.stringMatching(/^That was a lot at once. Wait \d+ seconds?, /) as string,
    });
  expect(said).toEqual([{ kind: 'message', text: expect.stringContaining('nothing is lost') as string }, undefined]);
  expect(counted.slice(10)).toMatchObject([{ outcome: 'too-fast' }, { outcome: 'too-fast' }, {}, {}]);
});

test('whoever was just greeted with many others is not asked to wait for it', async () => {
  const { turns } = watch(async () => ANSWERED);

  for (let turn = 0; turn < 12; turn += 1) expect(await turns.handle(turnOf({ kind: 'arrived' }))).toBe(ANSWERED);
});

test('others are not slowed down by them', async () => {
  const { turns } = watch(async () => ANSWERED);
  for (let turn = 0; turn < 12; turn += 1) await turns.handle(click);

  expect(await turns.handle(words('omar'))).toBe(ANSWERED);
});
