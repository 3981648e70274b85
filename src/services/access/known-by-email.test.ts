import { openTestDatabase } from '../../../test/support/test-database.js';
import { ADA, ANA, asks, DANA, MIA, OMAR, RequestStand, SIMON, upn } from '../../../test/support/request-stand.js';
import type { Actor } from '../operations/operation.js';
import { testPipeline } from '../operations/testing/test-pipeline.js';
import type { Database } from '../platform/database.js';
import type { AccessService } from './access-service.js';

let database: Database;
let stand: RequestStand;

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
  await stand.hasChat(OMAR, DANA, ADA, MIA);
});

const ROLES = { agent: { breakGlass: { people: [upn('ana.agent')], atMost: '30 minutes' } } };
const byEmail = (actor: Actor): Actor => ({ ...actor, channel: 'slack', channelUserId: 'U1', proof: 'email' });
const [ana, omar] = [byEmail(ANA), byEmail(OMAR)];

test('whoever is known by an e-mail alone asks for themselves and cancels, and the audit says how they were known', async () => {
  const service = stand.service(ROLES);

  expect(await service.offers(ana)).toMatchObject([{ roleId: 'agent', canBreakGlass: false }]);
  expect(await service.offers(ANA)).toMatchObject([{ roleId: 'agent', canBreakGlass: true }]);
  const { id } = await asks(service, { by: ana });
  await service.cancel(ana, id);

  expect((await stand.audited()).slice(-2)).toMatchObject([
    { operation: 'ask-access', actor: { name: 'Ana Agent', channelUserId: 'U1', proof: 'email' } },
    { operation: 'cancel-request', actor: { proof: 'email' } },
  ]);
});

test.each<[string, (service: AccessService, requestId: string) => Promise<unknown>]>([
  ['approves', (service, requestId) => service.vote(omar, { requestId, vote: 'approve', reason: '' })],
  ['denies', (service, requestId) => service.vote(omar, { requestId, vote: 'deny', reason: 'No' })],
  ['takes back', (service, requestId) => service.takeBack(omar, requestId)],
  ['reviews', (service, requestId) => service.review(omar, { requestId, verdict: 'right', reason: '' })],
  ['asks for others', (service) => asks(service, { by: ana, personId: SIMON.personId })],
  ['takes by break-glass', (service) => asks(service, { by: ana, kind: 'break-glass', minutes: 30 })],
  ['looks for people', (service) => service.lookFor(ana, 'simon')],
  [
    'asks for more',
    (service) =>
      service.extend(
        ana,
        { leaseId: 'lease', minutes: 60, why: 'More' },
        { reference: 'more', verb: 'ask', revision: 0 },
      ),
  ],
])('nobody %s by an e-mail alone, and the refusal is recorded', async (_deed, does) => {
  const service = stand.service(ROLES);
  const { id } = await asks(service);

  await expect(does(service, id)).rejects.toMatchObject({ facts: { kind: 'refused', code: 'not-proven' } });

  expect((await stand.audited()).at(-1)).toMatchObject({
    ...{ kind: 'refusal', rule: 'not-proven', actor: { channelUserId: 'U1', proof: 'email' } },
  });
  expect(await stand.effects()).toEqual([]);
});

test('a list that fills itself shows nobody to them', async () => {
  const service = stand.service(ROLES);

  expect(await service.suggest(ana, 'simon')).toEqual([]);
  expect(await service.suggest(ANA, 'simon')).toHaveLength(1);
});

test('their roles in Entra give them no right', async () => {
  const { clock, entra } = stand.parts(ROLES);
  const { pipeline } = testPipeline({ database, clock, entra });

  await expect(pipeline.permitted('manage-sso', byEmail(ADA), 'set up SSO')).rejects.toMatchObject({
    facts: { code: 'not-proven' },
  });
  await expect(pipeline.rightsOf(byEmail(ADA))).resolves.toMatchObject({ rights: [] });
  expect((await pipeline.rightsOf(ADA)).rights).toContain('manage-sso');
});
