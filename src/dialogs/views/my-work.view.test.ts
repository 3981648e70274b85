import { ANA_ID, card, forSimon, inMinutes, OMAR_ID, request } from './testing/access-fixtures.js';
import { NOW } from './testing/fixtures.js';
import { anythingWrong } from './testing/health-fixtures.js';
import { workView, type WorkList } from './my-work.view.js';

const said = (text: string): string => text;
const headings = (...lists: readonly WorkList[]): readonly (string | undefined)[] =>
  workView({ waitingForMe: [], mine: [card(request(said))], access: [] }, lists, {
    readerId: ANA_ID,
    now: NOW,
  }).elements.flatMap((element) => (element.kind === 'list' ? [element.heading] : []));

test('lists that stand together are told apart by a heading; one alone is named by the title', () => {
  expect(headings('waiting', 'requests', 'access')).toEqual(['Waiting for me', 'My requests', 'My access']);
  expect(headings('requests')).toEqual([undefined]);
});

const asAna = { readerId: ANA_ID, now: NOW };

function buttonsFor(...requests: readonly Parameters<typeof request>[1][]): readonly string[] {
  const mine = requests.map((more, at) => card(request(said, { id: `request-${String(at)}`, ...more }), {}, 'cancel'));
  return workView({ waitingForMe: [], mine, access: [] }, ['waiting', 'requests', 'access'], asAna).actions.map(
    ({ label }) => label,
  );
}

test('however much there is, asking for access is among the six buttons that Teams shows', () => {
  const labels = buttonsFor({}, {}, {}, {}, {}, {}, {});

  expect(labels.slice(0, 6)).toContain('Request access');
  expect(labels).toHaveLength(8);
});

test('what is wrong has a button among the six, too', () => {
  const mine = Array.from({ length: 8 }, (_, at) => card(request(said, { id: `r${String(at)}` }), {}, 'cancel'));
  const shown = { readerId: OMAR_ID, now: NOW, health: anythingWrong(said) };
  const { actions } = workView({ waitingForMe: [], mine, access: [] }, ['waiting', 'requests', 'access'], shown);

  expect(actions.slice(0, 6).map(({ label }) => label)).toEqual(
    expect.arrayContaining(['Request access', 'Open the end of B.Simon']),
  );
});

test.each([
  ['for how long', { minutes: 60 }, { minutes: 480 }, ['Open Agent, 1 hour', 'Open Agent, 8 hours']],
  ['when', { askedAt: NOW }, { askedAt: inMinutes(-9) }, ['Open Agent, asked 11:47', 'Open Agent, asked 11:38']],
  [
    'on which day',
    { askedAt: NOW },
    { askedAt: inMinutes(-1_440) },
    ['Open Agent, asked 24 Nov, 11:47', 'Open Agent, asked 23 Nov, 11:47'],
  ],
  [
    'why',
    { why: 'Night shift' },
    { why: 'A colleague is ill today' },
    ['Open Agent, “Night shift”', 'Open Agent, “A colleague is ill”'],
  ],
  ['nothing', {}, {}, ['Open Agent, 1', 'Open Agent, 2']],
])('alike requests are told apart by what differs: %s', (_what, one, other, labels) => {
  expect(buttonsFor(one, other)).toEqual([...labels, 'Request access']);
});

test('requests that differ anyway are named as before', () => {
  expect(buttonsFor({}, forSimon(said))).toEqual(['Open Agent', 'Open Agent, B.Simon', 'Request access']);
});
