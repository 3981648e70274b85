import type { Pace } from '../platform/http.js';
import type { CertificateFile } from './client-certificate.js';
import type { MicrosoftCloud } from './microsoft-clouds.js';

/** How the bot proves who it is, one way each time. Secrets open themselves only when they are sent. */
export type CredentialProof =
  | { readonly kind: 'secret'; readonly secret: { reveal(): string } }
  | ({ readonly kind: 'certificate' } & CertificateFile)
  | { readonly kind: 'federated'; readonly tokenFile: string }
  | { readonly kind: 'managed-identity' };

/** Who the bot is to Entra, and where Entra is. */
export interface BotCredential {
  readonly tenantId: string;
  readonly cloud: MicrosoftCloud;
  /** Only a managed identity that the system assigned does without. */
  readonly clientId?: string | undefined;
  readonly proof: CredentialProof;
  /** `ENTRA_LOGIN_URL`, on this machine; none: the cloud's own. http is for loopback only. */
  readonly loginUrl?: string | undefined;
  readonly timeoutMs: number;
  readonly pace: Pace;
}

/** The token endpoint cannot answer now. */
export class TokenEndpointBusy extends Error {
  constructor(readonly retryAfterMs: number | undefined) {
    super('The token endpoint is busy.');
  }
}
