import { BOT, TENANT_ID } from '../../sandbox/credentials.js';
import { SET_UP } from './crash-deeds.js';
import { CrashRig, type Deed } from './crash-rig.js';
import { remoteState, type Remote } from './remote-state.js';
import { print } from '../support/print.js';

/** Every point with `CRASH_MATRIX=full`; otherwise every n-th. */
const EVERY = process.env['CRASH_MATRIX'] === 'full' ? 1 : 6;
const NAME = 'Genesys Cloud for Azure';

let rig: CrashRig;

beforeAll(async () => {
  rig = await CrashRig.start();
  await rig.world.saveRemote('fresh');
  await rig.recordPoints(SET_UP);
  await rig.world.saveRemote('set up');
  await makeDrift();
  await rig.world.saveRemote('drifted');
}, 180_000);
afterAll(async () => rig?.stop(), 30_000);

/** Somebody has changed values of the working instance by hand, as the portal would. */
async function makeDrift(): Promise<void> {
  const { applications, servicePrincipals } = await rig.world.entra.state<{
    applications: { id: string; displayName: string }[];
    servicePrincipals: { id: string; displayName: string }[];
  }>();
  const app = applications.find(({ displayName }) => displayName === NAME);
  const principal = servicePrincipals.find(({ displayName }) => displayName === NAME);
  if (!app || !principal) throw new Error('There is no instance.');
  await patchEntra(`applications/${app.id}`, {
    identifierUris: [],
    web: { redirectUris: ['https://contoso.example/other'] },
  });
  await patchEntra(`servicePrincipals/${principal.id}`, {
    accountEnabled: false,
    loginUrl: 'https://contoso.example/',
  });
}

async function patchEntra(path: string, body: object): Promise<void> {
  const { url } = rig.world.entra;
  const form = new URLSearchParams({
    ...{ grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' },
    ...{ client_id: BOT.clientId, client_secret: BOT.clientSecret },
  });
  const answer = await fetch(`${url}/${TENANT_ID}/oauth2/v2.0/token`, { method: 'POST', body: form });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const response = await fetch(`${url}/v1.0/${path}`, { method: 'PATCH', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/**
 * What an undo may leave, by name: the application that the set-up made and its service principal with its claims, switched
 * off, and inactive certificates of an adopted one. Versions and logs are not part of the state.
 */
function withoutWhatStays(remote: Remote, from: string): unknown {
  const { entra, genesys } = remote;
  const isOurs = ({ displayName }: { displayName: string }): boolean => displayName === NAME;
  const made = entra.servicePrincipals.filter(isOurs);
  if (from === 'fresh') {
    expect(made.map((principal) => (principal as { accountEnabled?: boolean }).accountEnabled)).toEqual(
      made.map(() => false),
    );
    // They belong to the service principal; nobody else had any before.
    expect(entra.policies.length).toBeLessThanOrEqual(made.length);
    return {
      entra: {
        ...entra,
        applications: entra.applications.filter((one) => !isOurs(one)),
        servicePrincipals: entra.servicePrincipals.filter((one) => !isOurs(one)),
        policies: [],
      },
      genesys,
    };
  }
  return { entra, genesys };
}

async function undo(card: Awaited<ReturnType<CrashRig['failAt']>>): Promise<void> {
  const ada = rig.world.person('Ada');
  await ada.presses(card, 'Undo …');
  const plan = await ada.sees('Undo the set-up?');
  await ada.presses(plan, 'Undo');
  await ada.watches(plan, 'Set-up undone');
}

test.each(['fresh', 'drifted'])(
  'A set-up over a tenant that is %s, refused at any of its effects and undone, leaves both sides as before',
  async (from) => {
    const deed = { ...SET_UP, from };
    const effects = (await rig.recordPoints(deed)).points.filter(
      ({ around, when }) => around === 'effect' && when === 'before',
    );
    await rig.world.restoreRemote(from);
    const before = withoutWhatStays(await remoteState(rig.world), from);
    const table: string[] = [];
    for (const { at, name } of effects.slice(0, -1)) {
      await undo(await rig.failAt(deed, at + 1));
      const after = withoutWhatStays(await remoteState(rig.world), from);
      expect({ stoppedAfter: name, after }).toEqual({ stoppedAfter: name, after: before });
      table.push(`  ✓ undone after ${name}`);
    }
    print(`\nundo, ${from}\n${table.join('\n')}\n`);
    expect(table.length).toBeGreaterThan(0);
  },
  900_000,
);

test('An undo that is killed anywhere ends as one that is not', async () => {
  const deed: Deed = {
    ...{ name: 'undo', from: 'fresh', button: 'Undo', done: 'Set-up undone' },
    open: async (admin) => {
      const plan = await SET_UP.open(admin);
      await admin.presses(plan, SET_UP.button);
      await admin.presses(await admin.watches(plan, SET_UP.done), 'Undo …');
      return admin.sees('Undo the set-up?');
    },
  };
  const { points: kills, after } = await rig.recordPoints(deed);
  const failures: string[] = [];
  for (const point of kills.filter((_, index) => index % EVERY === 0)) {
    const ended = await rig.crashAt(deed, point).catch(String);
    try {
      expect(ended).toEqual(after);
    } catch (error) {
      failures.push(`${point.when} ${point.around} ${point.name}: ${String(error)}`);
    }
  }

  expect(failures).toEqual([]);
}, 900_000);
