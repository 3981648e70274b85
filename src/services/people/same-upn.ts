/**
 * Whether two texts are one user principal name. Only the case of Latin letters makes no difference, as in Entra: a letter
 * that merely looks like another one, or becomes it in small letters, is another name. Pure.
 */
export function isSameUpn(one: string, other: string): boolean {
  return smallLatin(one) === smallLatin(other);
}

function smallLatin(text: string): string {
  return text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
