import {
  ADA,
  ANA,
  asks,
  DANA,
  GALE,
  MIA,
  OMAR,
  policyText,
  RequestStand,
  SIMON,
  actor,
  upn,
} from '../../../test/support/request-stand.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from '../platform/database.js';
import { readPolicy } from './read-policy.js';

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
  stand.standing = { hasAll: false, through: [] };
  await stand.hasChat(OMAR, DANA);
});

const refused = (code: string) => ({ facts: { code } });
const GUS = actor('Guest');
const claim = (reference: string) => ({ reference, verb: 'ask', revision: 0 });
const wish = { personId: ANA.personId, roleId: 'agent', minutes: 480, why: 'Night shift', kind: 'access' } as const;
/** @returns their object id. */
const newcomer = async (displayName: string, mailNickname: string): Promise<string> => {
  const { id } = (await stand.consoles.graph('POST', '/v1.0/users', {
    ...{ accountEnabled: true, displayName, mailNickname, userPrincipalName: upn(mailNickname) },
    passwordProfile: { password: 'A-long-one-2026!', forceChangePasswordNextSignIn: false },
  })) as { id: string };
  return id;
};
const nothingWasAsked = async (): Promise<void> => {
  expect(await database.db.selectFrom('access_request').select('id').execute()).toEqual([]);
  expect(await stand.effects()).toEqual([]);
};

test('a request is kept as it was asked, with whom is asked and the rules of that moment', async () => {
  const service = stand.service({ agent: { approval: [{ people: [upn('omar.owner')], quorum: 1 }] } });

  const request = await asks(service, { why: '  Covering the night shift  ' });
  stand.service({ agent: { approval: [{ people: [upn('dana.deputy')], quorum: 1 }] } });
  for (const { sweep } of service.sweeps) await sweep(stand.clock.now());

  expect(request).toMatchObject({
    ...{ state: 'open', kind: 'access', minutes: 480, why: 'Covering the night shift', revision: 0 },
    asker: { id: ANA.personId, name: 'Ana Agent' },
    person: { id: ANA.personId, userPrincipalName: upn('ana.agent') },
    approvers: [{ id: OMAR.personId, name: 'Omar Owner', stage: 0 }],
  });
  // T9: a later policy changes only later requests.
  const { outcome } = await service.vote(OMAR, { requestId: request.id, vote: 'approve', reason: '' });
  expect(outcome.kind).toBe('approved');
  await expect(asks(service, { by: MIA })).resolves.toMatchObject({ approvers: [{ name: 'Dana Deputy' }] });
});

test('what is asked is in the audit, and can be found by whoever asked and whom it is for', async () => {
  await asks(stand.service({ agent: {} }), { personId: SIMON.personId });

  expect((await stand.audited()).at(-1)).toMatchObject({
    ...{ kind: 'outcome', operation: 'ask-access', what: 'ask for agent for B.Simon for 8 hours' },
    ...{ concerns: [SIMON.personId, ANA.personId], reason: 'Covering the night shift' },
  });
});

describe('The same wish again', () => {
  test('delivered twice at once, and once later, is one request', async () => {
    const service = stand.service({ agent: {} });

    const twice = await Promise.all([service.ask(ANA, wish, claim('a')), service.ask(ANA, wish, claim('a'))]);
    const later = await service.ask(ANA, { ...wish, minutes: 60 }, claim('a'));

    expect(new Set([...twice, later].map(({ id }) => id)).size).toBe(1);
    expect(later.minutes).toBe(480);
  });

  test('by another click, or in another chat at the same moment, is the one that waits', async () => {
    const service = stand.service({ agent: {} });

    const both = await Promise.all([
      service.ask(ANA, wish, claim('b')),
      service.ask({ ...ANA, channel: 'slack' }, wish, claim('c')),
    ]);

    expect(new Set(both.map(({ id }) => id)).size).toBe(1);
    expect(await service.ask(ANA, wish, claim('d'))).toMatchObject({ id: both[0].id });
  });

  test('by somebody else is refused while it waits, and says who has asked', async () => {
    const service = stand.service({ agent: {} });
    await asks(service, { by: MIA, personId: ANA.personId });

    await expect(asks(service, { by: SIMON, personId: ANA.personId })).rejects.toMatchObject({
      facts: { code: 'asked-already', what: expect.stringContaining('Mia Mailmismatch') as string },
    });
  });

  test('with the claim of somebody else is another request', async () => {
    const service = stand.service({ agent: {} });
    const own = await service.ask(ANA, wish, claim('e'));

    const other = await service.ask(MIA, { ...wish, personId: MIA.personId }, claim('e'));

    expect(other.id).not.toBe(own.id);
  });
});

