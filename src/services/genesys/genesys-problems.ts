import { DISTRUST_WORDS } from '../platform/distrust-words.js';
import { isDistrust, redactSaying, type Silence } from '../platform/http.js';
import { Problem, type ProblemFacts, type RemoteAnswer } from '../platform/problem.js';

/** What Genesys answered, or that it did not: `status` is absent when no answer came. */
export interface GenesysFailure {
  readonly status?: number | undefined;
  readonly silence?: Silence | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** `inin-correlation-id`, which the body repeats as `contextId`: what Genesys Care asks for. */
  readonly correlationId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** A Problem that still knows Genesys's own answer, for this folder's decisions only. */
export class GenesysProblem extends Problem {
  /** @param to words that follow "Genesys Cloud did not let Latchkey …". */
  constructor(
    readonly failure: GenesysFailure,
    to: string,
  ) {
    super(factsOf(failure, to));
  }
}

function failureOf(error: unknown): GenesysFailure {
  return error instanceof GenesysProblem ? error.failure : {};
}

/** 404, and the two other statuses with which Genesys says "not there yet". */
export function isNotFound(error: unknown): boolean {
  const { status } = failureOf(error);
  return status === 404 || status === 408 || status === 410;
}

/** 404 or 410. A 408 says nothing for certain: what is to be taken away may still be there. */
export function isGone(error: unknown): boolean {
  const { status } = failureOf(error);
  return status === 404 || status === 410;
}

/** No answer, or one that may have come after the work was done: the call must not be repeated blindly. */
export function isUncertain(error: unknown): boolean {
  const { status, silence } = failureOf(error);
  if (status === undefined) return silence === 'timeout' || silence === 'lost';
  return status >= 500 || status === 408;
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const { code } = failureOf(error);
  return code !== undefined && codes.includes(code);
}

/** The version has moved on, or the value is taken: Genesys says both with 400 or 409. */
export function isConflict(error: unknown): boolean {
  return failureOf(error).status === 409 || hasCode(error, 'general.conflict', 'request.conflict');
}

function factsOf(failure: GenesysFailure, to: string): ProblemFacts {
  const { status, code, correlationId, message } = failure;
  if (status === undefined) return silenceFacts(failure.silence ?? 'lost', to);
  const said = message ? redactSaying(message) : '';
  return {
    kind: 'remote',
    system: 'genesys',
    status,
    ...(code ? { code } : {}),
    ...(correlationId ? { requestId: correlationId } : {}),
    ...(said ? { said } : {}),
    ...explain(failure, to),
  };
}

function silenceFacts(silence: Silence, to: string): ProblemFacts {
  if (isDistrust(silence)) {
    return {
      ...{ kind: 'remote', system: 'genesys', answer: 'unavailable', code: silence },
      what: `Latchkey did not ${to}: whoever answered did not prove to be Genesys Cloud.`,
      ...DISTRUST_WORDS[silence],
    };
  }
  return {
    kind: 'remote',
    system: 'genesys',
    answer: silence === 'timeout' ? 'timeout' : 'unavailable',
    what:
      silence === 'timeout' ? `Genesys Cloud took too long to ${to}.` : `Genesys Cloud could not be reached to ${to}.`,
    remedy: 'Try again in a few minutes. If it stays, check the network of the machine that runs Latchkey.',
  };
}

type Explanation = Pick<ProblemFacts, 'what' | 'why' | 'remedy' | 'answer' | 'missing'>;

function explain(failure: GenesysFailure, to: string): Explanation {
  const answer = answerOf(failure);
  if (answer === 'denied') return denied(failure, to);
  const certificate = failure.code === undefined ? undefined : PROVIDER_WORDS[failure.code];
  return { answer, ...WORDS[answer](to), ...certificate };
}

function answerOf({ status = 0, code = '' }: GenesysFailure): RemoteAnswer {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'denied';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 409 || /conflict/.test(code)) return 'conflict';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'invalid';
}

const WORDS: Readonly<Record<Exclude<RemoteAnswer, 'denied'>, (to: string) => Omit<Explanation, 'answer'>>> = {
  unauthorized: (to) => ({
    what: `Genesys Cloud did not accept Latchkey's token for the attempt to ${to}.`,
    remedy: 'Check the OAuth client that GENESYSCLOUD_OAUTHCLIENT_ID names and its secret, then try again.',
  }),
  'not-found': (to) => ({
    what: `Genesys Cloud could not ${to}: it does not know the object.`,
    why: 'It was deleted, or it is so new that not every part of Genesys Cloud shows it yet.',
    remedy: 'Wait a minute and try again. If it stays, look for the object in Genesys Cloud Admin.',
  }),
  conflict: (to) => ({
    what: `Genesys Cloud could not ${to}: somebody changed the object meanwhile, or the value is taken.`,
    remedy: 'Try again. If it stays, look for what has the value in Genesys Cloud Admin.',
  }),
  invalid: (to) => ({
    what: `Genesys Cloud refused the attempt to ${to}.`,
    remedy: 'Read what Genesys Cloud said, change that, then try again.',
  }),
  throttled: (to) => ({
    what: `Genesys Cloud asked Latchkey to slow down at the attempt to ${to}.`,
    remedy: 'Try again in a minute.',
  }),
  unavailable: (to) => ({
    what: `Genesys Cloud could not ${to}: it has a fault of its own.`,
    remedy: 'Try again in a few minutes. What was done already is found again, not done twice.',
  }),
  timeout: (to) => ({
    what: `Genesys Cloud took too long to ${to}.`,
    remedy: 'Try again in a few minutes. What was done already is found again, not done twice.',
  }),
};

