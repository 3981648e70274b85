import { tidings } from './access-tidings.js';
import { card, DANA_ID, OMAR_ID, request } from './views/testing/access-fixtures.js';
import { NOW } from './views/testing/fixtures.js';

const said = (text: string): string => text;
const asked = (more: Parameters<typeof request>[1]) =>
  tidings(card(request(said, more)), NOW).map(({ told, person }) => [told, person.id]);
const omar = { id: OMAR_ID, name: 'Omar Owner', stage: 0 };
const dana = { id: DANA_ID, name: 'Dana Deputy', stage: 1 };

test('nobody is reminded of what they were just asked', () => {
  expect(asked({ reminders: 0 })).toEqual([]);
  expect(asked({ reminders: 1, approvers: [omar, { ...dana, stage: 0, missed: 1 }] })).toEqual([
    ['reminder-0-1', OMAR_ID],
  ]);
});

test('a reminder of a later stage is another one than that of the first, and reaches each once', () => {
  const approvers = [omar, dana, { ...omar, stage: 1 }];

  expect(asked({ stage: 1, reminders: 1, approvers })).toEqual([
    ['reminder-1-1', OMAR_ID],
    ['reminder-1-1', DANA_ID],
  ]);
});