describe('Before anybody is bothered', () => {
  test.each([
    ['a role that there is not', { roleId: 'boss' }, 'no-such-role'],
    ['no time', { minutes: 0 }, 'too-long'],
    ['half a minute', { minutes: 0.5 }, 'too-long'],
    ['a time without end', { minutes: Infinity }, 'too-long'],
    ['longer than the policy allows', { minutes: 30 * 1_440 + 1 }, 'too-long'],
    ['no reason', { why: ' \n ' }, 'no-reason'],
    ['a reason that nobody reads', { why: 'x'.repeat(501) }, 'no-reason'],
    ['somebody who is not in the tenant', { personId: '99999999-0000-4000-8000-000000000001' }, 'person-gone'],
    ['a name instead of a person', { personId: upn('ana.agent') }, 'person-gone'],
    ['a guest', { personId: GUS.personId }, 'person-not-fit'],
  ])('%s is refused', async (_what, change, code) => {
    await expect(asks(stand.service({ agent: {} }), change)).rejects.toMatchObject(refused(code));

    await nothingWasAsked();
  });

  test.each([
    ['a guest', GUS, 'guest'],
    ['somebody of another tenant', { ...ANA, personId: '99999999-0000-4000-8000-000000000001' }, 'not-in-tenant'],
  ])('%s cannot ask, and it is recorded', async (_who, by, code) => {
    await expect(asks(stand.service({ agent: {} }), { by, personId: ANA.personId })).rejects.toMatchObject(
      refused(code),
    );

    expect((await stand.audited()).at(-1)).toMatchObject({ kind: 'refusal', rule: code });
    await nothingWasAsked();
  });

  test('whoever the policy does not let ask is refused, and it is recorded; a group lets its direct members ask', async () => {
    const service = stand.service({ agent: { mayAsk: { groups: ['Contact Centre'], people: [upn('ana.agent')] } } });

    await expect(asks(service, { by: GALE })).rejects.toMatchObject(refused('may-not-ask'));
    // Dana is in a group within it, which does not count.
    await expect(asks(service, { by: DANA })).rejects.toMatchObject(refused('may-not-ask'));
    expect((await stand.audited()).at(-1)).toMatchObject({ kind: 'refusal', rule: 'may-not-ask' });
    await expect(asks(service, { by: MIA })).resolves.toMatchObject({ state: 'open' });
    await expect(asks(service)).resolves.toMatchObject({ state: 'open' });
  });

  test('who has it by Latchkey is told until when, and where to extend it', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);
    const { request } = await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' });
    await stand.leases.begins(request.leaseId ?? '');

    await expect(asks(service)).rejects.toMatchObject({
      facts: {
        ...{ code: 'has-lease', remedy: expect.stringContaining('ask for more time') as string },
        what: 'Ana Agent has agent already, until Tue 24 Nov 2026, 18:00 (Europe/Berlin).',
      },
    });
  });

  test('who has it without Latchkey is told through what', async () => {
    stand.standing = { hasAll: true, through: ['the group Contact Centre'] };

    await expect(asks(stand.service({ agent: {} }))).rejects.toMatchObject({
      facts: { code: 'has-already', why: 'It comes through the group Contact Centre.' },
    });
    await nothingWasAsked();
  });
});

