import { z } from 'zod';
import type { Entra, Instance, InstanceIds } from '../entra/entra.js';
import type { MicrosoftCloud } from '../entra/microsoft-clouds.js';
import type { Genesys, IdentityProvider } from '../genesys/genesys.js';
import type { Operation, RunContext } from '../operations/operation.js';
import type { Clock } from '../platform/clock.js';
import { beforeSetUp } from './before-set-up.js';
import { regionByKey, samlUrls } from './genesys-region.js';
import { GALLERY_NAME } from './read-both-sides.js';
import { certificatesThatStay, samlSettings } from './saml-settings.js';
import { setUpInput } from './set-up-record.js';
import { SSO_KINDS } from './set-up-sso.js';
import { notYetBack } from './undo-refusals.js';
import { planUndo, type Now, type UndoKey, type UndoLine } from './undo-plan.js';

export const undoInput = z.object({
  setUpRunId: z.string(),
  /** When the set-up began, ISO 8601: an application that it created is not older. */
  setUpStartedAt: z.string(),
  setUp: setUpInput.extend({ before: beforeSetUp }),
});
export type UndoInput = z.infer<typeof undoInput>;

const undoLine = z.object({
  key: z.string(),
  side: z.enum(['Entra', 'Genesys']),
  field: z.string(),
  is: z.string(),
  was: z.string(),
  why: z.string().optional(),
});

export const undoOutcome = z.object({
  putBack: z.array(undoLine),
  /** Left alone, as somebody has changed it since. */
  changedSince: z.array(undoLine),
  /** What cannot be put back. */
  stays: z.array(undoLine),
});
export type UndoOutcome = z.infer<typeof undoOutcome>;

/** The steps, in the order that keeps people signing in: Entra signs as before first, and then Genesys trusts less. */
export const UNDO_STEPS = [
  'Look at what the set-up changed',
  'Let Entra sign as before',
  'Give Genesys its provider back',
  'Send the claims as before',
  'Put back method, addresses and tile',
  'Read both sides back and compare',
] as const;

/** Entra's clock and ours may differ a little, and it cuts off fractions of a second. */
const CLOCK_TOLERANCE_MS = 60_000;

interface UndoParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly clock: Clock;
  readonly cloud: MicrosoftCloud;
}

/** Puts back what a set-up changed, value by value. Every step looks first, so that it can be repeated. */
export function undoSetUp(parts: UndoParts): Operation<UndoInput, UndoOutcome> {
  return {
    kind: 'undo-set-up',
    version: 1,
    right: 'manage-sso',
    input: undoInput,
    exclusiveAmong: SSO_KINDS,
    wanted: () => 'undo the set-up of SSO between Entra and Genesys Cloud',
    concerns: () => [],
    run: (context) => new Undo(parts, context).run(),
  };
}

/** What an undo of that set-up would do now. Reads both sides, changes nothing. */
export async function lookAtUndo(parts: UndoParts, input: UndoInput): Promise<UndoLine[]> {
  const undo = new UndoReader(parts, input);
  const ids = await undo.findInstance();
  return (await undo.read(ids)).lines;
}

interface Reading extends Now {
  readonly lines: UndoLine[];
}

class UndoReader {
  readonly #parts: UndoParts;
  readonly #input: UndoInput;

  constructor(parts: UndoParts, input: UndoInput) {
    this.#parts = parts;
    this.#input = input;
  }

  /** The instance that the set-up adopted or noted that it made; else one that is not older than the set-up. */
  async findInstance(): Promise<InstanceIds | undefined> {
    const { setUp, setUpStartedAt } = this.#input;
    if (setUp.instance) return setUp.instance;
    const { entra } = this.#parts;
    const template = await entra.getGalleryTemplate(GALLERY_NAME);
    const all = await Promise.all((await entra.findInstances(template.id)).map((ids) => entra.getInstance(ids)));
    const since = Date.parse(setUpStartedAt) - CLOCK_TOLERANCE_MS;
    return all.find(({ createdAt }) => createdAt !== undefined && createdAt.getTime() >= since);
  }

