import type { Entra, EntraPerson } from '../entra/entra.js';
import { accessInEntra, holdAccess } from '../operations/access-clash.js';
import type { Pipeline } from '../operations/run-operation.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Log } from '../platform/log.js';
import type { Transaction } from '../platform/schema.js';
import type { PolicyGift } from './access-policy.js';
import type { AccessRequest } from './access-request.js';
import type { AccessGift } from './gift.js';
import type { Lease } from './lease.js';
import type { LeasePort } from './lease-port.js';
import type { PolicySource } from './policy-source.js';
import type { Chats } from './reachable.js';
import type { RequestFacts } from './request-deeds.js';
import { findRequest, findVotes } from './request-store.js';

/** What a role gives, looked up in both systems. */
interface GiftPort {
  /** Throws a `Problem` where something that the policy names is not there. */
  resolve(gift: PolicyGift): Promise<AccessGift>;
  /**
   * What the person has of it, whoever gave it: `hasAll`: asking for it would change nothing · `through`: where their access
   * in Entra comes from, in words that follow "through". Throws a `Problem` where it could not be given to them.
   */
  standingOf(
    person: EntraPerson,
    gift: AccessGift,
  ): Promise<{ readonly hasAll: boolean; readonly through: readonly string[] }>;
}

/** What asking and deciding work with. */
export interface RequestParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly entra: Entra;
  readonly pipeline: Pick<Pipeline, 'abide'>;
  readonly policy: PolicySource;
  readonly leases: LeasePort;
  readonly gifts: GiftPort;
  readonly chats: Chats;
}

/** A request with its votes and what it has led to. @param requestId anything. */
export async function findFacts(
  parts: Pick<RequestParts, 'database' | 'leases'>,
  requestId: string,
): Promise<RequestFacts | undefined> {
  const request = await findRequest(parts.database.db, requestId);
  return request && factsOf(parts, request);
}

export async function factsOf(
  { database, leases }: Pick<RequestParts, 'database' | 'leases'>,
  request: AccessRequest,
): Promise<RequestFacts> {
  const votes = await findVotes(database.db, request.id);
  const lease = request.leaseId === undefined ? undefined : await leases.find(request.leaseId);
  if (!lease?.beginsAt) return { request, votes, lease };
  const longer = (await leases.liveOf(lease.person.id)).filter((other) => goesOnAfter(lease, other));
  return { request, votes, lease, extendedUntil: longer.at(-1)?.endsAt };
}

/** It works, and without a gap: one that was asked for anew after the end is another story. */
function goesOnAfter(lease: Lease, other: Lease): boolean {
  const hasGap = lease.endedAt !== undefined && (other.beginsAt === undefined || other.beginsAt > lease.endedAt);
  const isLonger = other.id !== lease.id && other.roleId === lease.roleId && other.endsAt > lease.endsAt;
  return isLonger && other.state === 'active' && !hasGap;
}

/**
 * One change of what a person asks for or has, at a time, whoever makes it: that is decided first in each of them, and the
 * audit, which everybody shares, comes last. Two who each waited for what the other one holds would both fail.
 */
export function changeFor<T>(
  { database }: Pick<RequestParts, 'database'>,
  personId: string,
  work: (trx: Transaction) => Promise<T>,
): Promise<T> {
  return database.transaction(async (trx) => {
    await holdAccess(trx, [accessInEntra(personId)]);
    return work(trx);
  });
}

/** Each vain try means that somebody else has changed the request meanwhile, and there are only so many of them. */
export const MOST_TRIES = 50;

/** Lets a transaction leave nothing behind: the request is no longer as it was read. */
export class MovedOn extends Error {}

/** `undefined`: it has moved on, and nothing was written. */
export async function unlessMovedOn<T>(written: Promise<T>): Promise<T | undefined> {
  try {
    return await written;
  } catch (error) {
    if (error instanceof MovedOn) return undefined;
    throw error;
  }
}
