import { setsUpSso } from '../support/deeds.js';
import { Consoles } from '../support/consoles.js';
import { makePeople, reads, uploads, type AssignmentsState } from '../support/files-of-people.js';
import type { Persona } from '../support/persona.js';
import type { SeenCard } from '../support/seen-card.js';
import { sharedWorld } from '../support/shared-world.js';
import type { World } from '../support/world.js';

const world = sharedWorld();
let ada: Persona;
let consoles: Consoles;

beforeAll(async () => {
  ada = world().person('Ada');
  consoles = new Consoles(world());
  await setsUpSso(ada);
}, 120_000);

async function assignedIds(of: World): Promise<string[]> {
  const { appRoleAssignments } = await of.entra.state<AssignmentsState>();
  return appRoleAssignments.map(({ principalId }) => principalId);
}

/** How often each of them is assigned. */
async function timesAssigned(people: readonly { id: string }[]): Promise<number[]> {
  const assigned = await assignedIds(world());
  return people.map(({ id }) => assigned.filter((one) => one === id).length);
}

function fileOf(people: readonly { userPrincipalName: string }[]): string {
  return `upn\n${people.map(({ userPrincipalName }) => userPrincipalName).join('\n')}`;
}

/** So slow that a part of the run holds two hundred people at most. */
async function isSlow(on: boolean): Promise<void> {
  await world().entra.fault('slow-replies', { ms: '1500', match: '$batch', on });
}

async function plansByFile(who: Persona, name: string, content: string): Promise<SeenCard> {
  await who.sendsFile(name, content);
  return who.sees(`Plan for ${name}`);
}

test('A file is uploaded by the page, checked in full with line numbers, run, and reported row by row', async () => {
  const people = await makePeople(consoles, 30, 'page');
  const first = people[0]?.userPrincipalName ?? '';
  const rows = [
    'upn;role;genesysDivision;genesysRoles;until',
    ...people.map(
      ({ userPrincipalName }, at) => `${userPrincipalName};User;${at === 0 ? 'Berlin;employee | Agent' : ';'};`,
    ),
    'nobody@contoso.example;;;;',
    `${first.toUpperCase()};;;;`,
    'ada.admin@contoso.example;;;;',
    'b.simon@contoso.example;Emperor;;;',
    '=1+1@contoso.example;;;;',
    'ana.agent@contoso.example;;;;2027-01-01',
  ];

  const offer = await ada.saysAndSees('bulk', 'Columns');
  const url = offer.link('Upload a CSV file');
  expect((await fetch(url)).status).toBe(200);
  const taken = await uploads(url, 'night shift.csv', rows.join('\r\n'));
  expect(await taken.text()).toContain('36 rows');
  expect((await uploads(url, 'again.csv', 'upn\nx@y.z')).status).toBe(410);

  const plan = await ada.sees('Plan for night shift.csv');
  expect(plan.text).toContain('30 to add, 0 already there, 6 wrong');
  for (const words of [
    'Line 32, nobody@contoso.example: Nobody in Entra',
    'Line 33',
    'line 2 counts',
    'Line 34, ada.admin@contoso.example: Nobody can give access to themselves',
    'Line 35, b.simon@contoso.example: The application has no role “Emperor”',
    'Line 36',
    'formula',
    'Line 37, ana.agent@contoso.example: An end',
  ]) {
    expect(plan.text).toContain(words);
  }
  expect(await timesAssigned(people)).toEqual(people.map(() => 0));

  await ada.presses(plan, 'Give 30 people access');
  const done = await ada.watches(plan, 'night shift.csv is done');

  expect(done.text).toContain('30 people got access');
  expect(await timesAssigned(people)).toEqual(people.map(() => 1));
  const { users } = await world().genesys.state<{ users: { email: string; state: string }[] }>();
  expect(users.filter(({ email }) => email === first)).toMatchObject([{ state: 'active' }]);

  await ada.presses(done, /^Report on/);
  const report = await reads((await ada.sees('What came of each row')).link('Open the report'));
  expect(report).toHaveLength(37);
  expect(report[1]).toBe(
    `2,${first},added,"Assigned in Entra as User. Genesys: user created; employee, Agent given in Berlin."`,
  );
  expect(report.find((line) => line.startsWith('36,'))).toContain("'=1+1@contoso.example,wrong");
});

