import type { RemovalPlan, RemoveTestUserOutcome, RunRecord } from '../../services/index.js';
import { buttonName, personFacts } from './people.view.js';
import { dismiss } from './person-question.js';
import { doneSteps } from './run.view.js';
import type { Element, View } from './view.js';

/** What a removal would take away on both sides, and what stays, before anybody confirms it. */
export function removalView(plan: RemovalPlan, card: { reference: string }): View {
  const { person, genesysUser } = plan;
  const what = `Remove ${person.name} from ${genesysUser ? 'Entra and Genesys Cloud' : 'Entra'}?`;
  return {
    title: what,
    tone: 'warning',
    elements: [
      { kind: 'facts', facts: personFacts(person) },
      { kind: 'list', heading: 'What is removed', items: removed(plan) },
      ...stays(plan),
      {
        kind: 'text',
        text: 'For 30 days an administrator can restore the person: Entra admin center, Users, Deleted users. Nothing is changed before you press Remove.',
        style: 'subtle',
      },
    ],
    actions: [
      {
        ...{ kind: 'verb', label: `Remove ${buttonName(person.name)}`, verb: 'remove-test-user' },
        ...{ reference: card.reference, revision: 0, style: 'danger' },
      },
      dismiss(),
    ],
    fallback: what,
  };
}

function removed({ person, assignments, genesysUser }: RemovalPlan): string[] {
  return [
    ...(assignments === 0
      ? []
      : [`Entra: the access to Genesys Cloud (${assignments === 1 ? 'one role' : `${String(assignments)} roles`}).`]),
    ...(genesysUser
      ? [`Genesys Cloud: the user ${genesysUser.email}, whom Latchkey created, with all roles and sessions.`]
      : []),
    `Entra: the person ${person.userPrincipalName}.`,
  ];
}

function stays({ genesysUser, genesysStays }: RemovalPlan): Element[] {
  if (genesysUser) return [];
  const text =
    genesysStays === undefined
      ? 'Genesys Cloud has no user with this address; there is nothing to remove.'
      : `The user ${genesysStays} in Genesys Cloud stays: Latchkey did not create it. An administrator of Genesys Cloud can delete it.`;
  return [{ kind: 'notice', tone: 'neutral', text }];
}

/** What came of it, for each system. */
export function removedView(run: RunRecord, outcome: RemoveTestUserOutcome): View {
  const { displayName, userPrincipalName, assignments, genesys, genesysEmail, entra } = outcome;
  const what =
    genesys === 'deleted' || genesys === 'was-gone'
      ? `${displayName} is removed from Entra and Genesys Cloud.`
      : `${displayName} is removed from Entra.`;
  const there = {
    deleted: `The user ${genesysEmail ?? ''} is deleted.`,
    'was-gone': `The user ${genesysEmail ?? ''} was deleted already.`,
    none: 'There was no user.',
    stays: `The user ${genesysEmail ?? ''} stays: Latchkey did not create it.`,
  }[genesys];
  const roles = assignments === 1 ? 'One role was' : `${String(assignments)} roles were`;
  return {
    title: 'Removed',
    tone: 'good',
    elements: [
      { kind: 'text', text: what, style: 'strong' },
      {
        kind: 'facts',
        facts: [
          { label: 'User principal name', value: userPrincipalName },
          { label: 'Access in Entra', value: assignments === 0 ? 'There was none.' : `${roles} taken away.` },
          { label: 'Genesys Cloud', value: there },
          {
            label: 'Person in Entra',
            value: entra === 'deleted' ? 'Deleted; can be restored for 30 days.' : 'Was deleted already.',
          },
        ],
      },
      doneSteps(run),
    ],
    actions: [],
    fallback: what,
  };
}
