import type { Persona } from '../support/persona.js';
import { makesPerson } from '../support/people.js';
import { sharedWorld } from '../support/shared-world.js';

const world = sharedWorld();
const as = (name: string): Persona => world().person(name);

/** What the list on a card offers somebody who has typed so far. */
async function offers(who: Persona, typed: string): Promise<string[]> {
  const [card] = await who.cards();
  if (!card) throw new Error(`${who.name} has no card.`);
  return (await who.types(card, typed)).map(({ title }) => title);
}

beforeAll(() => world().hasGreetedEverybody(), 120_000);

describe('Finding people while typing', () => {
  test.each([
    ['a surname', 'agent', ['Ana Agent (ana.agent@contoso.example · Contact centre agent)']],
    ['the part after an initial', 'simon', ['B.Simon (b.simon@contoso.example · Contact centre agent)']],
    [
      'the beginning of a UPN',
      'gus_fab',
      ['Guest Gus (gus_fabrikam.example#EXT#@contoso.example · gus@fabrikam.example · Consultant · guest)'],
    ],
    [
      'the beginning of a mail that is not the UPN',
      'mia@mail',
      ['Mia Mailmismatch (mia.mailmismatch@contoso.example · mia@mail.contoso.example · Contact centre agent)'],
    ],
    ['one letter', 'a', []],
    ['nobody', 'zz', []],
    ['text that would change the question', `x" OR "displayName:ada`, []],
  ])('by %s', async (_, typed, titles) => {
    await expect(offers(as('Ada'), typed)).resolves.toEqual(titles);
  });

  test('namesakes stand side by side, with what tells them apart; who is disabled says so', async () => {
    await makesPerson(
      world(),
      { displayName: 'Dana Deputy', userPrincipalName: 'dana.deputy2@contoso.example' },
      false,
    );

    const found = await offers(as('Ada'), 'deputy');

    expect(found).toEqual([
      'Dana Deputy (dana.deputy@contoso.example · Deputy head of contact centre)',
      'Dana Deputy (dana.deputy2@contoso.example · disabled)',
    ]);
  });

  test('somebody whom the index does not know yet is found by the user principal name', async () => {
    await world().entra.fault('search-index-lag', { seconds: '600' });
    await makesPerson(world(), { displayName: 'Nora Newcomer', userPrincipalName: 'nora.newcomer@contoso.example' });

    const bySurname = await offers(as('Ada'), 'newcomer');
    const byName = await offers(as('Ada'), 'nora.newcomer@contoso.example');
    await world().entra.fault('search-index-lag', { on: false });

    expect(bySurname).toEqual([]);
    expect(byName).toEqual(['Nora Newcomer (nora.newcomer@contoso.example)']);
  });

  test('everybody can find whom they ask for; a guest is offered nobody, and Entra is not asked for anybody', async () => {
    const [found] = await offers(as('Ana'), 'simon');
    expect(found).toContain('B.Simon');

    const before = (await world().entra.requests()).length;

    const none = await offers(as('Guest'), 'simon');
    const asked = (await world().entra.requests()).slice(before).map(({ path }) => path);

    expect(none).toEqual([]);
    expect(asked.filter((path) => /simon/i.test(path))).toEqual([]);
  });

  test('the same letters again are answered again, and no letters stand in the log', async () => {
    const twice = [await offers(as('Gale'), 'mailmis'), await offers(as('Gale'), 'mailmis')];

    expect(twice.map((titles) => titles.length)).toEqual([1, 1]);
    expect(world().botOutput).toContain('"intent":"search"');
    expect(world().botOutput).not.toContain('mailmis');
  });

  test('what is chosen goes on at once; what is only written is looked for; neither is asked for again', async () => {
    const ada = as('Ada');
    const card = await ada.saysAndSees('audit', 'Whose audit?');
    const [ana] = await ada.types(card, 'ana ag');

    const nothing = await ada.presses(card, 'Continue', { person: '', words: '' });
    const chosen = await ada.saysAndSees('audit', 'Whose audit?');
    await ada.presses(chosen, 'Continue', { person: ana?.value ?? '' });
    const written = await ada.saysAndSees('audit', 'Whose audit?');
    await ada.presses(written, 'Continue', { words: 'newcomer' });

    expect(JSON.stringify(nothing)).toContain('Choose a person from the list, or write who it is.');
    await ada.watches(chosen, 'Audit of Ana Agent');
    await ada.watches(written, 'Audit of Nora Newcomer');
  });
});