  async read(ids: InstanceIds | undefined): Promise<Reading> {
    const { entra, genesys, clock } = this.#parts;
    const [instance, provider] = await Promise.all([
      ids ? entra.getInstance(ids) : undefined,
      genesys.findIdentityProvider(),
    ]);
    const now: Now = { instance, provider, at: clock.now() };
    return { ...now, lines: planUndo(this.#input.setUp.before, this.#wrote(instance), now) };
  }

  #wrote(instance: Instance | undefined): Parameters<typeof planUndo>[1] {
    const { setUp, setUpRunId } = this.#input;
    const made = instance?.certificates.find(({ subject }) => subject === `CN=Latchkey ${setUpRunId}`);
    const settings = samlSettings({
      region: regionByKey(setUp.regionKey),
      cloud: this.#parts.cloud,
      tenantId: setUp.tenantId,
      organizationName: setUp.shortName,
      tileMode: setUp.tileMode,
      emailFrom: setUp.emailFrom,
    });
    return { settings, madeThumbprint: made?.thumbprint };
  }
}

class Undo {
  readonly #parts: UndoParts;
  readonly #context: RunContext<UndoInput>;
  readonly #reader: UndoReader;

  constructor(parts: UndoParts, context: RunContext<UndoInput>) {
    this.#parts = parts;
    this.#context = context;
    this.#reader = new UndoReader(parts, context.input);
  }

