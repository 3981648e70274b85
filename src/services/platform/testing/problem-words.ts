import type { Problem } from '../problem.js';

/** What a person reads of a problem. */
export function wordsOf({ facts }: Problem): string {
  return [facts.what, facts.why, `To do: ${facts.remedy}`].filter(Boolean).join('\n');
}

/** The words of all problems, for a snapshot. */
export function wordsOfAll(problems: Readonly<Record<string, Problem>>): string {
  const all = Object.entries(problems).map(([name, problem]) => `[${name}]\n${wordsOf(problem)}`);
  return `\n${all.join('\n\n')}\n`;
}

/** Fails unless what is said are whole sentences without anything of the wire in them. */
export function expectWholeSentences({ facts }: Problem): void {
  for (const sentence of [facts.what, facts.remedy, ...(facts.why ? [facts.why] : [])]) {
    // A capital, a quotation, or a user principal name.
    expect(sentence).toMatch(/^([A-Z“]|\S+@\S).*\.$/s);
    expect(sentence).not.toMatch(/[{}<>]|undefined|null|\bHTTP\b|\b[45]\d\d\b/);
  }
}
