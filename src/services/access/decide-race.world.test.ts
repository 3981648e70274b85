import type { Kysely } from 'kysely';
import { Interleaver, seeded, type Gate } from '../../../test/support/interleaver.js';
import { ANA, DANA, OMAR, RequestStand, upn } from '../../../test/support/request-stand.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Actor } from '../operations/operation.js';
import type { Database } from '../platform/database.js';
import { newId } from '../platform/ids.js';
import { Problem } from '../platform/problem.js';
import type { Schema } from '../platform/schema.js';
import type { VoteOutcome } from './access-request.js';
import type { AccessService } from './access-service.js';
import type { RequestParts } from './request-parts.js';
import { addRequest } from './request-store.js';
import { requestOf, stageOf } from './testing/examples.js';

let database: Database;
let stand: RequestStand;
let parts: RequestParts;

beforeAll(async () => {
  database = await openTestDatabase();
  stand = await RequestStand.open(database);
  await stand.hasChat(OMAR, DANA);
  parts = stand.parts({ agent: {} });
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await database?.close();
});

/** The same service for one of the parties, which stops between any two things that it asks of the database or of Entra. */
function gated(gate: Gate): AccessService {
  const { database: all, entra } = parts;
  return stand.serviceOf({
    ...parts,
    database: {
      ...all,
      db: withGates(all.db, gate),
      transaction: async (work) => {
        await gate();
        return all.transaction(work);
      },
    },
    entra: {
      ...entra,
      findPerson: async (id) => {
        const person = await entra.findPerson(id);
        await gate();
        return person;
      },
    },
  });
}

function withGates(db: Kysely<Schema>, gate: Gate): Kysely<Schema> {
  return db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      await gate();
      return result;
    },
  });
}

/** One more open request of Ana, for another role, so that each seed has its own. */
async function openRequest(quorum: number): Promise<string> {
  const id = newId();
  const approval = [stageOf([upn('omar.owner'), upn('dana.deputy')], quorum)];
  const asked = requestOf({ id, askedAt: stand.clock.now(), stageAt: stand.clock.now() }, { approval, id });
  await database.transaction((trx) => addRequest(trx, asked));
  return id;
}

type Deed = 'approve' | 'approve-less' | 'deny' | 'cancel' | 'take-back';

async function doIt(service: AccessService, by: Actor, deed: Deed, requestId: string): Promise<VoteOutcome['kind']> {
  if (deed === 'cancel') return service.cancel(by, requestId).then(() => 'counted');
  const vote = deed === 'deny' ? 'deny' : 'approve';
  const ballot = { requestId, vote, reason: 'as told', ...(deed === 'approve-less' ? { minutes: 60 } : {}) } as const;
  const { outcome } = await service.vote(by, ballot);
  if (deed === 'take-back' && outcome.kind === 'approved') return service.takeBack(by, requestId).then(() => 'counted');
  return outcome.kind;
}

const SEEDS = 1_000;
const PER_TEST = 250;

describe('Two approvers in two chats at the same instant, 1,000 seeded interleavings (T4, G1)', () => {
  test.each(Array.from({ length: SEEDS / PER_TEST }, (_, at) => [at * PER_TEST, (at + 1) * PER_TEST]))(
    'seeds %i to %i: one effect at most, one decision, and no card that contradicts it',
    async (first, end) => {
      for (let seed = first; seed < end; seed += 1) await race(seed);
    },
    120_000,
  );
});

async function race(seed: number): Promise<void> {
  const random = seeded(seed * 7_919 + 1);
  const pick = <T>(of: readonly [T, ...T[]]): T => of[Math.floor(random() * of.length)] ?? of[0];
  const quorum = pick([1, 1, 2]);
  const requestId = await openRequest(quorum);
  const deeds: [Actor, Deed][] = [
    [OMAR, pick<Deed>(['approve', 'approve', 'approve-less', 'deny', 'take-back'])],
    [{ ...DANA, channel: 'slack' }, pick<Deed>(['approve', 'approve', 'approve-less', 'deny'])],
    // The first one's click, delivered again by the platform.
    ...(random() < 0.3 ? [[OMAR, 'approve'] as [Actor, Deed]] : []),
    ...(random() < 0.2 ? [[ANA, 'cancel'] as [Actor, Deed]] : []),
  ];
  const before = new Set(await stand.effects());

  const ended = await new Interleaver(seed).run(
    deeds.map(
      ([by, deed]) =>
        (gate) =>
          doIt(gated(gate), by, deed, requestId),
    ),
  );

  const story = `seed ${String(seed)}, quorum ${String(quorum)}: ${deeds.map(([{ name }, deed], at) => `${name} ${deed} → ${wordOf(ended[at])}`).join(', ')}`;
  const effects = (await stand.effects()).filter((id) => !before.has(id));
  const service = stand.serviceOf(parts);
  const cards = await Promise.all([ANA, OMAR, DANA].map(({ personId }) => service.find(requestId, personId)));
  const [card] = cards;
  if (!card) throw new Error(story);
  const { request, votes } = card;
  const outcomes = ended.map(wordOf);
  expect([story, effects.length]).toEqual([story, request.state === 'approved' ? 1 : 0]);
  expect([story, request.leaseId]).toEqual([story, effects[0]]);
  // Whoever was told that they decided has, and nobody else was told so; somebody may have cancelled it after that.
  const deciding = outcomes.filter((outcome) => outcome === 'approved' || outcome === 'denied');
  const isDecided = request.state === 'approved' || request.state === 'denied';
  const isCancelled = request.state === 'cancelled' && deciding.length === 1 && deciding[0] === 'approved';
  expect([story, deciding.length]).toEqual([story, isDecided || isCancelled ? 1 : 0]);
  // Each person has one vote at most, and what it says was decided follows from the votes that were counted.
  expect([story, new Set(votes.map(({ person }) => person.id)).size]).toEqual([story, votes.length]);
  const agreeing = votes.filter(({ vote }) => vote === 'approve').length;
  if (request.state === 'approved') expect([story, agreeing]).toEqual([story, quorum]);
  if (request.state === 'open') expect([story, agreeing < quorum]).toEqual([story, true]);
  expect([story, votes.some(({ vote }) => vote === 'deny')]).toEqual([story, request.state === 'denied']);
  // Every copy tells the same.
  for (const copy of cards) expect([story, copy?.request, copy?.votes]).toEqual([story, request, votes]);
}

function wordOf(result: PromiseSettledResult<string> | undefined): string {
  if (result?.status === 'fulfilled') return result.value;
  const { reason } = result ?? {};
  // Too late to cancel or to take back; anything else is a fault of ours.
  if (reason instanceof Problem && reason.facts.code === 'request-moved-on') return 'too late';
  throw reason;
}
