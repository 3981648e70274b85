import { isDistrust, redactSaying, type Distrust, type Silence } from '../platform/http.js';
import { Problem, type ProblemFacts, type RemoteAnswer } from '../platform/problem.js';
import { DISTRUST_WORDS } from '../platform/distrust-words.js';
import { missingOf, type Need } from './graph-permissions.js';

/** What a call is for, in words that follow "Entra did not let Latchkey …", and the permissions it needs. */
export interface Attempt {
  readonly to: string;
  readonly needs: readonly Need[];
}

/** What Graph answered, or that it did not: `status` is absent when no answer came. */
export interface GraphFailure {
  readonly status?: number | undefined;
  readonly silence?: Silence | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** `details[].code`, such as `ObjectConflict`. */
  readonly detailCodes?: readonly string[] | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** A Problem that still knows Graph's own answer, for this folder's decisions only. */
export class GraphProblem extends Problem {
  constructor(
    readonly failure: GraphFailure,
    attempt: Attempt,
    /** The permissions in a token made after the refusal; read for a 403 only. */
    readonly granted: readonly string[],
  ) {
    super(factsOf(failure, attempt, granted));
  }
}

function failureOf(error: unknown): GraphFailure {
  return error instanceof GraphProblem ? error.failure : {};
}

/** The status of Graph's answer; `undefined` when there was none, or when the error is another one. */
export function failureStatusOf(error: unknown): number | undefined {
  return failureOf(error).status;
}

export function isNotFound(error: unknown): boolean {
  return failureOf(error).status === 404;
}

/** No answer, or one that may have come after the work was done: the call must not be repeated blindly. */
export function isUncertain(error: unknown): boolean {
  const { status, silence } = failureOf(error);
  if (status === undefined) return silence === 'timeout' || silence === 'lost';
  return status >= 500 || status === 408;
}

/**
 * Answers with which Graph speaks of something that exists but has not reached every replica. There is no code for it,
 * so the texts are matched, as other Graph clients do (measured: Microsoft's docs name none).
 */
export function isReplicationLag(error: unknown): boolean {
  const { status, message = '' } = failureOf(error);
  if (status === 404) return true;
  if (status === 403) return /backing application of the service principal/i.test(message);
  return status === 400 && LAG_TEXTS.test(message);
}

const LAG_TEXTS =
  /Not a valid reference update|was not found on application|does not reference a valid application object/i;

/** Graph evaluates the SAML exemption on the service principal, whose change may not have arrived yet. */
export function isUnverifiedHost(error: unknown): boolean {
  return saysUnverifiedHost(failureOf(error));
}

function saysUnverifiedHost({ status, code, detailCodes = [], message = '' }: GraphFailure): boolean {
  const named = [code, ...detailCodes].includes('HostNameNotOnVerifiedDomain');
  return status === 400 && (named || /must use a verified domain/i.test(message));
}

/** A part of the API that this cloud does not have. Graph has no code for it, only this text. */
export function isUnknownSegment(error: unknown): boolean {
  const { status, message = '' } = failureOf(error);
  return status === 400 && /Resource not found for the segment/i.test(message);
}

/** What is to be assigned is assigned already, by Graph's text for references. */
export function isReferenceThere(error: unknown): boolean {
  const { status, message = '' } = failureOf(error);
  return status === 400 && /added object references already exist/i.test(message);
}

/** Either answer with which Graph says that this very assignment is already there. */
export function isAlreadyAssigned(error: unknown): boolean {
  const { status, code, message = '' } = failureOf(error);
  if (status !== 400 && status !== 409) return false;
  return (
    code === 'Request_MultipleObjectsWithSameKeyValue' ||
    /already exists on the object|EntitlementGrant entry already exists/i.test(message)
  );
}

/** Answers after which a repeatable call is sent again; parallel writes on one object are refused with a 409 of their own. */
export function isWorthRepeating(failure: GraphFailure, isWrite: boolean): boolean {
  const { status } = failure;
  if (status === undefined) return !isDistrust(failure.silence);
  if ([408, 429, 500, 502, 503, 504].includes(status)) return true;
  return isWrite && isOverlapRefused(failure);
}

/** Another write to the same object was under way, as from another replica: this one did nothing. */
export function isOverlapRefused({ status, code }: GraphFailure): boolean {
  return status === 409 && code === 'Directory_ConcurrencyViolation';
}

function factsOf(failure: GraphFailure, attempt: Attempt, granted: readonly string[]): ProblemFacts {
  const { status, code, requestId, message } = failure;
  if (status === undefined) return unreachableProblem(attempt.to, failure.silence ?? 'lost').facts;
  const said = message ? redactSaying(message) : '';
  return {
    kind: 'remote',
    system: 'entra',
    status,
    ...(code ? { code } : {}),
    ...(requestId ? { requestId } : {}),
    ...(said ? { said } : {}),
    ...explain(failure, attempt, granted),
  };
}

function answerOf({ status = 0, code, detailCodes = [], message = '' }: GraphFailure): RemoteAnswer {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'denied';
  if (status === 404) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 429) return 'throttled';
  if (status >= 500) return 'unavailable';
  const taken = detailCodes.includes('ObjectConflict') || code === 'Request_MultipleObjectsWithSameKeyValue';
  return status === 409 || taken || /already exists/i.test(message) ? 'conflict' : 'invalid';
}

