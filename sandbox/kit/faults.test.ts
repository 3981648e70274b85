import { TIMES } from './fault-options.js';
import { Faults } from './faults.js';
import { SandboxStore } from './store.js';

function faultsOf(store: SandboxStore, told: string[][] = []): Faults {
  const faults = new Faults(store);
  faults.define({
    counted: {
      describe: 'counts',
      options: { times: 'how often', path: 'where' },
      forms: { times: TIMES },
      counted: true,
      switched: (on) => told.push(on.map((setting) => setting['times'] ?? '1')),
    },
    lasting: { describe: 'lasts' },
  });
  return faults;
}

it('a counted fault strikes as often as it says, and a new count replaces the old one', () => {
  const store = new SandboxStore(':memory:');
  const faults = faultsOf(store);
  faults.set({ fault: 'counted', times: '9' });
  faults.set({ fault: 'counted', times: '2' });

  const strikes = [1, 2, 3].map(() => faults.strikes('counted'));

  expect(strikes).toEqual([true, true, false]);
  store.close();
});

it('settings with other options are counted apart', () => {
  const store = new SandboxStore(':memory:');
  const faults = faultsOf(store);
  faults.set([
    { fault: 'counted', path: '/a' },
    { fault: 'counted', path: '/b', times: 'always' },
  ]);
  const strike = (path: string): boolean => faults.strikes('counted', (setting) => setting['path'] === path);

  const strikes = ['/a', '/a', '/b', '/b', '/b'].map(strike);

  expect(strikes).toEqual([true, false, true, true, true]);
  store.close();
});

it('whoever listens is told of every change, the end of a count and of everything included', () => {
  const store = new SandboxStore(':memory:');
  const told: string[][] = [];
  const faults = faultsOf(store, told);

  faults.set({ fault: 'counted', times: '2' });
  faults.strikes('counted');
  faults.strikes('counted');
  faults.set([{ fault: 'counted' }, { fault: 'lasting' }]);
  faults.clear();

  expect(told).toEqual([['2'], ['1'], [], ['1'], []]);
  expect(faults.list().flatMap(({ on }) => on)).toEqual([]);
  store.close();
});
