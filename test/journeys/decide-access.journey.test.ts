import { answersInSlack, answersInTeams, asksInSlack, asksInTeams } from '../support/access-desk.js';
import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import type { ClickResult, Persona } from '../support/persona.js';
import { SeenCard } from '../support/seen-card.js';
import { sharedWorld } from '../support/shared-world.js';

const world = sharedWorld();
let ana: Persona;
let omar: Persona;
let dana: Persona;
let simon: Persona;

beforeAll(async () => {
  const as = (name: string): Persona => world().person(name);
  [ana, omar, dana, simon] = [as('Ana'), as('Omar'), as('Dana'), as('B.Simon')];
  await setsUpSso(as('Ada'));
  await linksSlack(ana);
  await linksSlack(omar);
}, 180_000);

/** Assignments in Entra of that person, as the directory has them. */
async function assignmentsOf({ id }: Persona): Promise<number> {
  const { appRoleAssignments } = await world().entra.state<{ appRoleAssignments: { principalId: string }[] }>();
  return appRoleAssignments.filter(({ principalId }) => principalId === id).length;
}

/** Presses that button of somebody else's card, on a message of their own. */
async function forges(person: Persona, card: SeenCard, label: string): Promise<ClickResult> {
  const [own] = await person.cards();
  if (!own) throw new Error(`${person.name} has no card.`);
  return person.presses(new SeenCard(own.id, 'personal', card.json), label);
}

const PAST_TAKE_BACK = 'PT11S';

test('an approval is taken back in its ten seconds, and nothing was given', async () => {
  const request = await asksInTeams(ana, 'agent', { because: 'the first try' });
  const asked = await omar.inSlack.sees('the first try');
  await omar.inSlack.presses('Approve Ana Agent', asked);
  await ana.watches(request, /Approved by Omar Owner\. It starts/);

  await omar.inSlack.presses('Take back the approval for Ana Agent', await omar.inSlack.watches(asked, 'Take back'));

  await ana.watches(request, /Waits for a decision/);
  await omar.inSlack.watches(asked, 'Approve Ana Agent');
  await world().advance(PAST_TAKE_BACK);
  expect(await assignmentsOf(ana)).toBe(0);
  await ana.presses(request, 'Cancel the request for Agent');
  await ana.watches(request, /Cancelled by Ana Agent/);
  const late = await omar.inSlack.watches(asked, /Cancelled by Ana Agent/);
  expect(late.buttons).toEqual([]);
}, 120_000);

test('approved for less in Slack, given back in Teams', async () => {
  const request = await asksInTeams(ana, 'agent', { hours: 8, because: 'a short shift' });
  const asked = await omar.inSlack.sees('a short shift');
  await answersInSlack(omar, asked, { opens: /for less/, inputs: { minutes: '60', reason: 'an hour will do' } });
  await ana.watches(request, /Approved by Omar Owner for 1 hour/);

  await world().advance(PAST_TAKE_BACK);

  const works = await ana.watches(request, /You have access until/);
  expect(works.text).toMatch(/1 hour, asked for 8 hours/);
  expect(works.text).toContain('an hour will do');
  expect(await assignmentsOf(ana)).toBe(1);
  await answersInTeams(ana, works, { opens: /^Give back/, sends: /^Give back/, inputs: {} });
  await ana.watches(request, /Access ended.*Ana Agent gave it back/);
  await omar.inSlack.watches(asked, /Ana Agent gave it back/);
  expect(await assignmentsOf(ana)).toBe(0);
}, 120_000);

test('denied in Teams with a reason, which the requester reads in Slack, and no button acts any more', async () => {
  const request = await asksInSlack(ana, 'supervisor', { because: 'to see the queues' });
  const [asked, alsoAsked] = [await dana.sees('to see the queues'), await omar.inSlack.sees('to see the queues')];

  await answersInTeams(dana, asked, { opens: /^Deny/, sends: /^Deny/, inputs: { reason: 'Ask your team lead first' } });

  await ana.inSlack.watches(request, /Denied by Dana Deputy/);
  const told = await ana.inSlack.sees('Denied: Supervisor');
  expect(told.words).toContain('Ask your team lead first');
  expect((await omar.inSlack.watches(alsoAsked, /Denied by Dana Deputy/)).buttons).toEqual([]);
  const late = await dana.presses(asked, 'Approve Ana Agent');
  expect(JSON.stringify(late.value)).toContain('Denied by Dana Deputy');
}, 120_000);

