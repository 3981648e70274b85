import { plainName } from './file-name.js';

test.each([
  ['night shift.csv', 'night shift.csv'],
  ['C:\\people\\night.csv', 'night.csv'],
  ['../../etc/night.csv', 'night.csv'],
  ['a\u0000b\r\nc\u2028d\u2029e.csv', 'abcde.csv'],
  ['people\u202evsc.exe', 'peoplevsc.exe'],
  ['\u200b\ufeff \ud800', 'file.csv'],
  ['', 'file.csv'],
  ['x'.repeat(1_000), 'x'.repeat(100)],
  ['😀'.repeat(101), '😀'.repeat(100)],
])('%j is shown as %j', (name, shown) => {
  expect(plainName(name)).toBe(shown);
  expect(plainName(shown)).toBe(shown);
});
