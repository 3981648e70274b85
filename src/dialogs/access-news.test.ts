import { ANA, asks, DANA, OMAR, RequestStand } from '../../test/support/request-stand.js';
import { until } from '../../test/support/processes.js';
import { openTestDatabase } from '../../test/support/test-database.js';
import { Problem, type AccessService, type ProblemFacts } from '../services/index.js';
import { createConversationMemory } from '../services/conversation-memory.js';
import type { Database } from '../services/platform/database.js';
import { silentLog } from '../services/platform/testing/test-parts.js';
import { AccessNews } from './access-news.js';
import type { Addressee, Channel } from './channel.js';
import { Noticeboard } from './noticeboard.js';
import type { Place } from './turn.js';
import type { View } from './views/view.js';

/** Keeps whom it has brought something, and answers some of them as it is told. */
class Chat implements Channel {
  readonly name: Channel['name'];
  readonly asks = 'in-chat';
  readonly tries: string[] = [];
  readonly brought: string[] = [];
  /** Of what was whispered. */
  readonly titles: string[] = [];
  readonly refuses = new Map<string, NonNullable<ProblemFacts['answer']>>();
  /** Set: nothing comes back before this has. */
  hangs: Promise<void> | undefined;
  editsHang = false;

  constructor(name: Channel['name'] = 'teams') {
    this.name = name;
  }

  async post({ conversation }: Place, { title }: View): Promise<string> {
    this.brought.push(`${conversation} ${title}`);
    return title;
  }

  async replace(): Promise<void> {
    if (this.editsHang) await new Promise(() => undefined);
  }

  async whisper({ personId }: Addressee, { title }: View): Promise<{ place: Place; messageId: string }> {
    this.tries.push(personId);
    await this.hangs;
    const answer = this.refuses.get(personId);
    if (answer) throw new Problem({ kind: 'remote', system: 'teams', answer, what: 'Not taken.', remedy: 'None.' });
    this.brought.push(personId);
    this.titles.push(title);
    return { place: { channel: this.name, conversation: `a:${personId}`, kind: 'personal' }, messageId: title };
  }

  async typing(): Promise<void> {
    return undefined;
  }
}

const ADMINS = { channel: 'teams', conversation: '19:admins' } as const;

let database: Database;
let stand: RequestStand;
let service: AccessService;
let chat: Chat;
let board: Noticeboard;
let news: AccessNews;
let requestId: string;
/** Raised: the cards say something else. */
let revision: number;

beforeAll(async () => {
  database = await openTestDatabase();
  stand = await RequestStand.open(database);
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await database?.close();
});
beforeEach(async () => {
  await stand.forgets();
  await stand.hasChat(OMAR, DANA);
  service = stand.service({ agent: {} });
  chat = new Chat();
  revision = 1;
  news = newsIn(chat);
  requestId = (await asks(service)).id;
});

function newsIn(...channels: readonly Chat[]): AccessNews {
  const { clock } = stand;
  board = new Noticeboard({
    channels,
    postings: createConversationMemory({ database, clock }).postings,
    log: silentLog,
    render: async (title) => ({ view: { title, tone: 'neutral', elements: [], actions: [], fallback: '' }, revision }),
  });
  return new AccessNews({
    ...{ access: service, noticeboard: board, channels, adminPlaces: [ADMINS], clock, log: silentLog },
    accountsOf: async () => [],
  });
}

const everybody = [ANA, OMAR, DANA].map(({ personId }) => personId).sort();

test('everybody gets one card, however often it is told', async () => {
  await Promise.all([news.bring(requestId), news.bring(requestId)]);
  await news.bring(requestId);

  expect([...chat.brought].sort()).toEqual(everybody);
});

test('an edit that hangs holds up nobody who is still to be told', async () => {
  chat.refuses.set(DANA.personId, 'unavailable');
  await expect(news.bring(requestId)).rejects.toThrow('Not taken.');
  chat.editsHang = true;
  revision = 2;
  chat.refuses.clear();

  await news.bring(requestId);

  expect([...chat.brought].sort()).toEqual(everybody);
});

test('a chat that hangs holds up no other, however many changes come', async () => {
  const roles = Array.from({ length: 12 }, (_, at) => `role-${String(at)}`);
  service = stand.service(Object.fromEntries(['agent', ...roles].map((role) => [role, {}])));
  const slack = new Chat('slack');
  slack.hangs = new Promise(() => undefined);
  news = newsIn(chat, slack);
  for (const roleId of roles) await asks(service, { roleId });
  service.onChanged((id, name) => news.bringIn(name, id));

  void stand.delivers();
  await until(
    'Teams shows all cards',
    async () => chat.brought.length === everybody.length * (roles.length + 1),
    4_000,
  );
  await service.vote(OMAR, { requestId, vote: 'deny', reason: 'No.' });
  void stand.delivers();
  const told = `told:${requestId}:denied:${ANA.personId}`;
  await until('Teams tells what became of it', async () => chat.titles.includes(told), 4_000);

  expect(slack.tries.length).toBeGreaterThan(0);
  expect(slack.brought).toEqual([]);
}, 15_000);

test.each(['denied', 'invalid', 'not-found'] as const)(
  'what a chat answers with “%s” is no reason to tell of it again',
  async (answer) => {
    chat.refuses.set(DANA.personId, answer);

    await news.bring(requestId);

    expect([...chat.brought].sort()).toEqual([ANA, OMAR].map(({ personId }) => personId).sort());
  },
);

test('all changes that come while one is being brought are brought by one more', async () => {
  let come = (): void => undefined;
  chat.hangs = new Promise((resolve) => (come = resolve));
  for (const reader of everybody) chat.refuses.set(reader, 'unavailable');
  const brought = Promise.allSettled([1, 2, 3, 4].map(() => news.bring(requestId)));
  while (chat.tries.length < everybody.length) await new Promise((turn) => setTimeout(turn, 5));
  come();

  expect((await brought).map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'));
  expect(chat.tries).toHaveLength(2 * everybody.length);
});

test('where the giving has failed, whoever approved it and the administrators get the card with Retry, once', async () => {
  await service.vote(OMAR, { requestId, vote: 'approve', reason: '' });
  await news.bring(requestId);
  const runId = (await service.findShared(requestId))?.lease?.runId ?? '';
  await database.db.updateTable('access_request').set({ state: 'failed' }).where('id', '=', requestId).execute();
  chat.brought.length = 0;

  await news.bring(requestId);
  await news.bring(requestId);

  const told = [`told:${requestId}:failed:${ANA.personId}`, `run:${runId}`];
  expect(chat.titles.filter((title) => told.includes(title)).sort()).toEqual([...told].sort());
  expect(chat.brought.filter((who) => who !== ANA.personId).sort()).toEqual(
    [OMAR.personId, `${ADMINS.conversation} run:${runId}`].sort(),
  );
});
