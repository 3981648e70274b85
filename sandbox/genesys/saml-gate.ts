import { readAssertion, readSubject, type SamlAssertion } from './saml-assertion.js';
import { readEnvelope, type SamlEnvelope } from './saml-envelope.js';
import { SamlRefusal, demand, type SamlRefusalCode } from './saml-refusal.js';
import { verifiedAssertion } from './saml-signature.js';
import { usableCertificates } from './signing-certificates.js';

/** What the service provider knows about the identity provider that it trusts. */
export interface TrustedProvider {
  readonly issuerURI: string;
  readonly relyingPartyIdentifier: string;
  /** Base64 DER. */
  readonly certificates: readonly string[];
}

export interface GateUser {
  readonly id: string;
  readonly state: 'active' | 'inactive' | 'deleted';
}

/** Everything that the verdict depends on, besides the message. */
export interface GateWorld {
  /** Assertion consumer service URL, which is the Identifier as well. */
  readonly acs: string;
  /** Absent when none is configured, or it is disabled. */
  readonly provider: TrustedProvider | undefined;
  readonly organizationShortName: string;
  /** Business time. */
  readonly now: () => Date;
  readonly isPendingRequest: (id: string) => boolean;
  readonly wasSeen: (assertionId: string) => boolean;
  readonly findUser: (email: string) => GateUser | undefined;
  /** Remembers the assertion and consumes the request; called once, in the same tick as the checks before it. */
  readonly accept: (accepted: AcceptedAssertion) => void;
}

export interface AcceptedAssertion {
  readonly assertionId: string;
  readonly rememberUntil: Date;
  readonly inResponseTo: string | undefined;
}

export type GateVerdict =
  | { readonly accepted: true; readonly userId: string; readonly email: string; readonly flow: SignInFlow }
  /** The e-mail address is known only where the signature was good. */
  | { readonly accepted: false; readonly code: SamlRefusalCode; readonly email?: string };

export type SignInFlow = 'SP-initiated' | 'IdP-initiated';

/** Genesys Cloud's own tolerance between clocks. */
const SKEW_MS = 10_000;

/**
 * Whether a SAML response signs somebody in. Order matters: cheap and structural rules first, then cryptography,
 * then only the bytes that were verified. Never throws for a bad message; the verdict names the first broken rule.
 */
export async function judgeSamlResponse(samlResponse: unknown, world: GateWorld): Promise<GateVerdict> {
  let email: string | undefined;
  try {
    const envelope = readEnvelope(samlResponse);
    const provider = world.provider;
    if (!provider || typeof samlResponse !== 'string') throw new SamlRefusal('issuer');
    const xml = await verifiedXml(samlResponse, provider, world);
    const assertion = readTrusted(xml, envelope, provider, world);
    email = assertion.email;
    const flow = refuseWrongUse(assertion, envelope, provider, world);
    const userId = refuseWrongPerson(assertion, flow, world);
    world.accept({
      assertionId: assertion.id,
      rememberUntil: new Date(assertion.notOnOrAfter.getTime() + SKEW_MS),
      inResponseTo: assertion.inResponseTo,
    });
    return { accepted: true, userId, email, flow };
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error;
    return { accepted: false, code: error.code, ...(email === undefined ? {} : { email }) };
  }
}

async function verifiedXml(samlResponse: string, provider: TrustedProvider, world: GateWorld): Promise<string> {
  const certificates = usableCertificates(provider.certificates, world.now());
  demand(certificates.length > 0, 'cert_expired');
  return verifiedAssertion({
    samlResponse,
    certificates,
    acs: world.acs,
    issuer: provider.relyingPartyIdentifier,
    isPendingRequest: world.isPendingRequest,
  });
}

/** Issuer and addresses, then the rest of the assertion. */
function readTrusted(xml: string, envelope: SamlEnvelope, provider: TrustedProvider, world: GateWorld): SamlAssertion {
  const subject = readSubject(xml);
  demand(subject.issuer === provider.issuerURI, 'issuer');
  demand(envelope.issuer === undefined || envelope.issuer === provider.issuerURI, 'issuer');
  demand(envelope.destination === world.acs, 'destination');
  demand(subject.confirmation.getAttribute('Recipient') === world.acs, 'recipient');
  return readAssertion(subject);
}

/** Times, audience, the request that it answers, and replay. */
function refuseWrongUse(
  assertion: SamlAssertion,
  envelope: SamlEnvelope,
  provider: TrustedProvider,
  world: GateWorld,
): SignInFlow {
  const now = world.now().getTime();
  demand(now < assertion.notOnOrAfter.getTime() + SKEW_MS, 'expired');
  demand(now >= assertion.notBefore.getTime() - SKEW_MS, 'not_yet');
  const accepted = acceptedAudiences(provider, world.acs);
  demand(
    assertion.audiences.some((audience) => accepted.includes(audience)),
    'audience',
  );
  demand(assertion.inResponseTo === envelope.inResponseTo, 'in_response_to');
  // The request may have been used up while the signature was being checked.
  const answers = assertion.inResponseTo;
  demand(answers === undefined || world.isPendingRequest(answers), 'lib');
  demand(!world.wasSeen(assertion.id), 'replay');
  return answers === undefined ? 'IdP-initiated' : 'SP-initiated';
}

/**
 * Entra answers a request with its issuer as audience, prefixed with `spn:` when that is no URI, and starts on its
 * own with the Identifier: one service provider sees all three.
 */
function acceptedAudiences({ relyingPartyIdentifier }: TrustedProvider, identifier: string): string[] {
  return [relyingPartyIdentifier, `spn:${relyingPartyIdentifier}`, identifier];
}

function refuseWrongPerson(assertion: SamlAssertion, flow: SignInFlow, world: GateWorld): string {
  const named = assertion.organizationName;
  const isOurs = named === world.organizationShortName || (named === undefined && flow === 'SP-initiated');
  demand(isOurs, 'org');
  const user = world.findUser(assertion.email);
  if (!user || user.state === 'deleted') throw new SamlRefusal('user');
  demand(user.state === 'active', 'inactive');
  return user.id;
}
