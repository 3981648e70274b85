import type { PlanCard, SetUpOutcome, TestLinks } from '../../services/index.js';
import { testLinkActions } from './people.view.js';
import { dateText } from './when.js';
import type { Action, Element, View } from './view.js';

/** Reference of *Choose another instance*: none is meant yet. */
export const ANY_INSTANCE = 'any';

const MODES = [
  { title: 'Signs straight in (IdP-initiated)', value: 'signs-straight-in' },
  { title: 'Opens the Genesys sign-in page (SP-initiated)', value: 'opens-genesys' },
] as const;

/** Field by field, what a run would do. Nothing has happened yet. */
export function planView(
  card: PlanCard,
  more: { regionName: string; links: TestLinks | undefined; notice?: string },
): View {
  const { plan, revision } = card;
  const where = `${plan.organization.name} (${plan.organization.shortName}) in ${more.regionName}`;
  const elements: Element[] = [
    ...(more.notice ? [{ kind: 'notice', tone: 'warning', text: more.notice } as const] : []),
    { kind: 'text', text: where, style: 'strong' },
    ...(plan.isNothingToDo
      ? [
          {
            kind: 'notice',
            tone: 'good',
            text: 'Both sides are right already. There is nothing to change.',
          } as const,
        ]
      : [{ kind: 'text', text: `${planSummary(plan)} ${beforeRun(plan)}` } as const]),
    ...dangers(plan),
    ...changesOn('Entra', plan),
    ...changesOn('Genesys', plan),
    ...keptDetails(plan),
    { kind: 'facts', facts: [{ label: 'Assigned today', value: assignedText(plan.assigned) }] },
    ...plan.warnings.map((text): Element => ({ kind: 'notice', tone: 'warning', text })),
    ...(canRun(plan) ? [tileChoice(plan.tileMode)] : []),
  ];
  return {
    title: plan.isNothingToDo ? 'SSO is set up' : 'Plan for SSO',
    tone: plan.isNothingToDo ? 'good' : 'neutral',
    elements,
    actions: plan.isNothingToDo
      ? [
          ...(more.links ? testLinkActions(more.links, plan.tileMode, 'primary') : []),
          switchTile(plan.tileMode, plan.instance?.servicePrincipalId),
        ]
      : [
          ...(canRun(plan) ? [runButton(card)] : lookAgain(plan)),
          { kind: 'verb', label: 'Cancel', verb: 'dismiss', reference: 'plan', revision, ignoresInputs: true },
        ],
    fallback: plan.isNothingToDo
      ? `SSO for ${where} is set up already; nothing to change.`
      : canRun(plan)
        ? `A plan for SSO of ${where} waits for Run.`
        : `A plan for SSO of ${where} cannot be run yet.`,
  };
}

function canRun({ isNothingToDo, obstacles = [] }: PlanCard['plan']): boolean {
  return !isNothingToDo && obstacles.length === 0;
}

function beforeRun(plan: PlanCard['plan']): string {
  if (!canRun(plan)) return 'It cannot be run yet, because something stands in the way.';
  return plan.otherIssuer === undefined
    ? 'Nothing is changed before you press Run.'
    : 'Nothing is changed before you press Run and confirm.';
}

/** What must be read before anything else on the card. */
function dangers({ otherIssuer, obstacles = [] }: PlanCard['plan']): Element[] {
  return [
    ...obstacles.flatMap(({ what, why, remedy }): Element[] => [
      { kind: 'notice', tone: 'problem', label: 'In the way', text: [what, why].filter(Boolean).join(' ') },
      { kind: 'notice', tone: 'neutral', label: 'What to do', text: remedy },
    ]),
    ...(otherIssuer === undefined ? [] : [lockOut(otherIssuer)]),
  ];
}

/** Whose sign-in ends; the same words on the plan and on its confirmation. */
export function lockOut(issuer: string): Element {
  return {
    kind: 'notice',
    tone: 'problem',
    label: 'Another identity provider',
    text: `The Azure/ADFS sign-in of Genesys belongs to ${issuer}, not to this tenant. A run replaces it: people who sign in through it are locked out at once.`,
  };
}

/** Where another identity provider is replaced, *Run* only opens the confirmation. */
function runButton({ plan, planId, revision }: PlanCard): Action {
  const verb = plan.otherIssuer === undefined ? 'run-plan' : 'confirm-replacing';
  return { kind: 'verb', label: 'Run', verb, reference: planId, revision, style: 'primary' };
}

function lookAgain({ instance, isOneOfSeveral }: PlanCard['plan']): Action[] {
  const look = { kind: 'verb', verb: 'choose-instance', revision: 0 } as const;
  return [
    { ...look, label: 'Look again', reference: instance?.servicePrincipalId ?? ANY_INSTANCE, style: 'primary' },
    ...(isOneOfSeveral ? [{ ...look, label: 'Choose another instance', reference: ANY_INSTANCE }] : []),
  ];
}

