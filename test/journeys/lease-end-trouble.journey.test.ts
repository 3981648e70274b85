import { asksInSlack, asksInTeams } from '../support/access-desk.js';
import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import type { Persona } from '../support/persona.js';
import type { SeenCard } from '../support/seen-card.js';
import { until, World } from '../support/world.js';

/* The end of access while Graph throttles, and over a clock that jumps. */

let world: World;
let ana: Persona;
let dana: Persona;
let omar: Persona;

beforeAll(async () => {
  world = await World.start();
  [ana, dana, omar] = [world.person('Ana'), world.person('Dana'), world.person('Omar')];
  await setsUpSso(world.person('Ada'));
  await linksSlack(ana);
}, 180_000);
afterAll(() => world?.stop());

async function assignmentsOf({ id }: Persona): Promise<number> {
  const { appRoleAssignments } = await world.entra.state<{ appRoleAssignments: { principalId: string }[] }>();
  return appRoleAssignments.filter(({ principalId }) => principalId === id).length;
}

/** An hour of access for Ana that works. @returns the approver's card. */
async function hasAccess(because: string): Promise<SeenCard> {
  await asksInTeams(ana, 'agent', { hours: 1, because });
  const asked = await dana.sees(because);
  await dana.presses(asked, 'Approve Ana Agent');
  await dana.watches(asked, /Approved by Dana Deputy/);
  await world.advance('PT11S');
  return dana.watches(asked, 'Ana Agent has access until');
}

test.each([
  ['with Retry-After', '2'],
  ['without Retry-After', 'none'],
])(
  'Graph throttles the end %s: nobody says that it is over before it is, and then it is',
  async (named, retryAfter) => {
    const card = await hasAccess(`throttled ${named}`);
    await world.entra.fault('throttled', { match: 'DELETE', retryAfter });
    const since = (await world.entra.requests()).length;

    await world.advance('PT1H1M');

    await until('Entra has throttled it', async () => {
      const sent = (await world.entra.requests()).slice(since);
      return sent.some(({ method, status }) => method === 'DELETE' && status === 429);
    });
    const meanwhile = await dana.watches(card, 'The access is being taken away');
    expect(meanwhile.says(/no new sign-ins/)).toBe(false);
    expect(await assignmentsOf(ana)).toBe(1);
    await world.entra.fault('throttled', { on: false });
    await dana.watches(card, /Access ended/);
    await ana.sees('Your access ended');
    expect(await assignmentsOf(ana)).toBe(0);
  },
  180_000,
);

test('a clock that jumps back before the end and after it: it ends once, and nothing is given again', async () => {
  const request = await asksInSlack(ana, 'agent', { hours: 1, because: 'over a clock that jumps' });
  const asked = await omar.sees('over a clock that jumps');
  await omar.presses(asked, 'Approve Ana Agent');
  await ana.inSlack.watches(request, /Approved by Omar Owner/);
  await world.advance('PT11S');
  await ana.inSlack.watches(request, /You have access until/);
  await world.entra.fault('clock-jumps-back', { by: '7200' });
  expect(await assignmentsOf(ana)).toBe(1);
  await world.entra.fault('clock-jumps-back', { on: false });
  await world.advance('PT1H1M');
  await ana.inSlack.watches(request, /Access ended/);

  await world.entra.fault('clock-jumps-back', { by: '7200' });
  await dana.saysAndSees('my work', 'My access');

  expect(await assignmentsOf(ana)).toBe(0);
  expect((await ana.inSlack.looksAgainAt(request)).says(/Access ended/)).toBe(true);
  await world.entra.fault('clock-jumps-back', { on: false });
}, 180_000);
