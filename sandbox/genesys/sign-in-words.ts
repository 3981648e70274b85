import type { SamlRefusalCode } from './saml-refusal.js';

/** What a refused sign-in says, in plain sentences for an administrator. */
export interface RefusalWords {
  /** What was wrong with this response. */
  readonly wrong: string;
  /** What that usually means. */
  readonly means: string;
  readonly remedy: string;
}

const NO_REAL_ENTRA =
  'Microsoft Entra ID never sends such a response: something between it and Genesys Cloud changed it, or somebody forged it.';
const START_AGAIN_THEN_LOOK =
  'Start the sign-in again in a new browser window. If it happens again, look for a proxy or a browser extension that rewrites pages, and tell your security team.';

/** One entry for every code: a code without words does not compile. */
export const REFUSAL_WORDS: Readonly<Record<SamlRefusalCode, RefusalWords>> = {
  dtd: {
    wrong: 'The response contains a document type declaration, which no identity provider needs.',
    means: NO_REAL_ENTRA,
    remedy: START_AGAIN_THEN_LOOK,
  },
  too_big: {
    wrong: 'The response is larger than any real sign-in response.',
    means:
      'Usually the application in Entra sends far too many claims, such as every group of the person; otherwise somebody sent it to keep the server busy.',
    remedy:
      'In Entra, open the attributes and claims of the Genesys Cloud application and remove what is not needed. Email and OrganizationName are enough.',
  },
  comment: {
    wrong: 'The response contains a comment or a processing instruction, which could hide a part of a name.',
    means: NO_REAL_ENTRA,
    remedy: START_AGAIN_THEN_LOOK,
  },
  malformed: {
    wrong: 'What arrived is not a SAML response.',
    means:
      'The page was opened by hand, the form was cut off on its way, or the Reply URL of another application points here.',
    remedy:
      'Start at the Genesys Cloud login page or in My Apps. If that fails as well, compare the Reply URL in Entra with the address of this page.',
  },
  shape: {
    wrong:
      'The response is not built as a sign-in response must be: exactly one assertion for one bearer, each part once.',
    means:
      'Usually the claims in Entra send Email or OrganizationName twice. A response with a second assertion is a forgery.',
    remedy:
      'In Entra, make sure that Email and OrganizationName are each sent once, with one value. If they are, tell your security team.',
  },
  weak_alg: {
    wrong: 'The response is signed with an algorithm that is too weak or not allowed; SHA-256 is expected.',
    means: 'The signing algorithm of the application in Entra is SHA-1.',
    remedy: 'In Entra, open the SAML certificates of the application, choose the signing algorithm SHA-256 and save.',
  },
  idp_status: {
    wrong: 'The identity provider reports that the sign-in failed on its side.',
    means: 'Entra refused the person before Genesys Cloud was asked, or it could not read the request.',
    remedy: 'Open the sign-in logs in Entra; the entry of this minute names the reason.',
  },
  cert_expired: {
    wrong: 'No certificate stored for this identity provider is valid now.',
    means: 'The signing certificate has expired, and the new one was not stored in Genesys Cloud.',
    remedy:
      'Create and activate a new signing certificate in Entra, and store it in the single sign-on settings of Genesys Cloud.',
  },
  lib: {
    wrong: 'The signature does not fit any stored certificate, or the response answers no sign-in that waits here.',
    means:
      'Usually the signing certificate in Entra was changed and the new one is not stored in Genesys Cloud. It can also be a page that was left open for more than ten minutes, or sent again with Back.',
    remedy:
      'Start the sign-in once more. If it fails again, compare the thumbprint of the active certificate in Entra with those stored in Genesys Cloud, and add the missing one.',
  },
  issuer: {
    wrong: 'No enabled identity provider of this organisation has the issuer that the response names.',
    means:
      'The issuer in Genesys Cloud is that of another tenant, lacks the slash at its end, or the provider is disabled or not set up.',
    remedy:
      'Copy the Microsoft Entra Identifier from Entra, with its last slash, into the issuer URI in Genesys Cloud, and make sure that the provider is enabled.',
  },
  destination: {
    wrong: 'The response was meant for another address than this one.',
    means: 'The Reply URL in Entra is that of another region or of another application.',
    remedy: 'In Entra, make the Reply URL of the region of this organisation the default one.',
  },
  recipient: {
    wrong: 'The assertion was issued for another recipient than this one.',
    means: 'The Reply URL in Entra is that of another region, or somebody passed on a response from elsewhere.',
    remedy: 'In Entra, make the Reply URL of the region of this organisation the default one.',
  },
  time: {
    wrong: 'The assertion does not say from when and until when it is valid.',
    means: 'The identity provider is not Entra, or its token lifetime policy was changed by hand.',
    remedy: 'In Entra, remove the custom token lifetime policy from the application.',
  },
  expired: {
    wrong: 'The assertion has expired.',
    means: 'The page was left open for too long, or the clocks of the two systems differ by more than ten seconds.',
    remedy: 'Start the sign-in again. If it happens each time, check the clocks.',
  },
  not_yet: {
    wrong: 'The assertion is not valid yet.',
    means: 'The clocks of the two systems differ by more than ten seconds.',
    remedy: 'Wait a minute and start the sign-in again. If it happens each time, check the clocks.',
  },
  audience: {
    wrong: 'The assertion was issued for another application.',
    means: 'The Identifier in Entra is that of another region, or the relying party identifier does not fit.',
    remedy:
      'In Entra, set the Identifier to the address of the region of this organisation, and compare the relying party identifier in Genesys Cloud with the application ID.',
  },
  in_response_to: {
    wrong: 'The assertion does not belong to the sign-in that the response says it answers.',
    means:
      'Two sign-ins in two tabs got mixed up, or somebody tries to use a response that was made for another sign-in.',
    remedy:
      'Close the other tabs and start the sign-in again. If you did not start one, change nothing and tell your security team.',
  },
  replay: {
    wrong: 'This assertion was already used to sign in.',
    means: 'The page was sent again with Back or Reload, or somebody tries to use a response for the second time.',
    remedy: 'Start the sign-in again. If you did not go back or reload, tell your security team.',
  },
  org: {
    wrong: 'The response does not name this organisation.',
    means:
      'The claim OrganizationName in Entra is missing, has a typing error, or holds the display name instead of the short name.',
    remedy:
      'In Entra, set the claim OrganizationName to the short name of this organisation, in exactly the same letters.',
  },
  user: {
    wrong: 'Nobody in this organisation has the e-mail address that the assertion names.',
    means:
      'The person was not created in Genesys Cloud yet, or has another e-mail address there than the claim Email sends.',
    remedy: 'Create the person in Genesys Cloud, or make the e-mail addresses of the two systems equal.',
  },
  inactive: {
    wrong: 'The person whom the assertion names is inactive in this organisation.',
    means: 'Somebody switched the person off in Genesys Cloud, or an automatic clean-up did.',
    remedy: 'If the person should have access, activate the account in Genesys Cloud.',
  },
};
