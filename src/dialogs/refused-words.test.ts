import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const SRC = resolve(__dirname, '..');

/** What a click is told that acts no more or not for this person, as the source says it. Those that a service refuses are in `refusal-words`. */
function refusedIn(source: string): string[] {
  const texts = source.matchAll(/kind: 'refused',\s*text:\s*('(?:[^'\\]|\\.)*'|`[^`]*`)/g);
  return [...texts].map(([, text = '']) => text.slice(1, -1));
}

test('what a button that does not act says, and what to do instead', () => {
  const said = globSync('{dialogs,bot}/**/*.ts', { cwd: SRC })
    .filter((name) => !name.endsWith('.test.ts'))
    .flatMap((name) => refusedIn(readFileSync(join(SRC, name), 'utf8')));

  expect(said.sort()).toMatchInlineSnapshot(`
   [
     "Choose a person from the list, or write who it is.",
     "Choose for how long.",
     "Choose how much more.",
     "Choose whether it was right.",
     "Latchkey does not know yet who you are here. Write “link” to it in your direct messages, and link your account first.",
     "Only an administrator can cancel this. The card stays as it is.",
     "Say why: it is reviewed within 24 hours.",
     "This button is from an older card and no longer acts. Say “help” for what you can do now.",
     "This question is no longer open for you. Look at the newest card, or say “set up sso” to start again.",
     "You are not one of those who can do that: whoever asked, whom it is for, and the approvers.",
   ]
  `);
});
