import { asksInSlack, linkInSlack, signsInTo } from '../support/access-desk.js';
import { setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';
import { linksSlack } from '../support/links-slack.js';
import { until } from '../support/processes.js';

journey('Ana asks in Slack, Dana approves in Teams, access ends on time', async ({ world, ada, ana }) => {
  const [dana, omar] = [world.person('Dana'), world.person('Omar')];
  await setsUpSso(ada);
  await linksSlack(ana);

  const request = await asksInSlack(ana, 'agent', { hours: 4, because: 'covering the night shift' });
  expect(request.says('Waits for a decision.')).toBe(true);
  const inTeams = await ana.sees('Your request: Agent');

  const asked = await dana.sees('Ana Agent asks for Agent');
  const alsoAsked = await omar.sees('Ana Agent asks for Agent');
  expect(asked.text).toContain('covering the night shift');
  expect(asked.text).toContain('You are an approver of Agent');
  await dana.presses(asked, 'Approve Ana Agent');

  await ana.inSlack.watches(request, /Approved by Dana Deputy/);
  await ana.watches(inTeams, /Approved by Dana Deputy/);
  const late = await omar.watches(alsoAsked, /Approved by Dana Deputy/);
  expect(late.buttons().filter((label) => /Approve|Deny/.test(label))).toEqual([]);

  await world.advance('PT11S');
  await ana.inSlack.watches(request, /You have access until/);
  const link = await linkInSlack(ana);
  expect(await signsInTo(ana, link)).toBe(true);

  await world.advance('PT3H30M');
  await ana.inSlack.sees('Your access ends soon');
  await world.advance('PT30M');
  await ana.inSlack.watches(request, /Access ended/);
  await ana.watches(inTeams, /Access ended/);
  await omar.watches(alsoAsked, /Access ended/);
  await dana.watches(asked, /Access ended/);
  await ana.inSlack.sees('Your access ended');
  await until('Ana cannot sign in any more', async () => ((await signsInTo(ana, link)) ? undefined : true));
});
