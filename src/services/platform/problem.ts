/** The systems that a problem can come from. */
export type RemoteSystem = 'entra' | 'genesys' | 'teams' | 'slack';

/** What the remote system answered, by what the caller should do next. */
export type RemoteAnswer =
  | 'denied' // 403: a right is missing
  | 'unauthorized' // 401 or a refused credential
  | 'not-found'
  | 'conflict'
  | 'invalid' // the request was understood and refused
  | 'throttled'
  | 'unavailable' // 5xx, no connection
  | 'timeout';

/**
 * - `input`: what a person gave cannot be used · `refused`: a rule of ours says no · `stale`: the truth has moved on ·
 *   `remote`: Entra, Genesys or Teams said no or nothing · `waiting`: accepted there but not yet visible ·
 *   `internal`: our fault
 */
export type ProblemKind = 'input' | 'refused' | 'stale' | 'remote' | 'waiting' | 'internal';

export interface ProblemFacts {
  readonly kind: ProblemKind;
  /** What happened, to what: a sentence, "Entra did not let Latchkey assign B.Simon to Genesys Cloud." */
  readonly what: string;
  /** Why, if known: a sentence. Text from the remote side goes to `said`, not here. */
  readonly why?: string;
  /** What the reader can do about it: a sentence. */
  readonly remedy: string;
  readonly system?: RemoteSystem;
  readonly answer?: RemoteAnswer;
  /** The remote side's own words, shown as a detail; never parsed, never trusted. */
  readonly said?: string;
  /** Machine code of the remote side or of our rule: `Request_ResourceNotFound`, `missing.permissions`, `self-assignment`. */
  readonly code?: string;
  readonly status?: number;
  /** Graph's request-id, Genesys's inin-correlation-id: what support asks for. */
  readonly requestId?: string;
  /** What is missing, by name: `AppRoleAssignment.ReadWrite.All`, `sso:provider:edit`. */
  readonly missing?: readonly string[];
}

/** A failure that helps the person who meets it. Everything that is thrown on purpose is one. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly facts: ProblemFacts;

  constructor(facts: ProblemFacts, options?: { cause?: unknown }) {
    super(facts.what, options);
    this.facts = facts;
  }
}

/** Answers that another attempt may well change. A version that others keep changing is one of them. */
const PASSING: readonly ProblemFacts['answer'][] = ['unavailable', 'timeout', 'throttled', 'conflict'];

/** Whether the remote side may answer otherwise later, with nobody doing anything about it. */
export function mayPass({ kind, answer }: ProblemFacts): boolean {
  return kind === 'waiting' || (kind === 'remote' && PASSING.includes(answer));
}

/** Answers of a chat that stay as they are: what is gone, blocked or never taken is no better for being tried again. */
const FINAL: readonly ProblemFacts['answer'][] = ['not-found', 'denied', 'invalid'];

/** Whether whoever brings something to a chat has done what can be done. */
export function isForGood(caught: unknown): caught is Problem {
  return caught instanceof Problem && FINAL.includes(caught.facts.answer);
}

/** Nothing that needs the database can be done; what is only read from Entra and Genesys can. */
export const DATABASE_AWAY: ProblemFacts = {
  kind: 'internal',
  what: 'Latchkey’s own database does not answer.',
  why: 'Without it nothing can be changed or recorded. Questions are answered, and sign-in itself does not depend on it.',
  remedy: 'Try again in a minute. If it stays, the operator looks at the database: nothing that was begun is lost.',
  code: 'database-away',
};

/** Node's codes of a connection that is not there, and PostgreSQL's for one that is closed or not taken (classes 08, 57P). */
const NO_DATABASE = /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|08\w{3}|57P\w{2}|53300)$/;

/** Calls to remote systems throw Problems; a bare error with such a code comes from the database. */
function isDatabaseAway(caught: unknown): boolean {
  return caught instanceof Error && 'code' in caught && NO_DATABASE.test(String(caught.code));
}

/** All of it in one line, for a terminal: what, why if known, what to do. */
export function sentencesOf({ what, why, remedy }: ProblemFacts): string {
  return [what, why, remedy].filter(Boolean).join(' ');
}

/** The facts of anything that was caught. What nobody foresaw becomes an `internal` problem without its text. */
export function problemFacts(caught: unknown): ProblemFacts {
  if (caught instanceof Problem) return caught.facts;
  if (isDatabaseAway(caught)) return DATABASE_AWAY;
  return {
    kind: 'internal',
    what: 'Something in Latchkey itself went wrong.',
    remedy: 'Try again. If it stays, tell the operator: the log has the details under this time.',
  };
}
