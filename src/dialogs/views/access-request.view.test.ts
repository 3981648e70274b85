import { accessRequestView } from './access-request.view.js';
import { accessPhase } from './access-phase.js';
import { accessToldView } from './access-told.view.js';
import {
  ANA_ID,
  approved,
  card,
  DANA_ID,
  forSimon,
  inMinutes,
  lease,
  OMAR_ID,
  request,
  vote,
} from './testing/access-fixtures.js';
import { LINKS, NOW } from './testing/fixtures.js';
import type { View } from './view.js';

const said = (text: string): string => text;
const asAna = { readerId: ANA_ID, now: NOW };
const asOmar = { readerId: OMAR_ID, now: NOW };

const factsOf = ({ elements }: View): Record<string, string> =>
  Object.fromEntries(
    elements.flatMap((one) => (one.kind === 'facts' ? one.facts.map(({ label, value }) => [label, value]) : [])),
  );
const lineOf = ({ elements: [first] }: View): string => (first?.kind === 'text' ? first.text : '');

test('an approver reads the five answers without a click: who, for whom, what, until when, why, and why they', () => {
  const view = accessRequestView(card(request(said), {}, 'approve', 'approve-less', 'deny'), asOmar);

  expect(view.title).toBe('Ana Agent asks for Agent');
  expect(factsOf(view)).toEqual({
    'Who asks': 'Ana Agent',
    'For whom': 'themselves (ana.agent@contoso.example)',
    What: 'Agent: the role User in Entra; Agent in Home in Genesys Cloud',
    'Until when': '8 hours, from when the access works',
    Why: 'Covering the night shift',
    'Why you': 'You are an approver of Agent',
    'Also asked': 'Dana Deputy',
  });
  expect(view.actions.map(({ label }) => label)).toEqual([
    'Approve Ana Agent',
    'Approve Ana Agent for less …',
    'Deny Ana Agent …',
  ]);
});

test('while Entra has not taken it, nobody is told that there are no new sign-ins', () => {
  const granted = request(said, { ...approved(said), state: 'granted' });
  const ending = lease(said, { state: 'ending' });

  const before = accessRequestView(card(granted, { lease: ending }), asOmar);
  const after = accessRequestView(card(granted, { lease: { ...ending, closedAt: NOW } }), asOmar);

  expect(lineOf(before)).toBe('The access is being taken away. Until that is done, new sign-ins may still work.');
  expect(lineOf(after)).toBe('The access has ended: no new sign-ins. Open sessions are being ended.');
});

test('the buttons are those that the verdict allows, and no others', () => {
  expect(accessRequestView(card(request(said)), asOmar).actions).toEqual([]);
  expect(accessRequestView(card(request(said), {}, 'cancel'), asAna).actions).toMatchObject([
    { verb: 'access-cancel', reference: request(said).id, revision: 3 },
  ]);
});

test('“has access” is said only when it has been read back, with its end in the policy’s zone and the links', () => {
  const signIn = { links: LINKS, tileMode: 'signs-straight-in' };
  const given = accessRequestView(card(request(said, approved(said))), {
    ...asAna,
    now: new Date(NOW.getTime() + 11_000),
  });
  const works = accessRequestView(card(request(said, approved(said, { state: 'granted' })), { lease: lease(said) }), {
    ...asAna,
    signIn,
  });

  expect(lineOf(given)).toBe('Approved by Omar Owner. The access is being given.');
  expect(given.actions).toEqual([]);
  expect(lineOf(works)).toBe('You have access until Tue 24 Nov 2026, 19:47 (Europe/Berlin). Approved by Omar Owner.');
  expect(works.actions.map(({ kind }) => kind)).toEqual(['link', 'link']);
});

test('nobody else gets the links', () => {
  const signIn = { links: LINKS, tileMode: 'signs-straight-in' };
  const works = card(request(said, approved(said, { state: 'granted' })), { lease: lease(said) });

  expect(accessRequestView(works, { ...asOmar, signIn }).actions).toEqual([]);
  expect(accessRequestView(works, { now: NOW, signIn }).actions).toEqual([]);
});

test('a quorum shows how many have agreed, and who', () => {
  const view = accessRequestView(card(request(said, {}, 2), { votes: [vote(said, { minutes: 60 })] }), asAna);

  expect(lineOf(view)).toBe('Waits for a decision: 1 of 2 have agreed.');
  expect(view.elements).toContainEqual({ kind: 'list', heading: 'Votes', items: ['Omar Owner approved for 1 hour'] });
});

test('an approval can be taken back until it starts', () => {
  const decided = { request: request(said, approved(said)) };

  expect(accessPhase(decided, NOW)).toBe('approved');
  expect(accessPhase(decided, new Date(NOW.getTime() + 10_000))).toBe('being-given');
});

const textsOf = ({ elements }: View): string =>
  elements.flatMap((one) => (one.kind === 'notice' || one.kind === 'text' ? [one.text] : [])).join('\n');

