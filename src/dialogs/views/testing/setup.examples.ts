import type { PlanCard, SetUpOutcome } from '../../../services/index.js';
import { planView, setUpDoneView } from '../setup.view.js';
import type { Examples, Said } from './example.js';
import { APP_ID, inDays, INSTANCE_ID, LINKS, NOW, REGION_NAME } from './fixtures.js';

type Plan = PlanCard['plan'];

const REPLY_URL = 'https://login.mypurecloud.de/saml';
const ISSUER = 'https://sts.windows.net/11111111-2222-4333-8444-555555555555/';
const INSTANCE = {
  ...{ applicationObjectId: 'a0000000-0000-4000-8000-000000000001', servicePrincipalId: INSTANCE_ID },
  appId: APP_ID,
};

/** Everything is still to be made. */
export function planCard(said: Said, more: Partial<Plan> = {}): PlanCard {
  const plan: Plan = {
    ...{ regionKey: 'frankfurt', tenantId: '11111111-2222-4333-8444-555555555555', tileMode: 'signs-straight-in' },
    ...{ emailFrom: 'userprincipalname', assigned: 0, warnings: [], isNothingToDo: false },
    organization: { shortName: said('contoso-gc'), name: said('Contoso Contact Centre') },
    fields: [
      { side: 'Entra', field: 'Application', after: 'Genesys Cloud for Azure' },
      { side: 'Entra', field: 'Reply URL', after: REPLY_URL },
      { side: 'Genesys', field: 'Issuer URI', after: ISSUER },
    ],
    ...more,
  };
  return {
    ...{ planId: '5a0e6f3c-1b2d-4c8e-8f7a-9d0c1e2b3a4f', revision: 2, plan, expiresAt: inDays(1) },
    askerId: '33333333-0000-4000-8000-000000000001',
  };
}

const OUTCOME: SetUpOutcome = {
  ...{ regionKey: 'frankfurt', shortName: 'contoso-gc', tenantId: '11111111-2222-4333-8444-555555555555' },
  ...{ ...INSTANCE, tileMode: 'signs-straight-in', issuerUri: ISSUER },
  targetUri: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/saml2',
  identifier: REPLY_URL,
  thumbprint: '0123456789ABCDEF0123456789ABCDEF01234567',
  certificateUntil: inDays(1_095).toISOString(),
};

/** What a finished set-up has written. */
export function setUpOutcome(said: Said, more: Partial<SetUpOutcome> = {}): SetUpOutcome {
  return { ...OUTCOME, shortName: said(OUTCOME.shortName), ...more };
}

export const setupExamples: Examples = (said) => {
  const where = { regionName: REGION_NAME, links: LINKS };
  const plan = (more: Partial<Plan>, notice?: string): ReturnType<typeof planView> =>
    planView(planCard(said, more), { ...where, ...(notice === undefined ? {} : { notice }) });
  const changed: Plan['fields'] = [
    { side: 'Entra', field: 'Reply URL', before: said('https://old.example/saml'), after: REPLY_URL },
    { side: 'Entra', field: 'Identifier', before: REPLY_URL, after: REPLY_URL },
    { side: 'Genesys', field: 'Certificate', before: said('…89ABCDEF'), after: '…01234567' },
  ];
  const otherIssuer = said('https://idp.other.example/saml/metadata');
  return {
    planView: {
      'everything is new': plan({}),
      'some settings of an instance change': plan({ instance: INSTANCE, fields: changed, assigned: 12 }),
      'one setting changes, and there are warnings': plan({
        ...{ instance: INSTANCE, fields: changed.slice(0, 2), assigned: 1 },
        warnings: [
          said('3 people have a mail address that is not their user principal name.'),
          said('The licence is P1.'),
        ],
      }),
      'another tenant would be locked out': plan({ otherIssuer }),
      'something stands in the way': plan({
        obstacles: [
          { what: said('A policy forbids new certificates.'), why: 'It holds for all apps.', remedy: 'Ask an admin.' },
        ],
      }),
      'something stands in the way of one of several': plan({
        ...{ instance: INSTANCE, isOneOfSeveral: true, fields: changed },
        obstacles: [{ what: said('Token encryption is on.'), remedy: 'Switch it off.' }],
      }),
      'nothing is to be done': plan({ instance: INSTANCE, fields: changed.slice(1, 2), isNothingToDo: true }),
      'nothing is to be done where the tile opens Genesys': plan({
        ...{ instance: INSTANCE, tileMode: 'opens-genesys', fields: [], isNothingToDo: true, assigned: 2 },
      }),
      'it was made again': plan({}, said('Something has changed since, so this is a new plan.')),
    },
    setUpDoneView: {
      'the tile signs straight in': setUpDoneView(setUpOutcome(said), {
        ...{ regionName: REGION_NAME, links: LINKS, before: [], now: NOW },
      }),
      'the tile opens Genesys': setUpDoneView(setUpOutcome(said, { tileMode: 'opens-genesys' }), {
        ...{ regionName: REGION_NAME, links: LINKS, before: [], now: NOW },
      }),
    },
  };
};
