import { SandboxClock } from '../../kit/clock.js';
import type { SandboxServer } from '../../kit/server.js';
import { SandboxStore } from '../../kit/store.js';
import { createGenesysSandbox } from '../genesys-sandbox.js';

/** A Genesys Cloud sandbox that listens, for tests; it forgets everything when it stops. */
export interface RunningSandbox {
  readonly server: SandboxServer;
  readonly clock: SandboxClock;
  readonly port: number;
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly state: () => Promise<SandboxState>;
  readonly stop: () => Promise<void>;
}

export interface SandboxState {
  readonly organization: { readonly thirdPartyOrgName: string };
  readonly identityProviders: readonly object[];
  readonly users: readonly { readonly id: string; readonly email: string; readonly state: string }[];
  readonly grants: readonly { readonly subjectId: string; readonly role: { readonly name: string } }[];
  readonly audits: readonly {
    readonly action: string;
    readonly entity: { readonly name: string };
    readonly context: Readonly<Record<string, string>>;
  }[];
}

export async function startSandbox(): Promise<RunningSandbox> {
  const store = new SandboxStore(':memory:');
  const clock = new SandboxClock(store);
  const addresses = { entra: 'http://127.0.0.1:4010', genesys: '', teams: '' };
  const server = createGenesysSandbox({ store, clock, addresses });
  const port = await server.listen(0);
  const url = `http://127.0.0.1:${port}`;
  addresses.genesys = url;
  return {
    server,
    clock,
    port,
    url,
    state: async () => (await (await fetch(`${url}/_sandbox/state`)).json()) as SandboxState,
    stop: async () => {
      await server.close();
      store.close();
    },
  };
}
