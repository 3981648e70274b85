import type { EntraGroup, GroupMember } from '../entra/entra-groups.js';

/** Who is directly in a group, as far as an assignment is concerned. */
export interface GroupMakeUp {
  /** Direct members that are people: those who would get access. */
  readonly people: number;
  /** Names of groups in the group; their members get nothing. */
  readonly nested: readonly string[];
  /** Only the first members were read: there are so many people, or more. */
  readonly isMore?: boolean;
}

/** @param isMore whether these are the first members only. */
export function makeUpOf(members: readonly GroupMember[], isMore = false): GroupMakeUp {
  return {
    people: members.filter(({ kind }) => kind === 'person').length,
    nested: members.filter(({ kind }) => kind === 'group').map(({ name }) => name),
    ...(isMore ? { isMore } : {}),
  };
}

const LONGEST_DESCRIPTION = 60;

/**
 * What tells a group apart from a namesake: names are not unique, the end of the id nearly is. It stands before what may be
 * long, as cards cut at the end.
 */
export function describeGroup({ id, mail, description = '', isDynamic }: EntraGroup): string {
  const letters = Array.from(description);
  const shown =
    letters.length > LONGEST_DESCRIPTION ? `${letters.slice(0, LONGEST_DESCRIPTION).join('')}…` : description;
  return [isDynamic ? 'dynamic' : '', `id …${id.slice(-6)}`, mail, shown].filter(Boolean).join(' · ');
}

/** "1 direct member", "more than 999 direct members". */
export function sizeWords({ count, isMore }: { count: number; isMore: boolean }): string {
  if (isMore) return `more than ${String(count)} direct members`;
  return `${count === 0 ? 'no' : String(count)} direct member${count === 1 ? '' : 's'}`;
}
