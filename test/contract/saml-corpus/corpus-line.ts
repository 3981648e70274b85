import { randomUUID } from 'node:crypto';
import type { SignInFlow } from '../../../sandbox/genesys/saml-gate.js';
import type { SamlRefusalCode } from '../../../sandbox/genesys/saml-refusal.js';
import {
  TEST_RPI,
  samlResponseXml,
  testCertificate,
  type ResponseWish,
} from '../../../sandbox/genesys/testing/signed-response.js';
import type { SelfSignedCertificate } from '../../../sandbox/saml/certificate.js';

/** Signs in honestly; every attack begins with a message about her. */
export const DANA = 'dana.deputy@contoso.example';
/** Whom every attacker wants to be; no identity provider of the corpus ever signs her name. */
export const ADA = 'ada.admin@contoso.example';
/** Inactive in Genesys. */
export const OMAR = 'omar.owner@contoso.example';
/** Was deleted in Genesys. */
export const GONE = 'gone.person@contoso.example';
/** The attacker's own account: what a reader who stops at a comment takes for Ada. */
export const ALMOST_ADA = `${ADA}.evil.example`;

export type Outcome = SamlRefusalCode | 'ok';

/** The keys of the corpus: made once per run, as each takes a fraction of a second. */
export interface Keys {
  /** Trusted; signs what Entra signs. */
  readonly signer: SelfSignedCertificate;
  /** The certificate after a rotation. */
  readonly next: SelfSignedCertificate;
  /** Trusted by nobody. */
  readonly stranger: SelfSignedCertificate;
  /** Expires in thirty days. */
  readonly shortLived: SelfSignedCertificate;
  /** Valid from tomorrow on. */
  readonly future: SelfSignedCertificate;
}

export function createKeys(): Keys {
  return {
    signer: testCertificate(),
    next: testCertificate(),
    stranger: testCertificate(),
    shortLived: testCertificate({ notAfter: new Date(Date.now() + 30 * 86_400_000) }),
    future: testCertificate({ notBefore: new Date(Date.now() + 86_400_000) }),
  };
}

/** What a message is made for. */
export interface Stage {
  readonly flow: SignInFlow;
  /** Business time of the service provider. */
  readonly now: Date;
  /** The sign-in that Dana started, still unanswered. */
  readonly requestId: string;
  /** Another one, started in the attacker's browser. */
  readonly attackersRequestId: string;
  readonly keys: Keys;
}

/** The form fields `SAMLResponse` that are posted one after the other; `undefined` is a form without that field. */
export type Posts = readonly (string | undefined)[];
export type Make = (stage: Stage) => Posts;

export interface Setting {
  /** Certificates that the service provider trusts: the signer's, unless this says otherwise. */
  readonly trusts?: readonly (keyof Keys)[];
  /** Days that pass before the sign-in. */
  readonly daysLater?: number;
  /** The posts arrive at the same moment instead of one after the other. */
  readonly atOnce?: true;
  /** The provider is switched off after the sign-ins were started. */
  readonly disabled?: true;
  /** Genesys Cloud refuses to store such a certificate, so the row is put before the gate only. */
  readonly unstorable?: true;
}

/**
 * One line of the table: attack, variant, the verdict where Genesys started the sign-in, the verdict where Entra did
 * (`-` where the attack does not exist in that flow), and how its bytes are made. Of several posts the first ones are
 * accepted and exactly one has this verdict.
 */
export type CorpusLine = readonly [
  attack: string,
  variant: string,
  spInitiated: Outcome | '-',
  idpInitiated: Outcome | '-',
  make: Make,
  setting?: Setting,
];

/** One input of the corpus. */
export interface CorpusRow {
  readonly name: string;
  readonly attack: string;
  readonly flow: SignInFlow;
  readonly expected: Outcome;
  readonly make: Make;
  readonly setting: Setting;
}

/** The rows of a line: one for each flow that it names. */
export function rowsOf([attack, variant, sp, idp, make, setting = {}]: CorpusLine): CorpusRow[] {
  const name = variant === '' ? attack : `${attack}: ${variant}`;
  const row = (flow: SignInFlow, expected: Outcome | '-'): CorpusRow[] =>
    expected === '-' ? [] : [{ name: `${name} (${flow})`, attack, flow, expected, make, setting }];
  return [...row('SP-initiated', sp), ...row('IdP-initiated', idp)];
}

export function attributesFor(email: string): [string, string][] {
  return [
    ['Email', email],
    ['OrganizationName', 'contoso-gc'],
  ];
}

/** What the identity provider says about Dana in this flow, with the differences that an attack wants. */
export function wishFor(stage: Stage, change: Partial<ResponseWish> = {}): ResponseWish {
  const answers = { inResponseTo: stage.requestId, audience: `spn:${TEST_RPI}` };
  return {
    signer: stage.keys.signer,
    now: stage.now,
    assertionId: `_${randomUUID()}`,
    nameId: DANA,
    attributes: attributesFor(DANA),
    ...(stage.flow === 'SP-initiated' ? answers : {}),
    ...change,
  };
}

export function toField(xml: string): string {
  return Buffer.from(xml).toString('base64');
}

/** One post of a message that differs from Dana's as the wish says. */
export function says(change: Partial<ResponseWish> | ((stage: Stage) => Partial<ResponseWish>)): Make {
  return (stage) => [toField(samlResponseXml(wishFor(stage, typeof change === 'function' ? change(stage) : change)))];
}

/** One post of Dana's message, changed on its way. */
export function tampers(change: (xml: string) => string, wish: Partial<ResponseWish> = {}): Make {
  return says({ ...wish, afterSigning: change });
}

/** Replaces the first occurrence; throws where there is none, so that no attack is silently an honest message. */
export function swap(from: string | RegExp, to: string): (xml: string) => string {
  return (xml) => {
    const changed = xml.replace(from, () => to);
    if (changed === xml) throw new Error(`The attack changed nothing: ${String(from)} was not found.`);
    return changed;
  };
}

/** Takes out the first match of the whole pattern. */
export function without(pattern: RegExp): (xml: string) => string {
  return swap(pattern, '');
}
