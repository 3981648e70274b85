import type { EntraPerson } from '../entra/entra.js';
import type { Actor } from '../operations/operation.js';
import { judgeMember } from '../operations/permissions.js';
import { personIn } from '../people/person.js';
import type { PolicyRole } from './access-policy.js';
import { LONGEST_REASON, type AccessRequest } from './access-request.js';
import { isNamed } from './approvers.js';
import type { RequestParts } from './request-parts.js';
import { mayNotAsk, noBreakGlass, noReason, notFit, tooLong } from './request-refusals.js';

/** What is asked for, and by whom for whom. */
export interface Wish {
  readonly kind: AccessRequest['kind'];
  readonly role: PolicyRole;
  readonly asker: EntraPerson;
  readonly person: EntraPerson;
  readonly minutes: number;
  readonly why: string;
}

/** Throws where the rules, or the people, do not allow it; a refusal of who may not is recorded. */
export async function checkWish(
  parts: RequestParts,
  actor: Actor,
  wish: Pick<Wish, 'kind' | 'role' | 'minutes' | 'why'> & { readonly personId: string },
): Promise<Wish> {
  const { entra, pipeline } = parts;
  const { kind, role, minutes } = wish;
  const why = wish.why.trim();
  if (why === '' || why.length > LONGEST_REASON) throw noReason();
  const asker = await entra.findPerson(actor.personId);
  const wanted = `ask for ${role.name}`;
  await pipeline.abide(actor, wanted, judgeMember(asker));
  if (!asker) throw new Error('Whoever is no member was let through.');
  const person = wish.personId === asker.id ? asker : await personIn(entra, wish.personId);
  if (!person.isEnabled || person.isGuest) throw notFit(person.name);
  const mayAsk = role.mayAsk.kind === 'everybody' || (await isNamed(entra, role.mayAsk, asker));
  if (!mayAsk) await pipeline.abide(actor, wanted, mayNotAsk(role.name));
  if (kind === 'break-glass' && !(await mayBreakGlass(parts, role, asker, person)))
    await pipeline.abide(actor, `take ${role.name} by break-glass`, noBreakGlass());
  const most = (kind === 'break-glass' ? role.breakGlass : role.lasts)?.atMost.minutes ?? 0;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > most) throw tooLong(role.name, most);
  return { kind, role, asker, person, minutes, why };
}

/** At once, and for oneself alone. */
async function mayBreakGlass(
  { entra }: Pick<RequestParts, 'entra'>,
  { breakGlass }: PolicyRole,
  asker: EntraPerson,
  person: EntraPerson,
): Promise<boolean> {
  return breakGlass !== undefined && asker.id === person.id && (await isNamed(entra, breakGlass, asker));
}
