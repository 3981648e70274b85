import { SEED_PASSWORD } from '../../sandbox/credentials.js';
import type { Browser } from '../../sandbox/entra/testing/browser.js';
import { type SeenPage } from '../../sandbox/entra/testing/browser.js';
import { signInOf } from './links-slack.js';
import type { Persona } from './persona.js';
import { until } from './processes.js';
import type { SeenCard } from './seen-card.js';
import type { SeenBlocks } from './seen-blocks.js';

/** What approvers do whose approval needs a fresh sign-in, one line each for the stories. */

const TITLE = /^Sign in to approve/m;
const BUTTON = /^Sign in to approve/;

/** Presses Approve in Teams. @returns the link of the message that comes for it. */
export async function clicksInTeams(person: Persona, card: SeenCard, label: string | RegExp): Promise<string> {
  const before = new Set((await person.cards()).map(({ id }) => id));
  await person.presses(card, label);
  return linkInTeams(person, before);
}

/** The link of a message in Teams that was not there before. */
export async function linkInTeams(person: Persona, before: ReadonlySet<string>): Promise<string> {
  const message = await until(`${person.name} gets a link`, async () =>
    (await person.cards()).find((card) => !before.has(card.id) && card.says(TITLE)),
  );
  return message.link(BUTTON);
}

/** Does it in Slack. @returns the link of the message that comes for it. */
export async function linkInSlack({ name, inSlack }: Persona, click: () => Promise<unknown>): Promise<string> {
  const keyOf = ({ at }: SeenBlocks): string => JSON.stringify(at);
  const before = new Set((await inSlack.messages()).map(keyOf));
  await click();
  const message = await until(`${name} gets a link`, async () =>
    (await inSlack.messages()).find((one) => !before.has(keyOf(one)) && one.says(TITLE)),
  );
  return message.button(BUTTON).element.url ?? '';
}

/** Presses the button of the first page and signs in. @returns where Microsoft sends the browser. */
export async function signsInAt(browser: Browser, link: string, as: Persona): Promise<string> {
  const sent = await browser.post(link, {});
  const page = await browser.open(sent.headers.get('location') ?? '');
  const back = await browser.send(page, { login: signInOf(as).userName, passwd: SEED_PASSWORD });
  return back.headers.get('location') ?? '';
}

/** The last page, and its address. */
export interface LastPage {
  readonly url: string;
  readonly page: SeenPage;
}

/** Signs in, and follows the browser back. @returns the page that shows the request, or says why not. */
export async function reaches(browser: Browser, link: string, as: Persona): Promise<LastPage> {
  return comesBack(browser, await signsInAt(browser, link, as));
}

export async function comesBack(browser: Browser, answer: string): Promise<LastPage> {
  const back = await browser.open(answer);
  const url = back.headers.get('location');
  return url === null ? { url: answer, page: back } : { url, page: await browser.open(url) };
}

/** Presses the button of the last page, and follows to the page that says what it led to. */
export async function pressesApprove(browser: Browser, { url, page }: LastPage): Promise<SeenPage> {
  const answer = await browser.post(new URL(page.action, url).href, {});
  const next = answer.headers.get('location');
  return next === null ? answer : browser.open(next);
}

/** The words of a page, without its markup. */
export function wordsOf({ text }: SeenPage): string {
  return text.replace(/<style[\s\S]*?<\/style>|<[^>]+>/g, ' ').replace(/\s+/g, ' ');
}
