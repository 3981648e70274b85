import { z } from 'zod';
import type { GraphTokens } from './credential.js';
import { isNotFound } from './entra-problems.js';
import { roleWire } from './entra-wire.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphFilter, graphPath } from './graph-query.js';

/** A secret or certificate of an app registration. What it is cannot be read, only when it ends. */
export interface RegisteredCredential {
  readonly kind: 'secret' | 'certificate';
  readonly keyId: string;
  /** What an admin called it. */
  readonly label?: string | undefined;
  /** The first characters of a secret. */
  readonly hint?: string | undefined;
  /** Of a certificate: SHA-1, 40 hexadecimal digits, upper case. Absent where Graph has another mark. */
  readonly thumbprint?: string | undefined;
  readonly endsAt: Date;
}

export interface Registration {
  readonly objectId: string;
  readonly appId: string;
  readonly name: string;
  readonly credentials: readonly RegisteredCredential[];
  /** Where its web platform lets a sign-in lead. */
  readonly redirectUris: readonly string[];
  /** What its id tokens say beside what they always do; by name. */
  readonly idTokenClaims: readonly string[];
}

/** The bot itself, by its own token. */
export interface OwnStanding {
  /** Object id; absent where the token does not say. */
  readonly servicePrincipalId?: string | undefined;
  /** Application permissions that were granted. */
  readonly permissions: readonly string[];
}

const credentialWire = z.object({
  keyId: z.string(),
  displayName: z.string().nullish(),
  hint: z.string().nullish(),
  customKeyIdentifier: z.string().nullish(),
  endDateTime: z.string().nullish(),
});
const registrationWire = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string().nullish(),
  passwordCredentials: z.array(credentialWire).default([]),
  keyCredentials: z.array(credentialWire).default([]),
  web: z.object({ redirectUris: z.array(z.string()).default([]) }).nullish(),
  optionalClaims: z.object({ idToken: z.array(z.object({ name: z.string() })).nullish() }).nullish(),
});

/** What Entra knows of the bot itself. Reads only. */
export function createRegistrations({ graph, tokens }: { readonly graph: Graph; readonly tokens: GraphTokens }): {
  findRegistration(appId: string): Promise<Registration | undefined>;
  getOwnStanding(): Promise<OwnStanding>;
  findOwnRoles(): Promise<readonly string[]>;
} {
  async function findRegistration(appId: string): Promise<Registration | undefined> {
    const path = graphPath`/applications(appId='${appId}')`;
    const query = { $select: 'id,appId,displayName,passwordCredentials,keyCredentials,web,optionalClaims' };
    const attempt = { to: 'read an app registration', needs: NEEDS.readApps };
    const found = await graph
      .ask({ method: 'GET', path, query, attempt }, registrationWire)
      .catch((error: unknown) => (isNotFound(error) ? undefined : Promise.reject(error)));
    if (!found) return undefined;
    return {
      objectId: found.id,
      appId: found.appId,
      name: found.displayName ?? found.appId,
      credentials: [
        ...found.passwordCredentials.flatMap((one) => toCredential('secret', one)),
        ...found.keyCredentials.flatMap((one) => toCredential('certificate', one)),
      ],
      redirectUris: found.web?.redirectUris ?? [],
      idTokenClaims: (found.optionalClaims?.idToken ?? []).map(({ name }) => name),
    };
  }

  async function getOwnStanding(): Promise<OwnStanding> {
    const { oid, roles } = await tokens.claims();
    return { servicePrincipalId: oid, permissions: roles };
  }

  async function findOwnRoles(): Promise<readonly string[]> {
    const { oid } = await tokens.claims();
    if (oid === undefined) return [];
    const roles = await graph.list(
      {
        path: '/roleManagement/directory/roleAssignments',
        query: { $filter: graphFilter`principalId eq ${oid}` },
        attempt: { to: 'read its own directory roles', needs: NEEDS.readRoles },
      },
      roleWire,
    );
    return roles.flatMap(({ roleDefinitionId, directoryScopeId }) =>
      directoryScopeId === '/' ? [roleDefinitionId] : [],
    );
  }

  return { findRegistration, getOwnStanding, findOwnRoles };
}

/** Without an end Graph has nothing to say of it. */
function toCredential(
  kind: RegisteredCredential['kind'],
  { keyId, displayName, hint, customKeyIdentifier, endDateTime }: z.infer<typeof credentialWire>,
): RegisteredCredential[] {
  const endsAt = new Date(endDateTime ?? Number.NaN);
  if (Number.isNaN(endsAt.getTime())) return [];
  const mark =
    kind === 'secret' ? { hint: hint ?? undefined } : { thumbprint: thumbprintIn(customKeyIdentifier ?? '') };
  return [{ kind, keyId, label: displayName ?? undefined, ...mark, endsAt }];
}

/** The mark of a certificate is the thumbprint in base64, in hexadecimal where the portal made it, or anything at all. */
function thumbprintIn(mark: string): string | undefined {
  const digits = /^[0-9A-F]{40}$/i.test(mark) ? mark : Buffer.from(mark, 'base64').toString('hex');
  return digits.length === 40 ? digits.toUpperCase() : undefined;
}
