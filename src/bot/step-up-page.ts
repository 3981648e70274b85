import type { IncomingMessage, ServerResponse } from 'node:http';
import { outcomeText, stepUpFacts, stepUpPhase } from '../dialogs/views/step-up.view.js';
import { approvalLinkUsed, type StepUpCard, type VoteOutcome } from '../services/index.js';
import { escapeHtml, factsHtml, nameHtml, ONE_TIME_TOKEN, sendPage, type Page } from './page.js';
import type { Handler, Routes } from './routes.js';
import {
  answerOf,
  browserOf,
  cookieName,
  foreignPage,
  isOwnButton,
  orProblemPage,
  redirect,
  sendProblem,
  setCookie,
  SIGN_IN_LIMIT,
  startOf,
  takeAnswer,
  type SignInLink,
  type SignInWords,
} from './sign-in-pages.js';

/** How an approval is proven by a sign-in; tokens are opaque here. */
export interface StepUpPages extends SignInLink {
  /** Whose link it is, while nobody has used it. Changes nothing: link previews ask this too. */
  look(token: string): Promise<{ name: string; code: string } | undefined>;
  /** Whether the answer of Microsoft is to a sign-in for an approval. */
  isFor(answer: URLSearchParams): boolean;
  /** The browser is back from the sign-in. Approves nothing. Throws a `Problem`. */
  callback(answer: URLSearchParams, browser: string | undefined): Promise<{ id: string; browser: string }>;
  /** What is to be approved, for the browser that has signed in. Throws a `Problem`. */
  show(id: string, browser: string | undefined): Promise<StepUpCard>;
  /** The press of the last button: the vote. Throws a `Problem`. @param revision of the request as the page has shown it. */
  approve(id: string, browser: string | undefined, revision: number): Promise<VoteOutcome>;
}

const WORDS: SignInWords = {
  cookie: 'latchkey-step-up',
  failed: 'Nothing was approved',
  over: 'This page is used, or its time is over',
  used: approvalLinkUsed,
  foreign: `<p>Nothing was approved.</p>
<p>Open the link in the message of Latchkey in your chat, and press the buttons yourself.</p>`,
};

/**
 * Mounts `/step-up/:token` and `/step-up/:id/approve`; what the browser comes back with from Microsoft is for the returned
 * handler. Each GET shows, and changes nothing; the first POST starts the sign-in, the second one is the vote.
 */
export function mountStepUpPage(routes: Routes, pages: StepUpPages): Handler {
  const ask: Handler = async (_request, response, { token = '' }) => {
    const asked = ONE_TIME_TOKEN.test(token) ? await pages.look(token) : undefined;
    if (asked) sendPage(response, 200, askPage(asked), pages.origins);
    else sendProblem(response, WORDS, approvalLinkUsed());
  };
  const show: Handler = async (request, response, { id = '' }) => {
    await orProblemPage(response, WORDS, async () => {
      sendCard(response, await pages.show(id, browserOf(request, cookieName(WORDS, id, pages))));
    });
  };
  const approve: Handler = async (request, response, { id = '' }) => {
    if (!isOwnButton(request)) return sendPage(response, 403, foreignPage(WORDS));
    await orProblemPage(response, WORDS, async () => {
      const browser = browserOf(request, cookieName(WORDS, id, pages));
      const outcome = await pages.approve(id, browser, shownRevision(request));
      const card = await pages.show(id, browser);
      const text = outcomeText(outcome);
      // To be loaded anew, or come back to, as often as one likes.
      if (card.isUsed) redirect(response, `${pages.publicUrl()}/step-up/${id}/approve`);
      else if (text === undefined) sendCard(response, card, true);
      else sendPage(response, 200, { title: 'Nothing was changed', body: `<p>${escapeHtml(text)}</p>\n${GOES_ON}` });
    });
  };
  routes.get('/step-up/:token', ask, { limit: SIGN_IN_LIMIT });
  routes.post('/step-up/:token', startOf(pages, WORDS), { limit: SIGN_IN_LIMIT });
  routes.get('/step-up/:id/approve', show, { limit: SIGN_IN_LIMIT });
  routes.post('/step-up/:id/approve', approve, { limit: SIGN_IN_LIMIT });
  return async (request, response) => {
    const { answer, browser } = takeAnswer({ request, response }, pages, WORDS);
    await orProblemPage(response, WORDS, async () => {
      const page = await pages.callback(answer, browser);
      setCookie(response, cookieName(WORDS, page.id, pages), page.browser);
      redirect(response, `${pages.publicUrl()}/step-up/${page.id}/approve`);
    });
  };
}