describe('Nobody is left who could decide (T7)', () => {
  test('where no approver has a chat with Latchkey, and who is said', async () => {
    await stand.forgets();

    await expect(asks(stand.service({ agent: {} }))).rejects.toMatchObject({
      facts: {
        code: 'nobody-decides',
        why: 'Omar Owner has no chat with Latchkey. Dana Deputy has no chat with Latchkey.',
      },
    });
    await nothingWasAsked();
  });

  test('a linked account in Slack is a place to ask, and so is the channel of the administrators', async () => {
    await stand.forgets();
    const parts = stand.parts({ agent: {} });
    const inChannel = stand.serviceOf({ ...parts, chats: { ...parts.chats, hasAdminChannel: true } });

    const asked = await asks(inChannel);

    expect(await inChannel.isForAdmins(asked.id)).toBe(true);
    // Omar counts as asked because he can read it there.
    await stand.hasChat(DANA);
    expect(await inChannel.isForAdmins(asked.id)).toBe(true);
    await stand.hasChat(OMAR);
    expect(await inChannel.isForAdmins(asked.id)).toBe(false);
    await database.db.deleteFrom('place').execute();
    await inChannel.cancel(ANA, asked.id);
    await database.db
      .insertInto('account_link')
      .values({
        ...{ id: '0e000000-0000-4000-8000-000000000001', channel: 'slack', team: 'T1', channel_user: 'U1' },
        ...{ user_name: 'omar', team_name: 'Contoso', person: OMAR.personId, person_name: 'Omar Owner' },
        ...{ user_principal_name: upn('omar.owner'), linked_at: stand.clock.now(), news_at: null },
      })
      .execute();
    await expect(asks(stand.service({ agent: {} }))).resolves.toMatchObject({ state: 'open' });
    await database.db.deleteFrom('account_link').execute();
  });

  test.each([
    ['who are not enabled', [{ people: [upn('omar.owner')] }], 'Omar Owner is disabled in Entra.'],
    ['whom there is not', [{ people: [upn('nobody')] }], `Nobody is called ${upn('nobody')} in Entra.`],
    ['who are guests', [{ people: ['gus_fabrikam.example#EXT#@contoso.example'] }], 'Guest Gus is a guest in Entra.'],
    ['of a group that there is not', [{ groups: ['Nobody'] }], 'There is no group “Nobody” in Entra.'],
    [
      'of a group without members',
      [{ groups: ['Genesys Agents'] }],
      'The group “Genesys Agents” has no members who count.',
    ],
    [
      'of a group that is no security group',
      [{ groups: ['Contact Centre News'] }],
      'The group “Contact Centre News” is no security group.',
    ],
    ['too few for the quorum', [{ groups: ['Night Shift'], quorum: 2 }], 'without whoever asks'],
    ['a manager that there is not', [{ manager: true }], 'Mia Mailmismatch has no manager in Entra.'],
  ])('approvers %s', async (_who, approval, why) => {
    await stand.changes(OMAR, { accountEnabled: false });
    try {
      await expect(asks(stand.service({ agent: { approval } }), { by: MIA })).rejects.toMatchObject({
        facts: { code: 'nobody-decides', why: expect.stringContaining(why) as string },
      });
    } finally {
      await stand.changes(OMAR, { accountEnabled: true });
    }
    await nothingWasAsked();
  });

  test('where two groups have the name that the policy says, neither counts, nor at the click (G6)', async () => {
    const approval = [{ groups: ['Contact Centre Leads'] }];
    const parts = stand.parts({ agent: { approval } });
    const before = await asks(stand.serviceOf(parts));
    const findGroupsNamed: typeof parts.entra.findGroupsNamed = async (name) => {
      const found = await parts.entra.findGroupsNamed(name);
      return [...found, ...found.map((group) => ({ ...group, id: '9a0e1ec7-0000-4000-8000-00000000beef' }))];
    };
    const service = stand.serviceOf({ ...parts, entra: { ...parts.entra, findGroupsNamed } });

    await expect(asks(service, { by: MIA })).rejects.toMatchObject({
      facts: { code: 'nobody-decides', why: expect.stringContaining('Several groups') as string },
    });
    await expect(service.vote(DANA, { requestId: before.id, vote: 'approve', reason: '' })).rejects.toMatchObject(
      refused('no-approver-of-it'),
    );
  });

  test('a stage that cannot decide is passed over, and all of them are asked', async () => {
    const approval = [
      { people: [upn('nobody'), upn('omar.owner')], quorum: 2, escalateAfter: '1 hour' },
      { people: [upn('dana.deputy')] },
    ];

    const request = await asks(stand.service({ agent: { approval } }));

    expect(request).toMatchObject({ stage: 1 });
    expect(request.approvers.map(({ name, stage }) => [name, stage])).toEqual([
      ['Omar Owner', 0],
      ['Dana Deputy', 1],
    ]);
  });
});

