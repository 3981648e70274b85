import { NoAnswer, redactSaying } from '../platform/http.js';
import { Problem } from '../platform/problem.js';
import { TokenEndpointBusy } from './bot-credential.js';
import { unreachableProblem } from './entra-problems.js';

/** What people sign in for. */
export type SignInPurpose = 'link' | 'approve';

interface PurposeWords {
  /** In words that follow "and". */
  readonly nothing: string;
  readonly refused: string;
  /** What to do instead, as a sentence. */
  readonly again: string;
}

const WORDS: Readonly<Record<SignInPurpose, PurposeWords>> = {
  link: {
    nothing: 'nothing was linked',
    refused: 'This account cannot be linked.',
    again: 'Go back to Slack, say “link” to Latchkey, and use the new link.',
  },
  approve: {
    nothing: 'nothing was approved',
    refused: 'This account cannot approve anything here.',
    again: 'Go back to the chat, press the button on the card of the request again, and use the new link.',
  },
};

/** The sign-in of a person did not end in a proof. @param caught what `openid-client` threw, or our own `fetch` below it. */
export function cannotSignIn(caught: unknown, purpose: SignInPurpose): Problem {
  const causes = [...causesOf(caught)];
  const silent = causes.find((cause) => cause instanceof NoAnswer);
  if (silent) return unreachableProblem('sign you in', silent.silence);
  if (causes.some((cause) => cause instanceof TokenEndpointBusy)) return unreachableProblem('sign you in', 'busy');
  const said = causes.map(saidBy).find((text) => text !== '') ?? '';
  const refusal = causes.map((cause) => textOf(cause, 'error')).find((name) => name !== '');
  if (refusal === 'access_denied') return cancelled(WORDS[purpose]);
  if (refusal !== undefined && refusal !== 'invalid_grant') return refused(said);
  return notTrusted(said, WORDS[purpose]);
}

/** Whoever signed in belongs to another organisation: what Entra said of them means nothing here. */
export function foreignTenant(purpose: SignInPurpose): Problem {
  const { refused: what, again } = WORDS[purpose];
  return new Problem({
    kind: 'refused',
    system: 'entra',
    what,
    why: 'You have signed in with an account of another organisation.',
    remedy: `${again} Sign in with your account of this organisation.`,
    code: 'foreign-tenant',
  });
}

function cancelled({ nothing, again }: PurposeWords): Problem {
  return new Problem({
    kind: 'refused',
    system: 'entra',
    what: `The sign-in at Microsoft was cancelled, and ${nothing}.`,
    remedy: again,
    code: 'sign-in-cancelled',
  });
}

/** Entra refused us, not the person. */
function refused(said: string): Problem {
  return new Problem({
    kind: 'remote',
    system: 'entra',
    answer: 'unauthorized',
    what: 'Entra did not let Latchkey take your sign-in.',
    remedy:
      'The operator checks LINK_CLIENT_ID and its secret or certificate, and that PUBLIC_URL/link/callback is a redirect URI of that app registration. Then begin again in the chat.',
    code: 'sign-in-client-refused',
    ...(said === '' ? {} : { said: redactSaying(said) }),
  });
}

/** A code that is used or old, or a token that does not fit: its signature, issuer, audience, nonce or time. */
function notTrusted(said: string, { nothing, again }: PurposeWords): Problem {
  return new Problem({
    kind: 'refused',
    system: 'entra',
    what: `What came back from Microsoft does not fit this sign-in, and ${nothing}.`,
    why: 'It was used before, it is too old, or it is not meant for Latchkey.',
    remedy: again,
    code: 'sign-in-not-trusted',
    ...(said === '' ? {} : { said: redactSaying(said) }),
  });
}

function* causesOf(caught: unknown): Generator<object> {
  for (let cause = caught, depth = 0; typeof cause === 'object' && cause !== null && depth < 5; depth += 1) {
    yield cause;
    cause = 'cause' in cause ? cause.cause : undefined;
  }
}

/** Only what Entra says in an `error_description`; the texts of the library may quote claims. */
function saidBy(cause: object): string {
  return textOf(cause, 'error_description');
}

function textOf(cause: object, name: 'error' | 'error_description'): string {
  const value: unknown = Reflect.get(cause, name);
  return typeof value === 'string' ? value : '';
}
