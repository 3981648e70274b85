import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem, type ChatUser, type ProblemFacts } from '../services/index.js';
import type { RateLimit } from './rate-limiter.js';
import type { Handler, Routes } from './routes.js';
import { escapeHtml, sendPage, type Page } from './secret-page.js';

/** How an account of a chat is proven to be somebody's; tokens and numbers are opaque here. */
export interface LinkPages {
  /** The origins that the sign-in may lead to. */
  readonly origins: readonly string[];
  /** Whose link it is, while nobody has used it. Changes nothing: link previews ask this too. */
  look(token: string): Promise<ChatUser | undefined>;
  /** Uses the link up; `undefined`: it was used, has run out or never was. Throws a `Problem`. */
  signIn(token: string): Promise<{ url: string; browser: string } | undefined>;
  /** The browser is back from the sign-in. Links nothing yet. Throws a `Problem`. */
  callback(answer: URLSearchParams, browser: string | undefined): Promise<{ user: ChatUser; number: string }>;
  /** The address of the pages themselves, as people reach it. */
  publicUrl(): string;
}

/** For one address, which may be a company's: a link is opened and signed in with once or twice. */
const LIMIT: RateLimit = { burst: 60, perSecond: 2 };
const TOKEN = /^[A-Za-z0-9_-]{16,200}$/;
const COOKIE = 'latchkey-link';
/** As long as a sign-in may take. */
const COOKIE_SECONDS = 600;

/**
 * Mounts `/link/:token` and `/link/callback`. GET shows what will happen; its POST starts the sign-in, in this browser
 * alone. The last page shows a number and links nothing. A wrong, a used and an old link look the same.
 */
export function mountLinkPage(routes: Routes, pages: LinkPages): void {
  const ask: Handler = async (_request, response, { token = '' }) => {
    const user = TOKEN.test(token) ? await pages.look(token) : undefined;
    if (user) sendPage(response, 200, askPage(user), pages.origins);
    else sendPage(response, 410, gonePage());
  };
  const start: Handler = async (_request, response, { token = '' }) => {
    await orProblemPage(response, async () => {
      const signIn = TOKEN.test(token) ? await pages.signIn(token) : undefined;
      if (!signIn) return sendPage(response, 410, gonePage());
      response.setHeader('Set-Cookie', cookie(signIn.browser, COOKIE_SECONDS, pages.publicUrl()));
      response.writeHead(303, { Location: signIn.url, 'Cache-Control': 'no-store' });
      response.end();
    });
  };
  const callback: Handler = async (request, response) => {
    response.setHeader('Set-Cookie', cookie('', 0, pages.publicUrl()));
    await orProblemPage(response, async () => {
      const answer = new URL(request.url ?? '/', 'http://latchkey').searchParams;
      sendPage(response, 200, numberPage(await pages.callback(answer, browserOf(request))));
    });
  };
  routes.get('/link/callback', callback, { limit: LIMIT });
  routes.get('/link/:token', ask, { limit: LIMIT });
  routes.post('/link/:token', start, { limit: LIMIT });
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

/** Lax: it must come along when Microsoft sends the browser back. The settings allow http on this machine only. */
function cookie(value: string, seconds: number, publicUrl: string): string {
  const secure = publicUrl.startsWith('http:') ? '' : '; Secure';
  return `${COOKIE}=${value}; Path=/link; Max-Age=${String(seconds)}; HttpOnly; SameSite=Lax${secure}`;
}

function browserOf({ headers }: IncomingMessage): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  const value = pairs.find(([name]) => name === COOKIE)?.[1];
  return value !== undefined && TOKEN.test(value) ? value : undefined;
}

function accountText({ name, team, teamName = team }: ChatUser): string {
  return `<strong>@${escapeHtml(name)}</strong> in the workspace <strong>${escapeHtml(teamName)}</strong>`;
}

function askPage(user: ChatUser): Page {
  return {
    title: 'Link your Slack account',
    body: `<p>You sign in with Microsoft, so that Latchkey knows who ${accountText(user)} is. Nothing is linked until you
have entered a number in Slack that the next page shows.</p>
<form method="post"><button type="submit" autofocus>Sign in with Microsoft</button></form>
<p class="hint">If you did not ask for this in Slack yourself just now, close this page: somebody else may have sent you
the link.</p>`,
  };
}

function numberPage({ user, number }: { user: ChatUser; number: string }): Page {
  return {
    title: 'One more step, in Slack',
    body: `<p>Enter this number in Slack, as ${accountText(user)}: press <em>Enter the number</em> under the message of
Latchkey there.</p>
<p class="hint">The number, for 5 minutes:</p>
<p class="value">${escapeHtml(number)}</p>
<p><strong>If you did not start this in Slack yourself, close this page.</strong> Give the number to nobody: whoever enters
it can act as you.</p>`,
  };
}

function gonePage(): Page {
  return {
    title: 'This link does not lead on any more',
    body: `<p>It was used already, its ten minutes are over, or part of it is missing.</p>
<p>Go back to Slack, say <em>link</em> to Latchkey, and use the new link.</p>`,
  };
}

function problemPage({ what, why, remedy, requestId }: ProblemFacts): Page {
  const words = [what, why, remedy, requestId && `Request id: ${requestId}`].filter((text) => text !== undefined);
  return {
    title: 'Nothing was linked',
    body: words.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n'),
  };
}
