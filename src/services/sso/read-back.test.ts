import type { Entra, InstanceSettings } from '../entra/entra.js';
import type { Genesys, IdentityProvider } from '../genesys/genesys.js';
import { Problem } from '../platform/problem.js';
import { readBack, settle } from './read-back.js';
import { instance, provider, settings } from './testing/two-sides.js';

const THUMBPRINT = 'A'.repeat(40);
const app = instance();

/** Both sides as one answer after the other; the last one stays. Time passes by waiting alone. */
function standing(answers: {
  instances?: readonly (InstanceSettings | Problem)[];
  providers?: readonly IdentityProvider[];
}): { parts: Parameters<typeof readBack>[0]; reads: { instance: number; provider: number; metadata: number } } {
  const reads = { instance: 0, provider: 0, metadata: 0 };
  const { instances = [app], providers = [provider()] } = answers;
  const nth = <T>(all: readonly T[], index: number): T => all[Math.min(index, all.length - 1)] as T; // never empty
  let nowMs = 0;
  const entra = {
    getSettings: async () => {
      const answer = nth(instances, (reads.instance += 1) - 1);
      if (answer instanceof Problem) throw answer;
      return Promise.resolve(answer);
    },
    getFederationMetadata: async () => {
      reads.metadata += 1;
      const { issuerUri, targetUri } = settings;
      return Promise.resolve({ entityId: issuerUri, signOnUrl: targetUri, thumbprints: [THUMBPRINT] });
    },
  } as unknown as Entra;
  const genesys = {
    findIdentityProvider: async () => Promise.resolve(nth(providers, (reads.provider += 1) - 1)),
  } as unknown as Genesys;
  const pace = {
    wall: () => new Date(nowMs),
    sleep: async (ms: number) => Promise.resolve(void (nowMs += ms)),
    random: () => 0,
  };
  return { parts: { entra, genesys, patience: { budgetMs: 10_000, pace } }, reads };
}

const written = { app, settings, thumbprint: THUMBPRINT };
const OLD = instance({ identifiers: [] });
const notThere = new Problem({ kind: 'waiting', what: 'Not there.', remedy: 'Wait.' });

test('What Entra shows a little later is looked at again, and what was right already is read once', async () => {
  const { parts, reads } = standing({ instances: [OLD, notThere, OLD, app] });

  await expect(readBack(parts, written)).resolves.toMatchObject({ issuerUri: settings.issuerUri });

  expect(reads).toEqual({ instance: 4, provider: 1, metadata: 1 });
});

test('A provider that Genesys shows later is read again, together with the certificate that it is compared with', async () => {
  const { parts, reads } = standing({ providers: [provider({ certificates: [] }), provider()] });

  await readBack(parts, written);

  expect(reads).toEqual({ instance: 2, provider: 2, metadata: 1 });
});

test('What is not shown within the budget waits, and is named', async () => {
  const { parts } = standing({ instances: [OLD] });

  await expect(readBack(parts, written)).rejects.toMatchObject({
    facts: { kind: 'waiting', code: 'not-as-written', why: expect.stringContaining('Entra, Identifier') as string },
  });
});

test('A set-up that stops waits only for the fields that it has written, and not for ever', async () => {
  const shown = standing({ instances: [OLD, OLD, app] });
  const never = standing({ instances: [OLD] });
  const nothing = standing({ instances: [OLD] });

  await settle(shown.parts, { app, settings, fields: ['Identifier'] });
  await settle(never.parts, { app, settings, fields: ['Identifier'] });
  await settle(nothing.parts, { app, settings, fields: ['Claim Email'] });

  expect([shown.reads.instance, nothing.reads.instance]).toEqual([3, 1]);
  expect(never.reads.instance).toBeGreaterThan(3);
});
