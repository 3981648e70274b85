const LONGEST_NAME = 100;

/** The name of a sent file as it stands in cards and audit lines: one line, no path, nothing invisible. */
export function plainName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const plain = last.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '').trim();
  return plain === '' ? 'file.csv' : Array.from(plain).slice(0, LONGEST_NAME).join('').trimEnd();
}
