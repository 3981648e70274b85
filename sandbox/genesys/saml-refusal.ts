/** Why a sign-in was refused, as a machine reads it. */
export const SAML_REFUSAL_CODES = [
  'dtd',
  'too_big',
  'comment',
  'malformed',
  'shape',
  'weak_alg',
  'idp_status',
  'cert_expired',
  'lib',
  'issuer',
  'destination',
  'recipient',
  'time',
  'expired',
  'not_yet',
  'audience',
  'in_response_to',
  'replay',
  'org',
  'user',
  'inactive',
] as const;

export type SamlRefusalCode = (typeof SAML_REFUSAL_CODES)[number];

/** One rule of the gate was broken. */
export class SamlRefusal extends Error {
  readonly code: SamlRefusalCode;

  constructor(code: SamlRefusalCode) {
    super(code);
    this.code = code;
  }
}

/** Throws the refusal unless the rule holds. */
export function demand(holds: boolean, code: SamlRefusalCode): asserts holds {
  if (!holds) throw new SamlRefusal(code);
}
