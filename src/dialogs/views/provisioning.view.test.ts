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

test('who is disabled is offered nothing, and what to do first is said', () => {
  const view = show({
    person: { id: 'p', name: HOSTILE, userPrincipalName: 'b@x.example', isEnabled: false, isGuest: false },
  });

  expect(view.actions.map(({ label }) => label)).toEqual(['Cancel']);
  expect(chooserOf(view, 'roles')).toBeUndefined();
  expect(textOf(view)).toContain('enable the account in Entra, then say “provision” again');
  expect(view.fallback).toBe(`${HOSTILE} is disabled in Entra, so a Genesys user would not help.`);
});

test('a licence that could not be read is not called none', () => {
  const view = show({ roles: [employee, { id: 'r2', name: 'Agent' }] });

  expect(chooserOf(view, 'roles')).toMatchObject({ choices: [expect.anything(), { title: 'Agent' }] });
  expect(textOf(view)).toContain('Not every licence could be read');
});

test('the roles that were noted are given back unless they are taken out', () => {
  const view = show({ existing: { name: 'B.Simon', state: 'deleted', divisionName: 'Home', roles: [noted] } });

  expect(chooserOf(view, 'restores')).toMatchObject({
    choices: [{ title: 'Agent in Home', value: 'r2:d1' }],
    values: ['r2:d1'],
  });
  expect(
    chooserOf(
      show({ existing: { name: 'B.Simon', state: 'active', divisionName: 'Home', roles: [noted] } }),
      'restores',
    ),
  ).toBe(undefined);
});

test('a user who is there stays in their division, and shows what they have', () => {
  const facts = show({
    existing: { name: 'B.Simon', state: 'inactive', divisionName: 'Berlin', roles: [noted] },
  }).elements.flatMap((element) => (element.kind === 'facts' ? element.facts : []));

  expect(facts).toContainEqual({ label: 'Is in the division', value: 'Berlin, and stays there' });
  expect(facts).toContainEqual({ label: 'Has the roles', value: 'Agent in Home' });
});

test('the division is called the one of the roles where the user has a division already', () => {
  const existing = { name: 'B.Simon', state: 'inactive', divisionName: 'Berlin', roles: [] } as const;

  expect(chooserOf(show(), 'division')).toMatchObject({ label: 'Division' });
  expect(chooserOf(show({ existing }), 'division')).toMatchObject({ label: 'Division for the roles' });
});

describe('An address that was somebody else’s before', () => {
  const bernd = { name: HOSTILE, state: 'inactive', divisionName: 'Home', roles: [noted] } as const;

  test('shows the name in Genesys, and asks whether it is the same person', () => {
    const view = show({ existing: bernd });

    expect(JSON.stringify(view)).toContain(JSON.stringify(`${HOSTILE}, inactive`));
    expect(textOf(view)).toContain(`is named ${HOSTILE} there: make sure it is the same person.`);
    expect(textOf(show({ existing: { ...bernd, name: 'Simon, B' } }))).not.toContain('is named');
  });

  test('gives no roles of theirs back, and says whose the user was', () => {
    const deleted = { ...bernd, state: 'deleted', roles: [], formerPerson: { name: 'Bernd' } } as const;
    const gone = { ...bernd, formerPerson: {} };

    expect(textOf(show({ existing: deleted }))).toContain(
      'was last provisioned for Bernd. The roles noted then are not given back.',
    );
    expect(textOf(show({ existing: gone }))).toContain(
      'for somebody who is no longer in Entra. The roles it has stay.',
    );
    expect(textOf(show({ existing: bernd }))).not.toContain('last provisioned');
  });
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
    [1, '1 person who is assigned directly has two addresses. If Genesys knows them by the user principal name, they'],
    [7, '7 people who are assigned directly have two addresses. If Genesys knows them by the user principal name'],
    [undefined, 'More than 300 people are assigned, so they were not compared.'],
  ])('a change of the claim says how many it touches: %p', (affected, words) => {
    const card: EmailClaimCard = { from: 'userprincipalname', to: 'mail', affected, seal: 's' };

    const view = emailClaimView(card, { reference: 'p:mail:1' });

    expect(textOf(view)).toContain(words);
    expect(textOf(view)).toContain('Whoever has no mail address in Entra cannot sign in then.');
    expect(view.actions[0]).toMatchObject({ label: 'Send the mail address', style: 'danger' });
  });
});
