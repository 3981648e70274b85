import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor } from '../operations/operation.js';
import type { Pipeline } from '../operations/run-operation.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Durable } from '../platform/durable.js';
import type { RunId } from '../platform/ids.js';
import type { Log } from '../platform/log.js';
import type { Outbox } from '../platform/outbox.js';
import type { Transaction } from '../platform/schema.js';
import type { Sweep } from '../platform/tick.js';
import { AccessService } from './access-service.js';
import { standingOf } from './gift-standing.js';
import { LeaseService } from './lease-service.js';
import { holdLeasesOf } from './lease-store.js';
import { PolicySource } from './policy-source.js';
import type { Chats } from './reachable.js';
import { resolveGift } from './resolve-gift.js';

export interface AccessParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
  readonly durable: Durable;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  /** The access policy; a path. */
  readonly policyFile: string;
  /** Whether people can sign in to Latchkey. */
  readonly canSignIn: boolean;
  readonly chats: Chats;
}

/** Requests and the leases they lead to, wired. */
export function createAccess(parts: AccessParts): {
  access: AccessService;
  leases: LeaseService;
  /** For an off-boarding, in its transaction: what the person has for a while, and what was asked for them. Gives the runs to go on with. */
  endAllAccess: (trx: Transaction, personId: string, by: Actor) => Promise<readonly RunId[]>;
  sweeps: readonly Sweep[];
} {
  const { policyFile: file, canSignIn, log } = parts;
  const leases = new LeaseService(parts);
  const access = new AccessService({
    ...parts,
    policy: new PolicySource({ file, canSignIn, log }),
    leases,
    gifts: {
      resolve: (gift) => resolveGift(parts, gift),
      standingOf: (person, gift) => standingOf(parts, person, gift),
    },
  });
  return {
    ...{ access, leases, sweeps: [...access.sweeps, leases.sweep, leases.reconciler] },
    endAllAccess: async (trx, personId, by) => {
      await holdLeasesOf(trx, personId);
      await access.cancelAllOf(trx, personId, by);
      return leases.endAll(trx, personId, { reason: 'off-boarded', by });
    },
  };
}
