import { accessRequestView } from './access-request.view.js';
import { accessPhase } from './access-phase.js';
import { ANA_ID, approved, card, lease, OMAR_ID, request, vote } from './testing/access-fixtures.js';
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
  expect(view.elements).toContainEqual({ kind: 'list', heading: 'Votes', items: ['Omar Owner agreed for 1 hour'] });
});

test('an approval can be taken back until it starts', () => {
  const decided = { request: request(said, approved(said)) };

  expect(accessPhase(decided, NOW)).toBe('approved');
  expect(accessPhase(decided, new Date(NOW.getTime() + 10_000))).toBe('being-given');
});
