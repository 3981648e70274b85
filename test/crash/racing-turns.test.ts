import { sharedWorld } from '../support/shared-world.js';

const TURNS = 20;
const world = sharedWorld();

test('Twenty answers that race to one question: one is taken, the others hear that it is no longer open', async () => {
  const ada = world().person('Ada');
  const question = await ada.saysAndSees('set up sso', 'Which Genesys Cloud region?');

  const clicks = await Promise.all(Array.from({ length: TURNS }, () => ada.presses(question, /Frankfurt/)));

  const refused = clicks.filter(({ value }) => JSON.stringify(value ?? '').includes('no longer open'));
  expect(refused).toHaveLength(TURNS - 1);
  const cards = await ada.cards();
  expect(cards.filter((card) => card.says('Which organisation?'))).toHaveLength(1);
  expect(cards.filter((card) => card.says('Which Genesys Cloud region?') && card.buttons().length > 2)).toEqual([]);
});

test('Twenty typed answers that race to one question move the form on once', async () => {
  const gale = world().person('Gale');
  await gale.saysAndSees('set up sso', 'Which Genesys Cloud region?');

  await Promise.all(Array.from({ length: TURNS }, () => gale.says('Frankfurt')));

  // What comes second is an answer to the second question, and a wrong one: it is asked again, on one card at a time.
  const open = (await gale.cards()).filter((card) => card.buttons().includes('Back'));
  expect(open).toHaveLength(1);
  expect(open[0]?.says('Which organisation?')).toBe(true);
});
