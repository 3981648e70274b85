import { bulkDoneView } from './bulk.view.js';
import type {
  AssignGroupOutcome,
  AssignOutcome,
  BulkOutcome,
  ChangeRoleOutcome,
  CreatePersonOutcome,
  EmailClaimOutcome,
  OffBoardOutcome,
  ProvisionOutcome,
  RemoveTestUserOutcome,
  RunRecord,
  SetUpOutcome,
  TestLinks,
  UnassignOutcome,
  UndoOutcome,
} from '../../services/index.js';
import { assignedGroupView, changedRoleView, unassignedView } from './access-done.view.js';
import { emailClaimDoneView } from './email-claim.view.js';
import { offBoardedView } from './off-board.view.js';
import { buttonName, nextFor, testLinkActions } from './people.view.js';
import { provisionedRoles, rolesGiven } from './provisioning.view.js';
import { removedView } from './remove-test-user.view.js';
import { doneSteps, undoButtons } from './run.view.js';
import { setUpDoneView } from './setup.view.js';
import { undoneView } from './undo.view.js';
import type { View } from './view.js';

/** What a finished run shows besides its own record. */
export interface DoneContext {
  readonly regionName: string;
  readonly now: Date;
  linksOf(application: { shortName: string; appId: string }): TestLinks;
  /** What the last set-up wrote; its links are offered after an assignment. */
  readonly setUp: SetUpOutcome | undefined;
}

/** The lasting record of a finished run, with what usually comes next. */
export function doneView(run: RunRecord, context: DoneContext): View {
  // The outcome is what the run of this kind returned; the kinds are listed here once.
  switch (run.kind) {
    case 'set-up-sso': {
      const outcome = run.outcome as unknown as SetUpOutcome;
      const { regionName, now } = context;
      const links = context.linksOf(outcome);
      const view = setUpDoneView(outcome, { regionName, now, links, before: [doneSteps(run)] });
      return { ...view, actions: [...view.actions, ...undoButtons(run)] };
    }
    case 'bulk-assign':
      return bulkDoneView(run, run.outcome as unknown as BulkOutcome);
    case 'undo-set-up':
      return undoneView(run, run.outcome as unknown as UndoOutcome);
    case 'assign-person':
      return assignedView(run, run.outcome as unknown as AssignOutcome, context);
    case 'assign-group':
      return assignedGroupView(run, run.outcome as unknown as AssignGroupOutcome);
    case 'change-role':
      return changedRoleView(run, run.outcome as unknown as ChangeRoleOutcome);
    case 'unassign-person':
    case 'unassign-group':
      return unassignedView(run, run.outcome as unknown as UnassignOutcome);
    case 'provision-person':
      return provisionedView(run, run.outcome as unknown as ProvisionOutcome, context);
    case 'choose-email-claim':
      return emailClaimDoneView(run, run.outcome as unknown as EmailClaimOutcome);
    case 'off-board':
      return offBoardedView(run, run.outcome as unknown as OffBoardOutcome);
    case 'grant-access':
    case 'end-access':
      return accessRunView(run);
    case 'remove-test-user':
      return removedView(run, run.outcome as unknown as RemoveTestUserOutcome);
    default:
      return createdView(run, run.outcome as unknown as CreatePersonOutcome);
  }
}

/** The card of the request says the rest. */
function accessRunView(run: RunRecord): View {
  const { personName, roleName } = run.input as { personName: string; roleName: string }; // what the run was started with
  const what =
    run.kind === 'grant-access'
      ? `${personName} was given access as ${roleName}.`
      : `The access of ${personName} as ${roleName} was ended.`;
  return {
    title: run.kind === 'grant-access' ? 'Access given' : 'Access ended',
    tone: 'good',
    elements: [{ kind: 'text', text: `${what} The card of the request says the rest.` }, doneSteps(run)],
    actions: [],
    fallback: what,
  };
}

