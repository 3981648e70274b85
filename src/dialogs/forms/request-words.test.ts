import fc from 'fast-check';
import { readRequestWords } from './request-words.js';
import { matchRoles, wordsOf, type NamedRole } from './role-words.js';

const ROLES: readonly NamedRole[] = [
  { roleId: 'agent', name: 'Agent' },
  { roleId: 'supervisor', name: 'Supervisor' },
];

/** Whom, which role and how long, as one line. */
function told(sentence: string, { isGift = false, roles = ROLES } = {}): string {
  const { who, role, times, why } = readRequestWords(`${isGift ? 'give' : 'request'} ${sentence}`, roles);
  const said = [
    who.map(({ words }) => words).join(' | ') || '-',
    role.kind === 'known' ? role.roleIds.join('|') : role.kind === 'unknown' ? `? ${role.words}` : '-',
    times.map((time) => ('until' in time ? `until ${time.until}` : String(time.minutes))).join(' | ') || '-',
    ...(why === undefined ? [] : [why]),
  ];
  return said.join(' ; ');
}

test.each([
  ['', '- ; - ; -'],
  ['agent', '- ; agent ; -'],
  ['genesys agent', '- ; agent ; -'],
  ['the agent role', '- ; agent ; -'],
  ['genesys', '- ; - ; -'],
  ['access to genesys cloud', '- ; - ; -'],
  ['access to supervisor', '- ; supervisor ; -'],
  ['for @ana', 'ana ; - ; -'],
  ['for me for two weeks', '- ; - ; 20160'],
  ['two weeks', '- ; - ; 20160'],
  ['agent 4 hours', '- ; agent ; 240'],
  ['agent for the next 3 days', '- ; agent ; 4320'],
  ['agent for an hour', '- ; agent ; 60'],
  ['for ana two weeks', 'ana ; - ; 20160'],
  ['for ana as supervisor until friday 17:00', 'ana ; supervisor ; until friday 17:00'],
  ['agent for Ana Agent till tomorrow', 'Ana Agent ; agent ; until tomorrow'],
  [
    'genesys agent for ana.agent@contoso.example for two weeks because the night shift is short',
    'ana.agent@contoso.example ; agent ; 20160 ; the night shift is short',
  ],
  ['agent, for ana, until 18:00; because of the night shift', 'ana ; agent ; until 18:00 ; because of the night shift'],
  ['agent because I work for ana until friday', '- ; agent ; - ; I work for ana until friday'],
  ['reason: tests', '- ; - ; - ; tests'],
  ['because', '- ; - ; -'],
])('“request %s” is %s', (sentence, expected) => {
  expect(told(sentence)).toBe(expected);
});

test.each([
  ['Ana Genesys for two weeks', 'Ana ; - ; 20160'],
  ['Ana Agent Genesys for two weeks', 'Ana Agent ; - ; 20160'],
  ['ana genesys agent', 'ana ; agent ; -'],
  ['ana the supervisor role until friday', 'ana ; supervisor ; until friday'],
  ['ana supervisor access', 'ana ; supervisor ; -'],
  ['b.simon@contoso.example supervisor for 3 days', 'b.simon@contoso.example ; supervisor ; 4320'],
  ['supervisor to ana until tomorrow', 'ana ; supervisor ; until tomorrow'],
  ['access for ana', 'ana ; - ; -'],
  ['me genesys', '- ; - ; -'],
  ['ana', 'ana ; - ; -'],
  ['agent', '- ; agent ; -'],
  ['', '- ; - ; -'],
])('“give %s” is %s', (sentence, expected) => {
  expect(told(sentence, { isGift: true })).toBe(expected);
});

test.each([
  ['the pope for ana', 'ana ; ? the pope ; -', 'a role that there is not'],
  ['agent for ana for omar', 'ana | omar ; agent ; -', 'two people'],
  ['agent for ana and the night shift', 'ana and the night shift ; agent ; -', 'more than a name'],
  ['agent for two days until friday', '- ; agent ; 2880 | until friday', 'two times'],
  ['agent as supervisor', '- ; agent|supervisor ; -', 'two roles'],
  ['agent until whenever', '- ; agent ; until whenever', 'a time that is none'],
])('“request %s” keeps what it cannot tell apart: %s (%s)', (sentence, expected) => {
  expect(told(sentence)).toBe(expected);
});

test.each([
  ['for half an hour', '- ; - ; 30'],
  ['agent half an hour', '- ; agent ; 30'],
  ['for half a day', '- ; - ; 720'],
  ['for ana 1 week and 2 days', 'ana ; - ; 12960'],
  ['for 1h 30min', '- ; - ; 90'],
  ['for 8h', '- ; - ; 480'],
  ['for 1.5 hours', '- ; - ; 90'],
  ['for ana for today', 'ana ; - ; until today'],
  ['for friday 17:00', '- ; - ; until friday 17:00'],
  ['until two weeks', '- ; - ; 20160'],
  ['for the next 2 to 3 hours', '- ; - ; until 2 to 3 hours'],
  ['for up to 3 hours', '- ; - ; until up to 3 hours'],
  ['for two and a half weeks', '- ; - ; until two and a half weeks'],
  ['for a few days', '- ; - ; until a few days'],
  ['for a while', '- ; - ; until a while'],
  ['for the night', '- ; - ; until night'],
  ['agent tomorrow morning', '- ; agent ; until tomorrow morning'],
  ['agent until tomorrow 2 hours', '- ; agent ; until tomorrow 2 hours'],
  ['for 3 sprints', '- ; - ; until 3 sprints'],
  ['for 1.5 minutes', '- ; - ; until 1.5 minutes'],
])('“request %s”, a time that is plain or asked about, is %s', (sentence, expected) => {
  expect(told(sentence)).toBe(expected);
});

