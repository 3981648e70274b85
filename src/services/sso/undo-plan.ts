import type { Instance } from '../entra/entra.js';
import type { IdentityProvider } from '../genesys/genesys.js';
import type { BeforeSetUp } from './before-set-up.js';
import { certificatesThatStay, type SamlSettings } from './saml-settings.js';

/** What a set-up wrote, worked out from its input; the certificate only if the set-up made one. */
export interface Written {
  readonly settings: SamlSettings;
  readonly madeThumbprint: string | undefined;
}

/** Both sides as they are now; `instance` is the one that the set-up worked on. */
export interface Now {
  readonly instance: Instance | undefined;
  readonly provider: IdentityProvider | undefined;
  readonly at: Date;
}

/**
 * `put-back`: still as the set-up wrote it, so it gets its former value · `changed-since`: somebody has changed it since,
 * so it is left alone · `stays`: it cannot be put back, and why
 */
export type UndoAction = 'put-back' | 'changed-since' | 'stays';

export type UndoKey =
  | 'application'
  | 'enabled'
  | 'method'
  | 'signOnUrl'
  | 'identifier'
  | 'replyUrl'
  | 'email'
  | 'organizationName'
  | 'activeCertificate'
  | 'provider'
  | 'issuer'
  | 'target'
  | 'relyingParty'
  | 'trustedCertificate'
  | 'expiredCertificates';

/** One value that the set-up changed. What is as it was before has no line. */
export interface UndoLine {
  readonly key: UndoKey;
  readonly side: 'Entra' | 'Genesys';
  readonly field: string;
  readonly action: UndoAction;
  readonly is: string;
  /** What it becomes; for `changed-since` and `stays`, what it was before the set-up. */
  readonly was: string;
  readonly why?: string;
}

/**
 * What an undo does now, value by value. Pure, and worked out anew before every write, so that an undo which is repeated
 * puts nothing back twice.
 */
export function planUndo(before: BeforeSetUp, wrote: Written, now: Now): UndoLine[] {
  const entra = now.instance ? entraLines(before, wrote, { ...now, instance: now.instance }) : [];
  return [...entra, ...genesysLines(before, wrote, now)];
}

type NowWithInstance = Now & { readonly instance: Instance };

function entraLines(before: BeforeSetUp, wrote: Written, now: NowWithInstance): UndoLine[] {
  if (before.entra === null) return createdLines(now.instance);
  const { settings } = wrote;
  const { instance } = now;
  const was = before.entra;
  return [
    changed('enabled', 'Enabled for users to sign in', {
      ...{ is: yesNo(instance.isEnabled), wrote: yesNo(true), was: yesNo(was.isEnabled) },
    }),
    changed('method', 'Single sign-on method', {
      ...{ is: instance.singleSignOnMode ?? 'none', wrote: 'saml', was: was.singleSignOnMode ?? 'none' },
    }),
    changed('signOnUrl', 'Sign-on URL', {
      ...{ is: instance.signOnUrl ?? EMPTY, wrote: settings.signOnUrl ?? EMPTY, was: was.signOnUrl ?? EMPTY },
    }),
    added('identifier', 'Identifier', settings.identifier, instance.identifiers, was.identifiers),
    added('replyUrl', 'Reply URL', settings.replyUrl, instance.replyUrls, was.replyUrls),
    changed('email', 'Claim Email', {
      ...{ is: instance.claims?.emailFrom ?? NOT_SENT, wrote: settings.emailFrom, was: was.emailFrom ?? NOT_SENT },
    }),
    changed('organizationName', 'Claim OrganizationName', {
      is: instance.claims?.organizationName ?? NOT_SENT,
      ...{ wrote: settings.organizationName, was: was.organizationName ?? NOT_SENT },
    }),
    activeCertificateLine(was.activeThumbprint, wrote, now),
  ]
    .filter((line) => line !== undefined)
    .map((line) => claimsOfPolicyStay(line, instance));
}

