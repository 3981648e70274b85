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
  readonly asks = 'in-chat';
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

/** `isBusy`: another replica is editing. `isTaken`: it takes the next edit over before that one is noted. */
class Postings implements PostingStore {
  isBusy = false;
  isTaken = false;
  readonly rows = new Map<string, Posting>();

  async save(posting: Posting): Promise<void> {
    const before = this.rows.get(posting.messageId);
    if (!before || before.revision < posting.revision) this.rows.set(posting.messageId, posting);
  }

  async find(): Promise<readonly Posting[]> {
    return [...this.rows.values()];
  }

  async beginEdit(posting: Posting, revision: number): ReturnType<PostingStore['beginEdit']> {
    const standing = this.rows.get(posting.messageId);
    if (!standing || standing.revision >= revision) return 'shown';
    if (this.isBusy) return 'busy';
    return {
      contentHash: standing.contentHash,
      end: async (shown) => {
        const isOurs = !this.isTaken;
        this.isTaken = false;
        this.rows.set(posting.messageId, { ...posting, ...(isOurs ? shown : { revision: -1, contentHash: '' }) });
        return isOurs;
      },
      giveUp: async () => undefined,
    };
  }
}

let now = { view: viewAt('started'), revision: 1 };
let chat: Chat;
let postings: Postings;
let board: Noticeboard;
beforeEach(() => {
  now = { view: viewAt('started'), revision: 1 };
  chat = new Chat();
  postings = new Postings();
  board = new Noticeboard({ channels: [chat], postings, render: async () => now, log: silentLog });
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

test('a copy that another replica is editing is left to it, and looked at again', async () => {
  await board.post(PLACE, 'run:1');
  await board.settle();
  postings.isBusy = true;
  now = { view: viewAt('done'), revision: 2 };
  board.refresh('run:1');
  await new Promise((turn) => setImmediate(turn));
  const whileBusy = [...chat.shown];
  postings.isBusy = false;
  await board.settle();

  expect(whileBusy).toEqual(['started']);
  expect(chat.shown).toEqual(['started', 'done']);
});

test('an edit that was overtaken by another replica, as after a freeze, is followed by one that is true', async () => {
  await board.post(PLACE, 'run:1');
  await board.settle();
  postings.isTaken = true;
  now = { view: viewAt('done'), revision: 2 };
  board.refresh('run:1');
  await board.settle();

  expect(chat.shown).toEqual(['started', 'done', 'done']);
  expect(postings.rows.get('m1')?.revision).toBe(2);
});
