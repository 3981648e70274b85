import { sql } from 'kysely';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import { migrations } from './migrations/migrations.js';
import type { Schema } from './schema.js';

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());

type Columns = { [Table in keyof Schema]: Record<keyof Schema[Table], string> };

/** Each column as the catalogue shall know it; `?` where it may be empty. The compiler holds the names to `Schema`. */
const columns: Columns = {
  run: {
    ...{ id: 'uuid', kind: 'text', version: 'integer', input: 'jsonb', actor: 'jsonb', state: 'text' },
    ...{ fence: 'integer', revision: 'integer', problem: 'jsonb?', outcome: 'jsonb?', reference: 'text' },
    ...{ signals: 'integer', parks: 'integer', parked_fence: 'integer', wake_at: 'timestamptz?' },
    ...{ holder: 'text?', lease_until: 'timestamptz?' },
    ...{ started_at: 'timestamptz', changed_at: 'timestamptz' },
  },
  step: {
    ...{ run_id: 'uuid', name: 'text', position: 'integer', state: 'text', result: 'jsonb?', fence: 'integer' },
    ...{ started_at: 'timestamptz', finished_at: 'timestamptz?', waiting_for: 'text?' },
  },
  signal: { run_id: 'uuid', name: 'text', value: 'jsonb', actor: 'jsonb', at: 'timestamptz' },
  plan: {
    ...{ id: 'uuid', kind: 'text', input: 'jsonb', content: 'jsonb', read_hash: 'text', asker: 'text' },
    ...{ revision: 'integer', made_at: 'timestamptz', expires_at: 'timestamptz', run_id: 'uuid?' },
  },
  claim: { reference: 'text', verb: 'text', revision: 'integer', actor: 'jsonb', at: 'timestamptz' },
  delivery: { channel: 'text', delivery_id: 'text', at: 'timestamptz' },
  inbox: {
    ...{ channel: 'text', delivery_id: 'text', seq: 'bigint', delivery: 'jsonb', received_at: 'timestamptz' },
    ...{ tries: 'integer', holder: 'text', held_until: 'timestamptz?' },
  },
  outbox: {
    ...{ id: 'bigint', type: 'text', payload: 'jsonb', at: 'timestamptz', delivered_at: 'timestamptz?' },
    ...{ attempts: 'integer', retry_at: 'timestamptz?', claimed_until: 'timestamptz?' },
  },
  audit: {
    ...{ chain: 'text', seq: 'bigint', at: 'timestamptz', body: 'text', body_hash: 'text', prev: 'text', hash: 'text' },
  },
  audit_head: { chain: 'text', seq: 'bigint', hash: 'text' },
  audit_person: { person: 'text', chain: 'text', seq: 'bigint' },
  form: {
    ...{ channel: 'text', conversation: 'text', person: 'text', form: 'text', answers: 'jsonb', question: 'text' },
    ...{ revision: 'integer', message_id: 'text?', message_place: 'text?', changed_at: 'timestamptz' },
  },
  place: {
    ...{ channel: 'text', conversation: 'text', kind: 'text', person: 'text?', reference: 'jsonb' },
    ...{ changed_at: 'timestamptz', account: 'text?' },
  },
  posting: {
    ...{ id: 'uuid', reference: 'text', channel: 'text', conversation: 'text', message_id: 'text', audience: 'text?' },
    ...{ revision: 'integer', content_hash: 'text', posted_at: 'timestamptz', changed_at: 'timestamptz' },
    ...{ editor: 'uuid?', editing_until: 'timestamptz?' },
  },
  one_time_secret: {
    ...{ token_hash: 'text', sealed: 'bytea', purpose: 'text', for_person: 'text?' },
    ...{ created_at: 'timestamptz', expires_at: 'timestamptz' },
  },
  bulk: {
    ...{ id: 'uuid', file_hash: 'text', file_name: 'text', state: 'text', asker: 'jsonb', content: 'jsonb?' },
    ...{ made_at: 'timestamptz', expires_at: 'timestamptz', started_at: 'timestamptz?' },
  },
  bulk_row: {
    ...{ bulk_id: 'uuid', line: 'integer', upn: 'text', state: 'text', wish: 'jsonb?', note: 'text' },
    ...{ was_assigned: 'boolean', changed_at: 'timestamptz' },
  },
  bulk_genesys_user: {
    ...{ bulk_id: 'uuid', line: 'integer', person_id: 'text', email: 'text', genesys_user_id: 'text', was: 'text' },
    ...{ roles: 'jsonb?', noted_at: 'timestamptz' },
  },
  file_link: {
    ...{ token_hash: 'text', purpose: 'text', bulk_id: 'uuid?', holder: 'jsonb', expires_at: 'timestamptz' },
  },
  account_link: {
    ...{ id: 'uuid', channel: 'text', team: 'text', channel_user: 'text', user_name: 'text', team_name: 'text' },
    ...{ person: 'text', person_name: 'text', user_principal_name: 'text' },
    ...{ linked_at: 'timestamptz', news_at: 'timestamptz?', ended_at: 'timestamptz?' },
  },
  link_attempt: {
    ...{ id: 'uuid', channel: 'text', team: 'text', channel_user: 'text', user_name: 'text', team_name: 'text' },
    ...{ state: 'text', token_hash: 'text', state_hash: 'text?', sealed: 'bytea?' },
    ...{ person: 'text?', person_name: 'text?', user_principal_name: 'text?', number_hash: 'text?' },
    ...{ tries: 'integer', made_at: 'timestamptz', expires_at: 'timestamptz' },
  },
  link_bar: {
    ...{ bars: 'text', channel: 'text', team: 'text', channel_user: 'text', user_name: 'text', team_name: 'text' },
    ...{ person: 'text', person_name: 'text', user_principal_name: 'text', barred_at: 'timestamptz' },
  },
  access_request: {
    ...{ id: 'uuid', revision: 'integer', kind: 'text', state: 'text', asker: 'text', asker_name: 'text' },
    ...{ person: 'text', person_name: 'text', user_principal_name: 'text', role_id: 'text', rules: 'jsonb' },
    ...{ gift: 'jsonb', minutes: 'integer', why: 'text', stage: 'integer', stage_at: 'timestamptz' },
    ...{ approvers: 'jsonb', asked_at: 'timestamptz', decided_at: 'timestamptz?', decision: 'jsonb?' },
    ...{ starts_at: 'timestamptz?', remind_at: 'timestamptz?', reminders: 'integer', due_at: 'timestamptz?' },
    ...{ review: 'jsonb?', lease: 'uuid?', extends_lease: 'uuid?', changed_at: 'timestamptz' },
  },
  access_vote: {
    ...{ request: 'uuid', person: 'text', person_name: 'text', vote: 'text', stages: 'jsonb', minutes: 'integer?' },
    ...{ reason: 'text', channel: 'text', at: 'timestamptz' },
    ...{ signed_in_at: 'timestamptz?', authentication_context: 'text?' },
  },
  access_lease: {
    ...{ id: 'uuid', revision: 'integer', request: 'uuid', person: 'text', person_name: 'text' },
    ...{ user_principal_name: 'text', role_id: 'text', role_name: 'text', gift: 'jsonb', state: 'text' },
    ...{ minutes: 'integer', run: 'uuid', giving_at: 'timestamptz?', attempts: 'integer' },
    ...{ begins_at: 'timestamptz?', ends_at: 'timestamptz', closed_at: 'timestamptz?' },
    ...{ ended_at: 'timestamptz?', end_reason: 'text?', ended_by: 'text?', end_why: 'text?' },
    ...{ end_run: 'uuid?', left_over: 'jsonb?' },
    ...{ reminders: 'integer', due_at: 'timestamptz?', changed_at: 'timestamptz' },
  },
  access_item: {
    ...{ person: 'text', item: 'text', lease: 'uuid', given_at: 'timestamptz' },
    ...{ genesys_email: 'text?', genesys_user: 'text?' },
  },
  step_up: {
    ...{ id: 'uuid', request: 'uuid', person: 'text', person_name: 'text', channel: 'text', channel_user: 'text?' },
    ...{ minutes: 'integer?', reason: 'text', state: 'text', token_hash: 'text', state_hash: 'text?' },
    ...{ sealed: 'bytea?', clicked_at: 'timestamptz', browser_hash: 'text?', signed_in_at: 'timestamptz?' },
    ...{ authentication_context: 'text?', revision: 'integer?', made_at: 'timestamptz', expires_at: 'timestamptz' },
  },
};

