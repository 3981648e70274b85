import { shorterChoices, spanChoices } from './span-choices.js';

const titles = (choices: readonly { readonly title: string }[]): string[] => choices.map(({ title }) => title);

test('lengths go up to the longest one, which is among them', () => {
  expect(titles(spanChoices(480))).toEqual(['30 minutes', '1 hour', '2 hours', '4 hours', '8 hours']);
  expect(titles(spanChoices(90))).toEqual(['30 minutes', '1 hour', '90 minutes']);
});

test.each([
  [480, ['30 minutes', '1 hour', '2 hours', '4 hours']],
  [60, ['30 minutes']],
  [30, ['15 minutes']],
  [1, ['1 minute']],
])('less than %i minutes is %j, and no odd minute of it', (minutes, less) => {
  expect(titles(shorterChoices(minutes))).toEqual(less);
});
