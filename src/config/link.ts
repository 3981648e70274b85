import type { Secret } from '../secret.js';
import { readablePath, type EntraCredential } from './credential.js';
import type { EntraSettings } from './entra.js';
import type { SettingsReader } from './settings-reader.js';

/** The app registration that people sign in to, to link a chat account or to prove an approval, and its proof of itself. */
export interface LinkSettings {
  readonly clientId: string;
  readonly proof: Extract<EntraCredential, { kind: 'secret' | 'certificate' }>;
}

/**
 * Its own registration where `LINK_CLIENT_ID` names one, else the one that calls Graph. `undefined`: that one has neither
 * a secret nor a certificate, and nobody can be signed in.
 */
export function readLink(settings: SettingsReader, entra: EntraSettings): LinkSettings | undefined {
  if (settings.find('LINK_CLIENT_ID') !== undefined) return ownClient(settings);
  for (const name of PROOFS.filter((known) => settings.find(known) !== undefined)) {
    settings.wrong(
      name,
      'proves the app registration of LINK_CLIENT_ID, which is not set. Set that one too, or remove it',
    );
  }
  const { clientId, credential } = entra;
  const isUsable = credential.kind === 'secret' || credential.kind === 'certificate';
  return clientId !== undefined && isUsable ? { clientId, proof: credential } : undefined;
}

const PROOFS = ['LINK_CLIENT_SECRET', 'LINK_CLIENT_CERTIFICATE_PATH', 'LINK_CLIENT_CERTIFICATE_PASSWORD'] as const;

function ownClient(settings: SettingsReader): LinkSettings {
  const clientId = settings.guid('LINK_CLIENT_ID');
  const [secret, password] = [
    settings.findSecret('LINK_CLIENT_SECRET'),
    settings.findSecret('LINK_CLIENT_CERTIFICATE_PASSWORD'),
  ];
  const hasCertificate = settings.find('LINK_CLIENT_CERTIFICATE_PATH') !== undefined;
  if ((secret !== undefined) === hasCertificate) {
    settings.wrong(
      'LINK_CLIENT_ID',
      'needs one proof of that app registration: set either LINK_CLIENT_SECRET or LINK_CLIENT_CERTIFICATE_PATH',
    );
  }
  if (password !== undefined && !hasCertificate) {
    settings.wrong(
      'LINK_CLIENT_CERTIFICATE_PASSWORD',
      'opens a certificate, and LINK_CLIENT_CERTIFICATE_PATH names none. Set that one too, or remove the password',
    );
  }
  if (secret !== undefined) return { clientId, proof: { kind: 'secret', secret } };
  const path = hasCertificate ? readablePath(settings, 'LINK_CLIENT_CERTIFICATE_PATH') : '';
  return { clientId, proof: { kind: 'certificate', path, password } };
}

/** What the log must never show of it. */
export function secretsOfLink({ proof }: LinkSettings): Secret[] {
  if (proof.kind === 'secret') return [proof.secret];
  return proof.password ? [proof.password] : [];
}
