import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem, type ProblemFacts } from '../services/index.js';
import { escapeHtml, ONE_TIME_TOKEN, sendPage, type Page } from './page.js';
import type { RateLimit } from './rate-limiter.js';
import type { Handler } from './routes.js';

/** What pages share that lead a browser to the sign-in at Microsoft, and take it back from there. */

/** A one-time link whose button leads to a sign-in; tokens are opaque here. */
export interface SignInLink {
  /** The origins that the sign-in may lead to. */
  readonly origins: readonly string[];
  /** The address of the pages themselves, as people reach it. */
  publicUrl(): string;
  /** Uses the link up; `undefined`: it was used, has run out or never was. Throws a `Problem`. */
  signIn(token: string): Promise<{ url: string; attempt: string; browser: string } | undefined>;
  /** Which attempt an answer is for, as it is named beside what its browser holds. */
  attemptOf(answer: URLSearchParams): string;
}

/** What the pages of one use say, and how its cookies are called. */
export interface SignInWords {
  readonly cookie: 'latchkey-link' | 'latchkey-step-up';
  /** Title of the pages that say why nothing came of it. */
  readonly failed: string;
  /** Title of the page about a link, or a page, that is used or too old. */
  readonly over: string;
  /** Of a link that is used, too old or wrong; they look the same. */
  readonly used: () => Problem;
  /** Another site has caused the press; what has become of it is said in our own markup. */
  readonly foreign: string;
}

/** For one address, which may be a company's: a link is opened and signed in with once or twice. */
export const SIGN_IN_LIMIT: RateLimit = { burst: 60, perSecond: 2 };
/** As long as a sign-in may take. */
export const COOKIE_SECONDS = 600;

/** The press of the button: sends this browser, and no other, to the sign-in. */
export function startOf(link: SignInLink, words: SignInWords): Handler {
  return async (request, response, { token = '' }) => {
    if (!isOwnButton(request)) return sendPage(response, 403, foreignPage(words));
    await orProblemPage(response, words, async () => {
      const signIn = ONE_TIME_TOKEN.test(token) ? await link.signIn(token) : undefined;
      if (!signIn) throw words.used();
      setCookie(response, cookieName(words, signIn.attempt, link), signIn.browser);
      redirect(response, signIn.url);
    });
  };
}

/** What the browser came back with, and held in its cookie, which is taken from it. */
export function takeAnswer(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  link: SignInLink,
  words: SignInWords,
): { answer: URLSearchParams; browser: string | undefined } {
  const answer = answerOf(request);
  const name = cookieName(words, link.attemptOf(answer), link);
  dropCookie(response, name);
  return { answer, browser: browserOf(request, name) };
}

/** The query of the address that Microsoft has sent the browser to. */
export function answerOf(request: IncomingMessage): URLSearchParams {
  return new URL(request.url ?? '/', 'http://latchkey').searchParams;
}

/** Another site must not press in somebody's browser. Browsers that do not say where a press comes from: pass. */
export function isOwnButton({ headers }: IncomingMessage): boolean {
  const from = headers['sec-fetch-site'];
  return from === undefined || from === 'same-origin' || from === 'none';
}

export async function orProblemPage(
  response: ServerResponse,
  words: SignInWords,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    sendProblem(response, words, error);
  }
}

export function sendProblem(response: ServerResponse, words: SignInWords, { facts }: Problem): void {
  sendPage(response, STATUSES[facts.kind], problemPage(words, facts));
}

const STATUSES: Readonly<Record<ProblemFacts['kind'], number>> = {
  ...{ input: 400, refused: 403, stale: 410, remote: 502, waiting: 503, internal: 503 },
};

export function foreignPage({ foreign }: SignInWords): Page {
  return { title: 'This press was caused by another site', body: foreign };
}

function problemPage({ failed, over }: SignInWords, { kind, what, why, remedy, requestId }: ProblemFacts): Page {
  const said = [what, why, remedy, requestId && `Request id: ${requestId}`].filter((text) => text !== undefined);
  return { title: kind === 'stale' ? over : failed, body: said.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n') };
}

export function redirect(response: ServerResponse, url: string): void {
  response.writeHead(303, { Location: url, 'Cache-Control': 'no-store' });
  response.end();
}

/** One for each attempt, so that two at once do not take each other's place. No other host can set one by that name. */
export function cookieName({ cookie }: SignInWords, attempt: string, link: Pick<SignInLink, 'publicUrl'>): string {
  // The settings allow http on this machine only, and a browser takes a __Host- cookie over https alone.
  return `${link.publicUrl().startsWith('http:') ? '' : '__Host-'}${cookie}-${attempt}`;
}

export function setCookie(response: ServerResponse, name: string, value: string): void {
  response.appendHeader('Set-Cookie', cookieLine(name, value, COOKIE_SECONDS));
}

export function dropCookie(response: ServerResponse, name: string): void {
  response.appendHeader('Set-Cookie', cookieLine(name, '', 0));
}

/** Lax: it must come along when Microsoft sends the browser back. */
function cookieLine(name: string, value: string, seconds: number): string {
  const secure = name.startsWith('__Host-') ? '; Secure' : '';
  return `${name}=${value}; Path=/; Max-Age=${String(seconds)}; HttpOnly; SameSite=Lax${secure}`;
}

export function browserOf({ headers }: IncomingMessage, cookieOf: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  const value = pairs.find(([name]) => name === cookieOf)?.[1];
  return value !== undefined && ONE_TIME_TOKEN.test(value) ? value : undefined;
}
