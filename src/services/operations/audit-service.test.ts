import fc from 'fast-check';
import type { Entra } from '../entra/entra.js';
import { appendAudit } from '../platform/audit.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from '../platform/database.js';
import type { Json } from '../platform/json.js';
import { ada, omar, recordingLog, silentLog, StandingClock } from '../platform/testing/test-parts.js';
import { AuditService, type AuditPage } from './audit-service.js';
import { OperatorAudit } from './operator-audit.js';

const clock = new StandingClock();
let database: Database;
let service: AuditService;

beforeAll(async () => {
  database = await openTestDatabase();
  const person = { userPrincipalName: 'omar.owner@contoso.example', isEnabled: true, isGuest: false };
  const findPerson: Entra['findPerson'] = async (id) =>
    id === omar.personId ? { ...person, id, name: omar.name } : undefined;
  const entra = { findPeople: async () => [], findPerson } as Partial<Entra> as Entra;
  const pipeline = { permitted: () => Promise.reject(new Error('Nobody is asked here.')) };
  service = new AuditService({ database, entra, pipeline });
}, 30_000);
afterAll(() => database.close());

async function append(kind: string, body: Json): Promise<void> {
  await database.transaction((trx) => appendAudit(trx, { at: clock.now(), kind, body }));
}

async function firstLine(kind: string, body: Readonly<Record<string, Json>>) {
  await append(kind, { actor: { ...ada }, ...body });
  return (await service.page(ada.personId)).lines[0];
}

const seqs = (page: AuditPage): number[] => page.lines.map(({ seq }) => seq);

test('paging to the end and back shows every entry once, newest first, whatever their number', async () => {
  let people = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 35 }), async (count) => {
      const personId = `person-${String((people += 1))}`;
      for (let number = 0; number < count; number++) await append('intent', { concerns: [personId] });

      const pages = [await service.page(personId)];
      for (let page = pages[0]; page?.hasOlder; page = pages.at(-1))
        pages.push(await service.page(personId, { older: seqs(page).at(-1) ?? 0 }));
      let back = pages.at(-1);
      while (back?.hasNewer) back = await service.page(personId, { newer: seqs(back)[0] ?? 0 });

      const all = pages.flatMap(seqs);
      expect(all).toHaveLength(count);
      expect(all).toEqual([...new Set(all)].sort((one, other) => other - one));
      expect(back).toEqual(pages[0]);
    }),
    { numRuns: 12 },
  );
});

test('an intent, a second try, an outcome and a refusal say what was to be done', async () => {
  const what = 'assign B.Simon to Genesys Cloud';
  const problem = { what: 'Entra was away.', code: 'x', requestId: 'r-1' };

  expect(await firstLine('intent', { operation: 'assign-person', what })).toMatchObject({
    who: 'Ada Admin',
    deed: what,
    isRetry: false,
  });
  expect(await firstLine('intent', { operation: 'assign-person, again', what })).toMatchObject({ isRetry: true });
  expect(await firstLine('outcome', { operation: 'assign-person', what, state: 'failed', problem })).toMatchObject({
    ...{ deed: what, state: 'failed', problem: 'Entra was away.', requestId: 'r-1' },
  });
  expect(await firstLine('refusal', { what: `You cannot ${what}.`, rule: 'self' })).toMatchObject({
    ...{ deed: what, rule: 'self' },
  });
});

test('an entry of an earlier release, without words of its own, is named by its operation', async () => {
  expect(await firstLine('outcome', { operation: 'assign-person', state: 'done' })).toMatchObject({
    deed: 'assign person',
  });
});

test('an approval says by which sign-in it was proven, and a refusal who had signed in in the place of the other', async () => {
  const provenBy = { signedInAt: '2026-11-24T10:02:03.000Z', authenticationContext: 'c1' };
  const rule = 'approval-other-person';

  expect(await firstLine('outcome', { what: 'approve it', state: 'done', provenBy })).toMatchObject({
    provenBy: { signedInAt: new Date(provenBy.signedInAt), authenticationContext: 'c1' },
  });
  expect(await firstLine('refusal', { rule, signedInAs: omar.personId })).toMatchObject({ signedInAs: 'Omar Owner' });
  expect(await firstLine('refusal', { rule, signedInAs: 'gone' })).toMatchObject({ signedInAs: 'gone' });
  expect(await firstLine('refusal', { rule, signedInAs: ada.personId })).not.toHaveProperty('signedInAs');
});

test('an entry of any shape makes a line', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (body) => {
      const line = await firstLine('intent', { operation: 7, what: { a: 1 }, ...(body as Record<string, Json>) });
      expect(line).toMatchObject({ kind: 'intent', who: 'Ada Admin' });
    }),
    { numRuns: 30 },
  );
});

test('somebody who has left Entra is found by object id, and whoever was at the machine by name', async () => {
  const operators = new OperatorAudit({ database, clock, log: silentLog });
  await operators.verify('root; drop');

  await expect(service.lookFor(ada, ada.personId.toUpperCase())).resolves.toEqual({
    kind: 'one',
    personId: ada.personId,
  });
  await expect(service.lookFor(ada, 'me')).resolves.toEqual({ kind: 'one', personId: ada.personId });
  await expect(service.lookFor(ada, 'operator:root\0')).resolves.toEqual({ kind: 'none' });
  const { lines } = await service.page('operator:root__drop');
  expect(lines).toMatchObject([{ kind: 'look', channel: 'cli', deed: 'audit verify' }]);
});

test('a look is answered also when it cannot be recorded, and says so', async () => {
  const { log, text } = recordingLog();
  const closedForWriting = { ...database, transaction: () => Promise.reject(new Error('disk full')) };
  const operators = new OperatorAudit({ database: closedForWriting, clock, log });

  const { verdict, isRecorded } = await operators.verify('root');
  const exported = await operators.export('root');

  expect(verdict).toMatchObject({ ok: true });
  expect([isRecorded, exported.isRecorded]).toEqual([false, false]);
  expect(text()).toContain('could not be written');
});
