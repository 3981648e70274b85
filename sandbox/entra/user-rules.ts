import type { AccountRules } from './account-rules.js';
import { GraphProblem, badRequest, conflict } from './graph-problem.js';
import { isRecord } from './payload.js';
import type { Directory } from './directory.js';

const COMMON_PASSWORDS = ['password', 'passw0rd', 'contoso', 'welcome', 'qwerty', '12345678', 'letmein'];

/** Why Entra would refuse the password: 8–256 characters, three of four kinds, not a common one, not the person's name. */
export function passwordProblem(password: string, userPrincipalName: string): string | undefined {
  if (password.length < 8 || password.length > 256) return 'It must have 8 to 256 characters.';
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(password)).length;
  if (kinds < 3) return 'It must have three of: small letters, capital letters, digits, symbols.';
  const lower = password.toLowerCase();
  const name = userPrincipalName.split('@')[0]?.toLowerCase() ?? '';
  if (name.length > 2 && lower.includes(name)) return 'It must not contain the user name.';
  if (COMMON_PASSWORDS.some((common) => lower.replace(/[^a-z0-9]/g, '').replace(/\d{0,4}$/, '') === common)) {
    return 'It is too common.';
  }
  return undefined;
}

export interface PasswordProfile {
  readonly password: string | undefined;
  readonly forceChangePasswordNextSignIn: boolean;
}

/** The password profile in a body. Throws Graph's 400 for a weak password or another shape. */
export function readPasswordProfile(value: unknown, userPrincipalName: string, rules: AccountRules): PasswordProfile {
  const known = ['password', 'forceChangePasswordNextSignIn', 'forceChangePasswordNextSignInWithMfa'];
  if (!isRecord(value) || Object.keys(value).some((name) => !known.includes(name))) throw invalid('passwordProfile');
  const { password, forceChangePasswordNextSignIn: force = true } = value;
  if (typeof force !== 'boolean' || (password !== undefined && typeof password !== 'string')) {
    throw invalid('passwordProfile');
  }
  const isAllowed = (wanted: string): boolean =>
    passwordProblem(wanted, userPrincipalName) === undefined && rules.allowsPassword(wanted);
  if (password !== undefined && !isAllowed(password)) {
    const message =
      'The specified password does not comply with password complexity requirements. Please provide a different password.';
    throw new GraphProblem(400, 'Request_BadRequest', message, [
      { code: 'PasswordPolicyViolation', message, target: 'passwordProfile' },
    ]);
  }
  return { password, forceChangePasswordNextSignIn: force };
}

/** Refuses a sign-in name of another domain, with characters that Entra does not take, or that somebody else has. */
export function requireUserPrincipalName(
  name: unknown,
  { directory, rules, ownId }: { directory: Directory; rules: AccountRules; ownId?: string },
): string {
  const [local = '', domain = '', ...rest] = typeof name === 'string' ? name.split('@') : [];
  if (typeof name !== 'string' || rest.length > 0 || local.length > 64 || !/^[A-Za-z0-9'.\-_!#^~]+$/.test(local)) {
    throw badRequest('Property userPrincipalName is invalid.');
  }
  if (local.startsWith('.') || local.endsWith('.')) throw badRequest('Property userPrincipalName is invalid.');
  const found = rules.domains().find(({ id }) => id === domain.toLowerCase());
  if (!found) {
    throw badRequest(
      'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
    );
  }
  const holder = directory.findUser(name);
  if (holder && holder.id !== ownId) throw conflict('userPrincipalName');
  if (found.authenticationType === 'Federated' && !holder) {
    throw badRequest(`A value is required for property 'onPremisesImmutableId': ${domain} is a federated domain.`);
  }
  if (!holder && rules.isHeld(name, directory)) throw conflict('userPrincipalName');
  return name;
}

export function requireMailNickname(value: unknown): string {
  if (typeof value === 'string' && /^[^\s@()\\[\]";:<>,]{1,64}$/.test(value)) return value;
  throw invalid('mailNickname');
}

function invalid(property: string): GraphProblem {
  return badRequest(`Invalid value specified for property '${property}' of resource 'User'.`);
}
