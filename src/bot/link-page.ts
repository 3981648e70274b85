import { linkUsed, type ChatUser } from '../services/index.js';
import { escapeHtml, nameHtml, ONE_TIME_TOKEN, sendPage, type Page } from './page.js';
import type { Handler, Routes } from './routes.js';
import {
  orProblemPage,
  sendProblem,
  SIGN_IN_LIMIT,
  startOf,
  takeAnswer,
  type SignInLink,
  type SignInWords,
} from './sign-in-pages.js';

/** How an account of a chat is proven to be somebody's; tokens and numbers are opaque here. */
export interface LinkPages extends SignInLink {
  /** Whose link it is, while nobody has used it. Changes nothing: link previews ask this too. */
  look(token: string): Promise<Asked | undefined>;
  /** The browser is back from the sign-in. Links nothing yet. Throws a `Problem`. */
  callback(answer: URLSearchParams, browser: string | undefined): Promise<Proven>;
}

/** The account that has asked, and the code of its invitation: who was sent the link only sees that it is not theirs. */
interface Asked {
  readonly user: ChatUser;
  readonly code: string;
}

/** Who has signed in, and the number for the account. */
interface Proven extends Asked {
  readonly person: { readonly name: string; readonly userPrincipalName: string };
  readonly number: string;
}

const WORDS: SignInWords = {
  cookie: 'latchkey-link',
  failed: 'Nothing was linked',
  over: 'Nothing was linked',
  used: linkUsed,
  foreign: `<p>Nothing was linked, and the link still works.</p>
<p>Open the link in the message of Latchkey in Slack, and press the button there yourself.</p>`,
};

/**
 * Mounts `/link/:token`; `/link/callback` is the returned handler's, and is mounted by whoever knows all sign-ins. GET shows
 * what will happen; its POST starts the sign-in, in this browser alone. The last page shows a number and links nothing. A
 * wrong, a used and an old link look the same.
 */
export function mountLinkPage(routes: Routes, pages: LinkPages): Handler {
  const ask: Handler = async (_request, response, { token = '' }) => {
    const asked = ONE_TIME_TOKEN.test(token) ? await pages.look(token) : undefined;
    if (asked) sendPage(response, 200, askPage(asked), pages.origins);
    else sendProblem(response, WORDS, linkUsed());
  };
  routes.get('/link/:token', ask, { limit: SIGN_IN_LIMIT });
  routes.post('/link/:token', startOf(pages, WORDS), { limit: SIGN_IN_LIMIT });
  return async (request, response) => {
    const { answer, browser } = takeAnswer({ request, response }, pages, WORDS);
    await orProblemPage(response, WORDS, async () => {
      sendPage(response, 200, numberPage(await pages.callback(answer, browser)));
    });
  };
}

/** The member id beside the name: anybody can choose the name of somebody else. */
function accountText({ name, channelUserId, team, teamName = team }: ChatUser): string {
  const account = `<strong>@${nameHtml(name)}</strong> (member ID ${escapeHtml(channelUserId)})`;
  return `${account} in the workspace <strong>${nameHtml(teamName)}</strong>`;
}

function codeText(code: string): string {
  return `<p class="hint">The code of this link. Is it in your own message from Latchkey in Slack?</p>
<p class="value">${escapeHtml(code)}</p>`;
}

function askPage({ user, code }: Asked): Page {
  return {
    title: 'Link your Slack account',
    body: `<p>You sign in with Microsoft, so that Latchkey knows who ${accountText(user)} is. Nothing is linked until you
have entered a number in Slack that the next page shows.</p>
${codeText(code)}
<form method="post"><button type="submit" autofocus>Sign in with Microsoft</button></form>
<p class="hint">If you did not ask for this in Slack yourself just now, or the code is another one, close this page:
somebody else may have sent you the link.</p>`,
  };
}

function numberPage({ user, code, person, number }: Proven): Page {
  return {
    title: 'One more step, in Slack',
    body: `<p>You have signed in as <strong>${nameHtml(person.name)}</strong> (${nameHtml(person.userPrincipalName)}).</p>
<p>Enter this number in Slack, as ${accountText(user)}: press <em>Enter the number</em> under the message of Latchkey
there.</p>
<p class="hint">The number, for 5 minutes:</p>
<p class="value">${escapeHtml(number)}</p>
${codeText(code)}
<p><strong>If you did not start this in Slack yourself, or the code is another one, close this page.</strong> Give the
number to nobody: whoever enters it can act as you.</p>`,
  };
}
