import fc from 'fast-check';
import { SandboxStore } from '../kit/store.js';
import { LaggingSet } from './lagging-set.js';

interface Thing {
  readonly value: number;
}

const step = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  value: fc.option(fc.integer(), { nil: undefined }),
  waitMs: fc.integer({ min: 0, max: 5 }),
});

it('shows a replica exactly what the collection held at its moment, whatever was written since', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (steps, delayMs) => {
      const store = new SandboxStore(':memory:');
      let now = 0;
      const replica: { horizon?: number } = {};
      const set = new LaggingSet<Thing>(
        store.collection('things'),
        {
          written: () => now,
          horizon: () => (replica.horizon === undefined ? undefined : { at: replica.horizon, sees: 'past' }),
          keptMs: () => delayMs,
        },
        false,
      );
      // What was true at the end of each millisecond.
      const truth = new Map<number, Map<string, Thing>>();
      const current = new Map<string, Thing>();
      for (const { id, value, waitMs } of steps) {
        if (value === undefined) {
          set.delete(id);
          current.delete(id);
        } else {
          set.put(id, { value });
          current.set(id, { value });
        }
        for (let passed = 0; passed <= waitMs; passed += 1) truth.set(now + passed, new Map(current));
        now += waitMs;
      }
      truth.set(now, new Map(current));

      replica.horizon = now - delayMs;
      const expected = truth.get(replica.horizon) ?? new Map<string, Thing>();

      expect(new Map(set.entries())).toEqual(expected);
      for (const id of ['a', 'b', 'c']) expect(set.get(id)).toEqual(expected.get(id));
      set.forget();
      expect(new Map(set.entries())).toEqual(current);
      store.close();
    }),
  );
});
