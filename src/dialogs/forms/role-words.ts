/** Which role of the policy words mean. Pure; nothing is nearest: every word that is said stands in the name of the role. */

export interface NamedRole {
  readonly roleId: string;
  readonly name: string;
}

export type RoleSaid =
  | { readonly kind: 'none' }
  /** One, or several that it may be. */
  | { readonly kind: 'known'; readonly roleIds: readonly string[] }
  | { readonly kind: 'unknown'; readonly words: string };

/** What stands beside the name of a role and is none of it. */
export const NO_ROLE: readonly string[] = [
  'role',
  'rights',
  'access',
  'the',
  'a',
  'an',
  'my',
  'please',
  'in',
  'on',
  'of',
];
const PRODUCT: readonly string[] = ['genesys', 'cloud'];

export function matchRoles(words: readonly string[], roles: readonly NamedRole[]): RoleSaid {
  const said = wordsOf(words.join(' '));
  const telling = tellingOf(said);
  const namesOf = ({ roleId, name }: NamedRole): string[][] => [wordsOf(name), wordsOf(roleId)];
  const nearness: ((names: string[][]) => boolean)[] = [
    (names) => names.some((name) => isSame(name, said)),
    (names) => telling.length > 0 && names.some((name) => isSame(tellingOf(name), telling)),
    (names) => telling.length > 0 && names.some((name) => telling.every((word) => name.includes(word))),
  ];
  if (said.length === 0) return words.join('').trim() === '' ? { kind: 'none' } : unknown(words);
  for (const isMeant of nearness) {
    const roleIds = roles.filter((role) => isMeant(namesOf(role))).map(({ roleId }) => roleId);
    if (roleIds.length > 0) return { kind: 'known', roleIds };
  }
  return telling.length === 0 ? { kind: 'none' } : unknown(words);
}

function unknown(words: readonly string[]): RoleSaid {
  return { kind: 'unknown', words: words.join(' ') };
}

/** Letters and digits, in lower case; what looks alike and is another letter stays another. */
export function wordsOf(text: string): string[] {
  return text
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter(Boolean);
}

function tellingOf(words: readonly string[]): string[] {
  return words.filter((word) => !NO_ROLE.includes(word) && !PRODUCT.includes(word));
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, at) => word === other[at]);
}
