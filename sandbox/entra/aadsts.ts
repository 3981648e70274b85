/** The sign-in service's errors: number → sentence. `{app}`, `{appId}`, `{user}`, `{value}` and `{tenant}` are filled in. */
const SENTENCES = {
  16000: 'The session belongs to an account that does not exist in this tenant. Sign in with another account.',
  50003: 'No signing key is configured for the application {appId} ({app}).',
  50011:
    "The reply URL '{value}' in the request does not match the reply URLs configured for the application '{appId}'.",
  50013: 'Assertion failed signature validation. The key that signed it is not one of its issuer.',
  50027: 'The JWT token is invalid or malformed: {value}.',
  50034: "The user account '{user}' does not exist in the tenant {tenant}.",
  50055: 'The password has to be changed before the first use.',
  50057: 'The user account is disabled.',
  50058: 'A silent sign-in request was sent but no user is signed in.',
  50105:
    "The signed-in user '{user}' is not assigned to a role for the application '{appId}' ({app}). An administrator must assign the user, or a group of which the user is a direct member.",
  50126: 'The user name or the password is wrong.',
  50146:
    "The application '{appId}' ({app}) has a claims policy but no signing key of its own. It must be configured with an application-specific signing key.",
  50148: 'The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.',
  50161: 'The new password was refused.',
  54005: 'OAuth2 Authorization code was already redeemed, please retry with a new valid code.',
  70001: "The application '{appId}' is disabled.",
  70003: "The grant type '{value}' is not supported.",
  70008: 'The provided authorization code has expired.',
  70011: "The value '{value}' of the parameter 'scope' is not valid. It must end with '/.default'.",
  75003: "The protocol binding '{value}' is not supported for the response. Only HTTP-POST is.",
  75005: 'The request is not a valid SAML 2.0 protocol message.',
  75011: "The way the user signed in (Password) does not match the requested authentication context '{value}'.",
  75016: "The NameIDPolicy format '{value}' is not supported.",
  76021: "The application '{appId}' demands signed requests and this one is not signed.",
  90002: "The tenant '{tenant}' was not found. Check that the tenant id in the address is right.",
  90013: 'The sign-in form is not valid any more. Start the sign-in again at the application.',
  90019: 'The request names no tenant.',
  90023: "The parameter '{value}' is not valid.",
  90055: 'There are too many incoming requests. Try again later.',
  500011: "The resource '{value}' was not found in the tenant {tenant}.",
  500112: 'The reply address does not match the one that was given when the authorization code was requested.',
  501241: "The claim NameID has no value for the user '{user}': the source attribute '{value}' is empty.",
  650056: "Misconfigured application. '{app}' ({appId}) is not set up for SAML-based sign-on in this tenant.",
  700016:
    "The application with the identifier '{value}' was not found in the tenant {tenant}. Nobody installed it there, or the request was sent to the wrong tenant.",
  700021: "The client assertion application identifier does not match 'client_id' parameter.",
  700023: "The client assertion audience claim '{value}' does not match the realm issuer.",
  700024: 'The client assertion is not within its valid time range.',
  700027: 'The client assertion failed signature validation: {value}.',
  700054: "The response_type '{value}' is not enabled for the application.",
  700211: "No matching federated identity record was found for the presented assertion issuer '{value}'.",
  700212: "No matching federated identity record was found for the presented assertion audience '{value}'.",
  700213: "No matching federated identity record was found for the presented assertion subject '{value}'.",
  750054: 'SAMLRequest must be present as a parameter of the SAML request of the HTTP-Redirect or HTTP-POST binding.',
  900144: "The request body must contain the following parameter: '{value}'.",
  900236: "The SAML authentication request property '{value}' is not supported.",
  900971: "No reply address is configured for the application '{appId}' ({app}).",
  7000112: "The application '{appId}' ({app}) is disabled.",
  7000215: "Invalid client secret provided. Send the value of the secret, not its id, of the application '{appId}'.",
  7000218: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  7000222: "The client secret of the application '{appId}' has expired.",
  7500529: "The value '{value}' is not a valid SAML ID. The ID must not begin with a number.",
  9002313: 'Invalid request. The authorization code is malformed or was not issued here.',
} as const;

export type AadstsCode = keyof typeof SENTENCES;
export type AadstsFacts = Partial<Record<'app' | 'appId' | 'user' | 'value' | 'tenant', string>>;

/** A refusal of the sign-in service. `message` is the sentence without the code. */
export class AadstsError extends Error {
  constructor(
    readonly code: AadstsCode,
    readonly facts: AadstsFacts = {},
  ) {
    super(SENTENCES[code].replace(/\{(\w+)\}/g, (_, name: string) => facts[name as keyof AadstsFacts] ?? ''));
  }

  /** `AADSTS50105: The signed-in user …` */
  get text(): string {
    return `AADSTS${this.code}: ${this.message}`;
  }
}