/** Claims in a policy that Latchkey leaves alone, or that were more than an attribute, are not put back. */
function claimsOfPolicyStay(line: UndoLine, { claims }: Instance): UndoLine {
  const isClaim = line.key === 'email' || line.key === 'organizationName';
  const policy = claims?.policy;
  if (!isClaim || line.action !== 'put-back' || !policy) return line;
  if (policy.leftAlone) {
    return {
      ...line,
      action: 'stays',
      why: `It stands in the claims policy “${policy.name}”, which Latchkey leaves alone.`,
    };
  }
  if (!line.was.startsWith('transformation ')) return line;
  return { ...line, action: 'stays', why: `The claims policy “${policy.name}” worked it out by a transformation.` };
}

const EMPTY = 'empty';
const NOT_SENT = 'not sent';
const NONE = 'none';

/** An application that the set-up made is not deleted: it is switched off, and its certificates sign nothing. */
function createdLines(instance: Instance): UndoLine[] {
  const line = { key: 'application', side: 'Entra', field: 'Enterprise application', was: NONE } as const;
  const name = `${instance.displayName} (${instance.appId})`;
  const why = 'Latchkey does not delete the application that it made. It stays, switched off, with its certificates.';
  if (!instance.isEnabled && instance.activeThumbprint === undefined) {
    return [{ ...line, action: 'stays', is: `${name}, switched off`, why }];
  }
  return [{ ...line, action: 'put-back', is: name, was: 'switched off; it stays, with its certificates' }];
}

/** Entra signs with the former certificate again, unless nobody would accept it. */
function activeCertificateLine(
  was: string | null,
  { madeThumbprint }: Written,
  { instance, provider, at }: NowWithInstance,
): UndoLine | undefined {
  const { activeThumbprint } = instance;
  if (madeThumbprint === undefined || activeThumbprint === (was ?? undefined)) return undefined;
  const line = {
    ...({ key: 'activeCertificate', side: 'Entra', field: 'Active signing certificate' } as const),
    ...{ is: short(activeThumbprint), was: short(was ?? undefined) },
  };
  if (activeThumbprint !== madeThumbprint) return { ...line, action: 'changed-since' };
  if (was === null) return { ...line, action: 'stays', why: 'None was active, so Entra would choose one by itself.' };
  const former = instance.certificates.find(({ thumbprint }) => thumbprint === was);
  if (!former || former.notAfter <= at) return { ...line, action: 'stays', why: 'The former certificate has expired.' };
  const isTrusted = provider?.certificates.some(({ thumbprint }) => thumbprint === was) ?? false;
  if (!isTrusted) return { ...line, action: 'stays', why: 'Genesys does not trust the former certificate any more.' };
  return { ...line, action: 'put-back' };
}

function genesysLines(before: BeforeSetUp, wrote: Written, now: Now): UndoLine[] {
  const { provider } = now;
  const was = before.genesys;
  if (!provider) return was === null ? [] : [providerGone()];
  if (was === null) return [createdProviderLine(provider, wrote, now)];
  const { settings } = wrote;
  const appId = now.instance?.appId ?? '';
  return [
    changed('provider', 'Provider enabled', {
      ...{ is: yesNo(!provider.isDisabled), wrote: yesNo(true), was: yesNo(!was.isDisabled) },
    }),
    changed('issuer', 'Issuer URI', {
      ...{ is: provider.issuerUri ?? EMPTY, wrote: settings.issuerUri, was: was.issuerUri ?? EMPTY },
    }),
    changed('target', 'Target URI', {
      ...{ is: provider.targetUri ?? EMPTY, wrote: settings.targetUri, was: was.targetUri ?? EMPTY },
    }),
    changed('relyingParty', 'Relying Party Identifier', {
      ...{ is: provider.relyingPartyIdentifier ?? EMPTY, wrote: appId, was: was.relyingPartyIdentifier ?? EMPTY },
    }),
    trustedCertificateLine(before, wrote, { ...now, provider }),
    expiredLine(was.thumbprints, provider),
  ].filter((line) => line !== undefined);
}

function providerGone(): UndoLine {
  return {
    ...{ key: 'provider', side: 'Genesys', field: 'Identity provider', action: 'changed-since' },
    ...{ is: NONE, was: 'there' },
    why: 'Somebody has removed it since.',
  };
}

