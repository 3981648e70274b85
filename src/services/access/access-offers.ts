import type { EntraPerson } from '../entra/entra.js';
import type { Actor } from '../operations/operation.js';
import { judgeMember } from '../operations/permissions.js';
import { dayText } from '../platform/day-text.js';
import type { AccessOffer } from './access-cards.js';
import type { PolicyGift, PolicyRole } from './access-policy.js';
import { isNamed } from './approvers.js';
import type { Lease } from './lease.js';
import type { RequestParts } from './request-parts.js';

/** What the asker can ask for, for that person; what they cannot is named with the reason. Throws the refusal of a stranger. */
export async function findOffers(
  parts: RequestParts,
  actor: Actor,
  forPersonId: string = actor.personId,
): Promise<readonly AccessOffer[]> {
  const { entra, pipeline, policy, leases } = parts;
  const { roles } = policy.current();
  const [asker, live] = await Promise.all([entra.findPerson(actor.personId), leases.liveOf(forPersonId)]);
  await pipeline.abide(actor, 'see what can be asked for', judgeMember(asker));
  if (!asker) return [];
  return Promise.all(roles.map((role) => offerOf(parts, role, { asker, forPersonId, live })));
}

async function offerOf(
  { entra }: RequestParts,
  role: PolicyRole,
  { asker, forPersonId, live }: { asker: EntraPerson; forPersonId: string; live: readonly Lease[] },
): Promise<AccessOffer> {
  const { id: roleId, name, explains, gives, lasts, mayAsk, breakGlass } = role;
  const isAllowed = mayAsk.kind === 'everybody' || (await isNamed(entra, mayAsk, asker));
  const lease = live.find((one) => one.roleId === roleId);
  const problem = problemOf({ isAllowed, lease });
  const canBreakGlass =
    problem === undefined &&
    breakGlass !== undefined &&
    forPersonId === asker.id &&
    (await isNamed(entra, breakGlass, asker));
  return {
    ...{ roleId, name, explains, gives: givesText(gives), canBreakGlass, problem },
    ...(isAllowed && lease ? { heldUntil: lease.endsAt } : {}),
    ...{ usualMinutes: lasts.usually.minutes, mostMinutes: lasts.atMost.minutes },
    ...(canBreakGlass ? { breakGlassMinutes: breakGlass.atMost.minutes } : {}),
  };
}

function problemOf({ isAllowed, lease }: { isAllowed: boolean; lease: Lease | undefined }): string | undefined {
  if (!isAllowed) return 'The access policy does not let you ask for it.';
  if (!lease) return undefined;
  return `${lease.person.name} has it already, until ${dayText(lease.endsAt)}; it can be extended under “my access”.`;
}

function givesText({ entra, genesys }: PolicyGift): string {
  const inEntra =
    entra.kind === 'group' ? `membership of the group ${entra.group} in Entra` : `the role ${entra.role} in Entra`;
  return `${inEntra}; ${genesys.roles.join(', ')} in ${genesys.division} in Genesys Cloud`;
}