describe('Approvers', () => {
  test('are people, direct members of groups and the manager of whom it is for; each is asked once', async () => {
    const approval = [{ people: [upn('OMAR.OWNER')], groups: ['Contact Centre Leads'], manager: true, quorum: 1 }];

    const { approvers } = await asks(stand.service({ agent: { approval } }));

    expect(approvers.map(({ name }) => name)).toEqual(['Omar Owner', 'Dana Deputy']);
  });

  test('of a group of very many are fifty, those first who can be sent a message', async () => {
    const parts = stand.parts({ agent: { approval: [{ groups: ['Contact Centre Leads'] }] } });
    const many = Array.from({ length: 60 }, (_, at) => ({
      ...{ kind: 'person' as const, id: `9f000000-0000-4000-8000-0000000000${String(at + 10)}` },
      ...{ name: `Person ${String(at)}`, isEnabled: true, isGuest: false },
    }));
    const listMembers: typeof parts.entra.listMembers = async (id) => [...many, ...(await parts.entra.listMembers(id))];

    const { approvers } = await asks(stand.serviceOf({ ...parts, entra: { ...parts.entra, listMembers } }));

    expect(approvers).toHaveLength(50);
    expect(approvers.map(({ name }) => name)).toContain('Omar Owner');
  });

  test('who manage whom it is for decide, and who manage the asker do not', async () => {
    const service = stand.service({ agent: { approval: [{ manager: true }] } });
    const { id } = await asks(service, { by: MIA, personId: SIMON.personId });

    await expect(service.vote(DANA, { requestId: id, vote: 'approve', reason: '' })).rejects.toMatchObject(
      refused('no-approver-of-it'),
    );
    const { outcome } = await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' });
    expect(outcome.kind).toBe('approved');
  });

  test('of a group are its members at the click, by id of the group as well', async () => {
    const approval = [{ groups: ['9a0e1ec7-0000-4000-8000-000000000005'] }];
    const service = stand.service({ agent: { approval } });
    const { id, approvers } = await asks(service);

    await expect(service.vote(ADA, { requestId: id, vote: 'approve', reason: '' })).rejects.toMatchObject(
      refused('no-approver-of-it'),
    );
    const { outcome } = await service.vote(DANA, { requestId: id, vote: 'approve', reason: '' });

    expect(approvers.map(({ name }) => name)).toEqual(['Omar Owner', 'Dana Deputy']);
    expect(outcome.kind).toBe('approved');
  });
});

