import fc from 'fast-check';
import type { AccessOffer, EntraPerson } from '../../services/index.js';
import { readAskedAccess } from './request-access.form.js';
import { peopleCarried, readRequestWords } from './request-words.js';
import { filledBySaid, isNamedBy, roleComplaint, whoFound, whoUnclear } from './said-request.js';

const NOW = new Date('2026-11-24T10:00:00Z');
const lasts = { usualMinutes: 480, mostMinutes: 43_200, canBreakGlass: false };
const OFFERS: readonly AccessOffer[] = [
  { roleId: 'agent', name: 'Agent', gives: 'the role User in Entra', ...lasts },
  { roleId: 'lead', name: 'Lead', gives: 'the role Lead in Entra', ...lasts, mostMinutes: 240 },
  { roleId: 'boss', name: 'Boss', gives: 'x', ...lasts, problem: 'The access policy does not let you ask for it.' },
];

const filled = (sentence: string) =>
  filledBySaid(readRequestWords(`request ${sentence}`, OFFERS), {
    ...{ offers: OFFERS, now: NOW, timeZone: 'Europe/Berlin' },
  });

const ana: EntraPerson = {
  ...{ id: '00000000-0000-4000-8000-000000000001', name: 'Ana Agent', mail: 'ana@mail.example' },
  ...{ userPrincipalName: 'ana.agent@contoso.example', isEnabled: true, isGuest: false },
};
const other: EntraPerson = {
  ...ana,
  id: '00000000-0000-4000-8000-000000000002',
  userPrincipalName: 'ana2@contoso.example',
};
const called = (words: string) => ({ words, isBareMention: false, isAlsoRole: false });

test('what is clear is filled in, and nothing is complained about', () => {
  expect(filled('agent for two weeks because of the night shift')).toEqual({
    ...{ typed: { role: 'agent', minutes: '20160', why: 'because of the night shift' }, complaints: {} },
  });
});

test('a length that is none of the choices is said in words', () => {
  expect(filled('agent for 5 hours').typed).toEqual({ role: 'agent', until: '5 hours' });
});

test.each([
  ['pope', { role: 'No role here is called “pope”. Choose one of these.' }],
  ['boss', { role: 'Boss: The access policy does not let you ask for it.' }],
  ['agent as lead', { role: 'That may mean Agent or Lead. Choose one of these.' }],
  ['agent for 1 day until friday', { until: 'You said more than one time: 1 day or friday. Say one.' }],
  ['agent until whenever', { until: expect.stringContaining('“whenever” is no time to come.') as string }],
  ['lead for 2 days', { minutes: 'Lead is given for at most 4 hours.' }],
  [`agent because ${'x'.repeat(501)}`, { why: expect.stringContaining('500 characters') as string }],
])('“request %s” says what is open', (sentence, complaints) => {
  expect(filled(sentence).complaints).toEqual(complaints);
});

test.each(['agent until whenever', 'agent for 1 day until friday'])(
  'what is said as a time and is none stays there, so that “%s” is not sent as usual',
  (sentence) => {
    const { typed } = filled(sentence);
    const read = readAskedAccess({ ...typed, why: 'x' }, { offers: OFFERS, now: NOW, timeZone: 'Europe/Berlin' });

    expect(read).toMatchObject({ complaints: { until: expect.stringContaining('no time to come') as string } });
  },
);

test('a role that is not clear stays in its words, which are none of the choices', () => {
  expect(filled('pope for 1 day').typed).toEqual({ role: 'pope', minutes: '1440' });
});

test.each(['pope', 'boss', 'agent as lead'])('of “%s”, carried by a button, the same is said again', (sentence) => {
  const { typed, complaints } = filled(sentence);

  expect(complaints['role']).toBeDefined();
  expect(roleComplaint(typed['role'], OFFERS.slice(0, 2))['role']).toBeDefined();
  expect(roleComplaint(typed['role'], OFFERS)).toEqual(complaints);
});

