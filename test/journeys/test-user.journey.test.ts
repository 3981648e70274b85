import { GENESYS } from '../../sandbox/credentials.js';
import { assigns, provisions, setsUpSso } from '../support/deeds.js';
import type { Persona } from '../support/persona.js';
import type { SeenCard } from '../support/seen-card.js';
import { sharedWorld } from '../support/shared-world.js';
import { until } from '../support/world.js';

const world = sharedWorld();
const ada = (): Persona => world().person('Ada');

/** Creates somebody by that name and returns the card that says so. */
async function creates(name: string, inputs: Record<string, string> = {}): Promise<SeenCard> {
  const card = await ada().saysAndSees(`create test user ${name}`, `Create ${name} in Entra`);
  await ada().presses(card, 'Create', inputs);
  return ada().watches(card, `${name} exists in Entra now`);
}

async function linkFor(userPrincipalName: string): Promise<string> {
  return (await ada().sees(`The first password of ${userPrincipalName}`)).link('Show the password');
}

/** What the page behind the link says, and the password on it. */
async function opens(link: string, method: 'GET' | 'POST'): Promise<{ status: number; password: string | undefined }> {
  const response = await fetch(link, { method, headers: { 'User-Agent': 'SkypeUriPreview Preview/0.5' } });
  const password = /id="password"[^>]*value="([^"]+)"/.exec(await response.text())?.[1];
  return { status: response.status, password };
}

interface EntraState {
  readonly users: { id: string; userPrincipalName: string }[];
  readonly appRoleAssignments: { principalId: string }[];
}
interface GenesysState {
  readonly users: { email: string; state: string }[];
}

async function entraUser(userPrincipalName: string): Promise<{ id: string } | undefined> {
  const { users } = await world().entra.state<EntraState>();
  return users.find((user) => user.userPrincipalName === userPrincipalName);
}

async function genesysUser(email: string): Promise<string | undefined> {
  const { users } = await world().genesys.state<GenesysState>();
  return users.find((user) => user.email === email)?.state;
}

describe('The first password of a test user', () => {
  test('survives every link preview, is shown once, and is then gone', async () => {
    await creates('T.Simon');
    const link = await linkFor('t.simon@contoso.example');

    const previews = [await opens(link, 'GET'), await opens(link, 'GET')];
    const shown = await opens(link, 'POST');
    const afterwards = [await opens(link, 'POST'), await opens(link, 'GET')];

    expect(previews).toEqual([
      { status: 200, password: undefined },
      { status: 200, password: undefined },
    ]);
    expect(shown.status).toBe(200);
    expect(shown.password?.length).toBeGreaterThanOrEqual(16);
    expect(afterwards.map(({ status }) => status)).toEqual([410, 410]);
  }, 120_000);

  test('is gone after ten minutes, and New password brings another one', async () => {
    const card = await creates('U.Simon');
    const link = await linkFor('u.simon@contoso.example');

    await world().advance('PT11M');
    const late = await opens(link, 'POST');
    await ada().presses(card, 'New password for U.Simon');
    await ada().sees('U.Simon has a new first password');
    const second = await opens(await linkFor('u.simon@contoso.example'), 'POST');

    expect(late).toEqual({ status: 410, password: undefined });
    expect(second.password?.length).toBeGreaterThanOrEqual(16);
  }, 120_000);

  test('is longer where the tenant asks for more, and where no password will do the card says why', async () => {
    await world().entra.fault('password-rules', { minLength: '32' });
    await creates('V.Simon');
    const long = await opens(await linkFor('v.simon@contoso.example'), 'POST');
    await world().entra.fault('password-rules', { on: false });
    await world().entra.fault('password-rules', { minLength: '257' });
    const card = await ada().saysAndSees('create test user W.Simon', 'Create W.Simon in Entra');
    await ada().presses(card, 'Create');
    const stopped = await ada().watches(card, 'did not finish');
    const nobody = await entraUser('w.simon@contoso.example');
    await world().entra.fault('password-rules', { on: false });
    await ada().presses(stopped, 'Retry');
    await ada().watches(card, 'W.Simon exists in Entra now');

    expect(long.password).toHaveLength(40);
    expect(stopped.text).toContain('Entra refused two generated passwords for w.simon@contoso.example');
    expect(stopped.text).toContain('Entra admin center');
    expect(nobody).toBeUndefined();
  }, 120_000);
});