test('more time is called more time wherever it is asked, and its denial says that the access stays', () => {
  const more = { kind: 'extension' } as const;
  const denied = { state: 'denied', decision: { kind: 'denied', by: { id: OMAR_ID, name: 'Omar Owner' } } } as const;
  const titleFor = (readerId: string, who = {}): string =>
    accessRequestView(card(request(said, { ...more, ...who })), { ...asAna, readerId }).title;
  const forHim = forSimon(said);

  expect(titleFor(ANA_ID)).toBe('More time for you as Agent');
  expect(titleFor(ANA_ID, forHim)).toBe('Your request: more time as Agent for B.Simon');
  expect(titleFor(forHim.person.id, forHim)).toBe('Ana Agent asks for more time for you as Agent');
  expect(titleFor(OMAR_ID, forHim)).toBe('Ana Agent asks for more time as Agent for B.Simon');
  const told = accessToldView('denied', card(request(said, { ...more, ...denied })), asAna);
  expect(told.title).toBe('Denied: more time as Agent');
  expect(textsOf(told)).toContain('Agent stays until the end that it has.');
  expect(textsOf(accessToldView('denied', card(request(said, denied)), asAna))).toContain('say “request”');
});

test.each([
  ['right', 'good'],
  ['not-right', 'warning'],
  [undefined, 'warning'],
] as const)('access by a break-glass found %s is shown as %s', (verdict, tone) => {
  const review = { by: inMinutes(60), ...(verdict ? { verdict } : {}) };
  const taken = request(said, { ...approved(said, { state: 'granted' }), kind: 'break-glass', review });

  expect(accessRequestView(card(taken, { lease: lease(said) }), asOmar).tone).toBe(tone);
});

test.each([
  ['revoked', 'Tue 24 Nov 2026, 12:47 (Europe/Berlin), given for 8 hours'],
  ['called-off', '8 hours; nothing was given'],
] as const)('of access that was %s nobody reads that it lasted for the whole time', (endReason, until) => {
  const ended = lease(said, { state: 'ended', endedAt: inMinutes(60), endReason });
  const view = accessRequestView(card(request(said, approved(said, { state: 'ended' })), { lease: ended }), asOmar);

  expect(factsOf(view)['Until when']).toBe(until);
});

test('a break-glass that ended as nobody reviewed it was revoked by nobody; its taker reads “you”', () => {
  const review = { by: NOW, lapsedAt: NOW };
  const taken = request(said, { ...approved(said, { state: 'ended' }), kind: 'break-glass', review });
  const over = lease(said, { state: 'ended', endReason: 'revoked', endedBy: 'Latchkey', endedAt: inMinutes(60) });
  const view = accessRequestView(card(taken, { lease: over }), asAna);

  expect(view.title).toBe('Break-glass: you take Agent');
  expect(lineOf(view)).toMatch(/: nobody said in time whether the break-glass was right\.$/);
  expect(accessRequestView(card(taken), { ...asAna, readerId: DANA_ID }).title).toBe(
    'Break-glass: Ana Agent takes Agent',
  );
});

test('what could not be given names who can retry, and until when what was given in part stays', () => {
  const failed = request(said, approved(said, { state: 'failed' }));
  const view = accessRequestView(card(failed, { lease: lease(said, { state: 'failed' }) }), asAna);

  expect(textsOf(view)).toContain('Omar Owner and the channel of the administrators');
  expect(textsOf(view)).toContain(
    'until Tue 24 Nov 2026, 19:47 (Europe/Berlin). What was given in part is taken away then.',
  );
});

test('what is left is said with where it comes from', () => {
  const over = request(said, approved(said, { state: 'ended' }));
  const left = lease(said, { state: 'ended', endReason: 'time', leftOver: ['the group Agents'] });

  expect(textsOf(accessRequestView(card(over, { lease: left }), asAna))).toContain(
    'Ana Agent still has access through the group Agents. Latchkey takes only what it gave.',
  );
});

test('whoever had it reads why it was revoked', () => {
  const over = request(said, approved(said, { state: 'ended' }));
  const revoked = lease(said, {
    state: 'ended',
    endReason: 'revoked',
    endedBy: 'Omar Owner',
    endWhy: 'He has moved on',
  });

  expect(factsOf(accessRequestView(card(over, { lease: revoked }), asAna))).toMatchObject({
    'Why it ended': 'He has moved on',
  });
});

test.each([
  [30, false],
  [3 * 1_440, true],
])('that an unreviewed break-glass of %i minutes ends with its review is said: %s', (minutes, isSaid) => {
  const review = { by: inMinutes(1_440) };
  const taken = request(said, { ...approved(said, { state: 'granted' }), kind: 'break-glass', review });
  const view = accessRequestView(card(taken, { lease: lease(said, { endsAt: inMinutes(minutes) }) }), asAna);

  expect(textsOf(view)).toContain('You named the reason below.');
  expect(textsOf(view).includes('Unreviewed, the access ends then.')).toBe(isSaid);
});

test('a name that is cut on a button that asks for more has one dot-dot-dot', () => {
  const person = { ...request(said).person, name: 'Maximiliane Wilhelmina von Hohenstaufen-Schwarzenberg' };
  const view = accessRequestView(card(request(said, { person }), {}, 'deny', 'approve-less'), asOmar);

  expect(view.actions.map(({ label }) => label)).toEqual([
    ...['Deny Maximiliane Wilhelmina von…', 'Approve Maximiliane Wilhelmina von… for less …'],
  ]);
});

test('what somebody is told in a message of its own names the role', () => {
  const granted = card(request(said, approved(said, { state: 'granted' })), { lease: lease(said) });

  expect(accessToldView('granted', granted, asAna).title).toBe('You have access: Agent');
  expect(accessToldView('ended', granted, asAna).title).toBe('Your access ended: Agent');
});
