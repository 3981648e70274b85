import { Problem, type Posting, type PostingStore } from '../services/index.js';
import { silentLog } from '../services/platform/testing/test-parts.js';
import type { Channel } from './channel.js';
import { Noticeboard } from './noticeboard.js';
import type { Place } from './turn.js';
import type { View } from './views/view.js';

const PLACE = { channel: 'teams', conversation: 'a:1', kind: 'personal' } as const;

function viewAt(state: string): View {
  return { title: state, tone: 'neutral', elements: [], actions: [], fallback: state };
}

/** A chat that keeps what was shown, and can be away for a number of edits. */
class Chat implements Channel {
  readonly name: Channel['name'];
  readonly asks = 'in-chat';
  readonly shown: string[] = [];
  away = 0;
  /** Set: what an edit is answered. */
  refuses: Problem | undefined;
  /** Set: an edit does not come back before this has. */
  hangs: Promise<void> | undefined;

  constructor(name: Channel['name'] = 'teams') {
    this.name = name;
  }

  async post(_place: unknown, view: View): Promise<string> {
    this.shown.push(view.title);
    return 'm1';
  }

  async replace(_place: unknown, _messageId: string, view: View): Promise<void> {
    await this.hangs;
    if (this.refuses) throw this.refuses;
    if (this.away > 0) {
      this.away -= 1;
      throw new Error('The chat is away.');
    }
    this.shown.push(view.title);
  }

