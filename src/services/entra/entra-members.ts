import { isNotFound, isReferenceThere } from './entra-problems.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphPath } from './graph-query.js';
import type { OneAtATime, Replication } from './replication.js';

/** Who is directly in a group, changed. Entra refuses it for groups whose members follow a rule. */
export interface EntraMembership {
  /** Puts the person into the group, unless they are in it, and waits until a read says so. Returns whether this call did. */
  addMember(groupId: string, personId: string): Promise<boolean>;
  /** Takes the person out of the group, and waits until a read says so. Returns whether they were in it. */
  removeMember(groupId: string, personId: string): Promise<boolean>;
}

interface Parts {
  readonly graph: Graph;
  readonly replication: Replication;
  readonly oneAtATime: OneAtATime;
  /** Ids of the groups that the person is a direct member of. */
  readonly listGroupsOf: (personId: string) => Promise<readonly string[]>;
}

/** Source: Microsoft Graph docs, `group-post-members` and `group-delete-members`. */
export function createMembership({ graph, replication, oneAtATime, listGroupsOf }: Parts): EntraMembership {
  const isIn = async (groupId: string, personId: string): Promise<boolean> =>
    (await listGroupsOf(personId)).includes(groupId);

  function addMember(groupId: string, personId: string): Promise<boolean> {
    return oneAtATime(groupId, async () => {
      if (await isIn(groupId, personId)) return false;
      const isNew = await replication.despiteLag('the user or the group', () => add(groupId, personId));
      await replication.shown('the membership', async () => ((await isIn(groupId, personId)) ? true : undefined));
      return isNew;
    });
  }

  /** A plain "already there" is somebody else's; one that follows an unanswered attempt is our own. */
  async function add(groupId: string, personId: string): Promise<boolean> {
    let mayBeOurs = false;
    try {
      await graph.send({
        method: 'POST',
        path: graphPath`/groups/${groupId}/members/$ref`,
        body: { '@odata.id': graph.reference(graphPath`/directoryObjects/${personId}`) },
        attempt: { to: 'put the person into the group', needs: NEEDS.writeMembers },
        isRepeatable: true,
        onUncertain: () => {
          mayBeOurs = true;
        },
      });
      return true;
    } catch (error) {
      if (isReferenceThere(error)) return mayBeOurs;
      throw error;
    }
  }

  function removeMember(groupId: string, personId: string): Promise<boolean> {
    return oneAtATime(groupId, async () => {
      const isMember = (): Promise<boolean> =>
        isIn(groupId, personId).catch((error: unknown) => {
          if (isNotFound(error)) return false; // there is no such person any more
          throw error;
        });
      if (!(await isMember())) return false;
      const call = {
        method: 'DELETE',
        path: graphPath`/groups/${groupId}/members/${personId}/$ref`,
        attempt: { to: 'take the person out of the group', needs: NEEDS.writeMembers },
      } as const;
      await graph.send(call).catch((error: unknown) => {
        // Whether they are out of it, the re-read tells.
        if (!isNotFound(error)) throw error;
      });
      await replication.shown('the removal', async () => ((await isMember()) ? undefined : true));
      return true;
    });
  }

  return { addMember, removeMember };
}
