import type { Posting, PostingStore } from '../services/index.js';
import { silentLog } from '../services/platform/testing/test-parts.js';
import type { Channel } from './channel.js';
import { Noticeboard } from './noticeboard.js';
import type { View } from './views/view.js';

const PLACE = { channel: 'teams', conversation: 'a:1', kind: 'personal' } as const;

function viewAt(state: string): View {
  return { title: state, tone: 'neutral', elements: [], actions: [], fallback: state };
}

/** A chat that keeps what was shown, and can be away for a number of edits. */
class Chat implements Channel {
  readonly name = 'teams';
  readonly shown: string[] = [];
  away = 0;

  async post(_place: unknown, view: View): Promise<string> {
    this.shown.push(view.title);
    return 'm1';
  }

  async replace(_place: unknown, _messageId: string, view: View): Promise<void> {
    if (this.away > 0) {
      this.away -= 1;
      throw new Error('The chat is away.');
    }
    this.shown.push(view.title);
  }

  async whisper(): Promise<{ place: typeof PLACE; messageId: string }> {
    return { place: PLACE, messageId: 'm2' };
  }

  async typing(): Promise<void> {
    return undefined;
  }
}

class Postings implements PostingStore {
  readonly rows = new Map<string, Posting>();

  async save(posting: Posting): Promise<void> {
    const before = this.rows.get(posting.messageId);
    if (!before || before.revision < posting.revision) this.rows.set(posting.messageId, posting);
  }

  async find(): Promise<readonly Posting[]> {
    return [...this.rows.values()];
  }
}

let now = { view: viewAt('started'), revision: 1 };
let chat: Chat;
let board: Noticeboard;
beforeEach(() => {
  now = { view: viewAt('started'), revision: 1 };
  chat = new Chat();
  board = new Noticeboard({ channels: [chat], postings: new Postings(), render: async () => now, log: silentLog });
});
afterEach(() => board.settle());

test('a posted card follows what the reference shows', async () => {
  await board.post(PLACE, 'run:1');
  now = { view: viewAt('done'), revision: 2 };

  board.refresh('run:1');
  await board.settle();

  expect(chat.shown).toEqual(['started', 'done']);
});

test('an unchanged view is not sent again, and an older revision never overwrites a newer one', async () => {
  await board.post(PLACE, 'run:1');
  now = { view: viewAt('done'), revision: 2 };
  board.refresh('run:1');
  await board.settle();

  now = { view: viewAt('done'), revision: 3 };
  board.refresh('run:1');
  await board.settle();
  now = { view: viewAt('started'), revision: 1 };
  board.refresh('run:1');
  await board.settle();

  expect(chat.shown).toEqual(['started', 'done']);
});

test('many changes at once become few edits, and the last state is among them', async () => {
  await board.post(PLACE, 'run:1');
  for (let revision = 2; revision <= 100; revision += 1) {
    now = { view: viewAt(`state ${revision}`), revision };
    board.refresh('run:1');
  }
  await board.settle();

  expect(chat.shown.length).toBeLessThanOrEqual(4);
  expect(chat.shown.at(-1)).toBe('state 100');
});

test('a copy that could not be edited is brought up to date by the next change', async () => {
  await board.post(PLACE, 'run:1');
  await board.settle();
  chat.away = 1;
  now = { view: viewAt('missed'), revision: 2 };
  board.refresh('run:1');
  await board.settle();

  now = { view: viewAt('done'), revision: 3 };
  board.refresh('run:1');
  await board.settle();

  expect(chat.shown).toEqual(['started', 'done']);
});
