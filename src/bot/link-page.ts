import type { IncomingMessage, ServerResponse } from 'node:http';
import { linkUsed, Problem, type ChatUser, type ProblemFacts } from '../services/index.js';
import { escapeHtml, nameHtml, ONE_TIME_TOKEN, sendPage, type Page } from './page.js';
import type { RateLimit } from './rate-limiter.js';
import type { Handler, Routes } from './routes.js';

/** How an account of a chat is proven to be somebody's; tokens and numbers are opaque here. */
export interface LinkPages {
  /** The origins that the sign-in may lead to. */
  readonly origins: readonly string[];
  /** Whose link it is, while nobody has used it. Changes nothing: link previews ask this too. */
  look(token: string): Promise<Asked | undefined>;
  /** Uses the link up; `undefined`: it was used, has run out or never was. Throws a `Problem`. */
  signIn(token: string): Promise<{ url: string; attempt: string; browser: string } | undefined>;
  /** Which attempt an answer is for, as it is named beside what its browser holds. */
  attemptOf(answer: URLSearchParams): string;
  /** The browser is back from the sign-in. Links nothing yet. Throws a `Problem`. */
  callback(answer: URLSearchParams, browser: string | undefined): Promise<Proven>;
  /** The address of the pages themselves, as people reach it. */
  publicUrl(): string;
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

/** For one address, which may be a company's: a link is opened and signed in with once or twice. */
const LIMIT: RateLimit = { burst: 60, perSecond: 2 };
/** As long as a sign-in may take. */
const COOKIE_SECONDS = 600;

/**
 * Mounts `/link/:token` and `/link/callback`. GET shows what will happen; its POST starts the sign-in, in this browser
 * alone. The last page shows a number and links nothing. A wrong, a used and an old link look the same.
 */
export function mountLinkPage(routes: Routes, pages: LinkPages): void {
  const ask: Handler = async (_request, response, { token = '' }) => {
    const asked = ONE_TIME_TOKEN.test(token) ? await pages.look(token) : undefined;
    if (asked) sendPage(response, 200, askPage(asked), pages.origins);
    else sendPage(response, 410, problemPage(linkUsed().facts));
  };
  const start: Handler = async (request, response, { token = '' }) => {
    if (!isOwnButton(request)) return sendPage(response, 403, foreignPage());
    await orProblemPage(response, async () => {
      const signIn = ONE_TIME_TOKEN.test(token) ? await pages.signIn(token) : undefined;
      if (!signIn) return sendPage(response, 410, problemPage(linkUsed().facts));
      const { attempt, browser } = signIn;
      response.setHeader('Set-Cookie', cookie(cookieName(attempt, pages), browser, COOKIE_SECONDS));
      response.writeHead(303, { Location: signIn.url, 'Cache-Control': 'no-store' });
      response.end();
    });
  };
  const callback: Handler = async (request, response) => {
    const answer = new URL(request.url ?? '/', 'http://latchkey').searchParams;
    const name = cookieName(pages.attemptOf(answer), pages);
    response.setHeader('Set-Cookie', cookie(name, '', 0));
    await orProblemPage(response, async () => {
      sendPage(response, 200, numberPage(await pages.callback(answer, browserOf(request, name))));
    });
  };
  routes.get('/link/callback', callback, { limit: LIMIT });
  routes.get('/link/:token', ask, { limit: LIMIT });
  routes.post('/link/:token', start, { limit: LIMIT });
}

/** Another site must not begin a sign-in in somebody's browser. Browsers that do not say where a press comes from: pass. */
function isOwnButton({ headers }: IncomingMessage): boolean {
  const from = headers['sec-fetch-site'];
  return from === undefined || from === 'same-origin' || from === 'none';
}

async function orProblemPage(response: ServerResponse, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    sendPage(response, STATUSES[error.facts.kind], problemPage(error.facts));
  }
}

const STATUSES: Readonly<Record<ProblemFacts['kind'], number>> = {
  ...{ input: 400, refused: 403, stale: 410, remote: 502, waiting: 503, internal: 503 },
};

/** One for each attempt, so that two at once do not take each other's place. No other host can set one by that name. */
function cookieName(attempt: string, pages: LinkPages): string {
  // The settings allow http on this machine only, and a browser takes a __Host- cookie over https alone.
  return `${pages.publicUrl().startsWith('http:') ? '' : '__Host-'}latchkey-link-${attempt}`;
}

/** Lax: it must come along when Microsoft sends the browser back. */
function cookie(name: string, value: string, seconds: number): string {
  const secure = name.startsWith('__Host-') ? '; Secure' : '';
  return `${name}=${value}; Path=/; Max-Age=${String(seconds)}; HttpOnly; SameSite=Lax${secure}`;
}

function browserOf({ headers }: IncomingMessage, cookieOf: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  const value = pairs.find(([name]) => name === cookieOf)?.[1];
  return value !== undefined && ONE_TIME_TOKEN.test(value) ? value : undefined;
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

function foreignPage(): Page {
  return {
    title: 'This sign-in was begun by another site',
    body: `<p>Nothing was linked, and the link still works.</p>
<p>Open the link in the message of Latchkey in Slack, and press the button there yourself.</p>`,
  };
}

function problemPage({ what, why, remedy, requestId }: ProblemFacts): Page {
  const words = [what, why, remedy, requestId && `Request id: ${requestId}`].filter((text) => text !== undefined);
  return {
    title: 'Nothing was linked',
    body: words.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n'),
  };
}