test('A file that is sent in the chat does the same, and the very same file again does nothing', async () => {
  const people = await makePeople(consoles, 3, 'chat');
  const content = fileOf(people);

  const plan = await plansByFile(ada, 'few.csv', content);
  await ada.presses(plan, 'Give 3 people access');
  await ada.watches(plan, 'few.csv is done');
  expect(await timesAssigned(people)).toEqual([1, 1, 1]);

  await ada.sendsFile('another-name.csv', content);
  const again = await ada.sees('Already applied');
  expect(again.text).toMatch(/already applied at .* by Ada Admin; there is nothing to do/);
  expect(again.buttons()).toEqual(['Report on few.csv']);
  expect(await timesAssigned(people)).toEqual([1, 1, 1]);
});

test('Another file with the same people finds them there', async () => {
  const plan = await plansByFile(
    ada,
    'same-people.csv',
    'upn,role\nchat.1@contoso.example,\nCHAT.2@contoso.example,user\n',
  );

  expect(plan.text).toContain('0 to add, 2 already there, 0 wrong');
  expect(plan.text).toContain('There is nothing to do.');
  expect(plan.buttons()).toEqual(['Report on same-people.csv']);
});

test('A file that is no such file is refused in words, and the link takes another one', async () => {
  const url = (await ada.saysAndSees('upload csv', 'Columns')).link('Upload a CSV file');

  const refused = await uploads(url, '<img src=x>.csv', 'name,<script>alert(1)</script>\na,b');
  expect(refused.status).toBe(422);
  const page = await refused.text();
  expect(page).toContain('names no column “upn”');
  expect(page).not.toContain('<script>');
  expect(refused.headers.get('content-security-policy')).toContain("default-src 'none'");

  expect((await uploads(url, 'good.csv', 'upn\nnobody@contoso.example')).status).toBe(200);
  await ada.sees('Plan for good.csv');
  await ada.sendsFile('picture.xlsx', 'PK\u0003\u0004\u0000\u0000');
  await ada.sees('That is a workbook or an archive');
});

test('Who may not give access gets no link, and no file of theirs is fetched', async () => {
  const gale = world().person('Gale');

  await gale.says('bulk');
  await gale.sees('You cannot give people access to Genesys Cloud.');
  const before = (await world().teams.requests()).filter(({ path }) => path.startsWith('/files/')).length;
  await gale.sendsFile('mine.csv', 'upn\ngale.reader@contoso.example');
  await gale.sees('You cannot');

  const after = (await world().teams.requests()).filter(({ path }) => path.startsWith('/files/')).length;
  expect(after).toBe(before);
});

test('A throttling storm loses nobody', async () => {
  const people = await makePeople(consoles, 60, 'storm');
  const content = fileOf(people);
  const plan = await plansByFile(ada, 'storm.csv', content);
  const storm = { times: '25', retryAfter: '1', match: 'appRoleAssignments' };
  await world().entra.fault('throttled', storm);

  await ada.presses(plan, 'Give 60 people access');
  const done = await ada.watches(plan, 'storm.csv is done');

  expect(done.text).toContain('60 people got access');
  expect(await timesAssigned(people)).toEqual(people.map(() => 1));
}, 120_000);

test('A storm in Genesys, with and without Retry-After and at the sign-in, loses no row', async () => {
  const people = await makePeople(consoles, 24, 'genesys-storm');
  const rows = people.map(({ userPrincipalName }) => `${userPrincipalName},employee | Agent`);
  const plan = await plansByFile(ada, 'genesys-storm.csv', `upn,genesysRoles\n${rows.join('\n')}`);
  const { genesys } = world();
  await genesys.fault('throttled', { times: '12', retryAfter: '1', match: '/users' });
  await genesys.fault('throttled', { times: '8', retryAfter: 'none', match: 'bulkadd' });
  await genesys.fault('throttled', { times: '6', retryAfter: 'none', match: 'subjects' });
  await genesys.fault('token-throttled', { times: '3' });
  await genesys.fault('token-expired-now');
  const before = (await genesys.requests()).length;

  await ada.presses(plan, 'Give 24 people access');
  const done = await ada.watches(plan, 'genesys-storm.csv is done');

  expect(done.text).toContain('24 people got access');
  expect(await timesAssigned(people)).toEqual(people.map(() => 1));
  const { users, grants } = await genesys.state<{
    users: { id: string; email: string; state: string }[];
    grants: { subjectId: string; role: { name: string } }[];
  }>();
  const held = people.map(({ userPrincipalName }) =>
    users
      .filter(({ email }) => email === userPrincipalName)
      .map(({ id, state }) => [
        state,
        ...grants.filter(({ subjectId }) => subjectId === id).map(({ role }) => role.name),
      ]),
  );
  expect(held).toEqual(people.map(() => [['active', 'employee', 'Agent']]));
  const answers = (await genesys.requests()).slice(before).map(({ status }) => status);
  expect(answers.filter((status) => status === 429)).toHaveLength(26);
  expect(answers.filter((status) => status === 400)).toHaveLength(3);
}, 180_000);

