import { signInOf } from './links-slack.js';
import type { Persona } from './persona.js';
import { until } from './processes.js';
import type { SeenBlocks } from './seen-blocks.js';
import { SeenCard } from './seen-card.js';
import { signInByHand } from './sign-in-by-hand.js';

/** What people do with requests for access, one line each for the stories. */

export interface Wish {
  readonly hours?: number;
  readonly because: string;
  /** Part of the name of whom it is for; absent: for oneself. */
  readonly for?: string;
}

/** Fills in the dialog of `/latchkey request` and returns the card of the request. */
export async function asksInSlack(person: Persona, role: string, wish: Wish): Promise<SeenBlocks> {
  const { inSlack } = person;
  await inSlack.types('/latchkey request');
  const dialog = await inSlack.seesDialog('Which role?');
  if (wish.for !== undefined) {
    const [row] = await inSlack.searches('person', wish.for, dialog);
    inSlack.fills(dialog, { person: row ?? '' });
  }
  inSlack.fills(dialog, { role, ...lengthOf(wish), why: wish.because });
  await inSlack.submits(dialog);
  await inSlack.seesDialog('Asked.');
  return inSlack.sees(wish.because);
}

/** Fills in the card of *request* and returns it, as it is the card of the request from then on. */
export async function asksInTeams(person: Persona, role: string, wish: Wish): Promise<SeenCard> {
  const form = await person.saysAndSees('request', 'Which role?');
  const rows = wish.for === undefined ? [] : await person.types(form, wish.for);
  const inputs = { role, ...lengthOf(wish), why: wish.because, ...(rows[0] ? { person: rows[0].value } : {}) };
  const answer = await person.presses(form, 'Ask for access', inputs);
  if (answer.statusCode !== 200) throw new Error(`Not asked: ${JSON.stringify(answer)}`);
  return person.watches(form, /^(Your request|Break-glass)/m);
}

function lengthOf({ hours }: Wish): Record<string, string> {
  return { minutes: hours === undefined ? 'usually' : String(hours * 60) };
}

/** The card that a click in Teams shows to the one who clicked, before anything else changes. */
export async function shownBy(person: Persona, card: SeenCard, label: string | RegExp): Promise<SeenCard> {
  const { value } = await person.presses(card, label);
  return new SeenCard(card.id, card.conversation, value);
}

/** Opens the further questions of a button in Teams, and sends them. */
export async function answersInTeams(
  person: Persona,
  card: SeenCard,
  { opens, sends, inputs }: { opens: string | RegExp; sends: string | RegExp; inputs: Record<string, string> },
): Promise<void> {
  const form = await shownBy(person, card, opens);
  await person.presses(form, sends, inputs);
}

const DIALOGS = /Deny the request|Approve for less|Revoke the|Give the access back|Review the|Ask for more time/;

/** The same in Slack, where they stand in a dialog. */
export async function answersInSlack(
  { inSlack }: Persona,
  card: SeenBlocks,
  { opens, inputs }: { opens: string | RegExp; inputs: Record<string, string> },
): Promise<void> {
  await inSlack.presses(opens, card);
  const dialog = await inSlack.seesDialog(DIALOGS);
  inSlack.fills(dialog, inputs);
  await inSlack.submits(dialog);
}

/** Signs in to Genesys by the link that the person got. */
export async function signsInTo(person: Persona, link: string): Promise<boolean> {
  const page = await signInByHand(link, signInOf(person));
  return page.includes('You are signed in to');
}

/** The link of the newest message that says that they have access. */
export async function linkInSlack({ inSlack }: Persona): Promise<string> {
  const told = await inSlack.sees('You have access');
  return told.button('Test from Microsoft (IdP-initiated)').element.url ?? '';
}

/** Waits until everybody's copy says it. */
export async function everyCopySays(
  copies: readonly (() => Promise<{ says(text: string | RegExp): boolean }>)[],
  text: string | RegExp,
): Promise<void> {
  await until(`every copy says ${String(text)}`, async () => {
    const seen = await Promise.all(copies.map((copy) => copy()));
    return seen.every((one) => one.says(text)) ? true : undefined;
  });
}
