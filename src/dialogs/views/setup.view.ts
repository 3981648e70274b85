import type { PlanCard, SetUpOutcome, SsoHealth, TestLinks } from '../../services/index.js';
import { testLinkActions } from './people.view.js';
import { dateText } from './when.js';
import type { Action, Element, View } from './view.js';

const MODES = [
  { title: 'Signs straight in (IdP-initiated)', value: 'signs-straight-in' },
  { title: 'Opens the Genesys sign-in page (SP-initiated)', value: 'opens-genesys' },
] as const;

/** Field by field, what a run would do. Nothing has happened yet. */
export function planView(
  card: PlanCard,
  more: { regionName: string; links: TestLinks | undefined; notice?: string },
): View {
  const { plan, planId, revision } = card;
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
      : [{ kind: 'text', text: `${planSummary(plan)} Nothing is changed before you press Run.` } as const]),
    ...changesOn('Entra', plan),
    ...changesOn('Genesys', plan),
    ...keptDetails(plan),
    { kind: 'facts', facts: [{ label: 'Assigned today', value: assignedText(plan.assigned) }] },
    ...plan.warnings.map((text): Element => ({ kind: 'notice', tone: 'warning', text })),
    ...(plan.isNothingToDo ? [] : [tileChoice(plan.tileMode)]),
  ];
  return {
    title: plan.isNothingToDo ? 'SSO is set up' : 'Plan for SSO',
    tone: plan.isNothingToDo ? 'good' : 'neutral',
    elements,
    actions: plan.isNothingToDo
      ? [...(more.links ? testLinkActions(more.links, plan.tileMode, 'primary') : []), switchTile(plan.tileMode)]
      : [
          { kind: 'verb', label: 'Run', verb: 'run-plan', reference: planId, revision, style: 'primary' },
          { kind: 'verb', label: 'Cancel', verb: 'dismiss', reference: 'plan', revision, ignoresInputs: true },
        ],
    fallback: plan.isNothingToDo
      ? `SSO for ${where} is set up already; nothing to change.`
      : `A plan for SSO of ${where} waits for Run.`,
  };
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
      ...(straightIn ? [] : [switchTile('opens-genesys')]),
    ],
    fallback: `SSO between Entra and ${outcome.shortName} is set up.`,
  };
}

/** Whether sign-in can work now, by what both sides say. */
export function statusView(
  health: SsoHealth,
  more: { regionName: string; links: TestLinks | undefined; now: Date; canSetUp: boolean },
): View {
  if (health.state === 'several-instances') {
    return {
      title: 'SSO status',
      tone: 'problem',
      elements: [
        {
          kind: 'text',
          text: 'This tenant has more than one instance of Genesys Cloud for Azure. Only one can hold the Identifier.',
        },
        { kind: 'list', heading: 'Application IDs', items: health.appIds },
        {
          kind: 'notice',
          tone: 'neutral',
          label: 'What to do',
          text: 'Remove the one that nobody signs in through, in the Entra admin center under Enterprise applications.',
        },
      ],
      actions: [],
      fallback: 'There is more than one instance of Genesys Cloud for Azure.',
    };
  }
  const where = `${health.organization.name} (${health.organization.shortName}), ${more.regionName}`;
  if (health.state === 'not-set-up') {
    return {
      title: 'SSO status',
      tone: 'neutral',
      elements: [
        { kind: 'text', text: where, style: 'strong' },
        { kind: 'text', text: 'SSO is not set up: the tenant has no instance of Genesys Cloud for Azure.' },
      ],
      actions: more.canSetUp ? [intent('Set up SSO', 'set-up-sso', 'primary')] : [],
      fallback: 'SSO is not set up yet.',
    };
  }
  return judgedView(health, { ...more, where });
}

function judgedView(
  health: Extract<SsoHealth, { state: 'right' | 'differs' }>,
  more: { where: string; links: TestLinks | undefined; now: Date; canSetUp: boolean },
): View {
  const { certificate } = health;
  const isRight = health.state === 'right';
  return {
    title: 'SSO status',
    tone: isRight ? 'good' : 'problem',
    elements: [
      { kind: 'text', text: more.where, style: 'strong' },
      isRight
        ? {
            kind: 'notice',
            tone: 'good',
            text: 'Both sides agree. People who are assigned and provisioned can sign in.',
          }
        : {
            kind: 'notice',
            tone: 'problem',
            text: `${differenceCount(health.differences.length)} from what SSO needs. Sign-in may fail until that is put right.`,
          },
      ...(isRight
        ? []
        : [
            {
              kind: 'changes',
              heading: 'Is → should be',
              rows: health.differences.map(({ side, field, is, shouldBe }) => ({
                field: `${side}: ${field}`,
                before: is,
                after: shouldBe,
              })),
            } as const,
          ]),
      {
        kind: 'facts',
        facts: [
          { label: 'Application ID', value: health.appId },
          { label: 'Assigned', value: assignedText(health.assigned) },
          { label: 'Certificate thumbprint', value: certificate ? certificate.thumbprint : 'no active certificate' },
          ...(certificate ? [{ label: 'Certificate valid until', value: dateText(certificate.until, more.now) }] : []),
        ],
      },
    ],
    actions: [
      ...(more.links && isRight ? testLinkActions(more.links, health.tileMode, 'primary') : []),
      ...(isRight || !more.canSetUp ? [] : [intent('Plan the repair', 'set-up-sso', 'primary')]),
    ],
    fallback: isRight ? 'SSO is set up and both sides agree.' : `SSO: ${differenceCount(health.differences.length)}.`,
  };
}

function tileChoice(mode: string): Element {
  return { kind: 'choose', id: 'tileMode', label: 'The tile in My Apps', choices: MODES, value: mode };
}

function switchTile(mode: string): Action {
  const label = mode === 'signs-straight-in' ? 'Let the tile open Genesys' : 'Let the tile sign straight in';
  return {
    kind: 'verb',
    label,
    verb: 'plan-tile',
    reference: mode === 'signs-straight-in' ? 'opens-genesys' : 'signs-straight-in',
    revision: 0,
  };
}

function intent(label: string, name: string, style?: 'primary'): Action {
  return { kind: 'verb', label, verb: 'intent', reference: name, revision: 0, ...(style ? { style } : {}) };
}

function assignedText(count: number): string {
  return count === 0 ? 'nobody' : count === 1 ? '1 person or group' : `${count} people and groups`;
}

function differenceCount(count: number): string {
  return count === 1 ? 'One thing differs' : `${count} things differ`;
}
