import { randomBytes } from 'node:crypto';
import type { Reply } from './server.js';

/** Markup that may be put into a page as it is; only `html` and `render` deal in it. */
export interface SafeHtml {
  readonly markup: string;
}

type Inserted = SafeHtml | string | number | boolean | null | undefined | readonly Inserted[];

class Markup implements SafeHtml {
  constructor(readonly markup: string) {}
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

/** A page or a piece of one. Every value is escaped, except what came from `html` itself; lists are joined; `false`, `null` and `undefined` vanish. */
export function html(strings: TemplateStringsArray, ...values: Inserted[]): SafeHtml {
  return new Markup(strings.map((text, index) => text + insert(values[index])).join(''));
}

function insert(value: Inserted): string {
  if (value instanceof Markup) return value.markup;
  if (Array.isArray(value)) return (value as readonly Inserted[]).map(insert).join('');
  if (value === undefined || value === null || value === false) return '';
  return escapeHtml(String(value));
}

export function render(markup: SafeHtml): string {
  return markup.markup;
}

export interface Page {
  readonly title: string;
  /** One line at the top of the page that says that this is a sandbox. */
  readonly banner: string;
  readonly body: SafeHtml;
  /** CSS of our own, never text from outside. */
  readonly styles?: string;
  /** JavaScript of our own; values go into it through `scriptJson`. */
  readonly scripts?: string;
  /** Markup inside `<head>`, such as a meta refresh. */
  readonly head?: SafeHtml;
  readonly lang?: string;
}

export interface PageOptions {
  readonly status?: number;
  /** Origins that a form of the page may post to, besides its own. */
  readonly formAction?: readonly string[];
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** A value as a JavaScript literal that cannot leave its script element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
    .replace(/[\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

/** A policy under which only our own nonce runs and nothing is loaded from elsewhere. */
export function contentSecurityPolicy(nonce: string, formAction: readonly string[] = []): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    `form-action ${["'self'", ...formAction].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/** A whole page as an answer: document, strict policy, no caching. */
export function page(content: Page, options: PageOptions = {}): Reply {
  const nonce = randomBytes(16).toString('base64url');
  return {
    status: options.status ?? 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': contentSecurityPolicy(nonce, options.formAction),
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      ...options.headers,
    },
    body: render(document(content, nonce)),
  };
}

function document(content: Page, nonce: string): SafeHtml {
  const styles = new Markup(BASE_STYLES + (content.styles ?? ''));
  // Not a template: the formatter would rewrite what stands between the tags.
  const script = content.scripts && new Markup(`<script nonce="${nonce}">${content.scripts}</script>`);
  return html`<!doctype html>
    <html lang="${content.lang ?? 'en'}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${content.title}</title>
        <link rel="icon" href="data:," />
        ${content.head}
        <style nonce="${nonce}">
          ${styles}
        </style>
      </head>
      <body>
        <p class="sandbox-banner" role="note">${content.banner}</p>
        ${content.body} ${script}
      </body>
    </html> `;
}

const BASE_STYLES = `
*,*::before,*::after{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.sandbox-banner{margin:0;padding:.4rem 1rem;text-align:center;font-size:.85rem;font-weight:600;color:#3b2a00;background:#ffd86b}
@media (prefers-color-scheme: dark){.sandbox-banner{color:#ffe7a6;background:#4a3700}}
`;
