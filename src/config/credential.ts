import { accessSync, constants } from 'node:fs';
import { Secret } from '../secret.js';
import type { SettingName } from '../settings.js';
import type { SettingsReader } from './settings-reader.js';

/** How Latchkey proves to Entra that it is the app registration. One way each time, never one after the other. */
export type EntraCredential =
  | { readonly kind: 'secret'; readonly secret: Secret }
  /** PEM with certificate and key; the password opens the key. */
  | { readonly kind: 'certificate'; readonly path: string; readonly password?: Secret | undefined }
  /** A token of another identity provider, read anew for each sign-in. */
  | { readonly kind: 'federated'; readonly tokenFile: string }
  /** Of the Azure resource that Latchkey runs on. */
  | { readonly kind: 'managed-identity' };

/** The value of `AZURE_TOKEN_CREDENTIALS` with which `@azure/identity`, too, takes the managed identity and nothing else. */
const MANAGED_IDENTITY = 'ManagedIdentityCredential';

const KINDS = [
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_TOKEN_CREDENTIALS',
] as const satisfies readonly SettingName[];

const CHOICE =
  'AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH, AZURE_FEDERATED_TOKEN_FILE or, on Azure, ' +
  `AZURE_TOKEN_CREDENTIALS=${MANAGED_IDENTITY}`;

/** Opens nothing. What stands for a credential once a problem with it is noted. */
const NONE: EntraCredential = { kind: 'secret', secret: new Secret('') };

/** The one credential that is set. Notes a problem when there is none, or more than one. */
export function readEntraCredential(settings: SettingsReader): EntraCredential {
  const set = KINDS.filter((name) => settings.find(name) !== undefined);
  const [kind, second] = set;
  if (settings.find('AZURE_CLIENT_CERTIFICATE_PASSWORD') !== undefined && kind !== 'AZURE_CLIENT_CERTIFICATE_PATH') {
    settings.wrong(
      'AZURE_CLIENT_CERTIFICATE_PASSWORD',
      'opens a certificate, and AZURE_CLIENT_CERTIFICATE_PATH names none. Set that one too, or remove the password',
    );
  }
  if (kind === undefined) {
    settings.wrong(KINDS[0], `is missing, and so is any other credential for Microsoft Graph. Set one of ${CHOICE}`);
    return NONE;
  }
  if (second !== undefined) {
    settings.wrong(
      kind,
      `and ${set.slice(1).join(', ')} are set. Latchkey never guesses between credentials: keep one of them`,
    );
    return NONE;
  }
  return readKind(settings, kind);
}

function readKind(settings: SettingsReader, kind: (typeof KINDS)[number]): EntraCredential {
  switch (kind) {
    case 'AZURE_CLIENT_SECRET':
      return { kind: 'secret', secret: settings.secret(kind) };
    case 'AZURE_CLIENT_CERTIFICATE_PATH':
      return {
        kind: 'certificate',
        path: readablePath(settings, kind),
        password: settings.findSecret('AZURE_CLIENT_CERTIFICATE_PASSWORD'),
      };
    case 'AZURE_FEDERATED_TOKEN_FILE':
      return { kind: 'federated', tokenFile: readablePath(settings, kind) };
    case 'AZURE_TOKEN_CREDENTIALS':
      settings.oneOf(kind, [MANAGED_IDENTITY], MANAGED_IDENTITY);
      return { kind: 'managed-identity' };
  }
}

export function readablePath(settings: SettingsReader, name: SettingName): string {
  const path = settings.get(name);
  try {
    accessSync(path, constants.R_OK);
  } catch {
    settings.wrong(
      name,
      `names a file that is not there or that Latchkey may not read: ${path}. Correct it, or let Latchkey read the file`,
    );
  }
  return path;
}

/** What the log must never show of it. */
export function secretsOfEntra(credential: EntraCredential): Secret[] {
  if (credential.kind === 'secret') return [credential.secret];
  return credential.kind === 'certificate' && credential.password ? [credential.password] : [];
}
