import { asksInTeams } from '../support/access-desk.js';
import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import { sharedWorld } from '../support/shared-world.js';

const world = sharedWorld();

test('while Slack hangs with the cards of many requests, Teams shows who decided, and tells that access works', async () => {
  const [ana, omar, dana] = [world().person('Ana'), world().person('Omar'), world().person('Dana')];
  await setsUpSso(world().person('Ada'));
  await linksSlack(omar);
  await linksSlack(dana);
  await world().slack.fault('slow-replies', { ms: '120000' });
  for (const asker of [
    world().person('Mia'),
    world().person('Gale'),
    world().person('B.'),
    world().person('Sena'),
    ana,
  ])
    for (const role of ['agent', 'supervisor']) await asksInTeams(asker, role, { because: `${asker.name} as ${role}` });

  const asked = await omar.sees('Ana Agent as agent');
  await omar.presses(asked, 'Approve Ana Agent');
  await omar.watches(asked, /Approved by Omar Owner/);
  await world().advance('PT11S');

  await ana.sees('You have access');
  await omar.watches(asked, 'Ana Agent has access until');
}, 180_000);
