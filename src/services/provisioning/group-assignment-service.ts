import type { EntraGroup } from '../entra/entra-groups.js';
import type { AppRole, Entra, InstanceIds } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import { judgeTargetGroup } from '../operations/permissions.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import { groupGone, noPremium, noSecurityGroup, notAssigned } from './access-refusals.js';
import { applicationInUse } from './application-in-use.js';
import { assignGroup, type AssignGroupInput } from './assign-group.js';
import { defaultRole, rolesOnOffer } from './assign-person.js';
import { applicationOf, type RoleWanted } from './assignment-service.js';
import { describeGroup, makeUpOf, sizeWords, type GroupMakeUp } from './groups.js';
import { heldRoles, type HeldAppRole } from './held-roles.js';
import { noRole } from './provisioning-refusals.js';
import { unassign, type UnassignInput } from './unassign.js';

/** A group that was found, and what tells it apart. */
export interface FoundGroup {
  readonly id: string;
  readonly name: string;
  /** "Group · 12 direct members · dynamic · …". */
  readonly detail: string;
}

/** What a group holds of the application, and who is in it, for a card. */
export interface GroupAccess {
  readonly group: EntraGroup;
  readonly detail: string;
  readonly makeUp: GroupMakeUp;
  readonly holds: readonly HeldAppRole[];
}

export interface GroupProposal extends GroupAccess {
  readonly roles: readonly AppRole[];
  /** Preselected. */
  readonly role: AppRole;
}

export interface GroupAssignmentServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
}

/** Who is in it is read for a card alone: a click does not depend on it. */
interface GroupRead {
  readonly access: Omit<GroupAccess, 'makeUp'>;
  readonly appRoles: readonly AppRole[];
  readonly ids: InstanceIds;
  readonly templateId: string;
}

const GIVE_ACCESS = 'give groups access to Genesys Cloud';
const TAKE_ACCESS = 'take access to Genesys Cloud from groups';
/** Each one is counted, which is a call. */
const MOST_OFFERED = 5;

/** Which groups have the application in Entra. */
export class GroupAssignmentService {
  readonly #parts: GroupAssignmentServiceParts;
  readonly #assign;
  readonly #unassign;

  constructor(parts: GroupAssignmentServiceParts) {
    this.#parts = parts;
    this.#assign = assignGroup(parts);
    this.#unassign = unassign(parts, 'group');
    parts.pipeline.register(this.#assign);
    parts.pipeline.register(this.#unassign);
  }

  /** Whether the actor may give groups access, or take it from them. Throws the refusal. */
  async permit(actor: Actor, deed: 'give' | 'take'): Promise<void> {
    await this.#parts.pipeline.permitted('manage-sso', actor, deed === 'give' ? GIVE_ACCESS : TAKE_ACCESS);
  }

  /** Groups that the words may mean, each with its size; at most five. */
  async lookFor(words: string): Promise<readonly FoundGroup[]> {
    const { entra } = this.#parts;
    const groups = (await entra.findGroups(words)).slice(0, MOST_OFFERED);
    return Promise.all(
      groups.map(async (group) => {
        const size = sizeWords(await entra.countMembers(group.id));
        return { id: group.id, name: group.name, detail: `Group · ${size} · ${describeGroup(group)}` };
      }),
    );
  }

  /** Throws what speaks against it: no licence, no security group, or a group that the actor is in. */
  async propose(actor: Actor, groupId: string): Promise<GroupProposal> {
    const { entra, pipeline } = this.#parts;
    const [{ access, appRoles }, makeUp, isPremium, own] = await Promise.all([
      this.#read(groupId),
      this.#makeUpOf(groupId),
      entra.hasPremium(),
      entra.listGroupsOf(actor.personId),
    ]);
    await pipeline.abide(actor, GIVE_ACCESS, judgeTargetGroup(own, access.group.id));
    refuseUnassignable(access.group, isPremium);
    const roles = rolesOnOffer(appRoles);
    const role = roles.find(({ id }) => access.holds.some((one) => one.id === id)) ?? defaultRole(appRoles);
    if (!role) throw noRole();
    return { ...access, makeUp, roles, role };
  }

  async proposeRemoval(groupId: string): Promise<GroupAccess> {
    const [{ access }, makeUp] = await Promise.all([this.#read(groupId), this.#makeUpOf(groupId)]);
    return { ...access, makeUp };
  }

  assign(actor: Actor, wish: { groupId: string } & Pick<RoleWanted, 'appRoleId'>, claim: Claim): Promise<Started> {
    const prepare = () => this.#assignInput(wish);
    return this.#parts.pipeline.start(this.#assign, { actor, claim, prepare, wanted: GIVE_ACCESS });
  }

  unassign(actor: Actor, groupId: string, claim: Claim): Promise<Started> {
    const prepare = () => this.#unassignInput(groupId);
    return this.#parts.pipeline.start(this.#unassign, { actor, claim, prepare, wanted: TAKE_ACCESS });
  }

  async #read(groupId: string): Promise<GroupRead> {
    const { entra } = this.#parts;
    const [group, { ids, templateId }] = await Promise.all([entra.findGroup(groupId), applicationInUse(this.#parts)]);
    if (!group) throw groupGone();
    const [appRoles, assignments] = await Promise.all([
      entra.getAppRoles(ids),
      entra.findGroupAssignments(group.id, ids.servicePrincipalId),
    ]);
    const holds = heldRoles(assignments, appRoles);
    return { access: { group, detail: describeGroup(group), holds }, appRoles, ids, templateId };
  }

  /** One page, however many there are: the card says that there are more. */
  async #makeUpOf(groupId: string): Promise<GroupMakeUp> {
    const { members, isMore } = await this.#parts.entra.firstMembers(groupId);
    return makeUpOf(members, isMore);
  }

  async #assignInput({ groupId, appRoleId }: { groupId: string; appRoleId: string }): Promise<AssignGroupInput> {
    const [{ access, appRoles, ids, templateId }, isPremium] = await Promise.all([
      this.#read(groupId),
      this.#parts.entra.hasPremium(),
    ]);
    refuseUnassignable(access.group, isPremium);
    const role = rolesOnOffer(appRoles).find(({ id }) => id === appRoleId);
    if (!role) throw noRole();
    return {
      principal: { ...principalOf(access), kind: 'group' },
      application: applicationOf(ids, templateId),
      role: { id: role.id, name: role.displayName },
    };
  }

  async #unassignInput(groupId: string): Promise<UnassignInput> {
    const { access, ids, templateId } = await this.#read(groupId);
    if (access.holds.length === 0) throw notAssigned(access.group.name);
    return {
      principal: { ...principalOf(access), kind: 'group' },
      application: applicationOf(ids, templateId),
      roles: [...access.holds],
    };
  }
}

function principalOf({ group, detail }: Omit<GroupAccess, 'makeUp'>): { id: string; name: string; detail: string } {
  return { id: group.id, name: group.name, detail };
}

function refuseUnassignable(group: EntraGroup, isPremium: boolean): void {
  if (!group.isSecurityEnabled) throw noSecurityGroup(group.name);
  if (!isPremium) throw noPremium();
}