describe('By rule', () => {
  const AUTO = { agent: { autoApprove: { people: [upn('ana.agent')], atMost: '2 hours' } } };
  const GLASS = { agent: { breakGlass: { people: [upn('ana.agent')], atMost: '1 hour' } } };

  test('whom the policy approves by itself needs nobody, for themselves and for no longer than it says', async () => {
    const service = stand.service(AUTO);

    const request = await asks(service, { minutes: 120 });

    expect(request).toMatchObject({
      ...{ state: 'approved', approvers: [], startsAt: stand.clock.now() },
      decision: { kind: 'approved', rule: 'auto-approve', minutes: 120 },
    });
    expect(await stand.effects()).toEqual([request.leaseId]);
    await expect(service.vote(OMAR, { requestId: request.id, vote: 'deny', reason: 'no' })).resolves.toMatchObject({
      outcome: { kind: 'late' },
    });
  });

  test.each([
    ['longer', { minutes: 121 }],
    ['for somebody else', { minutes: 60, personId: SIMON.personId }],
    ['by somebody else', { minutes: 60, by: MIA }],
  ])('asked for %s, approvers are asked', async (_what, change) => {
    expect(await asks(stand.service(AUTO), change)).toMatchObject({ state: 'open' });
    expect(await stand.effects()).toEqual([]);
  });

  test('break-glass gives at once, asks the approvers to review it within a day, and twice at once gives once', async () => {
    const service = stand.service(GLASS);

    const [request, again] = await Promise.all([
      asks(service, { kind: 'break-glass', minutes: 60 }),
      asks(service, { kind: 'break-glass', minutes: 60 }),
    ]);

    expect(again.id).toBe(request.id);
    expect(request).toMatchObject({
      ...{ state: 'approved', decision: { rule: 'break-glass' } },
      review: { by: new Date(stand.clock.now().getTime() + 86_400_000) },
    });
    expect(request.approvers.map(({ name }) => name)).toEqual(['Omar Owner', 'Dana Deputy']);
    expect(await stand.effects()).toHaveLength(1);
    expect((await service.workOf(DANA.personId)).waitingForMe.map((card) => card.can)).toEqual([['review']]);
  });

  test.each([['longer than it allows', { minutes: 61 }, 'too-long']])(
    'break-glass %s is refused',
    async (_what, change, code) => {
      await expect(asks(stand.service(GLASS), { kind: 'break-glass', ...change })).rejects.toMatchObject(refused(code));
      await nothingWasAsked();
    },
  );

  test.each([
    ['for somebody else', GLASS, { personId: SIMON.personId }],
    ['by whom it does not name', GLASS, { by: MIA }],
    ['where the policy has none', { agent: {} }, {}],
  ])('break-glass %s is refused, and it is recorded', async (_what, rules, change) => {
    const wish = { kind: 'break-glass', minutes: 60, ...change } as const;

    await expect(asks(stand.service(rules), wish)).rejects.toMatchObject(refused('no-break-glass'));

    expect((await stand.audited()).at(-1)).toMatchObject({ kind: 'refusal', rule: 'no-break-glass' });
    await nothingWasAsked();
  });

  test('break-glass asks every stage where the first one cannot decide, and each of them reviews', async () => {
    const approval = [{ people: [upn('nobody')], escalateAfter: '1 hour' }, { people: [upn('dana.deputy')] }];
    const service = stand.service({ agent: { ...GLASS.agent, approval } });
    const { id } = await asks(service, { kind: 'break-glass', minutes: 60 });

    await expect(service.review(DANA, { requestId: id, verdict: 'right', reason: '' })).resolves.toMatchObject({
      review: { verdict: 'right' },
    });
  });

  test('break-glass works where no approver can be reached', async () => {
    await stand.forgets();

    expect(await asks(stand.service(GLASS), { kind: 'break-glass', minutes: 60 })).toMatchObject({ state: 'approved' });
  });
});

