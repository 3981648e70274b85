import { StandingClock } from '../platform/testing/test-parts.js';
import { refuseUnlessShown, sealOf, type Shown } from './shown-card.js';

const SHOWN: Shown = [['u1', 'active'], 7];

function click(shown: Shown, { minutes = 0, seal }: { minutes?: number; seal?: string } = {}): void {
  const clock = new StandingClock();
  const made = seal ?? sealOf(SHOWN, clock.now());
  clock.advance(minutes);
  refuseUnlessShown(made, shown, clock.now());
}

test('what the card showed is what may be done, for a quarter of an hour', () => {
  expect(() => click(SHOWN, { minutes: 15 })).not.toThrow();
  expect(() => click(SHOWN, { minutes: 16 })).toThrow(
    expect.objectContaining({
      facts: expect.objectContaining({ kind: 'stale', code: 'card-expired', what: expect.stringContaining('09:00') }),
    }),
  );
});

test.each<[string, Shown]>([
  ['another state', [['u1', 'inactive'], 7]],
  ['another count', [['u1', 'active'], 8]],
  ['nothing instead of something', [null, 7]],
])('%s than the card showed is refused', (_, shown) => {
  expect(() => click(shown)).toThrow(
    expect.objectContaining({ facts: expect.objectContaining({ kind: 'stale', code: 'card-outdated' }) }),
  );
});

test('a part that could not be read, on the card or at the click, is compared with nothing', () => {
  const seal = sealOf([undefined, 7], new StandingClock().now());

  expect(() => click([undefined, 7])).not.toThrow();
  expect(() => click(SHOWN, { seal })).not.toThrow();
  expect(() => click([['u1', 'active'], 8], { seal })).toThrow('things have changed');
});

test.each(['', 'tbxc1s', '!.x.y', 'zzzzzzzzzzzz.x.y', sealOf(SHOWN, new Date('2027-01-01T00:00:00Z'))])(
  'the seal %p, which no card of now has, opens nothing',
  (seal) => {
    expect(() => click(SHOWN, { seal })).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ kind: 'stale' }) }),
    );
  },
);

test('a seal fits into a reference, whose parts are told apart by colons', () => {
  expect(sealOf(SHOWN, new StandingClock().now())).toMatch(/^[\w.-]{10,60}$/);
});
