import type { TimeSpan } from './time-span.js';

/**
 * Who may ask for what, who decides, and for how long: the file `policy.yaml`, read and checked. People are named by user
 * principal name, groups by name or object id, as an administrator writes them; both are looked up when they are needed,
 * so that whoever has left is no approver any more.
 */
export interface AccessPolicy {
  /** Of working hours, and of dates that are shown before a reader's own zone is known. An IANA name. */
  readonly timeZone: string;
  /** When approvers are reminded. */
  readonly workingHours: WorkingHours;
  readonly roles: readonly PolicyRole[];
}

export interface WorkingHours {
  readonly days: readonly Weekday[];
  /** Minutes after midnight in the policy's zone. */
  readonly fromMinute: number;
  readonly untilMinute: number;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Something that can be asked for. */
export interface PolicyRole {
  /** What stands in the file before the colon; kept with each request. */
  readonly id: string;
  /** As people read it. */
  readonly name: string;
  readonly explains?: string;
  readonly gives: PolicyGift;
  readonly mayAsk: Asking;
  /** In order: the next stage is asked when the one before has not decided in its time. */
  readonly approval: readonly ApprovalStage[];
  /** Absent: whoever clicks need not sign in for it. */
  readonly stepUp?: StepUpRule;
  readonly lasts: { readonly usually: TimeSpan; readonly atMost: TimeSpan };
  readonly autoApprove?: AutoApproval;
  /** A request that nobody has decided ends after this time. */
  readonly unansweredFor: TimeSpan;
  readonly remind: { readonly first: TimeSpan; readonly atMost: TimeSpan };
  readonly breakGlass?: BreakGlass;
}

export interface PolicyGift {
  /** One of the app's own roles, assigned to the person, or a group whose members have it. */
  readonly entra:
    { readonly kind: 'app-role'; readonly role: string } | { readonly kind: 'group'; readonly group: string };
  readonly genesys: { readonly division: string; readonly roles: readonly string[] };
}

export type Asking = { readonly kind: 'everybody' } | ({ readonly kind: 'named' } & NamedPeople);

export interface NamedPeople {
  /** User principal names. */
  readonly people: readonly string[];
  /** Names or object ids of Entra groups; whoever is directly in them. */
  readonly groups: readonly string[];
}

export interface ApprovalStage extends NamedPeople {
  /** The manager in Entra of whom the access is for is asked, too. */
  readonly manager: boolean;
  /** So many must agree. */
  readonly quorum: number;
  /** How long this stage has before the next one is asked; absent on the last one. */
  readonly escalateAfter?: TimeSpan;
}

/** An approval counts only once the approver has signed in at Microsoft anew for it. */
export interface StepUpRule {
  /** An authentication context of Conditional Access in Entra, such as `c1`, which that sign-in has to meet. */
  readonly authenticationContext?: string | undefined;
}

/** Requests that need nobody: from these people, for no longer than this. */
interface AutoApproval extends NamedPeople {
  readonly atMost: TimeSpan;
}

/** Access at once, told loudly and reviewed afterwards. */
interface BreakGlass extends NamedPeople {
  readonly atMost: TimeSpan;
}
