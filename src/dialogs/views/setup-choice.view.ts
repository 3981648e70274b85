import type { ChoosableInstance, InstanceChoice, PlanCard } from '../../services/index.js';
import { assignedText, lockOut, tileChoice } from './setup.view.js';
import type { Action, Element, Fact, View } from './view.js';
import { dateText, momentText } from './when.js';

/** Several instances: what tells them apart, and one button for each that Latchkey may change. */
export function choiceView({ instances }: InstanceChoice, more: { now: Date; notice?: string }): View {
  const title = `There are ${instances.length} instances of Genesys Cloud for Azure`;
  const choosable = instances.filter(isChoosable);
  const likely = likelyOf(choosable);
  return {
    title,
    tone: 'warning',
    elements: [
      ...(more.notice ? [{ kind: 'notice', tone: 'warning', text: more.notice } as const] : []),
      {
        kind: 'text',
        text: 'Only one can hold the Identifier, so only one can work with Genesys. Choose it to see the plan for it; the others are left as they are. Nothing is changed yet.',
      },
      ...instances.flatMap((instance, index) => described(instance, index, more.now)),
      ...(choosable.length === 0
        ? [{ kind: 'text', text: 'Latchkey owns none of them, so it cannot change any.' } as const]
        : []),
    ],
    actions: [
      ...choosable.map((instance) =>
        useButton(instance, { number: instances.indexOf(instance) + 1, isLikely: instance === likely }),
      ),
      { kind: 'verb', label: 'Cancel', verb: 'dismiss', reference: 'choice', revision: 0, ignoresInputs: true },
    ],
    fallback: `${title}. Choose the one to use.`,
  };
}

function isChoosable({ ownershipRemedy }: ChoosableInstance): boolean {
  return ownershipRemedy === undefined;
}

function described(instance: ChoosableInstance, index: number, now: Date): Element[] {
  return [
    { kind: 'text', text: `${index + 1}. ${instance.name}`, style: 'strong' },
    { kind: 'facts', facts: factsOf(instance, now) },
    ...(instance.ownershipRemedy === undefined
      ? []
      : [
          {
            kind: 'notice',
            tone: 'neutral',
            label: 'Latchkey may not change it',
            text: `${instance.ownershipRemedy} Then say “set up sso” again.`,
          } as const,
        ]),
  ];
}

function factsOf(instance: ChoosableInstance, now: Date): Fact[] {
  const { appId, createdAt, isEnabled, owners, assigned, holdsIdentifier, certificate, isInUse } = instance;
  return [
    { label: 'Application ID', value: appId },
    { label: 'Genesys points to it', value: yesNo(isInUse) },
    { label: 'Holds the Identifier', value: yesNo(holdsIdentifier) },
    { label: 'Assigned', value: assignedText(assigned) },
    { label: 'Enabled', value: yesNo(isEnabled) },
    {
      label: 'Signing certificate',
      value: certificate
        ? `…${certificate.thumbprint.slice(-8)}, until ${dateText(certificate.until, now)}`
        : 'none is active',
    },
    { label: 'Owners', value: owners },
    ...(createdAt ? [{ label: 'Created', value: momentText(createdAt) }] : []),
  ];
}

function yesNo(is: boolean): string {
  return is ? 'Yes' : 'No';
}

/** The one that works or comes closest: Genesys points to it, else it holds the Identifier. */
function likelyOf(all: readonly ChoosableInstance[]): ChoosableInstance | undefined {
  return all.find(({ isInUse }) => isInUse) ?? all.find(({ holdsIdentifier }) => holdsIdentifier);
}

function useButton(instance: ChoosableInstance, { number, isLikely }: { number: number; isLikely: boolean }): Action {
  return {
    ...{ kind: 'verb', verb: 'choose-instance', reference: instance.servicePrincipalId, revision: 0 },
    label: `Use number ${number} (${instance.appId.slice(0, 8)}…)`,
    ...(isLikely ? { style: 'primary' } : {}),
  };
}

/** The second confirmation: only its own button replaces the other identity provider. */
export function confirmReplacingView(
  { plan, planId, revision }: PlanCard,
  { issuer, tileMode }: { issuer: string; tileMode: string },
): View {
  return {
    title: 'Replace the other identity provider?',
    tone: 'warning',
    elements: [
      lockOut(issuer),
      ...plan.warnings
        .filter((text) => text.includes('SSO-only') || text.includes(issuer))
        .map((text): Element => ({ kind: 'notice', tone: 'warning', text })),
      { kind: 'text', text: 'The rest of the plan is as you have seen it.', style: 'subtle' },
      tileChoice(tileMode),
    ],
    actions: [
      {
        ...{ kind: 'verb', verb: 'run-replacing', reference: planId, revision, style: 'danger' },
        label: `Replace ${issuerName(issuer)}`,
      },
      { kind: 'verb', label: 'Cancel', verb: 'dismiss', reference: 'plan', revision, ignoresInputs: true },
    ],
    fallback: `Confirm that ${issuer} is replaced in Genesys.`,
  };
}

/** A button has room for so much; the whole issuer stands above it. */
const LONGEST_NAME = 52;

/** Without what every issuer has; of a long one, both ends. */
export function issuerName(issuer: string): string {
  const name = issuer.replace(/^https?:\/\//, '').replace(/\/$/, '');
  if (name.length <= LONGEST_NAME) return name;
  const half = Math.floor((LONGEST_NAME - 1) / 2);
  return `${name.slice(0, half)}…${name.slice(-half)}`;
}