describe('The domain of a test user', () => {
  test('is chosen where there are several, and no federated one is offered or taken', async () => {
    await world().entra.fault('more-domains');
    const card = await ada().saysAndSees('create test user D.Simon', 'Create D.Simon in Entra');
    const forged = await ada().presses(card, 'Create', { domain: 'fed.contoso.example' });
    const again = await ada().looksAgainAt(card);
    await ada().presses(again, /^Create/, { name: 'D.Simon', domain: 'berlin.contoso.example' });
    await ada().watches(card, 'D.Simon exists in Entra now');
    await world().entra.fault('more-domains', { on: false });

    expect(card.inputs()).toMatchObject({ domain: 'contoso.example' });
    expect(card.text).toContain('berlin.contoso.example');
    expect(card.text).toContain(
      'Not offered, as its people sign in elsewhere and are created there: fed.contoso.example',
    );
    expect(JSON.stringify(forged)).toContain('no verified, managed domain');
    expect(await entraUser('d.simon@berlin.contoso.example')).toBeDefined();
  }, 120_000);

  test('a tenant whose only domain is federated is told where people are created', async () => {
    await world().entra.fault('federated-domain');
    const refused = await ada().saysAndSees('create test user F.Simon', 'is federated');
    await world().entra.fault('federated-domain', { on: false });

    expect(refused.text).toContain('Every verified domain of this tenant is federated (contoso.example)');
    expect(refused.text).toContain('Create the person in your own directory');
  }, 120_000);
});

