import { z } from 'zod';

/** What a role of the policy gives, looked up: ids beside the names of that moment. */
export const accessGift = z.object({
  entra: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('app-role'),
      servicePrincipalId: z.string(),
      appId: z.string(),
      templateId: z.string(),
      appRoleId: z.string(),
      appRoleName: z.string(),
    }),
    z.object({ kind: z.literal('group'), groupId: z.string(), groupName: z.string() }),
  ]),
  genesys: z.object({
    divisionId: z.string(),
    divisionName: z.string(),
    roles: z.array(z.object({ roleId: z.string(), roleName: z.string() })),
  }),
});
export type AccessGift = z.infer<typeof accessGift>;

/** One thing that a gift consists of; two gifts of a person share what has the same key. */
export type AccessItem =
  | { readonly kind: 'app-role'; readonly servicePrincipalId: string; readonly appRoleId: string }
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'genesys-role'; readonly roleId: string; readonly divisionId: string }
  /** That the Genesys user is active: given where Latchkey made or woke them. */
  | { readonly kind: 'genesys-user' };

export function itemsOf(gift: AccessGift): AccessItem[] {
  const { divisionId, roles } = gift.genesys;
  return [
    entraItemOf(gift),
    ...roles.map(({ roleId }): AccessItem => ({ kind: 'genesys-role', roleId, divisionId })),
    { kind: 'genesys-user' },
  ];
}

/** Whether both give the same, whatever the things are called meanwhile. */
export function isSameGift(one: AccessGift, other: AccessGift): boolean {
  const [keys, others] = [one, other].map((gift) => itemsOf(gift).map(keyOfItem).sort().join());
  return keys === others;
}

/** What of it is given in Entra. */
export function entraItemOf({ entra }: Pick<AccessGift, 'entra'>): AccessItem {
  return entra.kind === 'group'
    ? { kind: 'group', groupId: entra.groupId }
    : { kind: 'app-role', servicePrincipalId: entra.servicePrincipalId, appRoleId: entra.appRoleId };
}

/** The same for the same thing, whichever gift names it. */
export function keyOfItem(item: AccessItem): string {
  switch (item.kind) {
    case 'app-role':
      return `app-role ${item.servicePrincipalId} ${item.appRoleId}`.toLowerCase();
    case 'group':
      return `group ${item.groupId}`.toLowerCase();
    case 'genesys-role':
      return `genesys-role ${item.roleId} ${item.divisionId}`.toLowerCase();
    case 'genesys-user':
      return 'genesys-user';
  }
}

export interface EndOfGift {
  /** Latchkey gave it, and no other lease needs it. */
  readonly take: readonly AccessItem[];
  /** Another lease of the person needs it. */
  readonly keep: readonly AccessItem[];
  /** It was there before, so it is not ours to take. */
  readonly leave: readonly AccessItem[];
}

/**
 * What ends with a lease: access is the union of leases.
 * @param others gifts of the person's other leases that are planned or active.
 * @param given keys of what Latchkey gave the person and has not taken yet.
 */
export function endOfGift(
  gift: AccessGift,
  { others, given }: { others: readonly AccessGift[]; given: ReadonlySet<string> },
): EndOfGift {
  const needed = new Set(others.flatMap(itemsOf).map(keyOfItem));
  const items = itemsOf(gift);
  const isNeeded = (item: AccessItem): boolean => needed.has(keyOfItem(item));
  const isOurs = (item: AccessItem): boolean => given.has(keyOfItem(item));
  return {
    take: items.filter((item) => !isNeeded(item) && isOurs(item)),
    keep: items.filter(isNeeded),
    leave: items.filter((item) => !isNeeded(item) && !isOurs(item)),
  };
}
