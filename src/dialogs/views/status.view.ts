import type { AccessFinding, PolicyStanding, SsoHealth, TestLinks } from '../../services/index.js';
import { findingText, policyFault } from './health.view.js';
import { testLinkActions } from './people.view.js';
import { assignedText, intent } from './setup.view.js';
import type { Element, View } from './view.js';
import { dateText } from './when.js';

export interface StatusContext {
  readonly regionName: string;
  readonly links: TestLinks | undefined;
  readonly now: Date;
  readonly canSetUp: boolean;
  readonly policy: PolicyStanding;
  /** What the last comparison of Entra with the leases has found. */
  readonly findings: readonly AccessFinding[];
}

/** Whether sign-in can work now, by what both sides say, and what is wrong with access that is given for a while. */
export function statusView(health: SsoHealth, more: StatusContext): View {
  const view = healthView(health, more);
  return { ...view, elements: [...view.elements, ...accessTroubles(more)] };
}

function healthView(health: SsoHealth, more: StatusContext): View {
  if (health.state === 'several-instances') {
    return {
      title: 'SSO status',
      tone: 'problem',
      elements: [
        {
          kind: 'text',
          text: 'This tenant has more than one instance of Genesys Cloud for Azure, and Genesys points to none or to several of them.',
        },
        { kind: 'list', heading: 'Application IDs', items: health.appIds },
        {
          kind: 'notice',
          tone: 'neutral',
          label: 'What to do',
          text: more.canSetUp
            ? 'Press Choose an instance to compare them and choose the one to use.'
            : 'Ask an administrator to say “set up sso” and choose the one to use.',
        },
      ],
      actions: more.canSetUp ? [intent('Choose an instance', 'set-up-sso', 'primary')] : [],
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
  more: StatusContext & { readonly where: string },
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
      ...otherInstances(health.otherAppIds),
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

/** What is wrong with the access policy, and what Entra says beside the leases. */
function accessTroubles({ policy, findings }: StatusContext): Element[] {
  const fault = policyFault(policy);
  const items = findings.map((finding) => findingText(finding, policy));
  return [
    ...(fault ? [{ kind: 'notice', ...fault, label: 'Access policy' } as const] : []),
    ...(items.length > 0 ? [{ kind: 'list', heading: 'Access for a while', items } as const] : []),
  ];
}

/** Which of several instances this is about, and why. */
function otherInstances(appIds: readonly string[]): Element[] {
  if (appIds.length === 0) return [];
  const text = `There are ${appIds.length + 1} instances of Genesys Cloud for Azure in this tenant. This is the one that Genesys points to; the others are not looked at: ${appIds.join(', ')}.`;
  return [{ kind: 'notice', tone: 'neutral', text, label: 'One of several' }];
}

function differenceCount(count: number): string {
  return count === 1 ? 'One thing differs' : `${count} things differ`;
}