test('A run is paused, keeps what is done, and goes on', async () => {
  const people = await makePeople(consoles, 280, 'pause');
  const plan = await plansByFile(ada, 'pause.csv', fileOf(people));
  await isSlow(true);
  await ada.presses(plan, 'Give 280 people access');
  const running = await ada.watches(plan, 'Giving access: pause.csv');

  await ada.presses(running, 'Pause pause.csv');
  const paused = await ada.watches(plan, 'pause.csv is paused');
  const before = (await timesAssigned(people)).filter((times) => times === 1).length;
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(280);
  expect(paused.text).toContain(`(${String(before)} of 280)`);
  expect(paused.buttons()).toEqual(['Go on with pause.csv', 'Stop pause.csv', 'Report on pause.csv']);

  await isSlow(false);
  await ada.presses(paused, 'Go on with pause.csv');
  const done = await ada.watches(plan, 'pause.csv is done');
  expect(done.text).toContain('280 people got access');
  expect(await timesAssigned(people)).toEqual(people.map(() => 1));
}, 120_000);

test('A run is stopped, and the same file does the rest later', async () => {
  const people = await makePeople(consoles, 280, 'stop');
  const content = fileOf(people);
  const plan = await plansByFile(ada, 'stop.csv', content);
  await isSlow(true);
  await ada.presses(plan, 'Give 280 people access');
  await ada.presses(await ada.watches(plan, 'Giving access: stop.csv'), 'Stop stop.csv');
  const stopped = await ada.watches(plan, 'stop.csv was stopped');
  await isSlow(false);
  const assigned = (await timesAssigned(people)).filter((times) => times === 1).length;
  expect(stopped.text).toContain(`${String(280 - assigned)} people`);

  await ada.sendsFile('rest.csv', content);
  const rest = await ada.sees('Plan for rest.csv');
  expect(rest.text).toContain(`${String(280 - assigned)} to add, ${String(assigned)} already there, 0 wrong`);
  await ada.presses(rest, /^Give .* access$/);
  await ada.watches(rest, 'rest.csv is done');
  expect(await timesAssigned(people)).toEqual(people.map(() => 1));
}, 120_000);

test('Two plans of one file that are started at once are one run', async () => {
  const people = await makePeople(consoles, 40, 'twice');
  const content = fileOf(people);
  const [one, other] = [await plansByFile(ada, 'one.csv', content), await plansByFile(ada, 'other.csv', content)];

  const answers = await Promise.all([one, other].map((plan) => ada.presses(plan, 'Give 40 people access')));
  const texts = answers.map(({ value }) => JSON.stringify(value ?? ''));
  expect(texts.filter((text) => text.includes('Started.'))).toHaveLength(1);
  expect(texts.filter((text) => text.includes('has started this very file'))).toHaveLength(1);

  await ada.sees(/^(one|other)\.csv is done$/m);
  expect(await timesAssigned(people)).toEqual(people.map(() => 1));
});

test('A run that is under way is not begun anew by the same file, and another file waits its turn', async () => {
  const people = await makePeople(consoles, 200, 'busy');
  const content = fileOf(people);
  const waiting = await plansByFile(ada, 'next.csv', 'upn\nana.agent@contoso.example');
  const plan = await plansByFile(ada, 'busy.csv', content);
  await isSlow(true);
  await ada.presses(plan, 'Give 200 people access');
  await ada.watches(plan, 'Giving access: busy.csv');

  await ada.sendsFile('busy-again.csv', content);
  expect((await ada.sees('Already under way')).text).toContain('Ada Admin started this very file');
  const answer = await ada.presses(waiting, 'Give 1 person access');
  expect(JSON.stringify(answer.value)).toContain('still under way');

  await isSlow(false);
  await ada.watches(plan, 'busy.csv is done');
}, 120_000);
