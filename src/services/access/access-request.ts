import type { PolicyRole, WorkingHours } from './access-policy.js';
import type { AccessGift } from './gift.js';
import { isProven, type VoteSignIn } from './step-up.js';

/** What a request for access is and how it is decided. Pure: times are business time and are given. */

export type RequestKind = 'access' | 'extension' | 'break-glass';

/**
 * `open`: approvers are asked · `approved`: decided, and may still be taken back for some seconds or is being given ·
 * `granted`: the access works · `failed`: approved, and could not be given · `ended`: was granted, and its lease has ended
 */
export type RequestState = 'open' | 'approved' | 'granted' | 'denied' | 'cancelled' | 'expired' | 'failed' | 'ended';

/** What somebody writes is cut by nobody: it is refused when it is longer. In characters. */
export const LONGEST_REASON = 500;

export interface AccessRequest {
  readonly id: string;
  readonly revision: number;
  readonly kind: RequestKind;
  readonly state: RequestState;
  readonly asker: NamedPerson;
  readonly person: NamedPerson & { readonly userPrincipalName: string };
  /** As they were when it was asked; a later policy changes only later requests. */
  readonly rules: AgreedRules;
  readonly gift: AccessGift;
  /** Asked for. */
  readonly minutes: number;
  readonly why: string;
  /** The last stage that was asked, from 0, and when. */
  readonly stage: number;
  readonly stageAt: Date;
  /** Everybody who was asked, by stage. */
  readonly approvers: readonly AskedApprover[];
  readonly askedAt: Date;
  readonly decidedAt?: Date;
  readonly decision?: Decision;
  /** Until then an approval can be taken back; the access is given after. */
  readonly startsAt?: Date;
  readonly remindAt?: Date;
  readonly reminders: number;
  readonly review?: Review;
  readonly leaseId?: string;
  readonly extendsLeaseId?: string;
}

/** By Entra object id. */
export interface NamedPerson {
  readonly id: string;
  readonly name: string;
}

export interface AgreedRules {
  readonly role: PolicyRole;
  readonly timeZone: string;
  readonly workingHours: WorkingHours;
}

export interface AskedApprover extends NamedPerson {
  readonly stage: number;
  /** How many reminders of this stage had come when they were asked; absent: none. */
  readonly missed?: number;
}

export interface Decision {
  readonly kind: 'approved' | 'denied' | 'cancelled' | 'expired';
  /** Absent: the policy (approved by itself, break-glass) or the time. */
  readonly by?: NamedPerson;
  /** Of an approval; less than asked for where it says so. */
  readonly minutes?: number;
  readonly reason?: string;
  /** Why a rule decided without anybody. */
  readonly rule?: 'auto-approve' | 'break-glass' | 'unanswered' | 'nobody-left' | 'access-ended';
}

/** Of a break-glass: within 24 hours an approver says whether it was right. */
export interface Review {
  readonly by: Date;
  readonly verdict?: 'right' | 'not-right';
  readonly reviewer?: NamedPerson;
  readonly reason?: string;
  /** When an approver has said so. */
  readonly at?: Date;
  /** Nobody has said so in time, and the access was ended. */
  readonly lapsedAt?: Date;
}

export interface Vote {
  readonly person: NamedPerson;
  readonly vote: 'approve' | 'deny';
  /** Of which stages the person was an approver when they clicked. */
  readonly stages: readonly number[];
  /** Of an approval for less. */
  readonly minutes?: number;
  readonly reason: string;
  /** The chat it came from. */
  readonly channel: string;
  readonly at: Date;
  /** Of an approval that had to be proven. */
  readonly signIn?: VoteSignIn;
}

export type VoteOutcome =
  /** Counted, and others are waited for. */
  | { readonly kind: 'counted'; readonly agreed: number; readonly needed: number }
  | { readonly kind: 'approved'; readonly minutes: number; readonly startsAt: Date }
  | { readonly kind: 'denied' }
  /** Nothing changes: it was decided before, or this click has counted before and was taken back since. */
  | { readonly kind: 'late' }
  /** Nothing changes: this person has voted before. */
  | { readonly kind: 'again'; readonly vote: Vote }
  /** Nothing changes: the rules want a fresh sign-in for this approval. */
  | { readonly kind: 'unproven' }
  /** Nothing changes: the request is no longer as it was shown to whoever has signed in. */
  | { readonly kind: 'changed' };

