import { TENANT_ID } from '../credentials.js';
import { reach, type SandboxAddresses } from '../addresses.js';
import type { Reply, SandboxRequest } from '../kit/server.js';
import { AadstsError, type AadstsFacts } from './aadsts.js';
import type { AuthorizationCodes } from './authorization.js';
import { attributesOf, nameIdOf, type ClaimsSubject } from './claims.js';
import type { Directory } from './directory.js';
import type { User } from './directory-objects.js';
import { issuerOf } from './federation-metadata.js';
import { autoSubmitPage, changePasswordPage, errorPage, signInPage, type Failure, type SwitchLink } from './pages.js';
import { createNoPassiveResponse, createSamlResponse } from './saml-response.js';
import type { Sessions, SignedIn, SignInContext } from './sessions.js';
import { checkAfterSignIn, checkBeforeSignIn, factsOf, type Target } from './sign-in-checks.js';
import type { SigningCertificates } from './signing-certificates.js';
import { passwordProblem } from './user-rules.js';

export interface FlowParts {
  readonly directory: Directory;
  readonly certificates: SigningCertificates;
  readonly sessions: Sessions;
  readonly codes: AuthorizationCodes;
  readonly addresses: SandboxAddresses;
}

const LOGIN = `https://login.microsoftonline.com/${TENANT_ID}`;
type CookieHeaders = Readonly<Record<string, string>>;

/** From "somebody wants to sign in" to the signed response, with the pages in between. */
export class SignInFlow {
  readonly #parts: FlowParts;

  constructor(parts: FlowParts) {
    this.#parts = parts;
  }

  /** Starts or goes on: straight to the answer when the browser is signed in, else the sign-in page. */
  proceed(context: SignInContext, request: SandboxRequest): Reply {
    const target = this.#target(context);
    const signedIn = this.#parts.sessions.current(request);
    if (signedIn && !this.#mustAsk(context, signedIn)) return this.#complete(context, signedIn, { interactive: false });
    if (target && context.request?.isPassive) return this.#answerPassive(context, target);
    return this.#askPassword(context, context.authorization?.loginHint);
  }

  #mustAsk({ request, authorization }: SignInContext, { authTime }: SignedIn): boolean {
    if (!authorization) return request?.forceAuthn ?? false;
    const { mustAsk, maxAge } = authorization;
    const age = this.#parts.directory.clock.wall().getTime() - authTime.getTime();
    return mustAsk || (maxAge !== undefined && age >= maxAge * 1_000);
  }

  /** What the sign-in form sends. */
  submit(request: SandboxRequest): Reply {
    const form = request.form();
    const context = this.#parts.sessions.resume(form.get('ctx'));
    const userName = (form.get('login') ?? '').trim();
    const user = this.#parts.directory.findUser(userName);
    const refusal = this.#passwordRefusal(user, form.get('passwd') ?? '');
    if (!user || refusal) {
      const error = new AadstsError(refusal ?? 50034, { user: userName, tenant: TENANT_ID });
      this.#record(context, user, userName, { error, interactive: true });
      return this.#askPassword(context, userName, this.#failure(error, context));
    }
    if (this.#parts.directory.passwords.get(user.id)?.mustChange) {
      this.#record(context, user, userName, { error: new AadstsError(50055), interactive: true });
      return this.#askNewPassword(this.#parts.sessions.update({ ...context, changingUserId: user.id }), user);
    }
    return this.#signIn(context, user);
  }

  /** What the change-of-password form sends. */
  submitNewPassword(request: SandboxRequest): Reply {
    const { directory, sessions } = this.#parts;
    const form = request.form();
    const context = sessions.resume(form.get('ctx'));
    const user = directory.users.get(context.changingUserId ?? '');
    if (!user) throw new AadstsError(90013);
    const [old, wanted, again] = ['oldpasswd', 'newpasswd', 'confirmpasswd'].map((name) => form.get(name) ?? '');
    const problem = this.#newPasswordProblem(user, { old: old ?? '', wanted: wanted ?? '', again: again ?? '' });
    if (problem !== undefined) return this.#askNewPassword(context, user, problem);
    directory.setPassword(user.id, wanted ?? '', false);
    return this.#signIn(context, user);
  }

