import type { EmailClaimCard, ProvisioningProposal } from '../../services/index.js';
import { addressElements, emailClaimActions, emailClaimView } from './email-claim.view.js';
import { provisionedRoles, provisionView } from './provisioning.view.js';
import type { Element, View } from './view.js';

const HOSTILE = '**B** <at>all</at> ${secret} {{DATE(x)}}';
const HOME = { id: 'd1', name: 'Home', isHome: true };
const employee = { id: 'r1', name: 'employee', licences: [] };
const agent = { id: 'r2', name: 'Agent', licences: ['cloudCX1'] };
const noted = { roleId: 'r2', roleName: 'Agent', divisionId: 'd1', divisionName: 'Home' };

function proposal(changes: Partial<ProvisioningProposal> = {}): ProvisioningProposal {
  return {
    person: { id: 'p', name: 'B.Simon', userPrincipalName: 'b@x.example', isEnabled: true, isGuest: false },
    ...{ email: 'b@x.example', divisions: [HOME], division: HOME, roles: [employee, agent], role: employee },
    ...changes,
  };
}

const show = (changes: Partial<ProvisioningProposal> = {}): View =>
  provisionView(proposal(changes), { reference: 'p:1' });
const textOf = ({ elements }: View): string =>
  elements.flatMap((element) => ('text' in element ? [element.text] : [])).join(' ');
const chooserOf = ({ elements }: View, id: string): Element | undefined =>
  elements.find((element) => 'id' in element && element.id === id);

test('each role says which licence it needs, and what everybody gets is chosen beforehand', () => {
  expect(chooserOf(show(), 'roles')).toMatchObject({
    kind: 'chooseMany',
    values: ['r1'],
    choices: [{ title: 'employee (no licence)' }, { title: 'Agent (licence cloudCX1)' }],
  });
});

test('a licence that could not be read is not called none', () => {
  const view = show({ roles: [employee, { id: 'r2', name: 'Agent' }] });

  expect(chooserOf(view, 'roles')).toMatchObject({ choices: [expect.anything(), { title: 'Agent' }] });
  expect(textOf(view)).toContain('Not every licence could be read');
});

test('the roles that were noted are given back unless they are taken out', () => {
  const view = show({ existing: { state: 'deleted', divisionName: 'Home', roles: [noted] } });

  expect(chooserOf(view, 'restores')).toMatchObject({
    choices: [{ title: 'Agent in Home', value: 'r2:d1' }],
    values: ['r2:d1'],
  });
  expect(chooserOf(show({ existing: { state: 'active', divisionName: 'Home', roles: [noted] } }), 'restores')).toBe(
    undefined,
  );
});

test('a user who is there stays in their division, and shows what they have', () => {
  const facts = show({ existing: { state: 'inactive', divisionName: 'Berlin', roles: [noted] } }).elements.flatMap(
    (element) => (element.kind === 'facts' ? element.facts : []),
  );

  expect(facts).toContainEqual({ label: 'Is in the division', value: 'Berlin, and stays there' });
  expect(facts).toContainEqual({ label: 'Has the roles', value: 'Agent in Home' });
});

test('an outcome of the first release, without its roles, is shown all the same', () => {
  expect(provisionedRoles({ was: 'unknown' })).toEqual([]);
  expect(provisionedRoles({ was: 'active', roles: [{ roleName: 'Agent', isNew: true }] })).toEqual([
    { label: 'Genesys roles', value: 'Agent (added)' },
  ]);
});

describe('Two addresses', () => {
  const mia = { id: 'p', name: HOSTILE };
  const warning = { sends: 'mia@x.example', sendsFrom: 'userprincipalname', other: 'mia@mail.example' } as const;

  test('are warned about with both, and the button names what would be sent instead', () => {
    expect(addressElements(mia, warning)).toMatchObject([{ kind: 'notice', tone: 'warning' }]);
    expect(JSON.stringify(addressElements(mia, warning))).toContain(JSON.stringify(HOSTILE).slice(1, -1));
    expect(emailClaimActions(mia, warning)).toMatchObject([
      { label: 'Send the mail address instead …', reference: 'p:mail', ignoresInputs: true },
    ]);
    expect([addressElements(mia, undefined), emailClaimActions(mia, undefined)]).toEqual([[], []]);
  });

  test.each([
    [0, 'Nobody who is assigned directly has two addresses'],
    [1, 'One of those who are assigned directly has two addresses: they can no longer sign in if'],
    [7, '7 of those who are assigned directly have two addresses'],
    [undefined, 'Many people are assigned'],
  ])('a change of the claim says how many it touches: %p', (affected, words) => {
    const card: EmailClaimCard = { from: 'userprincipalname', to: 'mail', affected };

    const view = emailClaimView(card, { reference: 'p:mail:1' });

    expect(textOf(view)).toContain(words);
    expect(textOf(view)).toContain('Whoever has no mail address in Entra cannot sign in then.');
    expect(view.actions[0]).toMatchObject({ label: 'Send the mail address', style: 'danger' });
  });
});
