import type { Entra, FederationMetadata, InstanceIds, InstanceSettings } from '../entra/entra.js';
import type { Genesys, IdentityProvider } from '../genesys/genesys.js';
import { lookUntil, type Pace } from '../platform/http.js';
import { Problem } from '../platform/problem.js';
import { entraDifferences, genesysDifferences, type Difference, type SamlSettings } from './saml-settings.js';

/** A look is several calls. */
const FIRST_WAIT_MS = 400;
const SETTLE_MS = 30_000;
const NOT_BOTH_YET = 'Entra and Genesys Cloud do not both show yet what was written';

/** How long what was written may stay invisible, in milliseconds, and what waiting needs. */
export interface Patience {
  readonly budgetMs: number;
  readonly pace: Pace;
}

export interface ReadBackParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly patience: Patience;
}

interface Written {
  readonly app: InstanceIds;
  readonly settings: SamlSettings;
  readonly thumbprint: string;
}

/** What was read last of each place; what is read again is missing. */
type Reading = Partial<WholeReading>;

/**
 * Reads both sides until they say what was written, again and again within the budget; of a place that is right already,
 * once. Then throws a `Problem` of kind `waiting` with what still differs.
 * @returns the settings with issuer and target as Entra publishes them.
 */
export async function readBack(parts: ReadBackParts, written: Written): Promise<SamlSettings> {
  let reading: Reading = {};
  let differences: readonly Difference[] = [];
  const settings = await lookUntil(
    async () => {
      const now = await unlessWaiting(() => read(parts, written.app, reading));
      if (!now) return undefined;
      const compared = compare(now, written);
      ({ differences } = compared);
      reading = withoutWhatDiffers(now, compared);
      return differences.length === 0 ? compared.settings : undefined;
    },
    { ...parts.patience, because: NOT_BOTH_YET, firstWaitMs: FIRST_WAIT_MS },
  );
  if (settings) return settings;
  throw notAsWritten(differences);
}

/**
 * For a set-up that stops: waits until Entra shows these fields as they were written, or for half a minute. An undo reads
 * what there is, and would leave alone what it cannot see yet. Never rejects.
 */
export async function settle(
  { entra, patience }: Pick<ReadBackParts, 'entra' | 'patience'>,
  { app, settings, fields }: { app: InstanceIds; settings: SamlSettings; fields: readonly string[] },
): Promise<void> {
  if (fields.length === 0) return;
  const isShown = async (): Promise<true | undefined> => {
    const differences = entraDifferences(await entra.getSettings(app), settings);
    return differences.some(({ field }) => fields.includes(field)) ? undefined : true;
  };
  const budgetMs = Math.min(patience.budgetMs, SETTLE_MS);
  const because = 'Entra does not show the last change everywhere yet';
  const looking = { ...patience, because, budgetMs, firstWaitMs: FIRST_WAIT_MS };
  await lookUntil(() => unlessWaiting(isShown), looking).catch(() => undefined);
}

/** What `look` gives, as soon as Entra shows all of it; within the budget, else its own `Problem`. */
export async function patiently<T>(look: () => Promise<T>, patience: Patience): Promise<T> {
  let last: Problem | undefined;
  const found = await lookUntil(
    () =>
      unlessWaiting(
        async () => ({ value: await look() }),
        (problem) => (last = problem),
      ),
    { ...patience, because: 'Entra does not show all of the application yet' },
  );
  if (found) return found.value;
  throw last ?? notAsWritten([]);
}

interface WholeReading {
  readonly instance: InstanceSettings;
  readonly provider: IdentityProvider | undefined;
  readonly metadata: FederationMetadata;
}

async function read({ entra, genesys }: ReadBackParts, app: InstanceIds, known: Reading): Promise<WholeReading> {
  const [instance, provider, metadata] = await Promise.all([
    known.instance ?? entra.getSettings(app),
    known.provider ?? genesys.findIdentityProvider(),
    known.metadata ?? entra.getFederationMetadata(app.appId),
  ]);
  return { instance, provider, metadata };
}

interface Compared {
  readonly settings: SamlSettings;
  readonly ofInstance: readonly Difference[];
  readonly ofProvider: readonly Difference[];
  readonly ofMetadata: readonly Difference[];
  readonly differences: readonly Difference[];
}

function compare({ instance, provider, metadata }: WholeReading, { app, settings, thumbprint }: Written): Compared {
  const published = { ...settings, issuerUri: metadata.entityId, targetUri: metadata.signOnUrl };
  const { activeThumbprint } = instance;
  const ofInstance = entraDifferences(instance, published);
  const ofProvider = genesysDifferences(provider, { settings: published, ids: app, activeThumbprint });
  const ofMetadata = metadataDifferences(metadata.thumbprints, thumbprint);
  const differences = [...ofInstance, ...ofProvider, ...ofMetadata];
  return { settings: published, ofInstance, ofProvider, ofMetadata, differences };
}

/** The provider is compared with the instance's certificate, so a difference there may be either's. */
function withoutWhatDiffers(
  { instance, provider, metadata }: WholeReading,
  { ofInstance, ofProvider, ofMetadata }: Compared,
): Reading {
  return {
    ...(ofInstance.length + ofProvider.length === 0 ? { instance } : {}),
    ...(ofProvider.length === 0 && provider ? { provider } : {}),
    ...(ofMetadata.length === 0 ? { metadata } : {}),
  };
}

async function unlessWaiting<T>(
  work: () => Promise<T>,
  told: (problem: Problem) => void = () => undefined,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem) || error.facts.kind !== 'waiting') throw error;
    told(error);
    return undefined;
  }
}

function metadataDifferences(thumbprints: readonly string[], wanted: string): Difference[] {
  if (thumbprints.includes(wanted)) return [];
  return [
    {
      side: 'Entra',
      field: 'Certificate in the federation metadata',
      is: thumbprints.join(', ') || 'none',
      shouldBe: wanted,
    },
  ];
}

export function notAsWritten(differences: readonly Difference[]): Problem {
  const said = differences
    .map(({ side, field, is, shouldBe }) => `${side}, ${field}: is ${is}, should be ${shouldBe}`)
    .join('; ');
  return new Problem({
    kind: 'waiting',
    what: 'Both sides were written, but reading them back shows something else.',
    ...(said ? { why: `${said}.` } : {}),
    remedy:
      'Entra can need some minutes until every server shows a change, and Latchkey looks again by itself. If somebody has changed it meanwhile, run a new set-up: what is right already is left alone.',
    code: 'not-as-written',
  });
}
