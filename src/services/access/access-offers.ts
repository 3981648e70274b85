import type { EntraPerson } from '../entra/entra.js';
import type { Actor } from '../operations/operation.js';
import { judgeMember } from '../operations/permissions.js';
import { zonedText } from '../platform/zoned-text.js';
import type { AccessOffer } from './access-cards.js';
import type { PolicyRole } from './access-policy.js';
import { afterBreakGlass } from './access-request.js';
import { isNamed } from './approvers.js';
import { policyGiftText } from './gift-text.js';
import type { Lease } from './lease.js';
import type { RequestParts } from './request-parts.js';
import { findLastBreakGlass } from './request-store.js';

/** What the asker can ask for; what they cannot have themselves is named with the reason. Throws the refusal of a stranger. */
export async function findOffers(parts: RequestParts, actor: Actor): Promise<readonly AccessOffer[]> {
  const { entra, pipeline, policy, leases } = parts;
  const { roles } = policy.current();
  const [asker, live] = await Promise.all([entra.findPerson(actor.personId), leases.liveOf(actor.personId)]);
  await pipeline.abide(actor, 'see what can be asked for', judgeMember(asker));
  if (!asker) return [];
  return Promise.all(roles.map((role) => offerOf(parts, role, { asker, live, proof: actor.proof })));
}

async function offerOf(
  parts: RequestParts,
  role: PolicyRole,
  { asker, live, proof }: { asker: EntraPerson; live: readonly Lease[]; proof: Actor['proof'] },
): Promise<AccessOffer> {
  const { entra, policy } = parts;
  const { id: roleId, name, explains, gives, lasts, mayAsk, breakGlass } = role;
  const isAllowed = mayAsk.kind === 'everybody' || (await isNamed(entra, mayAsk, asker));
  const lease = live.find((one) => one.roleId === roleId);
  const problem = problemOf({ isAllowed, lease, timeZone: policy.current().timeZone });
  const canBreakGlass = problem === undefined && proof === undefined && (await mayBreakGlass(parts, role, asker));
  return {
    ...{ roleId, name, explains, gives: policyGiftText(gives), canBreakGlass, problem },
    ...(isAllowed && lease ? { heldUntil: lease.endsAt } : {}),
    ...{ usualMinutes: lasts.usually.minutes, mostMinutes: lasts.atMost.minutes },
    ...(canBreakGlass && breakGlass ? { breakGlassMinutes: breakGlass.atMost.minutes } : {}),
  };
}

async function mayBreakGlass(
  { entra, database, clock }: RequestParts,
  { id: roleId, breakGlass }: PolicyRole,
  asker: EntraPerson,
): Promise<boolean> {
  if (!breakGlass || !(await isNamed(entra, breakGlass, asker))) return false;
  const before = await findLastBreakGlass(database.db, { personId: asker.id, roleId });
  return !before || afterBreakGlass(before, clock.now()) === true;
}

function problemOf(of: { isAllowed: boolean; lease: Lease | undefined; timeZone: string }): string | undefined {
  const { isAllowed, lease, timeZone } = of;
  if (!isAllowed) return 'The access policy does not let you ask for it.';
  if (!lease) return undefined;
  const until = zonedText(lease.endsAt, timeZone);
  return `${lease.person.name} has it already, until ${until}; “my access” lets you ask for more time.`;
}