  /** Signs the browser out and asks again. */
  switchAccount(request: SandboxRequest): Reply {
    const context = this.#parts.sessions.resume(request.query.get('ctx'));
    const cookie = this.#parts.sessions.close(request);
    const reply = this.#askPassword(this.#parts.sessions.update({ ...context, changingUserId: undefined }));
    return { ...reply, headers: { ...reply.headers, ...cookie } };
  }

  switchLink(context: SignInContext): SwitchLink {
    return { href: this.#reach(`/switch?ctx=${encodeURIComponent(context.id)}`) };
  }

  #signIn(context: SignInContext, user: User): Reply {
    const { clock } = this.#parts.directory;
    const signedIn = { user, at: clock.now(), authTime: clock.wall() };
    const cookie = this.#parts.sessions.open(signedIn);
    return this.#complete({ ...context, changingUserId: undefined }, signedIn, { interactive: true, cookie });
  }

  #passwordRefusal(user: User | undefined, password: string): 50034 | 50126 | 50057 | undefined {
    if (!user) return 50034;
    if (!this.#parts.directory.hasPassword(user.id, password)) return 50126;
    return user.accountEnabled ? undefined : 50057;
  }

  #newPasswordProblem(user: User, entered: { old: string; wanted: string; again: string }): string | undefined {
    if (!this.#parts.directory.hasPassword(user.id, entered.old)) return 'The current password is wrong.';
    if (entered.wanted !== entered.again) return 'The two new passwords are not the same.';
    if (entered.wanted === entered.old) return 'The new password must differ from the current one.';
    const problem = passwordProblem(entered.wanted, user.userPrincipalName);
    return problem === undefined ? undefined : `Choose another password. ${problem}`;
  }

