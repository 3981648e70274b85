import { SEED_PASSWORD } from '../../sandbox/credentials.js';
import { Consoles } from '../support/consoles.js';
import { setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';
import type { Persona } from '../support/persona.js';
import type { SeenBlocks } from '../support/seen-blocks.js';
import { signInByHand } from '../support/sign-in-by-hand.js';

const asPerson = (userName: string): { userName: string; password: string } => ({ userName, password: SEED_PASSWORD });
const ANA = asPerson('ana.agent@contoso.example');
const ANA_ID = '0e0b1ec7-0000-4000-8000-000000000004';
const ADA = asPerson('ada.admin@contoso.example');

/** The link that the person's Slack account gets, whatever they say. */
async function linkFor(person: Persona): Promise<string> {
  await person.inSlack.writes('link');
  return linkOn(await person.inSlack.sees('Link your account first'));
}

function linkOn(message: SeenBlocks): string {
  return message.button('Sign in with Microsoft').element.url ?? '';
}

/** The number that the last page shows to whoever has signed in. */
async function numberFor(link: string, who = ANA): Promise<string> {
  return /\b(\d{6})\b/.exec(await signInByHand(link, who))?.[1] ?? '';
}

async function enters(person: Persona, number: string): Promise<void> {
  const { inSlack } = person;
  await inSlack.presses('Enter the number', await inSlack.sees('Link your account first'));
  await entersAgain(person, number);
}

async function entersAgain({ inSlack }: Persona, number: string): Promise<void> {
  const dialog = await inSlack.seesDialog('The six digits of the page');
  inSlack.fills(dialog, { number });
  await inSlack.submits(dialog);
}

const other = (number: string): string => String((Number(number) + 1) % 1_000_000).padStart(6, '0');

/** What the app's home says to the person now. */
async function homeSays({ inSlack }: Persona, text: string): Promise<void> {
  await inSlack.opensHome();
  await inSlack.seesHome(text);
}

const UNKNOWN = 'Link your account first';
const KNOWN = 'What Latchkey can do for you';

journey('An agent links the Slack account, asks for help there, and takes it back in Teams', async ({ ana, ada }) => {
  await ana.sees('What Latchkey can do for you');
  await ana.inSlack.types('/latchkey set up sso');
  const number = await numberFor(linkOn(await ana.inSlack.sees('Link your account first')));
  await homeSays(ana, UNKNOWN);
  await enters(ana, other(number));
  await ana.inSlack.seesDialog('You have 2 more tries');
  await entersAgain(ana, number);
  await ana.inSlack.sees('Here you are Ana Agent (ana.agent@contoso.example) from now on.');
  // The page that stands open follows by itself.
  await ana.inSlack.seesHome(KNOWN);

  const told = await ana.sees('A Slack account was linked to you');
  await ana.presses(told, 'That was not me');
  await ana.watches(told, 'Neither you nor that account can be linked');
  await ana.inSlack.seesHome(UNKNOWN);
  await ana.inSlack.writes('help');
  await ana.inSlack.sees('This Slack account cannot be linked.');

  const barred = await ada.saysAndSees('allow linking ana', 'Who may not link accounts');
  await ada.presses(barred, 'Allow linking Ana Agent');
  await ada.watches(barred, 'Ana Agent can link accounts again');
  const account = await ada.saysAndSees('allow linking ana', 'Who may not link accounts');
  await ada.presses(account, /^Allow @/);
  await ada.watches(account, 'can be linked again');
  await enters(ana, await numberFor(await linkFor(ana)));
  await ana.inSlack.sees('Your account is linked');
});

journey(
  'A link that is sent on to an administrator gives nobody the rights of the administrator',
  async ({ world, ana, ada }) => {
    const number = await numberFor(await linkFor(ana), ADA);
    await enters(ana, other(number));
    await ana.inSlack.seesDialog('You have 2 more tries');
    await world.advance('PT6M');
    await entersAgain(ana, number);
    await ana.inSlack.seesDialog('No number waits for this account');

    await homeSays(ana, UNKNOWN);
    await homeSays(ada, UNKNOWN);
  },
);

journey('A linked account whose person is disabled in Entra is refused for just that', async ({ world, ana }) => {
  await enters(ana, await numberFor(await linkFor(ana)));
  await ana.inSlack.sees('Your account is linked');
  await ana.inSlack.writes('status');
  await ana.inSlack.sees('You hold none of these roles.');

  await new Consoles(world).graph('PATCH', `/v1.0/users/${ANA_ID}`, { accountEnabled: false });
  await ana.inSlack.writes('status');

  await ana.inSlack.sees('This account is disabled in Entra.');
});

journey('A person sees in both chats which accounts are theirs, and unlinks one', async ({ ana }) => {
  await ana.saysAndSees('my linked accounts', 'No account of another chat is linked to you.');
  await enters(ana, await numberFor(await linkFor(ana)));
  await ana.inSlack.sees('Your account is linked');
  await ana.saysAndSees('my linked accounts', `@${ana.inSlack.name} (${ana.inSlack.userId})`);
  await ana.inSlack.writes('unlink');
  await ana.inSlack.presses(/^Unlink @/, await ana.inSlack.sees('Your linked accounts'));

  const confirm = await ana.inSlack.sees('it can do nothing with Latchkey but be linked again');
  await ana.inSlack.presses(/^Unlink @/, confirm);

  await ana.inSlack.watches(confirm, 'is not linked to you any more');
  await homeSays(ana, UNKNOWN);
});

journey('A card in Slack ends with the link that it was for, and one in Teams goes on', async ({ ada }) => {
  await setsUpSso(ada);
  await enters(ada, await numberFor(await linkFor(ada), ADA));
  await ada.inSlack.sees('Your account is linked');
  await ada.inSlack.writes('assign b.simon');
  const card = await ada.inSlack.sees('B.Simon to Genesys Cloud');
  await ada.inSlack.presses(/^Assign /, card);
  await ada.inSlack.watches(card, /^Assigned$/m);
  const inTeams = await ada.saysAndSees('provision b.simon', 'B.Simon in Genesys Cloud');

  const links = await ada.saysAndSees('my linked accounts', 'Your linked accounts');
  await ada.presses(links, /^Unlink @/);
  await ada.presses(await ada.sees('it can do nothing with Latchkey but be linked again'), /^Unlink @/);

  await ada.inSlack.watches(card, 'This account is not linked to the person any more');
  await ada.presses(inTeams, /^Provision /);
  await ada.watches(inTeams, /^Provisioned$/m);
});