  async run(): Promise<UndoOutcome> {
    const { step } = this.#context;
    const [look, sign, provider, claims, method, compare] = UNDO_STEPS;
    const { app, planned } = await step(look, async () => {
      const found = await this.#reader.findInstance();
      const { lines } = await this.#reader.read(found);
      return { app: found ? idsOf(found) : null, planned: lines.map(plain) };
    });
    await step(sign, () => this.#signAsBefore(app), { safePoint: true });
    await step(provider, () => this.#giveProviderBack(app));
    await step(claims, () => this.#sendClaimsAsBefore(app));
    await step(method, () => this.#putMethodBack(app));
    return step(compare, () => this.#compare(app, planned));
  }

  async #signAsBefore(app: IdsJson | null): Promise<null> {
    const before = this.#before.entra;
    if (!app || !before) return null;
    const due = keysDue(await this.#reader.read(app));
    if (due.has('activeCertificate')) {
      await this.#parts.entra.putBackSignOn(app, { activeThumbprint: before.activeThumbprint });
    }
    return null;
  }

  async #giveProviderBack(app: IdsJson | null): Promise<{ isKept: boolean }> {
    const reading = await this.#reader.read(app ?? undefined);
    const due = keysDue(reading);
    const { provider } = reading;
    const before = this.#before.genesys;
    if (!provider || !GENESYS_KEYS.some((key) => due.has(key))) return { isKept: false };
    if (!before) return { isKept: !(await this.#parts.genesys.removeIdentityProvider()) };
    const value = (key: UndoKey, was: string | null, is: string | undefined): string => (due.has(key) ? was : is) ?? '';
    await this.#parts.genesys.ensureIdentityProvider(
      {
        name: before.name ?? provider.name ?? '',
        isDisabled: due.has('provider') ? before.isDisabled : provider.isDisabled,
        issuerUri: value('issuer', before.issuerUri, provider.issuerUri),
        targetUri: value('target', before.targetUri, provider.targetUri),
        relyingPartyIdentifier: value('relyingParty', before.relyingPartyIdentifier, provider.relyingPartyIdentifier),
        certificates: this.#certificatesAfter(provider, due),
      },
      provider,
    );
    return { isKept: false };
  }

  #certificatesAfter(provider: IdentityProvider, due: ReadonlySet<UndoKey>): string[] {
    const were = this.#before.genesys?.thumbprints ?? [];
    return certificatesThatStay(provider.certificates, this.#parts.clock.now())
      .filter(({ thumbprint }) => !due.has('trustedCertificate') || were.includes(thumbprint ?? ''))
      .map(({ certificate }) => certificate);
  }

  async #sendClaimsAsBefore(app: IdsJson | null): Promise<null> {
    const before = this.#before.entra;
    if (!app || !before) return null;
    const due = keysDue(await this.#reader.read(app));
    if (!due.has('email') && !due.has('organizationName')) return null;
    await this.#parts.entra.putBackClaims(app, {
      ...(due.has('email') ? { emailFrom: before.emailFrom } : {}),
      ...(due.has('organizationName') ? { organizationName: before.organizationName } : {}),
    });
    return null;
  }

  async #putMethodBack(app: IdsJson | null): Promise<null> {
    if (!app) return null;
    const { entra } = this.#parts;
    const due = keysDue(await this.#reader.read(app));
    const before = this.#before.entra;
    if (!before) {
      if (due.has('application')) await entra.putBackSignOn(app, { isEnabled: false, activeThumbprint: null });
      return null;
    }
    const { identifier, replyUrl } = this.#addresses();
    // The Identifier first: Entra lets one outside the tenant's domains stand only while SAML is the method.
    if (due.has('identifier') || due.has('replyUrl')) {
      await entra.takeOutAddresses(app, {
        ...(due.has('identifier') ? { identifier } : {}),
        ...(due.has('replyUrl') ? { replyUrl } : {}),
      });
    }
    if (due.has('enabled') || due.has('method') || due.has('signOnUrl')) {
      await entra.putBackSignOn(app, {
        ...(due.has('enabled') ? { isEnabled: before.isEnabled } : {}),
        ...(due.has('method') ? { singleSignOnMode: before.singleSignOnMode } : {}),
        ...(due.has('signOnUrl') ? { signOnUrl: before.signOnUrl } : {}),
      });
    }
    return null;
  }

  async #compare(app: IdsJson | null, planned: readonly PlainLine[]): Promise<UndoOutcome> {
    const { lines } = await this.#reader.read(app ?? undefined);
    const isProviderKept = this.#before.genesys === null && lines.some(({ key }) => key === 'provider');
    const open = lines.filter(({ key, action }) => action === 'put-back' && !(key === 'provider' && isProviderKept));
    if (open.length > 0) throw notYetBack(open);
    const left = lines.map((line) => (line.action === 'put-back' ? { ...line, action: 'stays', why: KEPT } : line));
    const leftKeys = new Set<string>(left.map(({ key }) => key));
    return {
      putBack: planned.filter(
        ({ key, action }) => action === 'put-back' && (!leftKeys.has(key) || key === 'application'),
      ),
      changedSince: left.filter(({ action }) => action === 'changed-since').map(plain),
      stays: left.filter(({ key, action }) => action === 'stays' && key !== 'application').map(plain),
    };
  }

  get #before(): UndoInput['setUp']['before'] {
    return this.#context.input.setUp.before;
  }

  #addresses(): { identifier: string; replyUrl: string } {
    const { setUp } = this.#context.input;
    return samlUrls(regionByKey(setUp.regionKey));
  }
}

const KEPT =
  'Genesys keeps its last provider while its own sign-in is disabled. Enable that under Organization Settings, then remove it.';
const GENESYS_KEYS: readonly UndoKey[] = ['provider', 'issuer', 'target', 'relyingParty', 'trustedCertificate'];

type IdsJson = { applicationObjectId: string; servicePrincipalId: string; appId: string };
type PlainLine = {
  key: string;
  side: 'Entra' | 'Genesys';
  field: string;
  action: string;
  is: string;
  was: string;
  why?: string;
};

function idsOf({ applicationObjectId, servicePrincipalId, appId }: InstanceIds): IdsJson {
  return { applicationObjectId, servicePrincipalId, appId };
}

function plain(line: UndoLine | PlainLine): PlainLine {
  return { ...line };
}

function keysDue({ lines }: Reading): ReadonlySet<UndoKey> {
  return new Set(lines.filter(({ action }) => action === 'put-back').map(({ key }) => key));
}
