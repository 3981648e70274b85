import { SEED_PASSWORD } from '../credentials.js';
import type { Reply } from '../kit/server.js';
import { html, page, scriptJson, type PageOptions, type SafeHtml } from '../kit/html.js';
import type { AadstsError } from './aadsts.js';

const BANNER = 'Sandbox: an imitation of Microsoft sign-in on this machine. Use test passwords only.';

const STYLES = `
:root{--back:#f2f4f8;--card:#fff;--text:#1b1a19;--soft:#605e5c;--line:#8a8886;--accent:#0f6cbd;--accent-text:#fff;--bad:#a4262c;--bad-back:#fdf3f4}
@media (prefers-color-scheme: dark){:root{--back:#141414;--card:#242424;--text:#f3f2f1;--soft:#bdbbb9;--line:#8a8886;--accent:#479ef5;--accent-text:#0a1a2b;--bad:#ff99a4;--bad-back:#3b1b1e}}
body{min-height:100vh;color:var(--text);background:var(--back)}
main{width:min(100% - 2rem,27.5rem);margin:clamp(1rem,10vh,6rem) auto;padding:clamp(1.25rem,5vw,2.75rem);background:var(--card);border-radius:.5rem;box-shadow:0 2px 12px rgb(0 0 0/.18)}
main.wide{width:min(100% - 2rem,48rem)}
h1{margin:.25rem 0 1rem;font-size:1.5rem;line-height:1.25;font-weight:600}
p{margin:.75rem 0;overflow-wrap:anywhere}
.brand{margin:0;color:var(--soft);font-weight:600}
.soft{color:var(--soft);font-size:.9rem}
label{display:block;margin-top:1rem;font-weight:600}
input{width:100%;margin-top:.25rem;padding:.6rem .7rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.25rem}
::placeholder{color:var(--soft);opacity:1}
.button{display:inline-block;margin-top:1.5rem;padding:.6rem 1.75rem;font:inherit;font-weight:600;color:var(--accent-text);background:var(--accent);border:0;border-radius:.25rem;cursor:pointer;text-decoration:none}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.alert{padding:.6rem .8rem;color:var(--bad);background:var(--bad-back);border-left:4px solid currentColor;border-radius:.25rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;font-size:.9rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
code{font-family:ui-monospace,Consolas,monospace;font-size:.95em}
ul.apps{display:grid;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));gap:1rem;margin:1.5rem 0;padding:0;list-style:none}
ul.apps a{display:block;padding:1.25rem;color:inherit;text-decoration:none;border:1px solid var(--line);border-radius:.5rem}
ul.apps a:hover{border-color:var(--accent)}
@media (max-width:30rem){main{width:100%;margin:0;border-radius:0;box-shadow:none;min-height:100vh}dl{grid-template-columns:1fr}}
`;

interface Shell {
  readonly title: string;
  readonly content: SafeHtml;
  readonly wide?: boolean;
  readonly scripts?: string;
}

function shell({ title, content, wide, scripts }: Shell, options?: PageOptions): Reply {
  return page(
    {
      title,
      banner: BANNER,
      styles: STYLES,
      ...(scripts === undefined ? {} : { scripts }),
      body: html`<main class="${wide ? 'wide' : ''}">
        <p class="brand">Contoso</p>
        <h1>${title}</h1>
        ${content}
      </main>`,
    },
    options,
  );
}

export interface Failure {
  readonly error: AadstsError;
  readonly correlationId: string;
  readonly at: Date;
}

/** The script that Entra's pages carry, from which programs read the error. */
function config({ error, correlationId, at }: Failure): string {
  const members = {
    iErrorCode: error.code,
    sErrorCode: String(error.code),
    strServiceExceptionMessage: `${error.text} Correlation ID: ${correlationId} Timestamp: ${at.toISOString()}`,
    correlationId,
  };
  return `$Config=${scriptJson(members)};`;
}

/** Where the person can go on with another account, when that could help. */
export interface SwitchLink {
  readonly href: string;
}

/** The page for an error that ends a sign-in. Entra sends it with status 200. */
export function errorPage(
  failure: Failure & { readonly status?: number; readonly switchLink?: SwitchLink | undefined },
): Reply {
  const { error, correlationId, at, status, switchLink } = failure;
  return shell(
    {
      title: 'Sorry, but we’re having trouble signing you in.',
      scripts: config(failure),
      content: html`<p class="alert" role="alert">AADSTS${error.code}: ${error.message}</p>
        <h2 class="soft">Details for support</h2>
        <dl>
          <dt>Error code</dt>
          <dd>${error.code}</dd>
          <dt>Correlation ID</dt>
          <dd><code>${correlationId}</code></dd>
          <dt>Timestamp</dt>
          <dd>${at.toISOString()}</dd>
        </dl>
        ${switchLink ? html`<p><a href="${switchLink.href}">Sign in with another account</a></p>` : undefined}`,
    },
    status === undefined ? {} : { status },
  );
}

