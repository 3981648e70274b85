import { sharedWorld } from '../support/shared-world.js';
import { plansSso } from '../support/deeds.js';

const world = sharedWorld();

async function snapshotOfBothSides(): Promise<unknown> {
  const { applications, servicePrincipals, appRoleAssignments, users } = await world().entra.state();
  const { identityProviders, grants, users: genesysUsers } = await world().genesys.state();
  return { applications, servicePrincipals, appRoleAssignments, users, identityProviders, grants, genesysUsers };
}

let before: unknown;
beforeAll(async () => {
  before = await snapshotOfBothSides();
});
afterEach(async () => {
  // Whatever was refused has changed nothing on either side.
  expect(await snapshotOfBothSides()).toEqual(before);
});

describe('Who may not set up SSO is told the rule and the remedy', () => {
  test('an ordinary user hears which roles would do', async () => {
    const card = await world().person('Ana').saysAndSees('set up sso', 'You cannot set up SSO');
    expect(card.text).toContain('Cloud Application Administrator, Application Administrator or Global Administrator');
    expect(card.text).toContain('What to do:');
  });

  test('someone who is only eligible in PIM is told to activate the role', async () => {
    const card = await world().person('Pim').saysAndSees('set up sso', 'You cannot set up SSO');
    expect(card.text).toContain('Activate Cloud Application Administrator in Privileged Identity Management');
  });

  test('a guest is refused', async () => {
    const card = await world().person('Guest').saysAndSees('set up sso', 'You cannot set up SSO');
    expect(card.text).toContain('Guests cannot use Latchkey');
  });

  test('a global reader may look, not set up', async () => {
    const gale = world().person('Gale');
    await gale.saysAndSees('set up sso', 'You cannot set up SSO');
    const status = await gale.saysAndSees('status', 'SSO is not set up');
    expect(status.buttons()).toEqual([]);
  });

  test('an administrator cannot give access to herself', async () => {
    await world()
      .person('Ada')
      .saysAndSees('provision ada.admin@contoso.example', 'Nobody can give access to themselves');
  });
});

describe('Help shows only what this person can do here', () => {
  test('Ada sees everything she may do, Ana sees what everybody can ask for', async () => {
    const own = ['Request access', 'My work', 'My requests', 'My access', 'My linked accounts'];
    const ada = await world().person('Ada').saysAndSees('help', 'You can say:');
    const ana = await world().person('Ana').saysAndSees('help', 'Here you ask for access');
    expect(ada.buttons()).toEqual([
      'Set up SSO',
      'Show status',
      'Who has access?',
      'Give many people access',
      'Create a test user',
      ...own,
    ]);
    expect(ana.buttons()).toEqual(own);
  });

  test('words that nobody understands get the two nearest meanings as buttons', async () => {
    const card = await world().person('Ada').saysAndSees('stauts pleas', 'I did not understand that');
    expect(card.buttons()).toContain('Show status');
  });
});

describe('Answers that do not fit are answered with what does', () => {
  test('an unknown region names the nearest ones', async () => {
    const ada = world().person('Ada');
    await ada.saysAndSees('set up sso', 'Which Genesys Cloud region?');
    const again = await ada.saysAndSees('Frankfort', 'That is no Genesys Cloud region');
    expect(again.text).toContain('Frankfurt');
  });

  test('another region than the configured one says what would have to be configured', async () => {
    const ada = world().person('Ada');
    await ada.saysAndSees('set up sso', 'Which Genesys Cloud region?');
    const again = await ada.saysAndSees('Sydney', 'This Latchkey is configured for EMEA (Frankfurt)');
    expect(again.text).toContain('GENESYSCLOUD_REGION to ap-southeast-2');
  });

  test('a display name is answered with the short name found, another organisation stops here', async () => {
    const ada = world().person('Ada');
    await ada.saysAndSees('set up sso', 'Which Genesys Cloud region?');
    await ada.saysAndSees('Frankfurt', 'Which organisation?');
    const displayName = await ada.saysAndSees('Contoso Contact Centre', 'is the display name');
    const other = await ada.saysAndSees('fabrikam', 'belongs to Contoso Contact Centre');
    expect(displayName.text).toContain('The short name of this organisation is contoso-gc');
    expect(other.text).toContain('answer with contoso-gc');
  });

  test('back returns to the region, cancel leaves nothing behind', async () => {
    const ada = world().person('Ada');
    await ada.saysAndSees('set up sso', 'Which Genesys Cloud region?');
    await ada.saysAndSees('Frankfurt', 'Which organisation?');
    await ada.saysAndSees('back', 'Which Genesys Cloud region?');
    await ada.saysAndSees('cancel', 'Cancelled. Nothing was changed.');
    await ada.saysAndSees('Frankfurt', 'I did not understand that');
  });

  test('in the channel nobody else answers the question that Ada was asked', async () => {
    const [ada, ana] = [world().person('Ada'), world().person('Ana')];
    await ada.says('@Latchkey set up sso', 'channel');
    const asked = await ada.sees('Which Genesys Cloud region?', 'channel');
    const click = await ana.presses(asked, 'Continue');
    await ana.says('@Latchkey Frankfurt', 'channel');
    await ana.sees('I did not understand that', 'channel');
    expect(click).toMatchObject({
      statusCode: 403,
      value: { message: expect.stringContaining('no longer open for you') as string },
    });
    expect((await ada.looksAgainAt(asked)).text).toContain('Which Genesys Cloud region?');
  });

  test('a plan of Ada is not run by somebody else', async () => {
    const plan = await plansSso(world().person('Ada'), 'channel');
    const click = await world().person('Ana').presses(plan, 'Run');
    expect(click).toMatchObject({
      statusCode: 403,
      value: { message: expect.stringContaining('made for somebody else') as string },
    });
  });

  test('a plan older than 15 minutes is not run; a new one takes its place', async () => {
    const ada = world().person('Ada');
    const plan = await plansSso(ada);
    await world().advance('PT16M');
    await ada.presses(plan, 'Run');
    const renewed = await ada.watches(plan, 'A plan holds for 15 minutes');
    expect(renewed.buttons()).toContain('Run');
  });
});
