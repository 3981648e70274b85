import { assigns, setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';

journey('Gale looks up what Ada did to B.Simon; Ana may not look', async ({ world, ada, gale, ana }) => {
  await setsUpSso(ada);
  await ada.saysAndSees('assign ada.admin@contoso.example', 'Nobody can give access to themselves');
  await assigns(ada, 'b.simon');

  const ofSimon = await gale.saysAndSees('audit b.simon', 'Audit of B.Simon');
  const ofAda = await gale.saysAndSees('audit ada', 'Audit of Ada Admin');
  const refused = await ana.saysAndSees('audit b.simon', 'You cannot look at the audit');
  const ofAna = await gale.saysAndSees(`audit ${ana.id}`, 'Audit of Ana Agent');
  const own = await gale.saysAndSees('audit me', 'Audit of Gale Reader');

  const [done, started, ...others] = linesOf(ofSimon.text);
  expect(done).toMatch(/ · Done, for Ada Admin: assign B\.Simon to Genesys Cloud for Azure\. \(entry \d+\)$/);
  expect(started).toMatch(
    / · Ada Admin in Teams started to assign B\.Simon to Genesys Cloud for Azure\. \(entry \d+\)$/,
  );
  expect(others).toEqual([]);
  expect(ofAda.text).toMatch(
    /Refused to Ada Admin in Teams: give people access to Genesys Cloud\. Rule: nobody gives access to themselves\./,
  );
  expect(ofAda.text).toMatch(/Ada Admin in Teams started to set up SSO/);
  expect(ofSimon.buttons()).toEqual([]);
  expect(refused.text).toContain('Global Reader');
  expect(refused.text).not.toContain('B.Simon');
  expect(ofAna.text).toMatch(
    /Refused to Ana Agent in Teams: look at the audit\. Rule: no role in Entra that allows it\./,
  );
  expect(own.text).toContain('Nothing is recorded about Gale Reader');
  expect(world.botOutput).not.toContain('"level":50');
});

journey('A long record is read page by page, and only by those who may', async ({ gale, ana }) => {
  for (let time = 1; time <= 12; time += 1) await ana.saysAndSees('status', 'You cannot');

  const card = await gale.saysAndSees('audit ana', 'Audit of Ana Agent');
  const newest = linesOf(card.text);
  await gale.presses(card, 'Older');
  const older = await gale.watches(card, 'Newer');
  await gale.presses(older, 'Newer');
  const again = await gale.watches(older, 'Older');
  const forged = await ana.presses(again, 'Older').catch((error: unknown) => error);

  const numbers = [...newest, ...linesOf(older.text)].map((line) => Number(/\(entry (\d+)\)$/.exec(line)?.[1]));
  expect(newest).toHaveLength(10);
  expect(linesOf(older.text)).toHaveLength(2);
  expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => other - one));
  expect(card.buttons()).toEqual(['Older']);
  expect(older.buttons()).toEqual(['Newer']);
  expect(linesOf(again.text)).toEqual(newest);
  expect(JSON.stringify(forged)).not.toContain('entry 1');
});

journey('A name that fits nobody is asked for again, one that fits several is chosen from', async ({ gale }) => {
  const whose = await gale.saysAndSees('audit', 'Whose audit?');
  await gale.presses(whose, 'Continue', { words: 'Nobody By This Name' });
  const nobody = await gale.watches(whose, 'Entra knows nobody by “Nobody By This Name”');
  await gale.presses(nobody, 'Continue', { words: 'G' });
  const several = await gale.watches(nobody, 'may be one of these');
  await gale.presses(several, 'Continue', { person: gale.id });
  const found = await gale.watches(several, 'Audit of Gale Reader');
  const gone = await gale.saysAndSees('audit 0e0b1ec7-0000-4000-8000-00000000dead', 'Nothing is recorded about');

  expect(found.text).toContain('gale.reader@contoso.example');
  expect(gone.text).toContain('0e0b1ec7-0000-4000-8000-00000000dead');
});

journey('In a channel the record goes to the asker alone', async ({ world, gale, ana }) => {
  await world.hasGreetedEverybody();
  await ana.saysAndSees('status', 'You cannot');

  const said = await gale.saysAndSees('audit ana', 'is in your personal chat', 'channel');
  const record = await gale.sees('Refused to Ana Agent');

  expect(said.text).not.toContain('Refused');
  expect(record.text).toContain('Audit of Ana Agent');
});

/** The entries of an audit card, as they stand on it. */
function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.includes(' · '));
}