function codeText(code: string): string {
  return `<p class="hint">The code of this link. Is it in your own message from Latchkey?</p>
<p class="value">${escapeHtml(code)}</p>`;
}

function askPage({ name, code }: { name: string; code: string }): Page {
  return {
    title: 'Sign in to approve',
    body: `<p>This link is for <strong>${nameHtml(name)}</strong>, who has pressed <em>Approve</em> in the chat. You sign in at
Microsoft, and then see what is to be approved. Nothing is approved until you have pressed the button there.</p>
${codeText(code)}
<form method="post"><button type="submit" autofocus>Sign in with Microsoft</button></form>
<p class="hint">If you did not press <em>Approve</em> yourself just now, or the code is another one, close this page and tell
your administrators: somebody else may have pressed it in your name.</p>`,
  };
}

/** @param isAnew the request has changed since the page was shown. */
function sendCard(response: ServerResponse, card: StepUpCard, isAnew = false): void {
  if (card.isUsed) sendPage(response, 200, countedPage(card));
  else sendPage(response, 200, card.card.request.state === 'open' ? decidePage(card, isAnew) : decidedPage(card));
}

/** What its form names; no request has the one that is none. */
function shownRevision(request: IncomingMessage): number {
  return Number.parseInt(answerOf(request).get('shown') ?? '', 10);
}

function decidePage(shown: StepUpCard, isAnew: boolean): Page {
  const { card, person, code, channel } = shown;
  const anew = isAnew
    ? '<p role="alert"><strong>The request has changed since this page was shown, and nothing was approved.</strong> Look at it again.</p>'
    : '';
  const where = channel === 'slack' ? 'Slack' : 'Teams';
  return {
    title: 'What you approve',
    body: `${anew}<p>You have signed in as <strong>${nameHtml(person.name)}</strong>. Nothing is approved yet.</p>
${factsHtml(stepUpFacts(shown))}
${codeText(code)}
<p class="hint">If you did not press <em>Approve</em> in ${where} yourself just now, or the code is another one, close this page
and tell your administrators: somebody else may have pressed it in your name. To say no, press <em>Deny</em> there.</p>
<form method="post" action="?shown=${String(card.request.revision)}"><button type="submit">Approve ${nameHtml(card.request.person.name)}</button></form>`,
  };
}

function decidedPage(shown: StepUpCard): Page {
  return {
    title: 'There is nothing to approve any more',
    body: `<p><strong>${escapeHtml(stepUpPhase(shown))}</strong> Nothing was changed by you now.</p>
${factsHtml(stepUpFacts(shown))}
${GOES_ON}`,
  };
}

/** What the approval has led to, as it stands now. */
function countedPage(shown: StepUpCard): Page {
  return {
    title: 'Your approval was counted',
    body: `<p><strong>${escapeHtml(stepUpPhase(shown))}</strong></p>
${factsHtml(stepUpFacts(shown))}
<p class="hint">This page is used. The card of the request in the chat shows how it goes on, and has a button to take the
approval back while that can be done. You can close this page.</p>`,
  };
}

const GOES_ON =
  '<p class="hint">The card of the request in the chat shows how it goes on. You can close this page.</p>';