type PlannedField = PlanCard['plan']['fields'][number];

const SIDE_NAMES = { Entra: 'Microsoft Entra ID', Genesys: 'Genesys Cloud' } as const;

/** One sentence for somebody who has never seen a plan: what is made, what is changed. */
function planSummary({ instance, fields }: PlanCard['plan']): string {
  if (!instance) {
    return 'A run adds the enterprise application in Entra, makes Genesys trust it, and compares both sides at the end.';
  }
  const count = fields.filter((field) => !isKept(field)).length;
  return `A run changes ${count === 1 ? 'one setting' : `${count} settings`} and compares both sides at the end.`;
}

function isKept({ before, after }: PlannedField): boolean {
  return before === after;
}

function changesOn(side: PlannedField['side'], { fields }: PlanCard['plan']): Element[] {
  const rows = fields.filter((field) => field.side === side && !isKept(field));
  return rows.length === 0 ? [] : [{ kind: 'changes', heading: SIDE_NAMES[side], rows }];
}

/** What a run leaves alone, for those who ask: a plan of one change must be readable at a glance. */
function keptDetails({ fields }: PlanCard['plan']): Element[] {
  const kept = fields.filter(isKept);
  if (kept.length === 0) return [];
  return [
    {
      kind: 'details',
      title: `What stays as it is (${kept.length})`,
      facts: kept.map(({ side, field, after }) => ({ label: `${side}, ${field}`, value: after })),
    },
  ];
}

/** The facts an admin would have copied by hand, and both ways to try the sign-in. */
export function setUpDoneView(
  outcome: SetUpOutcome,
  more: { regionName: string; links: TestLinks; before: readonly Element[]; now: Date },
): View {
  const straightIn = outcome.tileMode === 'signs-straight-in';
  const tile = straightIn ? MODES[0].title : MODES[1].title;
  return {
    title: 'SSO is set up',
    tone: 'good',
    elements: [
      { kind: 'text', text: 'Both sides were written, read back and compared. They agree.', style: 'strong' },
      { kind: 'text', text: 'To sign in, a person must be assigned in Entra and provisioned in Genesys.' },
      ...(straightIn
        ? []
        : [
            {
              kind: 'text',
              text: 'There is no IdP-initiated link: with a Sign-on URL the tile in My Apps starts at Genesys.',
            } as const,
          ]),
      {
        kind: 'facts',
        facts: [
          { label: 'Organisation', value: `${outcome.shortName}, ${more.regionName}` },
          { label: 'Application ID', value: outcome.appId },
          { label: 'Microsoft Entra Identifier', value: outcome.issuerUri },
          { label: 'Login URL', value: outcome.targetUri },
          { label: 'Identifier and Reply URL', value: outcome.identifier },
          { label: 'Certificate thumbprint', value: outcome.thumbprint },
          { label: 'Certificate valid until', value: dateText(new Date(outcome.certificateUntil), more.now) },
          { label: 'My Apps tile', value: tile },
        ],
      },
      ...more.before,
    ],
    actions: [
      ...testLinkActions(more.links, outcome.tileMode, 'primary'),
      intent('Create test user', 'create-test-user'),
      intent('Assign people', 'assign'),
      intent('Provision people', 'provision'),
      ...(straightIn ? [] : [switchTile('opens-genesys', outcome.servicePrincipalId)]),
    ],
    fallback: `SSO between Entra and ${outcome.shortName} is set up.`,
  };
}

export function tileChoice(mode: string): Element {
  return { kind: 'choose', id: 'tileMode', label: 'The tile in My Apps', choices: MODES, value: mode };
}

/** The reference names the instance as well: there may be several. */
function switchTile(mode: string, servicePrincipalId: string | undefined): Action {
  const wanted = mode === 'signs-straight-in' ? 'opens-genesys' : 'signs-straight-in';
  const label = mode === 'signs-straight-in' ? 'Let the tile open Genesys' : 'Let the tile sign straight in';
  return {
    kind: 'verb',
    label,
    verb: 'plan-tile',
    reference: servicePrincipalId === undefined ? wanted : `${wanted}:${servicePrincipalId}`,
    revision: 0,
  };
}

export function intent(label: string, name: string, style?: 'primary'): Action {
  return { kind: 'verb', label, verb: 'intent', reference: name, revision: 0, ...(style ? { style } : {}) };
}

export function assignedText(count: number): string {
  return count === 0 ? 'nobody' : count === 1 ? '1 person or group' : `${count} people and groups`;
}
