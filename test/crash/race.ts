import { asksInTeams, shownBy } from '../support/access-desk.js';
import { seeded } from '../support/interleaver.js';
import type { Persona } from '../support/persona.js';
import type { SeenBlocks } from '../support/seen-blocks.js';
import { SeenCard } from '../support/seen-card.js';

/** One request, and what several people do with it at the same instant, each in a chat of theirs. */

type Deed = 'approve' | 'approve for less' | 'deny' | 'cancel' | 'take back';

interface Party {
  readonly person: Persona;
  readonly chat: 'Teams' | 'Slack';
  readonly deed: Deed;
}

/** A click that was prepared; what comes back is what they read: the card in Teams, nothing in Slack. */
type Click = () => Promise<string | undefined>;

export interface Race {
  readonly seed: number;
  readonly why: string;
  readonly quorum: number;
  readonly people: readonly Persona[];
  readonly parties: readonly Party[];
}

export function planRace(seed: number, people: readonly [Persona, Persona, Persona]): Race {
  const random = seeded(seed * 7_919 + 17);
  const pick = <T>(of: readonly [T, ...T[]]): T => of[Math.floor(random() * of.length)] ?? of[0];
  const [asker, one, other] = people;
  const quorum = pick([1, 1, 2]);
  const chats = pick<['Teams' | 'Slack', 'Teams' | 'Slack']>([
    ['Teams', 'Slack'],
    ['Slack', 'Teams'],
  ]);
  const first: Party = {
    ...{ person: one, chat: chats[0] },
    deed: pick<Deed>(['approve', 'approve', 'approve for less', 'deny', 'take back']),
  };
  const second: Party = {
    person: other,
    chat: chats[1],
    deed: pick<Deed>(['approve', 'approve', 'approve for less', 'deny']),
  };
  return {
    ...{ seed, quorum, people, why: `race ${String(seed)} to be decided` },
    parties: [
      first,
      second,
      // The same click once more, with an id of its own.
      ...(random() < 0.3 && second.deed === 'approve' ? [second] : []),
      ...(random() < 0.2 ? [{ person: asker, chat: 'Teams', deed: 'cancel' } as const] : []),
    ],
  };
}

/** They ask, and everybody has a card in both chats. */
export async function ask({ people, why }: Race, { role, racer }: { role: string; racer: string }): Promise<void> {
  const [asker, ...approvers] = people;
  if (!asker) throw new Error('Nobody asks.');
  await asksInTeams(asker, role, { hours: 8, because: why, for: racer });
  for (const person of approvers) {
    await person.sees(why);
    await person.inSlack.sees(why);
  }
}

/** Dialogs are opened before; then everybody clicks. @returns what each read in answer. */
export async function run(race: Race): Promise<(string | undefined)[]> {
  const clicks: Click[] = [];
  for (const party of race.parties) clicks.push(await prepare(party, race.why));
  return Promise.all(clicks.map((click) => click()));
}

async function prepare({ person, chat, deed }: Party, why: string): Promise<Click> {
  if (chat === 'Slack') return prepareInSlack(person, deed, await person.inSlack.sees(why));
  const card = await person.sees(why);
  const answer = async (label: RegExp, of: SeenCard = card, inputs = {}): Promise<SeenCard> => {
    const { statusCode, value } = await person.presses(of, label, inputs);
    if (statusCode !== 200) throw new Error(`${person.name} got ${String(statusCode)}: ${JSON.stringify(value)}`);
    return new SeenCard(card.id, card.conversation, value);
  };
  switch (deed) {
    case 'approve':
      return async () => (await answer(/^Approve (?!.*for less)/)).text;
    case 'cancel':
      return async () => (await answer(/^Cancel /)).text;
    case 'take back':
      return async () => {
        const approved = await answer(/^Approve (?!.*for less)/);
        const hasButton = approved.buttons().some((label) => label.startsWith('Take back'));
        return hasButton ? (await answer(/^Take back/, approved)).text : approved.text;
      };
    default: {
      const form = await shownBy(person, card, deed === 'deny' ? /^Deny/ : /for less/);
      return async () => (await answer(deed === 'deny' ? /^Deny/ : /^Approve/, form, inputsOf(deed))).text;
    }
  }
}

function inputsOf(deed: Deed): Record<string, string> {
  return { reason: 'as it was told', ...(deed === 'deny' ? {} : { minutes: '60' }) };
}

async function prepareInSlack({ inSlack }: Persona, deed: Deed, card: SeenBlocks): Promise<Click> {
  const presses = async (label: RegExp): Promise<undefined> => {
    requireTaken(await inSlack.presses(label, card));
    return undefined;
  };
  if (deed === 'approve') return () => presses(/^Approve (?!.*for less)/);
  if (deed === 'take back') {
    return async () => {
      await presses(/^Approve (?!.*for less)/);
      const now = await inSlack.watches(card, /Approved by|Denied by|Cancelled by|have agreed/);
      return now.buttons.some((label) => label.startsWith('Take back')) ? presses(/^Take back/) : undefined;
    };
  }
  await inSlack.presses(deed === 'deny' ? /^Deny/ : /for less/, card);
  const dialog = await inSlack.seesDialog(deed === 'deny' ? 'Deny the request' : 'Approve for less');
  inSlack.fills(dialog, inputsOf(deed));
  return async () => {
    requireTaken(await inSlack.submits(dialog));
    return undefined;
  };
}

/** On a machine that is busy, Slack may say after three seconds that nobody has answered. */
function requireTaken({ errors }: { errors?: Readonly<Record<string, string>> }): void {
  if (errors) throw new Error(`Slack refused what was entered: ${JSON.stringify(errors)}`);
}
