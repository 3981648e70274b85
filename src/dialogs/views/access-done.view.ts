import type { AssignGroupOutcome, ChangeRoleOutcome, RunRecord, UnassignOutcome } from '../../services/index.js';
import { roleNames } from './assignment.view.js';
import { asksMore, buttonName, nextFor } from './people.view.js';
import { doneSteps } from './run.view.js';
import type { Action, Element, Tone, View } from './view.js';

/** The records of what was given to and taken from people and groups in Entra. */

export function changedRoleView(run: RunRecord, { principal, from, to }: ChangeRoleOutcome): View {
  const what = `${principal.name} has the role ${to.name} in place of ${roleNames(from)}.`;
  const rows = [{ field: 'Role in Entra', before: roleNames(from), after: to.name }];
  return done('Role changed', what, {
    elements: [facts(principal.detail), { kind: 'changes', heading: 'Microsoft Entra ID', rows }, doneSteps(run)],
    actions: nextFor(principal, ['provision']),
  });
}

export function unassignedView(run: RunRecord, { principal, roles, throughGroups }: UnassignOutcome): View {
  const what = `${principal.name} is no longer assigned to Genesys Cloud in Entra.`;
  const [only = '', ...more] = throughGroups;
  const groups = more.length === 0 ? `the group ${only}` : `the groups ${throughGroups.join(', ')}`;
  return done('Unassigned', what, {
    tone: throughGroups.length === 0 ? 'good' : 'warning',
    elements: [
      facts(principal.detail, { label: 'Role taken away', value: roleNames(roles) }),
      ...(throughGroups.length === 0
        ? []
        : [
            {
              kind: 'notice',
              tone: 'warning',
              text: `${principal.name} still has access through ${groups}: a direct member of an assigned group can sign in.`,
            } as const,
          ]),
      ...(principal.kind === 'person' && throughGroups.length === 0
        ? [
            {
              kind: 'text',
              text: `New sign-ins of ${principal.name} are refused; Entra may need some minutes for that. The Genesys user stays.`,
            } as const,
          ]
        : []),
      doneSteps(run),
    ],
    actions: [
      {
        ...{ kind: 'verb', label: `Assign ${buttonName(principal.name)} again` },
        ...{ verb: principal.kind === 'person' ? 'propose-assign' : 'propose-assign-group' },
        ...{ reference: principal.id, revision: 0 },
      },
    ],
  });
}

export function assignedGroupView(run: RunRecord, { principal, role, wasAlready }: AssignGroupOutcome): View {
  const what = wasAlready
    ? `The group ${principal.name} was assigned already; nothing was changed.`
    : `The group ${principal.name} is assigned to Genesys Cloud in Entra.`;
  return done(wasAlready ? 'Already assigned' : 'Assigned', what, {
    elements: [
      facts(principal.detail, { label: 'Role in Entra', value: role.name }),
      {
        kind: 'text',
        text: 'Whoever is directly in it can sign in once they have a user in Genesys. “who has access” lists them.',
      },
      doneSteps(run),
    ],
    actions: [
      {
        ...{ kind: 'verb', label: asksMore(`Unassign ${buttonName(principal.name)}`), verb: 'propose-unassign-group' },
        ...{ reference: principal.id, revision: 0 },
      },
    ],
  });
}

function done(
  title: string,
  what: string,
  { tone = 'good', elements, actions }: { tone?: Tone; elements: Element[]; actions: Action[] },
): View {
  return {
    ...{ title, tone, fallback: what },
    elements: [{ kind: 'text', text: what, style: 'strong' }, ...elements],
    actions,
  };
}

function facts(detail: string, ...more: { label: string; value: string }[]): Element {
  return { kind: 'facts', facts: [{ label: 'In Entra', value: detail }, ...more] };
}
