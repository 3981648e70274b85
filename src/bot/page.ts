import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { oneLine } from './view-text.js';

/** What a token in the link of a page of ours looks like. */
export const ONE_TIME_TOKEN = /^[A-Za-z0-9_-]{16,200}$/;

export interface Page {
  readonly title: string;
  /** Our own markup; what comes from outside went through `escapeHtml`. */
  readonly body: string;
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
dl{margin:1rem 0;padding:.25rem 1rem;background:var(--ground);border:1px solid var(--line);border-radius:8px}
dt{margin-top:.6rem;font-size:.8125rem;font-weight:600;color:var(--soft)}
dd{margin:0 0 .6rem;overflow-wrap:anywhere}
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

const MOST_CHARACTERS = 100;
/** The longest text that somebody may write, and what is said around it. */
const MOST_OF_A_FACT = 1_000;

/** Labels of ours, with what may come from anybody, each as one line that turns nothing around it. */
export function factsHtml(facts: readonly { readonly label: string; readonly value: string }[]): string {
  const rows = facts.map(
    ({ label, value }) =>
      `<dt>${escapeHtml(label)}</dt><dd><bdi>${escapeHtml(oneLine(value, MOST_OF_A_FACT))}</bdi></dd>`,
  );
  return `<dl>${rows.join('\n')}</dl>`;
}

/** A name that anybody can have chosen, as markup: one line of visible characters, which turns nothing around it. */
export function nameHtml(name: string): string {
  return `<bdi>${escapeHtml(oneLine(name, MOST_CHARACTERS))}</bdi>`;
}