type Explanation = Pick<ProblemFacts, 'what' | 'why' | 'remedy' | 'answer' | 'missing'>;

function explain(failure: GraphFailure, attempt: Attempt, granted: readonly string[]): Explanation {
  const { to } = attempt;
  const answer = answerOf(failure);
  if (answer === 'denied') return denied(attempt, granted);
  if (answer === 'invalid' && saysUnverifiedHost(failure)) {
    return {
      answer,
      what: `Entra did not let Latchkey ${to}.`,
      why: 'A rule of this tenant asks for identifiers on a verified domain, and Entra does not see the app as a SAML app yet.',
      remedy: 'Try again in some minutes. If it stays, exempt SAML apps in the app management policy of the tenant.',
    };
  }
  return { answer, ...WORDS[answer](to) };
}

const WORDS: Readonly<Record<Exclude<RemoteAnswer, 'denied'>, (to: string) => Omit<Explanation, 'answer'>>> = {
  unauthorized: (to) => ({
    what: `Entra did not accept Latchkey's token for the attempt to ${to}.`,
    remedy: 'Check the app registration that AZURE_CLIENT_ID names and its secret, then try again.',
  }),
  'not-found': (to) => ({
    what: `Entra could not ${to}: it does not know the object.`,
    why: 'It was deleted, or it is so new that not every part of Entra shows it yet.',
    remedy: 'Wait a minute and try again. If it stays, look for the object in the Entra admin center.',
  }),
  conflict: (to) => ({
    what: `Entra could not ${to}: something with that value is already there, or it is being changed at this moment.`,
    remedy: 'Look for what has the value, or try again in a minute.',
  }),
  invalid: (to) => ({
    what: `Entra refused the attempt to ${to}.`,
    remedy: 'Read what Entra said, change that, then try again.',
  }),
  throttled: (to) => ({
    what: `Entra asked Latchkey to slow down at the attempt to ${to}.`,
    remedy: 'Try again in a minute.',
  }),
  unavailable: (to) => ({
    what: `Entra could not ${to}: it has a fault of its own.`,
    remedy: 'Try again in a few minutes. What was done already is found again, not done twice.',
  }),
  timeout: (to) => ({
    what: `Entra took too long to ${to}.`,
    remedy: 'Try again in a few minutes. What was done already is found again, not done twice.',
  }),
};