/** User name and password. `failure` is shown when the last try was refused. */
export function signInPage(view: {
  readonly action: string;
  readonly contextId: string;
  readonly appName: string;
  readonly userName: string;
  readonly people: readonly string[];
  /** Where the browser goes when the form was right, if that is another origin. */
  readonly leadsTo: readonly string[];
  readonly failure?: Failure;
}): Reply {
  const { failure } = view;
  const content: Shell = {
    title: 'Sign in',
    ...(failure ? { scripts: config(failure) } : {}),
    content: html`<p>to continue to <strong>${view.appName}</strong></p>
      ${failure ? failureNote(failure) : undefined}
      <form method="post" action="${view.action}">
        <input type="hidden" name="ctx" value="${view.contextId}" />
        <label for="login">User name</label>
        <input
          id="login"
          name="login"
          value="${view.userName}"
          list="people"
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          placeholder="someone@contoso.example"
          required
          autofocus
        />
        <datalist id="people">${view.people.map((name) => html`<option value="${name}"></option>`)}</datalist>
        <label for="passwd">Password</label>
        <input id="passwd" name="passwd" type="password" autocomplete="current-password" required />
        <button class="button" type="submit">Sign in</button>
      </form>
      <p class="soft">
        The people who are here from the start have the password <code>${SEED_PASSWORD}</code>; people created since
        have the one they were given.
      </p>`,
  };
  return shell(content, { formAction: view.leadsTo });
}

function failureNote({ error, correlationId }: Failure): SafeHtml {
  return html`<p class="alert" role="alert">
    AADSTS${error.code}: ${error.message}<br /><span class="soft">Correlation ID: ${correlationId}</span>
  </p>`;
}

/** The first sign-in of a new person: old password, new one, new one again. */
export function changePasswordPage(view: {
  readonly action: string;
  readonly contextId: string;
  readonly userName: string;
  readonly switchLink: SwitchLink;
  readonly leadsTo: readonly string[];
  readonly problem?: string;
}): Reply {
  const content: Shell = {
    title: 'Update your password',
    content: html`<p>${view.userName}</p>
      <p>
        You need to update your password because this is the first time you are signing in, or because it was reset.
      </p>
      ${view.problem === undefined ? undefined : html`<p class="alert" role="alert">${view.problem}</p>`}
      <form method="post" action="${view.action}">
        <input type="hidden" name="ctx" value="${view.contextId}" />
        <label for="oldpasswd">Current password</label>
        <input id="oldpasswd" name="oldpasswd" type="password" autocomplete="current-password" required autofocus />
        <label for="newpasswd">New password</label>
        <input
          id="newpasswd"
          name="newpasswd"
          type="password"
          autocomplete="new-password"
          aria-describedby="rules"
          required
        />
        <p class="soft" id="rules">8 to 256 characters; three of: small letters, capital letters, digits, symbols.</p>
        <label for="confirmpasswd">New password again</label>
        <input id="confirmpasswd" name="confirmpasswd" type="password" autocomplete="new-password" required />
        <button class="button" type="submit">Sign in</button>
      </form>
      <p><a href="${view.switchLink.href}">Sign in with another account</a></p>`,
  };
  return shell(content, { formAction: view.leadsTo });
}

/** Carries a SAML response to the service provider: at once with JavaScript, with a button without. */
export function autoSubmitPage(view: {
  readonly action: string;
  readonly samlResponse: string;
  readonly relayState: string | undefined;
  readonly headers: Readonly<Record<string, string | string[]>>;
}): Reply {
  return shell(
    {
      title: 'Signing you in',
      scripts: 'document.forms[0].submit();',
      content: html`<form method="post" action="${view.action}">
        <input type="hidden" name="SAMLResponse" value="${Buffer.from(view.samlResponse).toString('base64')}" />
        ${view.relayState === undefined ? undefined : html`<input type="hidden" name="RelayState" value="${view.relayState}" />`}
        <noscript
          ><p>Your browser runs no scripts. Press the button to go on.</p>
          <button class="button" type="submit">Continue</button></noscript
        >
      </form>`,
    },
    { formAction: [new URL(view.action).origin], headers: view.headers },
  );
}

/** My Apps: what a person may start. */
export function appsPage(view: {
  readonly userName: string;
  readonly apps: readonly { readonly name: string; readonly href: string; readonly description: string | null }[];
  readonly switchLink: SwitchLink;
  readonly headers: Readonly<Record<string, string | string[]>>;
}): Reply {
  const list = view.apps.map(
    (app) =>
      html`<li>
        <a href="${app.href}"
          ><strong>${app.name}</strong
          >${app.description ? html`<br /><span class="soft">${app.description}</span>` : undefined}</a
        >
      </li>`,
  );
  return shell(
    {
      title: 'My Apps',
      wide: true,
      content: html`<p class="soft">
          ${view.userName} · <a href="${view.switchLink.href}">Sign in with another account</a>
        </p>
        ${
          list.length > 0
            ? html`<ul class="apps">
                ${list}
              </ul>`
            : html`<p>No app has been assigned to you yet.</p>`
        }`,
    },
    { headers: view.headers },
  );
}