/** Whoever changed anything about it since keeps it. */
function createdProviderLine(provider: IdentityProvider, { settings, madeThumbprint }: Written, now: Now): UndoLine {
  const isOurs =
    provider.issuerUri === settings.issuerUri &&
    provider.targetUri === settings.targetUri &&
    provider.relyingPartyIdentifier === now.instance?.appId &&
    provider.certificates.every(({ thumbprint }) => isSignedBy(thumbprint, madeThumbprint, now.instance));
  return {
    ...{ key: 'provider', side: 'Genesys', field: 'Identity provider' },
    ...{ action: isOurs ? 'put-back' : 'changed-since', is: provider.name ?? 'there', was: NONE },
  };
}

function isSignedBy(thumbprint: string | undefined, made: string | undefined, instance: Instance | undefined): boolean {
  return thumbprint !== undefined && (thumbprint === made || thumbprint === instance?.activeThumbprint);
}

/** The certificate that the set-up added leaves again, but not while Entra goes on signing with it. */
function trustedCertificateLine(
  before: BeforeSetUp,
  wrote: Written,
  now: Now & { provider: IdentityProvider },
): UndoLine | undefined {
  const { provider, instance, at } = now;
  const added =
    wrote.madeThumbprint ?? (before.entra === null ? undefined : (before.entra.activeThumbprint ?? undefined));
  if (added === undefined || before.genesys?.thumbprints.includes(added)) return undefined;
  if (!provider.certificates.some(({ thumbprint }) => thumbprint === added)) return undefined;
  const line = {
    ...({ key: 'trustedCertificate', side: 'Genesys', field: 'Trusted certificate' } as const),
    ...{ is: short(added), was: 'not trusted' },
  };
  const others = certificatesThatStay(provider.certificates, at).filter(({ thumbprint }) => thumbprint !== added);
  if (others.length === 0) return { ...line, action: 'stays', why: 'It is the only valid one that Genesys has.' };
  const active =
    before.entra && instance
      ? activeCertificateLine(before.entra.activeThumbprint, wrote, { ...now, instance })
      : undefined;
  if (active?.action === 'stays') return { ...line, action: 'stays', why: 'Entra goes on signing with it.' };
  return { ...line, action: 'put-back' };
}

function expiredLine(were: readonly string[], provider: IdentityProvider): UndoLine | undefined {
  const gone = were.filter((one) => !provider.certificates.some(({ thumbprint }) => thumbprint === one));
  if (gone.length === 0) return undefined;
  return {
    ...{ key: 'expiredCertificates', side: 'Genesys', field: 'Trusted certificates', action: 'stays' },
    ...{ is: 'without them', was: gone.map(short).join(', ') },
    why: 'Genesys stores no expired certificate again.',
  };
}

function changed(
  key: UndoKey,
  field: string,
  { is, wrote, was }: { is: string; wrote: string; was: string },
): UndoLine | undefined {
  if (is === was || wrote === was) return undefined;
  return { key, side: sideOf(key), field, action: is === wrote ? 'put-back' : 'changed-since', is, was };
}

/** Of a list the set-up adds one value; the others are nobody's business here. */
function added(
  key: UndoKey,
  field: string,
  ours: string,
  now: readonly string[],
  before: readonly string[],
): UndoLine | undefined {
  if (before.includes(ours) || !now.includes(ours)) return undefined;
  const kept = now.filter((one) => one !== ours).join(', ') || EMPTY;
  return { key, side: sideOf(key), field, action: 'put-back', is: now.join(', '), was: kept };
}

function sideOf(key: UndoKey): UndoLine['side'] {
  return ['provider', 'issuer', 'target', 'relyingParty'].includes(key) ? 'Genesys' : 'Entra';
}

function yesNo(is: boolean): string {
  return is ? 'Yes' : 'No';
}

function short(thumbprint: string | undefined): string {
  return thumbprint === undefined ? NONE : `…${thumbprint.slice(-8)}`;
}
