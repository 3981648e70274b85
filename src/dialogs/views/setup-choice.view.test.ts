import type { ChoosableInstance, PlanCard } from '../../services/index.js';
import { choiceView, confirmReplacingView, issuerName } from './setup-choice.view.js';
import { planView } from './setup.view.js';
import type { View } from './view.js';

const now = new Date('2026-11-24T12:00:00Z');

function found(appId: string, changes: Partial<ChoosableInstance> = {}): ChoosableInstance {
  return {
    ...{
      name: 'Genesys Cloud for Azure',
      appId,
      servicePrincipalId: `sp-${appId}`,
      isEnabled: true,
      owners: 'Latchkey',
    },
    ...{ assigned: 0, holdsIdentifier: false, isInUse: false },
    ...changes,
  };
}

const ISSUER = 'https://sts.windows.net/9d0f6c11-0000-4000-8000-00000000beef/';

function card(plan: object): PlanCard {
  return {
    ...{ planId: 'plan-1', revision: 1 },
    plan: {
      ...{ tileMode: 'signs-straight-in', organization: { shortName: 'contoso-gc', name: 'Contoso' } },
      ...{ fields: [], warnings: [], assigned: 0, isNothingToDo: false },
      ...plan,
    },
  } as unknown as PlanCard;
}

function buttons({ actions }: View): string[] {
  return actions.map(({ label }) => label);
}

const where = { regionName: 'EMEA (Frankfurt)', links: undefined };

test('each instance that Latchkey owns has its own button, and no two are alike', () => {
  const view = choiceView({ instances: [found('11111111-a'), found('22222222-b', { isInUse: true })] }, { now });

  expect(buttons(view)).toEqual(['Use number 1 (11111111…)', 'Use number 2 (22222222…)', 'Cancel']);
  expect(view.actions.map((action) => action.style)).toEqual([undefined, 'primary', undefined]);
});

test('the number of a button is the number on the card, also when one before it cannot be chosen', () => {
  const view = choiceView({ instances: [found('1', { ownershipRemedy: 'Add it.' }), found('2')] }, { now });

  expect(buttons(view)).toEqual(['Use number 2 (2…)', 'Cancel']);
});

test('where another identity provider is replaced, Run asks once more and the last button names it', () => {
  const plan = card({ otherIssuer: ISSUER });

  const [run] = planView(plan, where).actions;
  const confirmation = confirmReplacingView(plan, { issuer: ISSUER, tileMode: 'opens-genesys' });

  expect(run).toMatchObject({ label: 'Run', verb: 'confirm-replacing' });
  expect(confirmation.actions[0]).toMatchObject({
    ...{ label: 'Replace sts.windows.net/9d0f6c11-0000-4000-8000-00000000beef', verb: 'run-replacing' },
    ...{ style: 'danger', reference: 'plan-1' },
  });
  expect(confirmation.elements).toContainEqual(expect.objectContaining({ kind: 'choose', value: 'opens-genesys' }));
});

test('what stands in the way takes Run off the card', () => {
  const plan = card({ obstacles: [{ what: 'Held.', remedy: 'Use the other one.' }], isOneOfSeveral: true });

  expect(buttons(planView(plan, where))).toEqual(['Look again', 'Choose another instance', 'Cancel']);
});

test.each([
  ['https://adfs.fabrikam.example/adfs/services/trust', 'adfs.fabrikam.example/adfs/services/trust'],
  [`https://${'a'.repeat(60)}.example/end`, `${'a'.repeat(25)}…${'a'.repeat(13)}.example/end`],
  ['urn:x', 'urn:x'],
])('%s on a button is %s', (issuer, name) => {
  expect(issuerName(issuer)).toBe(name);
});
