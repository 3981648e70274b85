import { escapeHtml, ONE_TIME_TOKEN, sendPage, type Page } from './page.js';
import type { RateLimit } from './rate-limiter.js';
import type { Handler, Routes } from './routes.js';

/** What a one-time link reveals. */
export interface RevealedSecret {
  readonly userName: string;
  readonly password: string;
}

/** The secrets behind one-time links, by the token in the link. */
export interface OneTimeSecrets {
  /** Whether the link still reveals something. Changes nothing: link previews ask this too. */
  exists(token: string): Promise<boolean>;
  /** Reveals it and deletes it, once; `undefined` when it was used, has run out or never was. */
  open(token: string): Promise<RevealedSecret | undefined>;
}

/** For one address, which may be a company's: a link is opened once or twice. A token cannot be guessed at any rate. */
const LIMIT: RateLimit = { burst: 60, perSecond: 2 };

/**
 * Mounts `/secret/:token`. GET shows a page with a button; only its POST reveals, so that a chat's link preview or a
 * virus scanner cannot use the link up. A wrong, a used and an old link look the same.
 */
export function mountSecretPage(routes: Routes, secrets: OneTimeSecrets): void {
  const ask: Handler = async (_request, response, { token = '' }) => {
    const isThere = ONE_TIME_TOKEN.test(token) && (await secrets.exists(token));
    if (isThere) sendPage(response, 200, askPage());
    else sendPage(response, 410, gonePage());
  };
  const reveal: Handler = async (_request, response, { token = '' }) => {
    const secret = ONE_TIME_TOKEN.test(token) ? await secrets.open(token) : undefined;
    if (secret) sendPage(response, 200, revealPage(secret));
    else sendPage(response, 410, gonePage());
  };
  routes.get('/secret/:token', ask, { limit: LIMIT });
  routes.post('/secret/:token', reveal, { limit: LIMIT });
}

function askPage(): Page {
  return {
    title: 'First password',
    body: `<p>This link shows a first password <strong>once</strong>. Before you press the button, have the place ready
where you will keep or type it.</p>
<form method="post"><button type="submit" autofocus>Show the password</button></form>
<p class="hint">If you did not ask Latchkey for it, close this page and tell whoever sent you the link.</p>`,
  };
}

function revealPage({ userName, password }: RevealedSecret): Page {
  return {
    title: 'First password',
    body: `<p>It is shown only now, and must be changed at the first sign-in.</p>
<label for="user">User name</label>
<input id="user" class="value" readonly spellcheck="false" autocomplete="off" value="${escapeHtml(userName)}">
<label for="password">Password</label>
<input id="password" class="value" readonly spellcheck="false" autocomplete="off" aria-describedby="copy"
 value="${escapeHtml(password)}" autofocus>
<p id="copy" class="hint">To copy: click into the field, press Ctrl+A and Ctrl+C (on a Mac ⌘A and ⌘C).</p>
<p class="hint">Close this page when you have it. If you lose it, press <em>New password</em> on the card in the chat.</p>`,
  };
}

function gonePage(): Page {
  return {
    title: 'This link no longer shows a password',
    body: `<p>It was used already, its ten minutes are over, or part of it is missing.</p>
<p>Press <em>New password</em> on the card in the chat to get another one.</p>`,
  };
}