test.each([
  ['for Doris Day two weeks', 'Doris Day ; - ; 20160'],
  ['for Joe Friday', 'Joe Friday ; - ; -'],
  ['for An Nguyen', 'An Nguyen ; - ; -'],
  ['for 33333333-3333-4333-8333-333333333333 for 8h', '33333333-3333-4333-8333-333333333333 ; - ; 480'],
  ['for 2fast@contoso.example', '2fast@contoso.example ; - ; -'],
  ['for “8h”', '8h ; - ; -'],
])('“request %s” is for somebody who is called like a time: %s', (sentence, expected) => {
  expect(told(sentence)).toBe(expected);
});

test('a clause about time never yields a person', () => {
  const before = fc.constantFrom('', 'the next ', 'at least ', 'about ', 'up to ', 'only ');
  const count = fc.constantFrom('2', '1.5', 'two', 'half a', 'a', 'a few', '2 to 3', '2-3', 'two and a half', '1,5');
  const unit = fc.constantFrom('hour', 'hours', 'days', 'weeks', 'months', 'min', 'h');
  const more = fc.constantFrom('', ' and 2 days', ' or so', ' 30 min', ' or 3 weeks', ' of work');
  const length = fc.tuple(before, count, unit, more).map(([hedge, some, of, rest]) => `${hedge}${some} ${of}${rest}`);
  const day = fc.constantFrom(
    'today',
    'tomorrow',
    'friday',
    'the night',
    'half',
    '8h',
    '24/7',
    '18:00',
    '5',
    '3rd shift',
  );
  fc.assert(
    fc.property(fc.oneof(length, day), fc.boolean(), (time, isGift) => {
      const { who, times } = readRequestWords(`${isGift ? 'give agent' : 'request agent'} for ${time}`, ROLES);

      expect({ time, who }).toEqual({ time, who: [] });
      expect(times.length).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});

test('somebody may be called like a word of the sentence', () => {
  expect(told('agent for To Nguyen')).toBe('To Nguyen ; agent ; -');
  expect(told('agent for Anh To')).toBe('Anh To ; agent ; -');
  expect(told('agent for “As For” until friday')).toBe('As For ; agent ; until friday');
});

test('a mention that gives only a name is known for one', () => {
  const { who } = readRequestWords('request agent for <at>Ana Agent</at> until friday', ROLES);

  expect(who).toEqual([{ words: 'Ana Agent', isBareMention: true, isAlsoRole: false }]);
});

test('whoever is called like a role is known for that', () => {
  expect(readRequestWords('request for supervisor', ROLES).who).toMatchObject([{ isAlsoRole: true }]);
});

const SIMILAR: readonly NamedRole[] = [
  { roleId: 'voice', name: 'Agent (voice)' },
  { roleId: 'chat', name: 'Agent (chat)' },
  { roleId: 'lead', name: 'Genesys Team Lead' },
];

test.each([
  ['agent', { kind: 'known', roleIds: ['voice', 'chat'] }],
  ['chat agent', { kind: 'known', roleIds: ['chat'] }],
  ['lead', { kind: 'known', roleIds: ['lead'] }],
  ['AGENT (Voice)', { kind: 'known', roleIds: ['voice'] }],
  ['agents', { kind: 'unknown', words: 'agents' }],
  ['\u0430gent', { kind: 'unknown', words: '\u0430gent' }],
  ['***', { kind: 'unknown', words: '***' }],
  ['the role', { kind: 'none' }],
])('of roles that are alike, “%s” means %j', (words, expected) => {
  expect(matchRoles(words.split(' '), SIMILAR)).toEqual(expected);
});

const word = fc.oneof(
  ...['for', 'until', 'as', 'to', 'me', 'genesys', 'agent', 'supervisor', 'two', 'weeks', 'because', '“', '<at>'].map(
    (one) => fc.constant(one),
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const sentence = fc.array(word, { maxLength: 30 }).map((words) => words.join(' '));

test('whatever is said is read, and nothing comes out that was not said', () => {
  fc.assert(
    fc.property(sentence, fc.boolean(), (words, isGift) => {
      const said = `${isGift ? 'give' : 'Request'} ${words}`;
      const { who, role, times, why } = readRequestWords(said, ROLES);

      const squeezed = (text: string): string => text.replace(/[\s"“”„,;.!?]|<\/?at>/gu, '');
      for (const one of who) expect(squeezed(said)).toContain(squeezed(one.words));
      const named = role.kind === 'known' ? role.roleIds : [];
      for (const roleId of named) expect(wordsOf(said)).toContain(roleId);
      for (const time of times) if ('until' in time) expect(squeezed(said)).toContain(squeezed(time.until));
      if (why !== undefined) expect(said).toContain(why);
    }),
    { numRuns: 2_000 },
  );
});

test('a role that is named by all of its words, and a person in between, come out whole', () => {
  const name = fc
    .stringMatching(/^[A-Z][a-z]{2,8}( [A-Z][a-z]{2,8})?$/)
    .filter((text) => !/\b(agent|supervisor|the|genesys|cloud|access|role|please|rights|for|till|until)\b/i.test(text));
  fc.assert(
    fc.property(name, fc.constantFrom('agent', 'supervisor'), fc.integer({ min: 1, max: 60 }), (who, role, days) => {
      const expected = `${who} ; ${role} ; ${String(days * 1_440)}`;

      expect(told(`${role} for ${who} for ${String(days)} days`)).toBe(expected);
      expect(told(`${who} genesys ${role} for ${String(days)} days`, { isGift: true })).toBe(expected);
    }),
  );
});
