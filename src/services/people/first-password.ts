import { randomInt } from 'node:crypto';

const LENGTH = 20;
/** For a tenant whose rules refuse the usual one; Entra takes up to 256. */
export const LONG_PASSWORD = 40;
// Without look-alikes: people read it off one screen and type it into another.
const CLASSES = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnpqrstuvwxyz', '23456789', '!#%+-=?@'] as const;

/** A first password: 20 characters, all four classes of Entra's password policy, from the system's random source. */
export function firstPassword(length = LENGTH): string {
  const all = CLASSES.join('');
  const characters = CLASSES.map(pick);
  while (characters.length < length) characters.push(pick(all));
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters.join('');
}

function pick(from: string): string {
  return from.charAt(randomInt(from.length));
}