test('asked for somebody else by search, approved by two at the same instant in two chats, revoked with a reason', async () => {
  const request = await asksInSlack(ana, 'agent', { for: 'b.simon', because: 'his first day' });
  expect(request.says('Your request: Agent for B.Simon')).toBe(true);
  const his = await simon.sees('Ana Agent asks for Agent for you');
  const [inTeams, inSlack] = [await dana.sees('his first day'), await omar.inSlack.sees('his first day')];

  await Promise.all([dana.presses(inTeams, 'Approve B.Simon'), omar.inSlack.presses('Approve B.Simon', inSlack)]);

  await simon.watches(his, /Approved by/);
  await world().advance(PAST_TAKE_BACK);
  await simon.watches(his, /You have access until/);
  await simon.sees('You have access');
  expect(await assignmentsOf(simon)).toBe(1);
  const works = await dana.watches(inTeams, /B\.Simon has access until/);
  await answersInTeams(dana, works, { opens: /^Revoke/, sends: /^Revoke/, inputs: { reason: 'He has left the team' } });
  await simon.watches(his, /Access ended.*revoked by Dana Deputy/);
  await ana.inSlack.watches(request, /revoked by Dana Deputy/);
  await simon.sees('Your access ended');
  expect(await assignmentsOf(simon)).toBe(0);
}, 120_000);

test('a forwarded, forged or stale button changes nothing', async () => {
  const request = await asksInTeams(ana, 'agent', { because: 'an honest reason' });
  const asked = await dana.sees('an honest reason');

  const own = await forges(ana, asked, 'Approve Ana Agent');
  const stranger = await forges(world().person('Gale'), asked, 'Approve Ana Agent');
  const guest = await forges(world().person('Guest'), asked, 'Approve Ana Agent');

  expect([own, stranger, guest].map(({ statusCode }) => statusCode)).toEqual([403, 403, 403]);
  // Nor does what a button asks, or shows anew, tell a stranger what was asked for.
  const gale = world().person('Gale');
  const asking = await forges(gale, asked, 'Deny Ana Agent …');
  const { data } = asked.action('Deny Ana Agent …');
  const [hers] = await gale.cards();
  const looking = await gale.refreshes(
    new SeenCard(hers?.id ?? '', 'personal', { refresh: { action: { verb: 'refresh', data } } }),
  );
  expect(asking.statusCode).toBe(403);
  expect(JSON.stringify([stranger.value, asking.value, looking.json])).not.toMatch(/honest|Ana Agent/);
  expect((await ana.looksAgainAt(request)).says('Waits for a decision')).toBe(true);
  await ana.presses(request, 'Cancel the request for Agent');
  await dana.watches(asked, /Cancelled by Ana Agent/);
  const stale = await dana.presses(asked, 'Approve Ana Agent');
  expect(JSON.stringify(stale.value)).toContain('Cancelled by Ana Agent');
  expect(await assignmentsOf(ana)).toBe(0);
}, 120_000);

test('whom a typed name may mean is asked, and only a whole user principal name is taken (T2)', async () => {
  const form = await ana.saysAndSees('request', 'Which role?');
  const asks = (person: string): Promise<ClickResult> =>
    ana.presses(form, 'Ask for access', { role: 'agent', minutes: '60', why: 'by name', person });

  const byName = await asks('B.Sim');
  expect(JSON.stringify(byName)).toContain('“B.Sim” may mean B.Simon (b.simon@contoso.example).');
  await asks('B.SIMON@contoso.example');

  const request = await ana.watches(form, 'Your request: Agent for B.Simon');
  await ana.presses(request, 'Cancel the request for Agent');
  await ana.watches(request, /Cancelled by Ana Agent/);
}, 120_000);

test('more time is asked for before the end, and there is no gap', async () => {
  const request = await asksInTeams(ana, 'agent', { hours: 1, because: 'the morning' });
  await dana.presses(await dana.sees('the morning'), 'Approve Ana Agent');
  await ana.watches(request, /Approved by Dana Deputy/);
  await world().advance(PAST_TAKE_BACK);
  const works = await ana.watches(request, /You have access until/);

  await answersInTeams(ana, works, {
    ...{ opens: 'Ask for more time …', sends: 'Ask for more time' },
    inputs: { minutes: '120', reason: 'and the noon' },
  });
  const more = await ana.sees('More time for you as Agent');
  const asked = await omar.inSlack.sees('and the noon');
  await omar.inSlack.presses('Approve Ana Agent', asked);
  await ana.watches(more, /Approved by Omar Owner/);
  await world().advance(PAST_TAKE_BACK);
  await ana.watches(more, /You have access until/);

  await world().advance('PT1H');
  await ana.watches(request, /Access ended/);
  expect(await assignmentsOf(ana)).toBe(1);
  await world().advance('PT2H');
  await ana.watches(more, /Access ended/);
  expect(await assignmentsOf(ana)).toBe(0);
}, 120_000);

test('a request that nobody decides ends by itself, and the requester is told', async () => {
  const request = await asksInSlack(ana, 'supervisor', { because: 'nobody looks' });
  const asked = await dana.sees('nobody looks');

  await world().advance('PT72H1M');

  await ana.inSlack.watches(request, /nobody decided within 3 days/);
  await ana.inSlack.sees('Nobody decided: Supervisor');
  await dana.watches(asked, /nobody decided within 3 days/);
}, 120_000);