describe('What is offered', () => {
  const ROLES = {
    agent: { breakGlass: { people: [upn('ana.agent')], atMost: '1 hour' } },
    lead: { mayAsk: { groups: ['Contact Centre'] } },
  };

  test('is every role, with what it gives and why one cannot be asked for', async () => {
    const offers = await stand.service(ROLES).offers(ANA);

    expect(offers).toMatchObject([
      {
        ...{ roleId: 'agent', usualMinutes: 480, mostMinutes: 43_200, canBreakGlass: true, breakGlassMinutes: 60 },
        gives: 'the role User in Entra; Agent in Home in Genesys Cloud',
      },
      { roleId: 'lead', canBreakGlass: false, problem: 'The access policy does not let you ask for it.' },
    ]);
    expect(offers[0]?.problem).toBeUndefined();
  });

  test('to a guest is nothing', async () => {
    await expect(stand.service(ROLES).offers(GUS)).rejects.toMatchObject(refused('guest'));
  });

  test('people can be looked for by every member, and by no guest', async () => {
    const service = stand.service(ROLES);

    expect(await service.lookFor(ANA, 'b.simon')).toMatchObject({ kind: 'one', person: { id: SIMON.personId } });
    expect(await service.suggest(ANA, 'sim')).toMatchObject([{ id: SIMON.personId }]);
    expect(await service.suggest(ANA, 's')).toEqual([]);
    expect(await service.suggest(GUS, 'sim')).toEqual([]);
    await expect(service.lookFor(GUS, 'b.simon')).rejects.toMatchObject(refused('guest'));
  });

  test('whoever has a bare name for their user name hides nobody who is called so', async () => {
    const service = stand.service(ROLES);
    const [kim, kimberly] = [await newcomer('Kim Park', 'kim.park'), await newcomer('Kimberly Novak', 'kim')];

    const found = await service.lookFor(ANA, 'kim');
    expect(found.kind === 'several' && found.people.map(({ id }) => id).sort()).toEqual([kim, kimberly].sort());
    expect(await service.lookFor(ANA, upn('kim'))).toMatchObject({ kind: 'one', person: { id: kimberly } });
  });
});