test('a role that was chosen is not complained about', () => {
  expect(roleComplaint('agent', OFFERS)).toEqual({});
  expect(roleComplaint(undefined, OFFERS)).toEqual({});
});

test('whom a sentence leaves open is carried by a button whole, or as much of it as has room', () => {
  const [one, two] = [called('ana'), called('omar')];

  expect(peopleCarried(whoUnclear([one, two]).words ?? '', OFFERS)).toEqual([one, two]);
  expect(peopleCarried(whoFound(called('lead'), { kind: 'none' }).words ?? '', OFFERS)).toMatchObject([
    { words: 'lead', isAlsoRole: true },
  ]);
  expect(whoFound(called('x'.repeat(900)), { kind: 'none' }).words).toHaveLength(100);
});

test.each(['ana', 'Ana Agent', 'agent', 'ANA.AGENT', 'ana.agent@contoso.example', 'ana@mail.example', ana.id])(
  '“%s” names Ana Agent, and she is filled in',
  (words) => {
    expect(whoFound(called(words), { kind: 'one', person: ana })).toMatchObject({ personId: ana.id, isOptional: true });
  },
);

test.each(['an', 'ana b', '\u0430na', 'ana.agent@elsewhere.example', ''])(
  '“%s” found her and does not name her: it is asked',
  (words) => {
    const asked = whoFound(called(words), { kind: 'one', person: ana });

    expect(asked).toMatchObject({
      isOptional: false,
      complaint: expect.stringContaining('may mean this person') as string,
    });
    expect(asked.personId).toBeUndefined();
  },
);

test('of two who are called so, nobody is chosen and both are offered with what tells them apart', () => {
  const asked = whoFound(called('ana'), { kind: 'several', people: [ana, other] });

  expect(asked).toMatchObject({ isOptional: false, input: { kind: 'choice' } });
  expect(asked.personId).toBeUndefined();
  expect(asked.input.kind === 'choice' && asked.input.choices.map(({ title }) => title)).toEqual([
    expect.stringContaining('ana.agent@contoso.example'),
    expect.stringContaining('ana2@contoso.example'),
  ]);
});

test('a bare user name wins over nobody whose name it is, and of all others only one who is called so', () => {
  const named = (name: string, upn: string): EntraPerson => ({ ...ana, id: upn, name, userPrincipalName: upn });
  const anatol = named('Anatol Novak', 'ana@contoso.example');
  const anabel = named('Anabel Wood', 'anabel@contoso.example');

  const asked = whoFound(called('ana'), { kind: 'several', people: [anatol, ana] });
  expect(asked).toMatchObject({ isOptional: false, complaint: expect.stringContaining('may mean one of') as string });
  expect(asked.personId).toBeUndefined();

  expect(whoFound(called('ana'), { kind: 'several', people: [anabel, ana] }).personId).toBe(ana.id);
  expect(whoFound(called('ana'), { kind: 'several', people: [anabel, ana], mayBeMore: true }).personId).toBeUndefined();
});

test('whom nobody is called, and who is called like a role, is asked for again', () => {
  expect(whoFound(called('zoe'), { kind: 'none' }).complaint).toContain('Entra knows nobody as “zoe”.');
  expect(whoFound({ ...called('agent'), isAlsoRole: true }, { kind: 'one', person: ana }).personId).toBeUndefined();
});

test('long and strange words are quoted at a glance, as they are', () => {
  const { complaint } = whoFound(called(`<!channel> ${'x'.repeat(900)}`), { kind: 'none' });

  expect(complaint).toContain('“<!channel> xxx');
  expect(complaint?.length).toBeLessThan(150);
});

test('nobody is filled in by words that are not theirs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (words) => {
      const said = words
        .normalize('NFC')
        .toLowerCase()
        .split(/[^\p{L}\p{N}\p{M}]+/u)
        .filter(Boolean);
      const isName = said.length > 0 && said.every((word) => word === 'ana' || word === 'agent');
      if (!isName) expect(isNamedBy(words, ana)).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});
