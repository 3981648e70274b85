import { z } from 'zod';
import type { Actor } from '../operations/operation.js';
import { auditedActor } from '../operations/outcome-recorder.js';
import { appendAudit, listAudit } from '../platform/audit.js';
import type { Executor, Transaction } from '../platform/schema.js';
import type { ChatUser, SignedInPerson } from './link-rules.js';

/**
 * What the audit says of account links: who, which account, and what came of it. Never a token, a number or anything else
 * that opens something.
 */

type LinkDeed = 'link' | 'unlink' | 'disown' | 'free-person' | 'free-account';

/** Something that was done. Call it last in the transaction. */
export async function auditLink(
  trx: Transaction,
  entry: {
    at: Date;
    operation: string;
    deed: LinkDeed;
    link: { user: ChatUser; person: SignedInPerson };
    actor: Actor;
  },
): Promise<void> {
  const { at, operation, deed, link, actor } = entry;
  await appendAudit(trx, {
    at,
    kind: 'outcome',
    body: {
      operation,
      what: deedText(deed, link),
      actor: auditedActor(actor),
      account: accountOf(link.user),
      state: 'done',
      concerns: [link.person.id],
    },
  });
}

/** Something that was refused. @param refusal.actor absent: nobody has proven who it was, and the account is all we know. */
export async function auditRefusedLink(
  trx: Transaction,
  refusal: {
    at: Date;
    actor?: Actor | undefined;
    user?: ChatUser;
    what: string;
    rule: string;
    concerns: readonly string[];
  },
): Promise<void> {
  const { at, actor, user, what, rule, concerns } = refusal;
  await appendAudit(trx, {
    at,
    kind: 'refusal',
    body: {
      ...(actor ? { actor: auditedActor(actor) } : {}),
      ...(!actor && user ? { actor: { name: `the account “${user.name}”`, channel: user.channel } } : {}),
      ...(user ? { account: accountOf(user) } : {}),
      what,
      rule,
      concerns: [...concerns],
    },
  });
}

/** What somebody has begun by an account in Slack: in words that follow "to". */
export interface SlackDeed {
  readonly at: Date;
  readonly what: string;
}

const MOST_READ = 200;
const begun = z.object({ what: z.string(), actor: z.object({ personId: z.string(), channel: z.literal('slack') }) });

/** What that person has begun by any account in Slack since then, the newest first. */
export async function deedsInSlack(db: Executor, personId: string, since: Date): Promise<SlackDeed[]> {
  const entries = await listAudit(db, { person: personId, limit: MOST_READ });
  return entries.flatMap(({ at, kind, body }) => {
    const deed = begun.safeParse(body);
    const isTheirs = kind === 'intent' && at >= since && deed.success && deed.data.actor.personId === personId;
    return isTheirs ? [{ at, what: deed.data.what }] : [];
  });
}

/** In the words that follow "to". */
export function deedText(deed: LinkDeed, { user, person }: { user: ChatUser; person?: SignedInPerson }): string {
  const account = `the Slack account “${user.name}” (${user.channelUserId}) of ${user.teamName ?? user.team}`;
  const whom = person?.name ?? 'a person';
  if (deed === 'link') return `link ${account} to ${whom}`;
  if (deed === 'unlink') return `unlink ${account} from ${whom}`;
  if (deed === 'free-person') return `allow ${whom} to link accounts again`;
  if (deed === 'free-account') return `allow ${account} to be linked again`;
  return `disown the link of ${account} to ${whom}, and bar both`;
}

function accountOf({ channel, team, channelUserId }: ChatUser): { channel: string; team: string; user: string } {
  return { channel, team, user: channelUserId };
}
