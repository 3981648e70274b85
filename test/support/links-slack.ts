import { PEOPLE, SEED_PASSWORD } from '../../sandbox/credentials.js';
import type { Persona } from './persona.js';
import type { SeenBlocks } from './seen-blocks.js';
import { signInByHand } from './sign-in-by-hand.js';

/** Proves the Slack account to be that person's, as everybody does once. */
export async function linksSlack(person: Persona): Promise<void> {
  const { inSlack } = person;
  await inSlack.writes('link');
  const invitation = await inSlack.sees('Link your account first');
  const number = await signsIn(person, invitation);
  await inSlack.presses('Enter the number', invitation);
  const dialog = await inSlack.seesDialog('The six digits of the page');
  inSlack.fills(dialog, { number });
  await inSlack.submits(dialog);
  await inSlack.sees('Here you are');
}

/** Opens the link and signs in with Microsoft. @returns the number that the page shows. */
export async function signsIn(person: Persona, invitation: SeenBlocks): Promise<string> {
  const url = invitation.button('Sign in with Microsoft').element.url ?? '';
  const page = await signInByHand(url, signInOf(person));
  return /\b(\d{6})\b/.exec(page)?.[1] ?? '';
}

/** With what that person signs in to Microsoft. */
export function signInOf({ id }: Persona): { userName: string; password: string } {
  const userName = PEOPLE.find((person) => person.id === id)?.userPrincipalName ?? '';
  return { userName, password: SEED_PASSWORD };
}