/** Codes with which Genesys refuses a provider. Source: Genesys's API definition. */
const PROVIDER_WORDS: Readonly<Record<string, { why: string; remedy: string }>> = {
  'certificate.expired': {
    why: 'One of the certificates has expired.',
    remedy: 'Remove it from the provider in Genesys Cloud Admin, or rotate it, then try again.',
  },
  'certificate.not.yet.valid': {
    why: 'One of the certificates is not valid yet: the clocks of Entra and Genesys Cloud differ a little.',
    remedy: 'Wait a minute and press Retry.',
  },
  'certificate.unparseable': {
    why: 'One of the certificates cannot be read.',
    remedy: 'Remove it from the provider in Genesys Cloud Admin, then try again.',
  },
  'certificate.invalid.base64': {
    why: 'One of the certificates cannot be read.',
    remedy: 'Remove it from the provider in Genesys Cloud Admin, then try again.',
  },
};

function denied(failure: GenesysFailure, to: string): Explanation {
  const missing = permissionsIn(failure.message ?? '');
  const what = `Genesys Cloud did not let Latchkey ${to}.`;
  if (missing.length === 0) {
    return {
      answer: 'denied',
      what,
      remedy: 'An admin checks the roles and divisions of the OAuth client of Latchkey in Genesys Cloud Admin.',
    };
  }
  // `missing.any.permissions` lists what each alone would do.
  const isAny = missing.length > 1 && (failure.code ?? '').includes('.any.');
  const names = missing.join(isAny ? ' or ' : ' and ');
  const inDivision = (failure.code ?? '').includes('division');
  return {
    answer: 'denied',
    what,
    why: isAny
      ? `No role of the OAuth client has ${names}${inDivision ? ' in that division' : ''}.`
      : `A role of the OAuth client lacks ${names}${inDivision ? ' in that division' : ''}.`,
    remedy: `An admin adds ${names} to a role of the OAuth client${inDivision ? ' for that division' : ''} in Genesys Cloud Admin.`,
    missing,
  };
}

const MOST_NAMES = 20;

/** Genesys lists missing permissions in brackets at the end of its sentence: `[sso:provider:view, …]`. */
export function permissionsIn(message: string): string[] {
  const listed = [...message.slice(0, 4_000).matchAll(/\[([^[\]]*)\]/g)].flatMap(([, list = '']) =>
    list.split(/[,\s]+/),
  );
  const names = listed.filter((name) => /^\w+:\w+:[\w*]+$/.test(name));
  return [...new Set(names)].slice(0, MOST_NAMES);
}

/** The token endpoint's own refusals, in OAuth's words. @param place `EMEA (Frankfurt)`. */
export function loginProblem(failure: GenesysFailure, place: string): Problem {
  const { status, code, correlationId, message = '' } = failure;
  const isUnknown = code === 'invalid_client' && status === 400;
  const isWrongSecret = code === 'invalid_client' && status === 401;
  return new Problem({
    kind: 'remote',
    system: 'genesys',
    answer: 'unauthorized',
    what: isUnknown
      ? `Genesys Cloud in the region ${place} does not know the OAuth client of Latchkey.`
      : 'Genesys Cloud did not accept the credential of Latchkey.',
    why: isUnknown
      ? 'An OAuth client exists only in the region and the organisation it was made in: the credential belongs to another region, or the client was deleted.'
      : isWrongSecret
        ? 'The client secret is wrong.'
        : 'The client is not allowed to use the grant type "client credentials", or it is inactive.',
    remedy: isUnknown
      ? 'Check GENESYSCLOUD_REGION and GENESYSCLOUD_OAUTHCLIENT_ID.'
      : 'Check the OAuth client in Genesys Cloud Admin, and GENESYSCLOUD_OAUTHCLIENT_SECRET.',
    ...(code ? { code } : {}),
    ...(status ? { status } : {}),
    ...(correlationId ? { requestId: correlationId } : {}),
    ...(message ? { said: redactSaying(message) } : {}),
  });
}

/** Genesys answered something that its API definition does not promise. */
export function notUnderstood(to: string, correlationId: string | undefined, cause: unknown): Problem {
  return new Problem(
    {
      kind: 'remote',
      system: 'genesys',
      answer: 'invalid',
      code: 'unexpected-answer',
      what: `Genesys Cloud answered the attempt to ${to} in a way Latchkey does not understand.`,
      remedy: 'Try again. If it stays, tell the operator: the request id helps Genesys Care.',
      ...(correlationId ? { requestId: correlationId } : {}),
    },
    { cause },
  );
}

/** Accepted by Genesys, but not yet shown within the budget. @param what "the provider". */
export function waitingForGenesys(what: string): Problem {
  return new Problem({
    kind: 'waiting',
    system: 'genesys',
    code: 'not-shown-yet',
    what: `Genesys Cloud has accepted ${what}, but does not show it yet.`,
    why: 'Genesys Cloud copies changes to all its parts; at times that takes several minutes.',
    remedy: 'There is nothing to do: Latchkey asks again by itself and goes on from here. Nothing is done twice.',
  });
}