  async whisper(_to: unknown, view: View): Promise<{ place: Place; messageId: string }> {
    this.shown.push(view.title);
    return { place: { ...PLACE, channel: this.name }, messageId: `whispered in ${this.name}` };
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

  async forget({ messageId }: Pick<Posting, 'messageId'>): Promise<void> {
    this.rows.delete(messageId);
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
let slack: Chat;
let board: Noticeboard;
beforeEach(() => {
  now = { view: viewAt('started'), revision: 1 };
  chat = new Chat();
  slack = new Chat('slack');
  postings = new Postings();
  board = new Noticeboard({ channels: [chat, slack], postings, render: async () => now, log: silentLog });
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

describe('in two chats', () => {
  beforeEach(async () => {
    await board.post(PLACE, 'run:1');
    await board.whisper('slack', { personId: 'ada', name: 'Ada' }, 'run:1');
    await board.settle();
  });

  test('both copies show the same', async () => {
    now = { view: viewAt('done'), revision: 2 };
    await board.makeTrue('run:1');

    expect(chat.shown).toEqual(['started', 'done']);
    expect(slack.shown).toEqual(['started', 'done']);
  });

  test('a chat that hangs does not hold up the other', async () => {
    let come = (): void => undefined;
    slack.hangs = new Promise((resolve) => (come = resolve));
    now = { view: viewAt('working'), revision: 2 };
    board.refresh('run:1');
    await until(() => chat.shown.includes('working'));
    now = { view: viewAt('done'), revision: 3 };
    board.refresh('run:1');
    await until(() => chat.shown.includes('done'));
    const whileHanging = [...slack.shown];
    come();
    await board.settle();

    expect(whileHanging).toEqual(['started']);
    expect(slack.shown.at(-1)).toBe('done');
  });
});

function answers(answer: 'not-found' | 'denied'): Problem {
  return new Problem({ kind: 'remote', system: 'teams', answer, what: 'It was not taken.', remedy: 'None.' });
}

test('a message that is gone is forgotten, and nobody tries again', async () => {
  await board.post(PLACE, 'run:1');
  await board.settle();
  chat.refuses = answers('not-found');
  now = { view: viewAt('done'), revision: 2 };

  await board.makeTrue('run:1');

  expect(await board.find('run:1')).toEqual([]);
});

test('a message that may not be edited is no reason to tell of it again, and stays known', async () => {
  await board.post(PLACE, 'run:1');
  await board.settle();
  chat.refuses = answers('denied');
  now = { view: viewAt('done'), revision: 2 };

  await board.makeTrue('run:1');
  chat.refuses = undefined;
  board.seen(PLACE);
  await board.settle();

  expect(chat.shown).toEqual(['started', 'done']);
});

test('a copy in a chat that was switched off is left alone, and holds nobody up', async () => {
  const withoutSlack = new Noticeboard({ channels: [chat], postings, render: async () => now, log: silentLog });
  const elsewhere = { ...PLACE, channel: 'slack' } as const;
  await withoutSlack.adopt(PLACE, 'm1', 'run:1');
  await withoutSlack.adopt(elsewhere, 'm9', 'run:1');

  await withoutSlack.makeTrue('run:1');
  await withoutSlack.settle();

  expect(chat.shown).toEqual(['started']);
  expect(postings.rows.get('m9')?.revision).toBe(-1);
});

describe('over time', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  });
  afterEach(() => jest.useRealTimers());

  test('two cards in one place share its one edit a second', async () => {
    await board.adopt(PLACE, 'm1', 'run:1');
    await board.adopt(PLACE, 'm2', 'run:1');
    await jest.advanceTimersByTimeAsync(10);
    const atOnce = chat.shown.length;
    await jest.advanceTimersByTimeAsync(900);
    const withinASecond = chat.shown.length;
    await jest.advanceTimersByTimeAsync(2_000);

    expect(atOnce).toBe(1);
    expect(withinASecond).toBe(1);
    expect(chat.shown.length).toBe(2);
  });

  test('a chat that is away for an hour gets the last state within five minutes after it, though nothing more happens', async () => {
    await board.post(PLACE, 'run:1');
    await jest.advanceTimersByTimeAsync(10);
    chat.away = Number.POSITIVE_INFINITY;
    now = { view: viewAt('done'), revision: 2 };
    board.refresh('run:1');
    // As the sweep for cards that are behind does.
    const sweep = setInterval(() => board.heal('run:1'), 5_000);
    await jest.advanceTimersByTimeAsync(3_600_000);
    chat.away = 0;
    await jest.advanceTimersByTimeAsync(306_000);
    clearInterval(sweep);

    expect(chat.shown).toEqual(['started', 'done']);
  });

  test('looking again and again does not press a chat that is away', async () => {
    await board.post(PLACE, 'run:1');
    await jest.advanceTimersByTimeAsync(10);
    chat.away = 1_000;
    now = { view: viewAt('done'), revision: 2 };
    board.refresh('run:1');
    const sweep = setInterval(() => board.heal('run:1'), 5_000);
    await jest.advanceTimersByTimeAsync(3_600_000);
    clearInterval(sweep);

    const tries = 1_000 - chat.away;
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(20);
  });

  test('whoever needs a copy to be true gets it, also while somebody only looks whether one is due', async () => {
    await board.post(PLACE, 'run:1');
    await jest.advanceTimersByTimeAsync(10);
    chat.away = 2;
    now = { view: viewAt('done'), revision: 2 };
    board.refresh('run:1');
    await jest.advanceTimersByTimeAsync(1_000);
    board.heal('run:1');
    const isTrue = board.makeTrue('run:1').then(
      () => true,
      () => false,
    );
    await jest.advanceTimersByTimeAsync(1_000);

    await expect(isTrue).resolves.toBe(false);
    expect(chat.shown).toEqual(['started']);
  });

  test('a copy that failed is tried again as soon as somebody is there', async () => {
    await board.post(PLACE, 'run:1');
    await jest.advanceTimersByTimeAsync(10);
    chat.away = 4;
    now = { view: viewAt('done'), revision: 2 };
    board.refresh('run:1');
    await jest.advanceTimersByTimeAsync(100_000);
    const before = [...chat.shown];
    board.seen(PLACE);
    await jest.advanceTimersByTimeAsync(1_000);

    expect(before).toEqual(['started']);
    expect(chat.shown).toEqual(['started', 'done']);
  });
});

/** Looks with each turn of the event loop. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((turn) => setTimeout(turn, 5));
}