function assignedView(run: RunRecord, outcome: AssignOutcome, context: DoneContext): View {
  const { personId, personName, userPrincipalName, appRoleName, wasAlready } = outcome;
  const what = wasAlready
    ? `${personName} was assigned already; nothing was changed.`
    : `${personName} is assigned to Genesys Cloud in Entra.`;
  return {
    title: wasAlready ? 'Already assigned' : 'Assigned',
    tone: 'good',
    elements: [
      { kind: 'text', text: what, style: 'strong' },
      {
        kind: 'facts',
        facts: [
          { label: 'User principal name', value: userPrincipalName },
          { label: 'Role in Entra', value: appRoleName },
        ],
      },
      {
        kind: 'text',
        text: `To sign in, ${personName} also needs a user in Genesys: provision comes next.`,
      },
      doneSteps(run),
    ],
    actions: [...nextFor({ id: personId, name: personName }, ['provision']), ...links(context)],
    fallback: what,
  };
}

function provisionedView(run: RunRecord, outcome: ProvisionOutcome, context: DoneContext): View {
  const { personId, personName, email, divisionName, was } = outcome;
  const roles = rolesGiven(outcome);
  const did =
    {
      active: 'had an active user already',
      inactive: 'was activated again',
      deleted: 'was restored',
      unknown: 'was created',
    }[was] ?? 'is there';
  const isUnchanged = was === 'active' && roles.every(({ isNew }) => !isNew);
  const what = isUnchanged
    ? `${personName} was provisioned already; nothing was changed.`
    : `${personName} ${did} in Genesys Cloud.`;
  return {
    title: isUnchanged ? 'Already provisioned' : 'Provisioned',
    tone: 'good',
    elements: [
      { kind: 'text', text: what, style: 'strong' },
      {
        kind: 'facts',
        facts: [
          { label: 'Genesys e-mail', value: email },
          { label: was === 'unknown' ? 'Division' : 'Division of the roles', value: divisionName },
          ...provisionedRoles(outcome),
        ],
      },
      { kind: 'text', text: `To sign in, ${personName} must also be assigned in Entra.` },
      doneSteps(run),
    ],
    actions: lastSteps({ id: personId, name: personName }, context),
    fallback: what,
  };
}

function createdView(run: RunRecord, outcome: CreatePersonOutcome): View {
  const { personId, displayName, userPrincipalName, isPasswordDelivered } = outcome;
  const isReset = run.kind === 'reset-password';
  const what = isReset ? `${displayName} has a new first password.` : `${displayName} exists in Entra now.`;
  return {
    title: isReset ? 'New password set' : 'Created',
    tone: 'good',
    elements: [
      { kind: 'text', text: what, style: 'strong' },
      { kind: 'facts', facts: [{ label: 'User principal name', value: userPrincipalName }] },
      isPasswordDelivered
        ? {
            kind: 'notice',
            tone: 'neutral',
            text: 'A link to the first password is in the personal chat of whoever asked. It works once, for 10 minutes.',
          }
        : {
            kind: 'notice',
            tone: 'warning',
            text: 'The link to the first password could not be delivered. Open your personal chat with Latchkey, then press New password here.',
          },
      doneSteps(run),
    ],
    actions: [
      ...nextFor({ id: personId, name: displayName }, ['assign', 'provision']),
      {
        kind: 'verb',
        label: `New password for ${buttonName(displayName)}`,
        verb: 'new-password',
        reference: `${personId}:${run.id}`,
        revision: run.revision,
      },
      {
        ...{ kind: 'verb', label: `Remove ${buttonName(displayName)} …`, verb: 'propose-remove-test-user' },
        ...{ reference: personId, revision: 0 },
      },
    ],
    fallback: what,
  };
}

function links(context: DoneContext, style?: 'primary'): View['actions'] {
  return context.setUp ? testLinkActions(context.linksOf(context.setUp), context.setUp.tileMode, style) : [];
}

/** Whoever was assigned before can try the sign-in now; without links the assignment is what is left. */
function lastSteps(person: { id: string; name: string }, context: DoneContext): View['actions'] {
  return context.setUp
    ? [...links(context, 'primary'), ...nextFor(person, ['assign'], { isPrimary: false })]
    : nextFor(person, ['assign']);
}
