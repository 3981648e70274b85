/** Everything that conversations may use of the services. Nothing else of `src/services` is theirs to import. */
export type {
  AccessRequest,
  AgreedRules,
  Decision,
  NamedPerson,
  Review,
  Vote,
  VoteOutcome,
} from './access/access-request.js';
export { TAKE_BACK_S, tallyOf } from './access/access-request.js';
export { MOST_WORK } from './access/access-cards.js';
export type { AccessOffer, AccessWish, LeaseCard, RequestCard, Work } from './access/access-cards.js';
export type { AccessGift } from './access/gift.js';
export { giftText } from './access/gift-text.js';
export type { Lease } from './access/lease.js';
export { cardRevision } from './access/request-cards-behind.js';
export { AccessService } from './access/access-service.js';
export type { Ballot } from './access/decide-access.js';
export type { PolicyFault, PolicyStanding } from './access/policy-source.js';
export type { AccessFinding } from './access/reconcile-access.js';
export type { RequestDeed } from './access/request-deeds.js';
export type { ReviewGiven } from './access/review-access.js';
export { approvalLinkUsed } from './access/step-up-refusals.js';
export { StepUpService, type StepUpCard, type StepUpInvitation } from './access/step-up-service.js';
export { parseTimeSpan, timeSpanText } from './access/time-span.js';
export type {
  ConversationMemory,
  FormAnswers,
  FormKey,
  FormStore,
  OpenForm,
  Posting,
  PostingPlace,
  PostingStore,
} from './conversation-memory.js';
export type { EntraPerson } from './entra/entra.js';
export { AuditService, type AuditCursor, type AuditLine, type AuditPage } from './operations/audit-service.js';
export type { Health, LeaseTrouble, Pile, RunTrouble, Some } from './health/health.js';
export { HealthService } from './health/health-service.js';
export type { Actor, Claim } from './operations/operation.js';
export { OperatorAudit } from './operations/operator-audit.js';
export type { Right } from './operations/permissions.js';
export type { Started } from './operations/run-operation.js';
export { Runs } from './operations/runs.js';
export type { CreatePersonOutcome } from './people/create-person.js';
export { AccountLinkService, type Disowned } from './people/account-link-service.js';
export type { ChatUser } from './people/link-rules.js';
export type { Freed, LinkBar } from './people/link-bars.js';
export { linkUsed } from './people/link-refusals.js';
export type { LinkInvitation } from './people/link-proof.js';
export type { NewsChat } from './people/link-news.js';
export type { AccountLink } from './people/link-store.js';
export { PeopleService } from './people/people-service.js';
export { describePerson, type PersonFound } from './people/person.js';
export { isSameName } from './people/same-name.js';
export type { RemovalPlan } from './people/plan-removal.js';
export type { RemoveTestUserOutcome } from './people/remove-test-user.js';
export { TestUserService, type NewPersonProposal, type NewPersonWish } from './people/test-user-service.js';
export { BULK_COLUMNS, BULK_EXAMPLE } from './provisioning/bulk-csv.js';
export type { BulkOutcome } from './provisioning/bulk-assign.js';
export { BulkFiles } from './provisioning/bulk-files.js';
export { plainName } from './provisioning/file-name.js';
export { BulkService, type BulkPlan, type BulkProgress } from './provisioning/bulk-service.js';
export type { Clock } from './platform/clock.js';
export { dayText } from './platform/day-text.js';
export { instantOf, wallTimeAt, type WallTime } from './platform/zone.js';
export { zonedText } from './platform/zoned-text.js';
export type { Json, RunRecord } from './platform/durable.js';
export { newNonce } from './platform/ids.js';
export { onceAMinute } from './platform/once-a-minute.js';
export type { Arrival, Inbox, Keeping, LeftBehind } from './platform/inbox.js';
export type { Log } from './platform/log.js';
export { requestIds, withLogFields } from './platform/log-context.js';
export type { CountedTurn } from './platform/metrics.js';
export { beginRemoteCall } from './platform/remote-calls.js';
export { DATABASE_AWAY, isForGood, Problem, problemFacts, sentencesOf, type ProblemFacts } from './platform/problem.js';
export { within } from './platform/within.js';
export type { AssignOutcome } from './provisioning/assign-person.js';
export type { AddressWarning, EmailSource } from './provisioning/address-warning.js';
export type { EmailClaimOutcome } from './provisioning/choose-email-claim.js';
export { EmailClaimService, type EmailClaimCard } from './provisioning/email-claim-service.js';
export type { ProvisionOutcome } from './provisioning/provision-person.js';
export type { GenesysAccess } from './provisioning/access-held.js';
export { OFF_BOARD_STEPS, type OffBoardOutcome } from './provisioning/off-board.js';
export type { Part } from './provisioning/off-board-part.js';
export { OffBoardService, type OffBoardCard } from './provisioning/off-board-service.js';
export type { AccessRow } from './provisioning/access-list.js';
export { AccessListService, type AccessPage } from './provisioning/access-list-service.js';
export type { AssignGroupOutcome } from './provisioning/assign-group.js';
export {
  AssignmentService,
  type AccessHeld,
  type AssignmentProposal,
  type RoleChange,
} from './provisioning/assignment-service.js';
export type { ChangeRoleOutcome } from './provisioning/change-role.js';
export {
  GroupAssignmentService,
  type FoundGroup,
  type GroupAccess,
  type GroupProposal,
} from './provisioning/group-assignment-service.js';
export type { HeldAppRole } from './provisioning/held-roles.js';
export type { UnassignOutcome } from './provisioning/unassign.js';
export {
  keyOfRole,
  ProvisioningService,
  type ExistingUser,
  type OfferedRole,
  type ProvisioningProposal,
} from './provisioning/provisioning-service.js';
export { GENESYS_REGIONS, parseGenesysRegion, type GenesysRegion } from './sso/genesys-region.js';
export type { TileMode } from './sso/saml-settings.js';
export type { SetUpOutcome } from './sso/set-up-record.js';
export { SET_UP_STEPS } from './sso/set-up-sso.js';
export type { SsoHealth } from './sso/sso-health.js';
export type { ChoosableInstance, InstanceChoice } from './sso/instance-choice.js';
export { SsoService, type PlanCard, type PlanWish } from './sso/sso-service.js';
export type { TestLinks } from './sso/test-links.js';
export { canUndo, UndoService, type UndoCard } from './sso/undo-service.js';
export { UNDO_STEPS, type UndoOutcome } from './sso/undo-set-up.js';