describe('More of what somebody has', () => {
  const more = { minutes: 60, why: 'The shift goes on' };

  async function granted(rules = {}): Promise<{ service: ReturnType<RequestStand['service']>; leaseId: string }> {
    const service = stand.service({ agent: rules });
    const { id } = await asks(service);
    const { request } = await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' });
    const leaseId = request.leaseId ?? '';
    await stand.leases.begins(leaseId);
    return { service, leaseId };
  }

  test('is decided like every request, once at a time', async () => {
    const { service, leaseId } = await granted();

    const asked = await service.extend(ANA, { leaseId, ...more }, claim('x'));
    const again = await service.extend(ANA, { leaseId, ...more }, claim('y'));

    expect(asked).toMatchObject({ kind: 'extension', state: 'open', extendsLeaseId: leaseId, minutes: 60 });
    expect(again.id).toBe(asked.id);
    await service.vote(DANA, { requestId: asked.id, vote: 'approve', reason: '' });
    expect(await stand.effects()).toHaveLength(2);
  });

  test.each([
    ['somebody else', MIA],
    ['an approver', OMAR],
  ])('cannot be asked for by %s', async (_who, by) => {
    const { service, leaseId } = await granted();

    await expect(service.extend(by, { leaseId, ...more }, claim('z'))).rejects.toMatchObject(
      refused('not-your-request'),
    );
    expect((await stand.audited()).at(-1)).toMatchObject({
      ...{ kind: 'refusal', rule: 'not-your-request', actor: { name: by.name } },
    });
  });

  test('is approved by no rule: what needs nobody for some hours would go on for ever', async () => {
    const { service, leaseId } = await granted({ autoApprove: { people: [upn('ana.agent')], atMost: '1 hour' } });

    const asked = await service.extend(ANA, { leaseId, ...more }, claim('auto'));

    expect(asked).toMatchObject({ kind: 'extension', state: 'open' });
    expect(await stand.effects()).toHaveLength(1);
  });

  test('cannot be asked for where the role gives something else since', async () => {
    const { leaseId } = await granted();
    const parts = stand.parts({ agent: {} });
    const resolve: typeof parts.gifts.resolve = async (gives) => {
      const gift = await parts.gifts.resolve(gives);
      return { ...gift, genesys: { ...gift.genesys, divisionId: 'away' } };
    };
    const service = stand.serviceOf({ ...parts, gifts: { ...parts.gifts, resolve } });

    await expect(service.extend(ANA, { leaseId, ...more }, claim('g'))).rejects.toMatchObject(refused('gift-changed'));
  });

  describe('that somebody ends meanwhile', () => {
    async function asksAndEnds(reason: 'revoked' | 'given-back' | 'off-boarded') {
      const { service, leaseId } = await granted();
      const { id } = await service.extend(ANA, { leaseId, ...more }, claim(reason));
      await database.transaction((trx) => stand.leases.end(trx, leaseId, { reason, by: OMAR }));
      return { service, id };
    }
    const over = { state: 'expired', decision: { kind: 'expired', rule: 'access-ended' } };

    test.each(['revoked', 'given-back', 'off-boarded'] as const)(
      'is not given afresh by a later vote (%s)',
      async (reason) => {
        const { service, id } = await asksAndEnds(reason);

        const { request, outcome } = await service.vote(DANA, { requestId: id, vote: 'approve', reason: '' });

        expect(outcome).toEqual({ kind: 'late' });
        expect(request).toMatchObject(over);
        expect(await stand.effects()).toHaveLength(1);
      },
    );

    test('is not given by a vote that comes at the same moment', async () => {
      const { leaseId } = await granted();
      const parts = stand.parts({ agent: {} });
      const { id } = await stand.serviceOf(parts).extend(ANA, { leaseId, ...more }, claim('race'));
      let isFirst = true;
      const late = stand.serviceOf({
        ...parts,
        database: {
          ...database,
          transaction: async (work) => {
            const end = { reason: 'revoked', by: OMAR } as const;
            if (isFirst) await database.transaction((trx) => stand.leases.end(trx, leaseId, end));
            isFirst = false;
            return database.transaction(work);
          },
        },
      });

      const { outcome } = await late.vote(DANA, { requestId: id, vote: 'approve', reason: '' });

      expect(outcome).toEqual({ kind: 'late' });
      expect(await stand.effects()).toHaveLength(1);
    });

    test('ends by itself, and is told', async () => {
      const { service, id } = await asksAndEnds('revoked');

      for (const { sweep } of service.sweeps) await sweep(stand.clock.now());

      expect((await service.find(id, ANA.personId))?.request).toMatchObject(over);
      expect((await stand.audited()).at(-1)).toMatchObject({ operation: 'end-extension', request: id });
    });
  });

  test('cannot be asked for before it works, after it has ended, or when it goes on already', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);
    const { request } = await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' });
    const leaseId = request.leaseId ?? '';
    const extend = (reference: string) => service.extend(ANA, { leaseId, ...more }, claim(reference));

    await expect(extend('p')).rejects.toMatchObject(refused('not-extendable'));
    await stand.leases.begins(leaseId);
    const { id: extension } = await extend('q');
    await service.vote(OMAR, { requestId: extension, vote: 'approve', reason: '' });
    const longer = (await service.find(extension, ANA.personId))?.lease;
    await database.db
      .updateTable('access_lease')
      .set({
        state: 'active',
        begins_at: stand.clock.now(),
        ends_at: new Date(stand.clock.now().getTime() + 9 * 3_600_000),
      })
      .where('id', '=', longer?.id ?? '')
      .execute();
    await expect(extend('r')).rejects.toMatchObject(refused('not-extendable'));
    stand.clock.advance(480);
    await expect(extend('s')).rejects.toMatchObject(refused('not-extendable'));
  });
});

test('the policies of these tests are policies', () => {
  expect(readPolicy(policyText({ agent: {} })).findings).toEqual([]);
});
