import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
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

const TOKEN = /^[A-Za-z0-9_-]{16,200}$/;

/**
 * Mounts `/secret/:token`. GET shows a page with a button; only its POST reveals, so that a chat's link preview or a
 * virus scanner cannot use the link up. A wrong, a used and an old link look the same.
 */
export function mountSecretPage(routes: Routes, secrets: OneTimeSecrets): void {
  const ask: Handler = async (_request, response, { token = '' }) => {
    const isThere = TOKEN.test(token) && (await secrets.exists(token));
    if (isThere) sendPage(response, 200, askPage());
    else sendPage(response, 410, gonePage());
  };
  const reveal: Handler = async (_request, response, { token = '' }) => {
    const secret = TOKEN.test(token) ? await secrets.open(token) : undefined;
    if (secret) sendPage(response, 200, revealPage(secret));
    else sendPage(response, 410, gonePage());
  };
  routes.get('/secret/:token', ask, { limit: LIMIT });
  routes.post('/secret/:token', reveal, { limit: LIMIT });
}

export interface Page {
  readonly title: string;
  /** Our own markup; what comes from outside went through `escapeHtml`. */
  readonly body: string;
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

const STYLES = `
*{box-sizing:border-box}
:root{color-scheme:light dark;--ground:#f4f5f8;--card:#fff;--ink:#1b1f2a;--soft:#565d6e;--line:#c9cedb;--accent:#3b4fc4;--on-accent:#fff}
@media (prefers-color-scheme:dark){:root{--ground:#12141b;--card:#1d212c;--ink:#eceef5;--soft:#a9b0c2;--line:#454c60;--accent:#9aa8ff;--on-accent:#12141b}}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:min(30rem,100%);padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:14px;box-shadow:0 8px 30px rgb(0 0 0/.08)}
.brand{margin:0 0 1rem;font-weight:600;font-size:.9rem;color:var(--soft)}
h1{margin:0 0 .75rem;font-size:1.4rem;line-height:1.25}
p{margin:.75rem 0}
label{display:block;margin-top:1rem;font-size:.875rem;font-weight:600}
.value{width:100%;margin-top:.3rem;padding:.7rem .8rem;font:1.05rem/1.3 ui-monospace,SFMono-Regular,Consolas,monospace;color:inherit;background:var(--ground);border:1px solid var(--line);border-radius:8px;user-select:all}
button{width:100%;margin-top:.5rem;padding:.75rem 1rem;font:inherit;font-weight:600;color:var(--on-accent);background:var(--accent);border:0;border-radius:8px;cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.hint{font-size:.875rem;color:var(--soft)}
`;
const STYLES_HASH = createHash('sha256').update(STYLES).digest('base64');
/** No script at all, nothing from elsewhere, and a form that leads nowhere but back, and where its answer redirects to. */
function policy(leadsTo: readonly string[]): string {
  const formAction = ["'self'", ...leadsTo].join(' ');
  return `default-src 'none'; style-src 'sha256-${STYLES_HASH}'; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`;
}

/**
 * A page of ours: no script, nothing from elsewhere, kept nowhere.
 * @param page.title our own words.
 * @param leadsTo origins that the answer to its form may redirect to.
 */
export function sendPage(
  response: ServerResponse,
  status: number,
  { title, body }: Page,
  leadsTo: readonly string[] = [],
): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy(leadsTo),
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex, nofollow',
  });
  response.end(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – Latchkey</title>
<style>${STYLES}</style>
</head>
<body>
<main>
<p class="brand">Latchkey</p>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
