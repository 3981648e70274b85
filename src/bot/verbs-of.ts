import type { Click, Handled, Verbs } from '../dialogs/conversations/talk.js';

/** Each verb is one conversation's. */
export function verbsOf(all: readonly Verbs[]): ReadonlyMap<string, (turn: Click) => Handled> {
  const verbs = new Map<string, (turn: Click) => Handled>();
  for (const [verb, act] of all.flatMap((one) => Object.entries(one))) {
    if (verbs.has(verb)) throw new Error(`Two conversations have a button “${verb}”.`);
    verbs.set(verb, act);
  }
  return verbs;
}