  #complete(
    context: SignInContext,
    signedIn: SignedIn,
    { interactive, cookie = {} }: { interactive: boolean; cookie?: CookieHeaders },
  ): Reply {
    const { directory, sessions, codes } = this.#parts;
    if (context.authorization) {
      this.#record(context, signedIn.user, '', { interactive });
      sessions.finish(context);
      return codes.answer(context.authorization, signedIn, cookie);
    }
    const target = this.#target(context);
    if (!target) {
      sessions.finish(context);
      return {
        status: 303,
        headers: { ...cookie, Location: reach(this.#parts.addresses, 'https://myapps.microsoft.com/') },
      };
    }
    try {
      checkAfterSignIn(signedIn.user, target, context.request, directory);
      const reply = this.#respond(context, signedIn, target, cookie);
      this.#record(context, signedIn.user, '', { interactive });
      sessions.finish(context);
      return reply;
    } catch (error) {
      if (!(error instanceof AadstsError)) throw error;
      this.#record(context, signedIn.user, '', { error, interactive });
      const page = errorPage({ ...this.#failure(error, context), switchLink: this.switchLink(context) });
      return { ...page, headers: { ...page.headers, ...cookie } };
    }
  }

  #respond(context: SignInContext, { user, at }: SignedIn, target: Target, cookie: CookieHeaders): Reply {
    const { directory, certificates, addresses } = this.#parts;
    const policy = directory.claimsOf(target.principal.id);
    const issuer = issuerOf(target.principal.appId, policy);
    const groupIds = directory.transitiveGroupsOf(user.id).map((group) => group.id);
    const subject: ClaimsSubject = { user, groupIds, policy, issuer, appId: target.principal.appId };
    const samlResponse = createSamlResponse(
      {
        issuer,
        destination: target.replyUrl,
        audience: policy?.audienceOverride ?? audienceOf(context, target),
        inResponseTo: context.request?.id,
        nameId: nameIdOf(subject, context.request?.nameIdFormat),
        attributes: attributesOf(subject),
        now: directory.clock.now(),
        signedInAt: at,
      },
      certificates.forSigning(target.principal),
    );
    const relayState = context.relayState ?? (context.request ? undefined : relayStateOf(target));
    return autoSubmitPage({ action: reach(addresses, target.replyUrl), samlResponse, relayState, headers: cookie });
  }

  #answerPassive(context: SignInContext, target: Target): Reply {
    const { directory, addresses } = this.#parts;
    const error = new AadstsError(50058);
    const samlResponse = createNoPassiveResponse(
      {
        issuer: issuerOf(target.principal.appId, directory.claimsOf(target.principal.id)),
        destination: target.replyUrl,
        inResponseTo: context.request?.id,
        now: directory.clock.now(),
      },
      error.text,
    );
    const action = reach(addresses, target.replyUrl);
    return autoSubmitPage({ action, samlResponse, relayState: context.relayState, headers: {} });
  }

  /** The app of the sign-in, checked again: it may have changed while the person was typing. */
  #target(context: SignInContext): Target | undefined {
    if (context.appId === undefined || context.authorization) return undefined;
    const principal = this.#parts.directory.findServicePrincipalByAppId(context.appId);
    if (!principal) throw new AadstsError(700016, { value: context.appId, tenant: TENANT_ID });
    return checkBeforeSignIn(principal, context.request, this.#parts);
  }

  #askPassword(context: SignInContext, userName = '', failure?: Failure): Reply {
    const { directory } = this.#parts;
    const people = directory.users.list().map((user) => user.userPrincipalName);
    return signInPage({
      action: this.#reach('/login'),
      contextId: context.id,
      appName: this.#principal(context)?.displayName ?? 'My Apps',
      userName,
      people,
      leadsTo: leadsTo(context),
      ...(failure ? { failure } : {}),
    });
  }

  #askNewPassword(context: SignInContext, user: User, problem?: string): Reply {
    return changePasswordPage({
      action: this.#reach('/changepassword'),
      contextId: context.id,
      userName: user.userPrincipalName,
      switchLink: this.switchLink(context),
      leadsTo: leadsTo(context),
      ...(problem === undefined ? {} : { problem }),
    });
  }

  #principal(context: SignInContext): ReturnType<Directory['findServicePrincipalByAppId']> {
    return context.appId === undefined ? undefined : this.#parts.directory.findServicePrincipalByAppId(context.appId);
  }

  #failure(error: AadstsError, context: SignInContext): Failure {
    return { error, correlationId: context.correlationId, at: this.#parts.directory.clock.now() };
  }

  #record(
    context: SignInContext,
    user: User | undefined,
    typedName: string,
    { error, interactive }: { error?: AadstsError; interactive: boolean },
  ): void {
    const principal = this.#principal(context);
    const facts: AadstsFacts = principal ? factsOf(principal) : { app: 'My Apps', appId: MY_APPS_ID };
    this.#parts.directory.recordSignIn({
      userDisplayName: user?.displayName ?? typedName,
      userPrincipalName: (user?.userPrincipalName ?? typedName).toLowerCase(),
      userId: user?.id ?? '',
      appId: facts.appId ?? '',
      appDisplayName: facts.app ?? '',
      resourceId: facts.appId ?? '',
      resourceDisplayName: facts.app ?? '',
      ipAddress: '127.0.0.1',
      clientAppUsed: 'Browser',
      correlationId: context.correlationId,
      conditionalAccessStatus: 'notApplied',
      isInteractive: interactive,
      status: { errorCode: error?.code ?? 0, failureReason: error?.message ?? 'Other.', additionalDetails: null },
    });
  }

  #reach(path: string): string {
    return reach(this.#parts.addresses, `${LOGIN}${path}`);
  }
}

const MY_APPS_ID = '2793995e-0a7d-40d7-bd35-6968ba142197';

/** The request's Issuer; when that is no URI it gets the prefix `spn:`. Nobody asked: the app's identifier. */
function audienceOf(context: SignInContext, { principal, application }: Target): string {
  const name = context.request?.issuer ?? application.identifierUris[0] ?? principal.appId;
  return URL.canParse(name) ? name : `spn:${name}`;
}

/** The origin that the form's answer redirects to, for the page's policy. */
function leadsTo({ authorization }: SignInContext): string[] {
  return authorization ? [new URL(authorization.redirectUri).origin] : [];
}

function relayStateOf({ principal }: Target): string | undefined {
  return principal.samlSingleSignOnSettings?.relayState ?? undefined;
}
