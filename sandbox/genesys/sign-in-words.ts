import type { SamlRefusalCode } from './saml-refusal.js';

/** What the error page says for each refusal: one plain sentence about what was wrong and where to look. */
export const REFUSAL_SENTENCES: Readonly<Record<SamlRefusalCode, string>> = {
  dtd: 'The response contains a document type declaration, which no identity provider needs.',
  too_big: 'The response is larger than any real sign-in response.',
  comment: 'The response contains a comment or a processing instruction, which could hide a part of a name.',
  malformed: 'What arrived is not a SAML response.',
  shape:
    'The response is not built as a sign-in response must be: exactly one assertion for one bearer, each part once.',
  weak_alg: 'The response is signed with an algorithm that is too weak or not allowed; SHA-256 is expected.',
  idp_status: 'The identity provider reports that the sign-in failed on its side.',
  cert_expired: 'No certificate stored for this identity provider is valid now; store the current one.',
  lib: 'The signature does not match any stored certificate, or the response answers no sign-in that was started here.',
  issuer: 'No enabled identity provider of this organisation has the issuer that the response names.',
  destination: 'The response was meant for another address than this one.',
  recipient: 'The assertion was issued for another recipient than this one.',
  time: 'The assertion does not say from when and until when it is valid.',
  expired: 'The assertion has expired; start the sign-in again.',
  not_yet: 'The assertion is not valid yet; the clocks of the two systems differ.',
  audience:
    'The assertion was issued for another application; compare the Identifier and the relying party identifier.',
  in_response_to: 'The assertion does not belong to the sign-in that the response says it answers.',
  replay: 'This assertion was already used to sign in; start the sign-in again.',
  org: 'The response names another organisation; OrganizationName must be the short name of this one.',
  user: 'Nobody in this organisation has the e-mail address that the assertion names.',
  inactive: 'The person whom the assertion names is inactive in this organisation.',
};
