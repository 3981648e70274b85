import { PlaceMemory } from './place-memory.js';
import type { PlaceStore, StoredPlace } from './places.js';

class CountingStore implements PlaceStore {
  readonly saved: StoredPlace[] = [];
  isAway = false;

  async save(place: StoredPlace): Promise<void> {
    if (this.isAway) throw new Error('the database is away');
    this.saved.push(place);
  }

  async find(conversation: string): ReturnType<PlaceStore['find']> {
    if (this.isAway) throw new Error('the database is away');
    return this.saved.find((place) => place.conversation === conversation);
  }

  async findPersonal(): ReturnType<PlaceStore['findPersonal']> {
    return undefined;
  }
}

const place: StoredPlace = {
  conversation: 'a:ada',
  kind: 'personal',
  person: 'ada',
  reference: { at: 1 },
};

test('the same place again costs no write, a new address does', async () => {
  const store = new CountingStore();
  const memory = new PlaceMemory(store);

  await memory.save(place);
  await memory.save({ ...place });
  await memory.save({ ...place, reference: { at: 2 } });

  expect(store.saved.map((saved) => saved.reference)).toEqual([{ at: 1 }, { at: 2 }]);
});

test('while the database is away, a place of a message just taken in is still found', async () => {
  const store = new CountingStore();
  const memory = new PlaceMemory(store);
  store.isAway = true;

  await expect(memory.save(place)).rejects.toThrow('away');

  await expect(memory.find('a:ada')).resolves.toMatchObject({ reference: { at: 1 } });
});

test('a place that could not be stored is stored with the next message', async () => {
  const store = new CountingStore();
  const memory = new PlaceMemory(store);
  store.isAway = true;
  await memory.save(place).catch(() => undefined);
  store.isAway = false;

  await memory.save(place);

  expect(store.saved).toEqual([place]);
});

test('a place from before the start is found in the store', async () => {
  const store = new CountingStore();
  await store.save(place);

  await expect(new PlaceMemory(store).find('a:ada')).resolves.toMatchObject({ reference: { at: 1 } });
});