/** How long the one whose click has decided can take it back. */
export const TAKE_BACK_S = 10;

/**
 * What a vote leads to. The quorum of any stage that was asked decides; a Deny decides at once; of several approvals the
 * shortest time counts, and none where the rules want a sign-in that was not made. Whether the person may vote at all was
 * judged before.
 */
export function decideVote(request: AccessRequest, votes: readonly Vote[], vote: Vote): VoteOutcome {
  if (request.state !== 'open') return { kind: 'late' };
  const before = votes.find(({ person }) => person.id === vote.person.id);
  if (before) return { kind: 'again', vote: before };
  if (vote.vote === 'deny') return { kind: 'denied' };
  if (!isProven(request.rules.role.stepUp, vote.signIn)) return { kind: 'unproven' };
  const all = [...votes, vote];
  const tally = tallyOf(request, all);
  if (tally.agreed >= tally.needed) {
    const minutes = Math.min(request.minutes, ...all.map((one) => one.minutes ?? request.minutes));
    return { kind: 'approved', minutes, startsAt: new Date(vote.at.getTime() + TAKE_BACK_S * 1_000) };
  }
  return { kind: 'counted', ...tally };
}

/** How many have agreed, of how many that must: of the stages that were asked the one that lacks the fewest. */
export function tallyOf({ rules, stage }: AccessRequest, votes: readonly Vote[]): { agreed: number; needed: number } {
  const asked = rules.role.approval.slice(0, stage + 1).map(({ quorum }, at) => ({
    needed: quorum,
    agreed: votes.filter(({ vote, stages }) => vote === 'approve' && stages.includes(at)).length,
  }));
  return nearest(asked);
}

/** The stage that lacks the fewest. */
function nearest(stages: readonly { agreed: number; needed: number }[]): { agreed: number; needed: number } {
  const [first, ...others] = stages;
  if (!first) return { agreed: 0, needed: 1 };
  return others.reduce((best, one) => (one.needed - one.agreed < best.needed - best.agreed ? one : best), first);
}

/** Whether the person was asked, or may come to be; the stages they can decide in are looked up at the click. */
export function isOpenFor(request: AccessRequest, personId: string): boolean {
  return request.state === 'open' && request.asker.id !== personId && request.person.id !== personId;
}

/** When a request needs something of the clock next: the next stage, its expiry, a reminder, or the end of its review. */
export function dueAt(request: AccessRequest): Date | undefined {
  if (request.state !== 'open') return awaitsReview(request) ? request.review?.by : undefined;
  const times = [expiresAt(request), escalatesAt(request), request.remindAt].filter((time) => time !== undefined);
  return times.reduce((first, time) => (time < first ? time : first));
}

/** A break-glass that was given, or is about to be, and of which nobody has said yet whether that was right. */
export function awaitsReview({ state, review }: Pick<AccessRequest, 'state' | 'review'>): boolean {
  if (!review || review.verdict !== undefined || review.lapsedAt !== undefined) return false;
  return state === 'approved' || state === 'granted' || state === 'ended';
}

/** After a break-glass that was not right, or that nobody has reviewed. */
const NO_BREAK_GLASS_HOURS = 24;

/**
 * Whether somebody may take the same by break-glass again after that one, which was given: not before it is reviewed, and
 * not within a day after it was found not right or nobody reviewed it in time. `true`: they may.
 */
export function afterBreakGlass(
  before: Pick<AccessRequest, 'state' | 'review'>,
  now: Date,
): true | 'unreviewed' | Date {
  if (awaitsReview(before)) return 'unreviewed';
  const { review } = before;
  const bad = review?.verdict === 'not-right' ? (review.at ?? review.by) : review?.lapsedAt;
  const until = bad && after(bad, NO_BREAK_GLASS_HOURS * 60);
  return until && now < until ? until : true;
}

export function expiresAt({ askedAt, rules }: AccessRequest): Date {
  return after(askedAt, rules.role.unansweredFor.minutes);
}

/** `undefined`: there is no further stage. */
export function escalatesAt({ stage, stageAt, rules }: AccessRequest): Date | undefined {
  const { approval } = rules.role;
  const wait = approval[stage]?.escalateAfter;
  return wait && stage + 1 < approval.length ? after(stageAt, wait.minutes) : undefined;
}

function after(time: Date, minutes: number): Date {
  return new Date(time.getTime() + minutes * 60_000);
}
