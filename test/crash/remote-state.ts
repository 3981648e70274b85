import type { World } from '../support/world.js';

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const DATE = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
/** Certificates, thumbprints and key ids in base64 or hexadecimal. */
const KEY = /^([0-9A-F]{40}|[0-9a-f]{64}|[A-Za-z0-9+/_-]{27,}={0,2})$/;

/** What both systems hold, with everything replaced that differs between two runs of the same work. */
export async function remoteState(world: World): Promise<Remote> {
  const [entra, genesys] = await Promise.all([world.entra.state(), world.genesys.state()]);
  return { entra: normal(entra), genesys: normal(genesys) } as Remote;
}

export interface Remote {
  readonly entra: {
    readonly applications: readonly { displayName: string }[];
    readonly servicePrincipals: readonly { displayName: string; keyCredentials?: readonly unknown[] }[];
    readonly users: readonly unknown[];
    readonly appRoleAssignments: readonly unknown[];
    /** One for each service principal that has claims of its own. */
    readonly policies: readonly unknown[];
  };
  readonly genesys: {
    readonly identityProviders: readonly unknown[];
    readonly users: readonly { email?: string }[];
    readonly grants: readonly { role?: { name?: string } }[];
  };
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, normal(inner)]));
  if (typeof value !== 'string') return value;
  if (KEY.test(value)) return '<key>';
  return value.replace(ID, '<id>').replace(DATE, '<date>');
}
