import { createHash } from 'node:crypto';
import type { EntraPerson } from '../entra/entra.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { RunId } from '../platform/ids.js';
import { zonedText } from '../platform/zoned-text.js';
import type { AccessWish } from './access-cards.js';
import {
  afterBreakGlass,
  type AccessRequest,
  type AgreedRules,
  type Decision,
  type NamedPerson,
} from './access-request.js';
import { isNamed } from './approvers.js';
import { findNextStage } from './ask-approvers.js';
import { checkWish, type Wish } from './check-wish.js';
import { isSameGift, type AccessGift } from './gift.js';
import { LATCHKEY_ACTOR } from './lease-port.js';
import { noSuchLease } from './lease-refusals.js';
import { recordChange, type RequestChange } from './request-audit.js';
import { remindAtOf, reviewBy } from './request-changes.js';
import { deedsOf, type RequestFacts } from './request-deeds.js';
import { changeFor, findFacts, type RequestParts } from './request-parts.js';
import {
  askedAlready,
  breakGlassTooSoon,
  breakGlassUnreviewed,
  giftChanged,
  hasAlready,
  hasLease,
  nobodyDecides,
  noSuchRole,
  notExtendable,
  notYourRequest,
  tooBusy,
} from './request-refusals.js';
import { addRequest, findLastBreakGlass, findPending, findRequest, isOutlived, noteLease } from './request-store.js';

/**
 * Asks for access. Everything is checked before anybody is bothered; the same claim gives the same request, and so does
 * whoever asks again for what waits already. Throws a `Problem` of kind `input` or `refused`.
 */
export async function ask(parts: RequestParts, actor: Actor, wish: AccessWish, claim: Claim): Promise<AccessRequest> {
  const { database, policy, leases, gifts } = parts;
  const id = idOf(actor, claim);
  const before = await findRequest(database.db, id);
  if (before) return before;
  const role = policy.findRole(wish.roleId);
  if (!role) throw noSuchRole();
  const checked = await checkWish(parts, actor, { ...wish, role });
  const pending = await findPending(database.db, { personId: checked.person.id, roleId: role.id, kind: wish.kind });
  if (pending) return ownOf(pending, actor);
  const lease = (await leases.liveOf(checked.person.id)).find(({ roleId }) => roleId === role.id);
  const { timeZone } = policy.current();
  if (lease) throw hasLease(checked.person.name, role.name, zonedText(lease.endsAt, timeZone));
  if (wish.kind === 'break-glass') await refuseAgain(parts, checked);
  const gift = await gifts.resolve(role.gives);
  const standing = await gifts.standingOf(checked.person, gift);
  if (standing.hasAll) throw hasAlready(checked.person.name, role.name, standing.through);
  return write(parts, actor, await draft(parts, checked, { id, gift }));
}

/**
 * Asks for more of a lease, which then goes on without a gap, by whoever has it, or whoever asked for it. Somebody always
 * decides: what needs nobody for some hours would else go on for ever.
 */
export async function extend(
  parts: RequestParts,
  actor: Actor,
  wish: { readonly leaseId: string; readonly minutes: number; readonly why: string },
  claim: Claim,
): Promise<AccessRequest> {
  const { database, policy, leases } = parts;
  const id = idOf(actor, claim);
  const before = await findRequest(database.db, id);
  if (before) return before;
  const lease = await leases.find(wish.leaseId);
  const facts = lease && (await findFacts(parts, lease.requestId));
  if (!lease || !facts) throw noSuchLease();
  await judgeExtension(parts, actor, facts);
  const role = policy.findRole(lease.roleId);
  if (!role) throw noSuchRole();
  const checked = await checkWish(parts, actor, { ...wish, role, kind: 'extension', personId: lease.person.id });
  const pending = await findPending(database.db, { personId: lease.person.id, roleId: role.id, kind: 'extension' });
  if (pending) return ownOf(pending, actor);
  const gift = await parts.gifts.resolve(role.gives);
  if (!isSameGift(gift, lease.gift)) throw giftChanged(role.name);
  return write(parts, actor, { ...(await draft(parts, checked, { id, gift })), extendsLeaseId: lease.id });
}

/** Throws where the lease, or who clicks, does not allow it; a stranger is told nothing of it. */
async function judgeExtension({ pipeline, clock }: RequestParts, actor: Actor, facts: RequestFacts): Promise<void> {
  const { asker, person } = facts.request;
  const isConcerned = asker.id === actor.personId || person.id === actor.personId;
  if (!isConcerned) await pipeline.abide(actor, 'ask for more of that access', notYourRequest(), [person.id, asker.id]);
  if (!deedsOf(facts, { id: actor.personId, stages: [] }, clock.now()).includes('extend')) throw notExtendable();
}