describe('Remove test user', () => {
  test('takes the person away on both sides, says so for each, and does it once', async () => {
    await setsUpSso(ada());
    await creates('R.Simon');
    await assigns(ada(), 'r.simon');
    await provisions(ada(), 'r.simon');
    const person = await entraUser('r.simon@contoso.example');

    const plan = await ada().saysAndSees('remove test user r.simon', 'Remove R.Simon from Entra and Genesys Cloud?');
    await world().genesys.fault('conflict');
    await ada().presses(plan, 'Remove R.Simon');
    const done = await ada().watches(plan, 'R.Simon is removed from Entra and Genesys Cloud');
    const second = await ada().presses(plan, 'Remove R.Simon');
    const audit = await ada().saysAndSees(`audit ${person?.id ?? ''}`, 'remove R.Simon from Entra and Genesys Cloud');

    expect(plan.text).toContain('Entra: the access to Genesys Cloud (one role).');
    expect(plan.text).toContain('Genesys Cloud: the user r.simon@contoso.example, whom Latchkey created');
    expect(plan.text).toContain('For 30 days an administrator can restore the person');
    expect(done.text).toContain('One role was taken away.');
    expect(done.text).toContain('The user r.simon@contoso.example is deleted.');
    expect(done.text).toContain('Deleted; can be restored for 30 days.');
    expect(JSON.stringify(second)).toContain('Ada Admin has already started this');
    expect(audit.text).toContain('Ada Admin');
    const { appRoleAssignments } = await world().entra.state<EntraState>();
    expect(appRoleAssignments.filter(({ principalId }) => principalId === person?.id)).toEqual([]);
    expect(await entraUser('r.simon@contoso.example')).toBeUndefined();
    expect(await genesysUser('r.simon@contoso.example')).toBe('deleted');
  }, 180_000);

  test('a name that a deleted person had is said to be theirs, and where Entra holds it, why it is refused', async () => {
    await world().entra.fault('deleted-names-held');
    const card = await ada().saysAndSees('create test user R.Simon', 'Create R.Simon in Entra');
    await ada().presses(card, 'Create');
    const held = await ada().watches(card, 'did not finish');
    await world().entra.fault('deleted-names-held', { on: false });
    await ada().presses(held, 'Retry');
    await ada().watches(card, 'R.Simon exists in Entra now');

    expect(card.text).toContain('r.simon@contoso.example belonged to R.Simon, who was deleted');
    expect(held.text).toContain('Entra still holds r.simon@contoso.example for R.Simon, who was deleted');
  }, 120_000);

  test('a Genesys user whom somebody else made stays, and so does a person whom Latchkey did not create', async () => {
    await creates('S.Simon');
    const early = await ada().saysAndSees('remove test user s.simon', 'Remove S.Simon from Entra?');
    const made = await fetch(`${world().genesys.url}/oauth/token`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization: `Basic ${Buffer.from(`${GENESYS.clientId}:${GENESYS.clientSecret}`).toString('base64')}`,
      },
      body: 'grant_type=client_credentials',
    });
    const { access_token: token } = (await made.json()) as { access_token: string };
    await fetch(`${world().genesys.url}/api/v2/users`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ name: 'S. Simon', email: 's.simon@contoso.example', state: 'active' }),
    });

    const overtaken = await ada().presses(early, 'Remove S.Simon');
    const plan = await ada().saysAndSees('remove test user s.simon', 'Remove S.Simon from Entra?');
    await ada().presses(plan, 'Remove S.Simon');
    const done = await ada().watches(plan, 'S.Simon is removed from Entra.');
    const foreign = await ada().saysAndSees('remove test user b.simon', 'Latchkey removes only people whom it created');

    expect(early.text).toContain('Genesys Cloud has no user with this address');
    expect(JSON.stringify(overtaken)).toContain('has changed since this card was made');
    expect(plan.text).toContain('The user s.simon@contoso.example in Genesys Cloud stays: Latchkey did not create it.');
    expect(done.text).toContain('The user s.simon@contoso.example stays');
    expect(await genesysUser('s.simon@contoso.example')).toBe('active');
    expect(foreign.text).toContain('Delete the person in the Entra admin center');
    expect(await entraUser('b.simon@contoso.example')).toBeDefined();
  }, 120_000);

  test('goes on after a power cut in the middle, and says what it found', async () => {
    await creates('K.Simon');
    await assigns(ada(), 'k.simon');
    await provisions(ada(), 'k.simon');
    const plan = await ada().saysAndSees('remove test user k.simon', 'Remove K.Simon from Entra and Genesys Cloud?');
    await world().genesys.fault('slow-replies', { ms: '60000', match: 'DELETE /api/v2/users' });
    await ada().presses(plan, 'Remove K.Simon');
    await until(
      'Genesys has deleted the user',
      async () => (await genesysUser('k.simon@contoso.example')) === 'deleted',
    );
    await world().killBot();
    const between = await entraUser('k.simon@contoso.example');
    await world().genesys.fault('slow-replies', { on: false });
    await world().startBot();
    const done = await ada().watches(plan, 'K.Simon is removed from Entra');

    expect(between).toBeDefined();
    expect(done.text).toContain('One role was taken away.');
    expect(done.text).toContain('The user k.simon@contoso.example was deleted already.');
    expect(await entraUser('k.simon@contoso.example')).toBeUndefined();
  }, 180_000);

  test('is for administrators of users alone, and asks before it does anything', async () => {
    await creates('P.Simon');
    const plan = await ada().saysAndSees('remove test user p.simon', 'Remove P.Simon from Entra?');
    const gale = await world().person('Gale').saysAndSees('remove test user p.simon', 'You cannot remove test users');

    expect(plan.buttons()).toEqual(['Remove P.Simon', 'Cancel']);
    expect(gale.text).toContain(
      'Creating and removing people, and setting their passwords, needs an administrator of users',
    );
  }, 120_000);
});
