import { html, page, type PageOptions, type SafeHtml } from '../kit/html.js';
import type { Reply } from '../kit/server.js';

export interface LoginPage {
  readonly title: string;
  readonly body: SafeHtml;
  readonly scripts?: string;
}

/** One card on a quiet page, with the sandbox banner above it: the look of every page of the login host. */
export function loginPage({ title, body, scripts }: LoginPage, options: PageOptions = {}): Reply {
  return page(
    {
      title: `${title} – Genesys Cloud (sandbox)`,
      banner: 'Sandbox: this is not Genesys Cloud. Nothing here reaches a real system.',
      body: html`<main class="card">
        <p class="brand" aria-hidden="true"><span class="mark"></span>Genesys Cloud</p>
        ${body}
      </main>`,
      styles: STYLES,
      ...(scripts === undefined ? {} : { scripts }),
    },
    options,
  );
}

const STYLES = `
:root{--ground:#eef1f6;--surface:#fff;--text:#1b2433;--quiet:#56637a;--line:#d7dde8;--accent:#c2410c;--accent-text:#fff;--good:#166534;--bad:#b42318}
@media (prefers-color-scheme:dark){:root{--ground:#10151f;--surface:#1a2130;--text:#e8ecf4;--quiet:#a4b0c5;--line:#333e53;--accent:#fb923c;--accent-text:#1b1206;--good:#86efac;--bad:#fca5a5}}
body{background:var(--ground);color:var(--text);min-height:100vh}
.card{max-width:34rem;margin:8vh auto 2rem;padding:2rem;background:var(--surface);border:1px solid var(--line);border-radius:.75rem}
.brand{display:flex;align-items:center;gap:.5rem;margin:0 0 1.25rem;font-weight:600;color:var(--quiet)}
.mark{width:1rem;height:1rem;border-radius:50%;background:var(--accent)}
h1{margin:0 0 .75rem;font-size:1.4rem;line-height:1.3;overflow-wrap:anywhere}
h2{margin:1.25rem 0 .25rem;font-size:1rem;line-height:1.4}
p{margin:0 0 1rem}
.quiet{color:var(--quiet);font-size:.9rem}
.below{margin:1.25rem 0 0}
label{display:block;margin:0 0 .35rem;font-weight:600}
input{width:100%;padding:.6rem .7rem;font:inherit;color:inherit;background:var(--ground);border:1px solid var(--quiet);border-radius:.4rem}
.action{display:block;width:100%;margin-top:1rem;padding:.7rem 1rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;color:var(--accent-text);background:var(--accent);border:0;border-radius:.4rem;cursor:pointer}
a:not(.action){color:inherit}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.5rem 1.25rem;margin:1.25rem 0 0;padding-top:1.25rem;border-top:1px solid var(--line)}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
code{font:.95em ui-monospace,SFMono-Regular,Menlo,monospace}
.state{margin:0 0 .35rem;font-weight:600}
.good{color:var(--good)}
.bad{color:var(--bad)}
@media (max-width:34rem){.card{margin:0;padding:1.25rem;border-width:0 0 1px;border-radius:0}dl{grid-template-columns:1fr;gap:.1rem}dd{margin-bottom:.6rem}}
`;