/** What nobody has found right cannot be taken again and again. */
async function refuseAgain({ database, policy, clock }: RequestParts, { person, role }: Wish): Promise<void> {
  const before = await findLastBreakGlass(database.db, { personId: person.id, roleId: role.id });
  const may = before ? afterBreakGlass(before, clock.now()) : true;
  if (may === 'unreviewed') throw breakGlassUnreviewed(role.name);
  if (may !== true) throw breakGlassTooSoon(role.name, zonedText(may, policy.current().timeZone));
}

/** Whoever asks again for what waits already is shown that request. */
function ownOf(pending: AccessRequest, { personId }: Actor): AccessRequest {
  if (pending.asker.id === personId || pending.person.id === personId) return pending;
  throw askedAlready(pending);
}

/** The request as it is about to be written: open and with its approvers, or decided by a rule. Throws where nobody is left. */
async function draft(
  parts: RequestParts,
  { kind, role, asker, person, minutes, why }: Wish,
  { id, gift }: { id: string; gift: AccessGift },
): Promise<AccessRequest> {
  const { policy, clock } = parts;
  const { timeZone, workingHours } = policy.current();
  const rules: AgreedRules = { role, timeZone, workingHours };
  const concerned = {
    asker: named(asker),
    person: { ...named(person), userPrincipalName: person.userPrincipalName },
  };
  const rule = kind === 'break-glass' ? kind : await autoApproval(parts, { kind, role, asker, person, minutes });
  const next =
    rule === 'auto-approve' ? { stage: 0, approvers: [] } : await findNextStage(parts, { ...concerned, rules }, 0);
  if (!rule && next.faults) throw nobodyDecides(role.name, next.faults);
  const { stage, approvers } = next;
  const at = clock.now();
  const asked = {
    ...{
      id,
      revision: 0,
      kind,
      ...concerned,
      rules,
      gift,
      minutes,
      why,
      approvers,
      askedAt: at,
      stageAt: at,
      reminders: 0,
    },
    stage,
  };
  if (!rule) return { ...asked, state: 'open', remindAt: remindAtOf(asked, at) };
  const decision: Decision = { kind: 'approved', minutes, rule };
  const review = rule === 'break-glass' ? { review: { by: reviewBy(at) } } : {};
  return { ...asked, state: 'approved', decision, decidedAt: at, startsAt: at, ...review };
}

/** From whom the policy needs nobody's decision: for themselves, anew, and for no longer than it says. */
async function autoApproval(
  { entra }: RequestParts,
  { kind, role: { autoApprove }, asker, person, minutes }: Omit<Wish, 'why'>,
): Promise<'auto-approve' | undefined> {
  if (!autoApprove || kind !== 'access' || asker.id !== person.id || minutes > autoApprove.atMost.minutes)
    return undefined;
  return (await isNamed(entra, autoApprove, asker)) ? 'auto-approve' : undefined;
}

async function write(parts: RequestParts, actor: Actor, request: AccessRequest): Promise<AccessRequest> {
  const { leases } = parts;
  const written = await changeFor(
    parts,
    request.person.id,
    async (trx): Promise<{ request: AccessRequest; runId?: RunId } | undefined> => {
      if (await isOutlived(trx, request)) throw notExtendable();
      if (!(await addRequest(trx, request))) return undefined;
      const by = { ...actor, name: request.asker.name };
      const change = {
        deed: 'ask-access' satisfies RequestChange,
        actor: by,
        at: request.askedAt,
        reason: request.why,
      } as const;
      if (request.state === 'open') {
        await recordChange(trx, request, change);
        return { request };
      }
      const { minutes, startsAt = request.askedAt } = request;
      const { leaseId, runId } = await leases.plan(trx, { request, minutes, by: LATCHKEY_ACTOR, startsAt });
      await noteLease(trx, request.id, leaseId);
      await recordChange(trx, request, change);
      return { request: { ...request, leaseId }, runId };
    },
  );
  if (written?.runId) leases.goOn(written.runId);
  return written?.request ?? ownOf(await raced(parts, request), actor);
}

/** The same was asked for at the same moment, and the other one is there. */
async function raced({ database: { db } }: RequestParts, request: AccessRequest): Promise<AccessRequest> {
  const { id, kind, person, rules } = request;
  const other =
    (await findRequest(db, id)) ?? (await findPending(db, { personId: person.id, roleId: rules.role.id, kind }));
  if (!other) throw tooBusy();
  return other;
}

/** One request for each claim of a person, whoever delivers it how often. */
function idOf({ personId }: Actor, { reference, verb, revision }: Claim): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(['access', personId, reference, verb, revision]))
    .digest('hex');
  return [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join('-');
}

function named({ id, name }: EntraPerson): NamedPerson {
  return { id, name };
}
