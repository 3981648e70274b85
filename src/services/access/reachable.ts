import { findPersonalPlace } from '../platform/conversation-store.js';
import type { Executor } from '../platform/schema.js';
import { findLinksOf } from '../people/link-store.js';
import type { NamedPerson } from './access-request.js';

/** Which chats Latchkey is in. */
export interface Chats {
  readonly isTeamsOn: boolean;
  readonly isSlackOn: boolean;
  /** Whether there is a channel in which approvers are asked whom no message can be sent to. */
  readonly hasAdminChannel: boolean;
}

/** Whether a message can be sent to that person: they have a chat with Latchkey in Teams, or a linked account in Slack. */
export async function isReachable(db: Executor, personId: string, chats: Chats): Promise<boolean> {
  const inTeams =
    chats.isTeamsOn && (await findPersonalPlace(db, { channel: 'teams', person: personId })) !== undefined;
  return inTeams || (chats.isSlackOn && (await findLinksOf(db, personId)).length > 0);
}

/** The first of them whom a message can be sent to; all of them where there is a channel in which the others are asked. */
export async function reachableOf(
  db: Executor,
  people: readonly NamedPerson[],
  { chats, most }: { chats: Chats; most: number },
): Promise<readonly NamedPerson[]> {
  if (chats.hasAdminChannel) return people;
  const found: NamedPerson[] = [];
  for (const person of people) {
    if (found.length < most && (await isReachable(db, person.id, chats))) found.push(person);
  }
  return found;
}
