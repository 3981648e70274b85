import { answersInSlack, answersInTeams, asksInSlack } from '../support/access-desk.js';
import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import type { SeenCard } from '../support/seen-card.js';
import type { World } from '../support/world.js';
import { MORE_WHY, WHY, type Copies } from './access-copies.js';
import type { Life, Story, Turn } from './access-rig.js';

/** What a request for access goes through, from its approval to its end. */

const PAST_TAKE_BACK = 'PT11S';

/** Whether each copy of the request that was made for this reason says so. */
function allSay(copies: Copies, why: string, text: RegExp): boolean {
  const theirs = Object.values(copies).flatMap((texts) => texts.filter((one) => one.includes(why)));
  return theirs.length > 0 && theirs.every((one) => text.test(one));
}

function cardOf(life: Life, why: string): Promise<SeenCard> {
  return life.dana.sees(why);
}

/** She approves, as long as her card offers it. */
function approves(why: string): Turn {
  return {
    act: async (life) => {
      const card = await cardOf(life, why);
      if (card.buttons().includes('Approve Ana Agent')) await life.dana.presses(card, 'Approve Ana Agent');
    },
    isSeen: (copies) => allSay(copies, why, /Approved by Dana Deputy|ha(s|ve) access until/),
  };
}

/** The time to take it back passes. */
function begins(why: string): Turn {
  return {
    act: ({ world }) => world.entra.advance(PAST_TAKE_BACK),
    isSeen: (copies) => allSay(copies, why, /ha(s|ve) access until/),
  };
}

/** Lets the time go on to so many seconds before her access ends; after it, where negative. */
async function comesTo({ world, endsAt }: Life, secondsBefore: number): Promise<void> {
  const { now } = (await (await fetch(`${world.entra.url}/_sandbox/clock`)).json()) as { now: string };
  const seconds = Math.ceil(((endsAt?.getTime() ?? 0) - Date.parse(now)) / 1000) - secondsBefore;
  if (seconds > 0) await world.entra.advance(`PT${String(seconds)}S`);
}

export const GRANT: Story = { name: 'grant', from: 'asked', turns: [approves(WHY), begins(WHY)] };

export const END: Story = {
  ...{ name: 'end', from: 'with access' },
  turns: [{ act: (life) => comesTo(life, -1), isSeen: (copies) => allSay(copies, WHY, /Access ended/) }],
};

export const EXTEND: Story = {
  ...{ name: 'extension that meets the end', from: 'asked for more' },
  // Time that the bot is dead for counts: on a busy machine a minute would be over before she has decided.
  before: (life) => comesTo(life, 600),
  turns: [
    approves(MORE_WHY),
    {
      act: (life) => comesTo(life, -1),
      isSeen: (copies) => allSay(copies, WHY, /Access ended/) && allSay(copies, MORE_WHY, /ha(s|ve) access until/),
    },
  ],
};

export const REVOKE: Story = {
  ...{ name: 'revoke', from: 'with access' },
  turns: [
    {
      act: async ({ dana }) => {
        const card = await dana.sees(WHY);
        if (!card.buttons().some((label) => label.startsWith('Revoke'))) return;
        const form = { opens: /^Revoke/, sends: /^Revoke/, inputs: { reason: 'The shift is over' } };
        await answersInTeams(dana, card, form);
      },
      isSeen: (copies) => allSay(copies, WHY, /Access ended/),
    },
  ],
};

export const GIVE_BACK: Story = {
  ...{ name: 'give back', from: 'with access' },
  turns: [
    {
      act: async ({ ana }) => {
        const card = await ana.inSlack.sees(WHY);
        if (!card.buttons.some((label) => label.startsWith('Give back'))) return;
        await answersInSlack(ana, card, { opens: /^Give back/, inputs: {} });
      },
      isSeen: (copies) => allSay(copies, WHY, /Access ended/),
    },
  ],
};

/** Lives through all of it once, and keeps each beginning that a story has. */
export async function saveBeginnings(world: World): Promise<void> {
  const people = (): Life => ({
    ...{ world, ana: world.person('Ana'), dana: world.person('Dana'), omar: world.person('Omar') },
  });
  const { ana, omar } = people();
  await setsUpSso(world.person('Ada'));
  await linksSlack(ana);
  await linksSlack(omar);
  await asksInSlack(ana, 'agent', { hours: 24, because: WHY });
  await people().dana.sees(WHY);
  await omar.inSlack.sees(WHY);
  await ana.sees(WHY);
  await world.saveAll('asked');

  const asked = people();
  await approves(WHY).act(asked);
  await begins(WHY).act(asked);
  await asked.ana.inSlack.sees('You have access');
  for (const look of [() => asked.ana.sees(/You have access until/), () => asked.dana.sees(/has access until/)])
    await look();
  await world.saveAll('with access');

  const { ana: again } = people();
  const card = await again.sees(WHY);
  const more = { minutes: '2880', reason: MORE_WHY };
  await answersInTeams(again, card, { opens: 'Ask for more time …', sends: 'Ask for more time', inputs: more });
  for (const person of [again, people().dana]) await person.sees(MORE_WHY);
  for (const person of [again, people().omar]) await person.inSlack.sees(MORE_WHY);
  await world.saveAll('asked for more');
}