function denied({ to, needs }: Attempt, granted: readonly string[]): Explanation {
  const what = `Entra did not let Latchkey ${to}.`;
  const missing = missingOf(needs, granted);
  if (missing.length > 0) {
    return {
      answer: 'denied',
      what,
      why: `The app registration of Latchkey lacks ${missing.join(' and ')}.`,
      remedy: `A tenant admin adds ${missing.join(' and ')} as application permission and consents. It may take an hour to count.`,
      missing,
    };
  }
  if (granted.includes('Application.ReadWrite.OwnedBy') && !granted.includes('Application.ReadWrite.All')) {
    return {
      answer: 'denied',
      what,
      why: 'Latchkey may change only what it owns, or the object is protected.',
      remedy:
        'A tenant admin adds the service principal of Latchkey as owner of both the app registration and the enterprise application.',
    };
  }
  return {
    answer: 'denied',
    what,
    why: 'The permissions of Latchkey are there, so the object itself is protected.',
    remedy: 'A tenant admin does this act, or gives the service principal of Latchkey the role for it.',
  };
}

const NETWORK = 'Try again in a few minutes. If it stays, check the network of the machine that runs Latchkey.';
const lost = (to: string): SilenceWords => ({
  answer: 'unavailable',
  what: `Entra could not be reached to ${to}.`,
  remedy: NETWORK,
});

type SilenceWords = Pick<ProblemFacts, 'what' | 'why' | 'remedy' | 'code'> & { readonly answer: RemoteAnswer };

const SILENCES: Readonly<Record<Silence | 'busy', (to: string) => SilenceWords>> = {
  refused: lost,
  lost,
  timeout: (to) => ({ answer: 'timeout', what: `Entra took too long to ${to}.`, remedy: NETWORK }),
  busy: (to) => ({ answer: 'throttled', ...WORDS.throttled(to) }),
  'unknown-authority': (to) => distrusted('unknown-authority', to),
  'expired-certificate': (to) => distrusted('expired-certificate', to),
  'other-host': (to) => distrusted('other-host', to),
  'no-tls': (to) => distrusted('no-tls', to),
};

function distrusted(distrust: Distrust, to: string): SilenceWords {
  const what = `Latchkey did not ${to}: whoever answered did not prove to be Microsoft.`;
  return { answer: 'unavailable', code: distrust, what, ...DISTRUST_WORDS[distrust] };
}

/** No answer at all, or `busy`: none but "not now". @param to words that follow "Entra could not be reached to …". */
export function unreachableProblem(to: string, silence: Silence | 'busy'): Problem {
  return new Problem({
    kind: 'remote',
    system: 'entra',
    ...SILENCES[silence](to),
  });
}

/** Graph answered something that its documentation does not promise. */
export function notUnderstood(to: string, requestId: string | undefined, cause: unknown): Problem {
  return new Problem(
    {
      kind: 'remote',
      system: 'entra',
      answer: 'invalid',
      code: 'unexpected-answer',
      what: `Entra answered the attempt to ${to} in a way Latchkey does not understand.`,
      remedy: 'Try again. If it stays, tell the operator: the request id helps Microsoft support.',
      ...(requestId ? { requestId } : {}),
    },
    { cause },
  );
}

/** Accepted by Entra, but not yet shown within the replication budget. @param what "the new certificate". */
export function waitingForEntra(what: string): Problem {
  return new Problem({
    kind: 'waiting',
    system: 'entra',
    code: 'not-shown-yet',
    what: `Entra has accepted ${what}, but does not show it yet.`,
    why: 'Entra copies changes to all its parts; at times that takes several minutes.',
    remedy: 'There is nothing to do: Latchkey asks again by itself and goes on from here. Nothing is done twice.',
  });
}

/** Genesys takes no such certificate, so it is of no use: an attempt after this one makes another. */
export function alreadyExpired(): Problem {
  return new Problem({
    kind: 'remote',
    system: 'entra',
    answer: 'invalid',
    code: 'certificate-expired',
    what: 'The signing certificate that Entra has just made has already expired.',
    why: 'The clock of Entra and that of the machine that runs Latchkey differ, or Entra has a fault of its own.',
    remedy: 'Check the time of that machine, then press Retry: a new certificate is made. The expired one is not used.',
  });
}

/** A rule of ours that says no to something about Entra's objects. */
export function refusedByRule(code: string, words: { what: string; why?: string; remedy: string }): Problem {
  return new Problem({ kind: 'refused', system: 'entra', code, ...words });
}
