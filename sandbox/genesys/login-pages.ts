import { html } from '../kit/html.js';
import type { Reply } from '../kit/server.js';
import { ORGANIZATION } from './directory.js';
import type { SignInSession, StoredProvider, StoredUser } from './genesys-data.js';
import { loginPage } from './login-page-frame.js';
import type { SamlRefusalCode } from './saml-refusal.js';
import { REFUSAL_WORDS } from './sign-in-words.js';

/** Asks for the organisation; its script follows a link that names organisation and provider in the fragment. */
export function organizationPage(): Reply {
  return loginPage({
    title: 'Log in',
    scripts: FOLLOW_FRAGMENT,
    body: html`<h1>Log in to Genesys Cloud</h1>
      <form method="get" action="./">
        <label for="org">Organisation short name</label>
        <input id="org" name="org" required autocomplete="organization" autocapitalize="none" spellcheck="false" />
        <button class="action" type="submit">Next</button>
      </form>`,
  });
}

/** The organisation's own login page: its single sign-on providers, as far as they want to be shown. */
export function organizationLoginPage(providers: readonly StoredProvider[], isSsoOnly: boolean): Reply {
  const offered = providers.filter((provider) => !provider.disabled && provider.displayOnLogin !== false);
  const start = (provider: string): string =>
    new URLSearchParams({ org: ORGANIZATION.thirdPartyOrgName, provider }).toString();
  return loginPage({
    title: `Log in to ${ORGANIZATION.name}`,
    scripts: FOLLOW_FRAGMENT,
    body: html`<h1>Log in to ${ORGANIZATION.name}</h1>
      ${
        offered.length > 0
          ? offered.map(
              (provider) =>
                html`<a class="action" href="saml/start?${start(provider.id)}"
                  >Log in with ${providerLabel(provider)}</a
                >`,
            )
          : html`<p>
              This organisation offers no single sign-on here: no provider is set up, or it is disabled or hidden.
            </p>`
      }
      <p class="quiet below">
        ${PASSWORD_WORDS[isSsoOnly ? 'disabled' : 'absent']} <a href="./">Other organisation</a>
      </p>`,
  });
}

const PASSWORD_WORDS = {
  disabled: 'Password login is disabled in this organisation: single sign-on is the only way in.',
  absent: 'Passwords are not part of the sandbox.',
} as const;

/** Why a sign-in could not even start. */
export function cannotStartPage(heading: string, explanation: string, loginHome: string, status = 400): Reply {
  return loginPage(
    {
      title: heading,
      body: html`<p class="state bad" role="alert">Sign-in could not start</p>
        <h1>${heading}</h1>
        <p>${explanation}</p>
        <p class="quiet"><a href="${loginHome}">Back to the login page</a></p>`,
    },
    { status },
  );
}

/** Sends the request on by POST, for providers that want that binding. */
export function postRequestPage(action: string, samlRequest: string): Reply {
  return loginPage(
    {
      title: 'Continue to your identity provider',
      scripts: 'document.forms[0].submit();',
      body: html`<h1>Continue to your identity provider</h1>
        <form method="post" action="${action}">
          <input type="hidden" name="SAMLRequest" value="${samlRequest}" />
          <button class="action" type="submit">Continue</button>
        </form>`,
    },
    { formAction: [new URL(action).origin] },
  );
}

export interface RefusedSignIn {
  readonly code: SamlRefusalCode;
  readonly correlationId: string;
  readonly email: string | undefined;
}

export function refusedPage({ code, correlationId, email }: RefusedSignIn): Reply {
  const words = REFUSAL_WORDS[code];
  return loginPage(
    {
      title: 'Sign-in failed',
      body: html`<p class="state bad" role="alert">Single sign-on did not work</p>
        <h1>You are not signed in</h1>
        <p id="reason">${words.wrong}</p>
        <h2>What it usually means</h2>
        <p id="meaning">${words.means}</p>
        <h2>What to do</h2>
        <p id="remedy">${words.remedy}</p>
        <p><a href="./">Back to the login page</a></p>
        <dl>
          <dt>Code</dt>
          <dd><code id="code">${code}</code></dd>
          ${
            email === undefined
              ? undefined
              : html`<dt>E-mail</dt>
                  <dd>${email}</dd>`
          }
          <dt>Correlation id</dt>
          <dd><code id="correlation-id">${correlationId}</code></dd>
        </dl>`,
    },
    { status: 403 },
  );
}

export interface SignedIn {
  readonly user: StoredUser;
  readonly session: SignInSession;
  readonly roles: readonly string[];
}

export function signedInPage({ user, session, roles }: SignedIn): Reply {
  return loginPage({
    title: 'Signed in',
    body: html`<p class="state good" role="status">Signed in</p>
      <h1>You are signed in to ${ORGANIZATION.name} as ${user.name}</h1>
      <dl>
        <dt>E-mail</dt>
        <dd id="email">${user.email}</dd>
        <dt>Flow</dt>
        <dd id="flow">${session.flow}</dd>
        <dt>Signed in</dt>
        <dd><time datetime="${session.signedInAt}">${readableTime(session.signedInAt)}</time></dd>
        <dt>Roles</dt>
        <dd id="roles">${roles.length > 0 ? roles.join(', ') : 'none'}</dd>
        <dt>Correlation id</dt>
        <dd><code id="correlation-id">${session.correlationId}</code></dd>
      </dl>`,
  });
}

export function notSignedInPage(): Reply {
  return loginPage(
    {
      title: 'Not signed in',
      body: html`<h1>You are not signed in here</h1>
        <p>The session has ended, or it belongs to another browser. Start the sign-in again.</p>
        <p class="quiet"><a href="./">Go to the login page</a></p>`,
    },
    { status: 401 },
  );
}

function providerLabel(provider: StoredProvider): string {
  return provider.providerName || provider.name;
}

function readableTime(iso: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' });
  return `${format.format(new Date(iso))} UTC`;
}

const FOLLOW_FRAGMENT = `
(function follow() {
  var match = /^#\\/authenticate-adv\\/org\\/([^?/]+)\\/?(?:\\?(.*))?$/.exec(location.hash);
  window.addEventListener('hashchange', function () { location.reload(); });
  if (!match) return;
  var org = match[1];
  try { org = decodeURIComponent(org); } catch (broken) { /* shown as it is */ }
  var provider = new URLSearchParams(match[2] || '').get('provider');
  var target = provider
    ? 'saml/start?' + new URLSearchParams({ org: org, provider: provider })
    : './?' + new URLSearchParams({ org: org });
  location.replace(target);
})();
`;
