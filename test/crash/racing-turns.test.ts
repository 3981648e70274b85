import { sharedWorld } from '../support/shared-world.js';

const TURNS = 20;
const world = sharedWorld();

test('Twenty answers that race to one question: one is taken, the others hear that it is no longer open', async () => {
  const ada = world().person('Ada');
  const question = await ada.saysAndSees('set up sso', 'Which Genesys Cloud region?');

  const clicks = await Promise.all(
    Array.from({ length: TURNS }, () => ada.presses(question, 'Continue', { answer: 'eu_central_1' })),
  );

  const refused = clicks.filter(({ value }) => JSON.stringify(value ?? '').includes('no longer open'));
  expect(refused).toHaveLength(TURNS - 1);
  const cards = await ada.cards();
  expect(cards.filter((card) => card.says('Which organisation?'))).toHaveLength(1);
  expect(cards.filter((card) => card.says('Which Genesys Cloud region?') && card.buttons().length > 2)).toEqual([]);
});

test('Twenty typed answers that race to the last question end the form once, with one plan', async () => {
  const ada = world().person('Ada');
  await ada.saysAndSees('set up sso', 'Which Genesys Cloud region?');
  await ada.saysAndSees('Frankfurt', 'Which organisation?');

  await Promise.all(Array.from({ length: TURNS }, () => ada.says('contoso-gc')));

  const cards = await ada.cards();
  expect(cards.filter((card) => card.says('Plan for SSO'))).toHaveLength(1);
});