test('the tables that the code knows are those that the migrations make, column by column', async () => {
  const { rows } = await sql<{ table: string; column: string; type: string; isNullable: string }>`
    select table_name as table, column_name as column, data_type as type, is_nullable as "isNullable"
    from information_schema.columns where table_schema = 'public' and table_name not like 'kysely%'`.execute(
    database.db,
  );

  const found: Record<string, Record<string, string>> = {};
  for (const { table, column, type, isNullable } of rows) {
    const name = type.replace('timestamp with time zone', 'timestamptz');
    (found[table] ??= {})[column] = name + (isNullable === 'YES' ? '?' : '');
  }
  expect(found).toEqual(columns);
});

test.each([
  [
    'run',
    sql`insert into run values (gen_random_uuid(), 'k', 1, '{}', '{}', 'lost', 0, 0, null, null, 'r', now(), now())`,
  ],
  ['place', sql`insert into place values ('teams', 'a:1', 'secret', null, '{}', now())`],
])('a state that %s does not know is refused', async (_, statement) => {
  await expect(statement.execute(database.db)).rejects.toMatchObject({ code: '23514' });
});

test('news of requests that wait for a chat are brought to each chat', async () => {
  await sql`
    insert into outbox (type, payload, at, delivered_at)
    values ('access-changed', '"waits"', now(), null), ('access-changed', '"told"', now(), now())`.execute(database.db);

  await migrations['0012-news-per-chat']?.up(database.db);

  const waiting = database.db.selectFrom('outbox').select(['type', 'payload']).where('delivered_at', 'is', null);
  expect(await waiting.orderBy('type').execute()).toEqual([
    { type: 'access-changed:slack', payload: 'waits' },
    { type: 'access-changed:teams', payload: 'waits' },
  ]);
});
