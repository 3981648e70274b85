import fc from 'fast-check';
import { parseTimeSpan, timeSpanText } from './time-span.js';

test.each([
  ['15 minutes', 15],
  ['1 hour', 60],
  ['30 Days', 43_200],
  [' 2 weeks ', 20_160],
])('%s are %i minutes', (text, minutes) => {
  expect(parseTimeSpan(text)).toEqual({ minutes });
});

test.each(['', '8', '8h', '-1 hours', '0 days', '1.5 hours', '1 month', '123456 hours', 'hours 8', '1  hour'])(
  '%j is no length of time',
  (text) => {
    expect(parseTimeSpan(text)).toBeUndefined();
  },
);

test('what is said of a span is read as the same span', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999 }), (minutes) => {
      expect(parseTimeSpan(timeSpanText({ minutes }))).toEqual({ minutes });
    }),
  );
});
