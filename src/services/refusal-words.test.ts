import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as request from './access/request-refusals.js';
import * as stepUp from './access/step-up-refusals.js';
import { requestOf } from './access/testing/examples.js';
import * as gift from './access/gift-refusals.js';
import * as lease from './access/lease-refusals.js';
import type { EntraPerson, Standing } from './entra/entra.js';
import {
  accessUnderWay,
  alreadyUnderWay,
  cardOutdated,
  cardTooOld,
  movedOn,
  overtaken,
  unusable,
} from './operations/operation-refusals.js';
import {
  judge,
  judgeAsker,
  judgeProof,
  judgeTarget,
  judgeTargetGroup,
  refusalFacts,
  type Right,
  type Verdict,
} from './operations/permissions.js';
import * as link from './people/link-refusals.js';
import {
  goneMeanwhile,
  heldByDeleted,
  nameTaken,
  noManagedDomain,
  notOurs,
  notThatDomain,
  passwordRulesTooStrict,
  privileged,
  removalChanged,
  takenMeanwhile,
} from './people/people-refusals.js';
import { parseNewName } from './people/person.js';
import { Problem } from './platform/problem.js';
import { expectWholeSentences, wordsOfAll } from './platform/testing/problem-words.js';
import { addressSent } from './provisioning/address-warning.js';
import { claimNotVisible } from './provisioning/choose-email-claim.js';
import { notDoneYet } from './provisioning/off-board-refusals.js';
import { parseBulkFile } from './provisioning/bulk-csv.js';
import * as bulk from './provisioning/bulk-refusals.js';
import * as access from './provisioning/access-refusals.js';
import {
  noRole,
  notSetUp,
  nothingOnOffer,
  notVisible,
  personGone,
  refuseUnfit,
  severalInstances,
} from './provisioning/provisioning-refusals.js';
import { beforeOf } from './sso/before-set-up.js';
import { refuseChangedSince } from './sso/changed-since.js';
import { notYourPlan, planOutdated, planTooOld, refuseObstacles, wrongOrganization } from './sso/plan-refusals.js';
import { notAsWritten } from './sso/read-back.js';
import { MOST_TRUSTED_CERTIFICATES } from './sso/saml-settings.js';
import {
  instanceGone,
  issuerNotConfirmed,
  refuseForeign,
  refuseFullSlot,
  refuseOtherIssuer,
  refuseUnchosen,
} from './sso/set-up-refusals.js';
import { certificate, instance, NOW, provider, settings } from './sso/testing/two-sides.js';
import * as undo from './sso/undo-refusals.js';

const OTHER_ISSUER = 'https://sts.windows.net/9d0f6c11-0000-4000-8000-00000000beef/';
const ADA = 'f0000000-0000-4000-8000-000000000001';

/** What a check throws. */
function refusalOf(check: () => unknown): Problem {
  try {
    check();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

function person(changes: Partial<EntraPerson> = {}): EntraPerson {
  const names = { name: 'B.Simon', userPrincipalName: 'b.simon@contoso.example' };
  return { ...names, id: ADA, isEnabled: true, isGuest: false, ...changes };
}

function standing(changes: Partial<Standing> = {}): Standing {
  return { person: person(), active: [], eligible: [], ...changes };
}

function denied(verdict: Verdict, wanted: string): Problem {
  if (verdict.isAllowed) throw new Error('Nothing was refused.');
  return new Problem(refusalFacts(verdict, wanted));
}

const CLOUD_APPLICATION_ADMINISTRATOR = '158c047a-c907-4556-b7ef-446551a6b5f7';
const ROLE = { roleTemplateId: CLOUD_APPLICATION_ADMINISTRATOR, scope: '/' };
const may = (right: Right, who: Standing | undefined): Problem => denied(judge(right, who), 'set up SSO');

const RIGHTS: Readonly<Record<string, Problem>> = {
  'somebody of another tenant': may('manage-sso', undefined),
  'a disabled account': may('manage-sso', standing({ person: person({ isEnabled: false }) })),
  'a guest': may('manage-sso', standing({ person: person({ isGuest: true }) })),
  'no role for applications': may('manage-sso', standing()),
  'no role for users': may('create-people', standing()),
  'no role to look': may('look', standing()),
  'a role for a part of the tenant': may(
    'manage-sso',
    standing({ active: [{ ...ROLE, scope: '/administrativeUnits/berlin' }] }),
  ),
  'a role that is not active': may('manage-sso', standing({ eligible: [ROLE] })),
  'access for oneself': denied(judgeTarget(ADA, ADA), 'assign yourself'),
  'a person who is known by an e-mail alone': denied(judgeProof({ proof: 'email' }), 'decide about a request'),
};

const organization = { shortName: 'contoso-gc', name: 'Contoso Contact Centre' };
const full = Array.from({ length: MOST_TRUSTED_CERTIFICATES }, (_, at) =>
  certificate({ thumbprint: String(at).repeat(40) }),
);
const planned = beforeOf({ instance: instance({ signOnUrl: 'https://old.example/' }), provider: undefined });
const undone = { key: 'identifier', side: 'Entra', field: 'Identifier', is: 'new', was: 'old' } as const;

const SET_UP: Readonly<Record<string, Problem>> = {
  'the display name': wrongOrganization('contoso contact centre', organization),
  'another organisation': wrongOrganization('fabrikam', organization),
  'the plan of somebody else': notYourPlan(),
  'a plan that is too old': planTooOld(),
  'a plan that has been overtaken': planOutdated(),
  'a plan with an obstacle': refusalOf(() =>
    refuseObstacles({ obstacles: [{ what: 'Something is in the way.', remedy: 'Take it away.' }] }),
  ),
  'several instances': refusalOf(() => refuseUnchosen({ instances: [1, 2], instance: undefined })),
  'an instance that is gone': instanceGone(),
  'an instance of somebody else': refusalOf(() =>
    refuseForeign(instance({ isOwnedByLatchkey: false, owners: [{ id: 'o', name: 'Omar Owner', of: 'application' }] })),
  ),
  'another issuer': refusalOf(() => refuseOtherIssuer({ issuerUri: OTHER_ISSUER }, settings)),
  'another issuer, not confirmed': issuerNotConfirmed(OTHER_ISSUER),
  'no room for a certificate': refusalOf(() => refuseFullSlot(provider({ certificates: full }), undefined, NOW)),
  'values that were changed since': refusalOf(() =>
    refuseChangedSince(instance({ signOnUrl: 'https://new.example/' }), {
      before: planned.entra,
      settings,
    }),
  ),
  'a comparison that differs': notAsWritten([
    { side: 'Entra', field: 'Reply URL', is: 'none', shouldBe: 'https://login.mypurecloud.de/saml' },
  ]),
  'an undo of what has moved on': undo.movedOn(),
  'an undo of what is undone': undo.undoneAlready(),
  'an undo of a replacement': undo.replacedAnother(),
  'an undo of an earlier release': undo.notKept(),
  'an undo that does not show yet': undo.notYetBack([{ ...undone, action: 'put-back' }]),
};

const claims = { organizationName: 'contoso-gc', includesBasicClaims: true, otherClaims: [] };

const PEOPLE: Readonly<Record<string, Problem>> = {
  'no set-up yet': notSetUp(),
  'no one instance': severalInstances(2),
  'no mail address': refusalOf(() => addressSent(person(), { ...claims, emailFrom: 'mail' })),
  'a disabled person': refusalOf(() => refuseUnfit(person({ isEnabled: false }))),
  'no such role': noRole(),
  'no such division or role': nothingOnOffer(),
  'no verified domain': noManagedDomain([]),
  'no managed domain': noManagedDomain([{ name: 'contoso.example', isManaged: false }]),
  'a domain that is not managed': notThatDomain('fed.contoso.example', ['contoso.example']),
  'a name that a deleted person holds': heldByDeleted('b.simon@contoso.example', {
    ...{ id: ADA, name: 'B.Simon', deletedAt: new Date('2026-11-24T12:00:00Z') },
  }),
  'password rules of the tenant': passwordRulesTooStrict('b.simon@contoso.example', undefined),
  'a name that exists': nameTaken('b.simon@contoso.example'),
  'a name that was taken meanwhile': takenMeanwhile('b.simon@contoso.example'),
  'a name that is none': refusalOf(() => parseNewName('!!')),
  'a password of somebody else': notOurs('set passwords for'),
  'the removal of somebody else': notOurs('remove'),
  'a password of an administrator': privileged('B.Simon', 'set the password of'),
  'the removal of an administrator': privileged('B.Simon', 'delete'),
  'a removal that has been overtaken': removalChanged('B.Simon'),
  'the removal of oneself': denied(judgeTarget(ADA, ADA, 'remove'), 'remove yourself'),
  'a person who is gone': personGone(),
  'a person who is gone before the password': goneMeanwhile('B.Simon'),
  'an assignment that does not show yet': notVisible('B.Simon'),
  'a claim that does not show yet': claimNotVisible(),
  'an off-boarding that is not done yet': notDoneYet('B.Simon', {
    ...{ what: 'Genesys Cloud could not be reached to make a user inactive.', requestId: '' },
  }),
};

const OPERATIONS: Readonly<Record<string, Problem>> = {
  'two at once': alreadyUnderWay('Ada Admin'),
  'two about one person at once': accessUnderWay('Ada Admin', 'off-board B.Simon'),
  'access that is taken before it is given': overtaken('Ada Admin', 'off-board B.Simon'),
  'a card that was overtaken': movedOn(),
  'a card that is too old': cardTooOld(NOW),
  'a card that does not say when it was made': cardTooOld(undefined),
  'a card that showed something else': cardOutdated(NOW),
  'an input that cannot be used': unusable('personId: expected a text'),
  'an input of another shape': unusable(undefined),
};

const ACCESS: Readonly<Record<string, Problem>> = {
  'access taken from oneself': denied(
    judgeTarget(ADA, ADA, 'take access from'),
    'take access to Genesys Cloud from people',
  ),
  'access for a group of one’s own': denied(judgeTargetGroup([ADA], ADA), 'give groups access to Genesys Cloud'),
  'no licence for groups': access.noPremium(),
  'a group that is no security group': access.noSecurityGroup('Contact Centre News'),
  'a group that is gone': access.groupGone(),
  'nothing to take away': access.notAssigned('B.Simon'),
  'roles that have changed': access.heldOtherwise('B.Simon'),
  'a removal that does not show yet': access.stillVisible('B.Simon'),
};

const LINK: Readonly<Record<string, Problem>> = {
  'a link to the sign-in that is used': link.linkUsed(),
  'a sign-in in another browser': link.otherBrowser(),
  'the sign-in of somebody unknown': link.unfit('not-in-tenant'),
  'the sign-in of a guest': link.unfit('guest'),
  'the sign-in of somebody disabled': link.unfit('disabled'),
  'an account that is barred': link.barred('account'),
  'a person who is barred': link.barred('person'),
  'no client to sign people in with': link.notConfigured('no account can be linked'),
  'the link of somebody else': link.notYourLink(),
  'linking that this click has allowed before': link.allowedBefore(),
};

const file = (content: string | Uint8Array): Problem =>
  refusalOf(() => parseBulkFile(typeof content === 'string' ? Buffer.from(content) : content));

const BULK: Readonly<Record<string, Problem>> = {
  'a plan of a file that is gone': bulk.planGone(),
  'a file that somebody else has started': bulk.sameFileStarted('Omar Owner'),
  'a bulk that has moved on': bulk.nothingToSteer(),
  'a link that takes no file any more': bulk.linkGone(),
  'a Genesys user of perhaps somebody else': bulk.wouldWakeStranger('b.simon@contoso.example', {
    ...{ name: 'Bea Simon', state: 'inactive' },
  }),
  'the bulk of somebody else': denied(judgeAsker(ADA, 'another'), 'give 2 people of “a.csv” access to Genesys Cloud'),
  'a file that is too large': file(new Uint8Array(6 * 1024 * 1024)),
  'a file of too many rows': file(`upn\n${'a@x.com\n'.repeat(20_001)}`),
  'a file without rows': file('upn\n'),
  'a file without a upn column': file('name,mail\na,b'),
  'a file with an unknown column': file('upn,rol\na@x.com,User'),
  'a file with a column twice': file('upn,UPN\na@x.com,'),
  'a file whose quotation marks do not close': file('upn\n"a@x.com'),
  'a workbook': file('PK\u0003\u0004\u0000'),
  'a picture': file(new Uint8Array([137, 80, 78, 71, 0])),
};

const wrong = { severity: 'error', line: 12, at: 'roles.agent', what: 'It names nobody who could approve.' } as const;

const REQUESTS: Readonly<Record<string, Problem>> = {
  'no access policy': request.noPolicy('/etc/latchkey/policy.yaml'),
  'an access policy with errors': request.policyUnusable('/etc/latchkey/policy.yaml', [wrong]),
  'an access policy with step-up where nobody can sign in': request.stepUpWithoutClient('/etc/latchkey/policy.yaml', [
    'Supervisor',
  ]),
  'a role that is not on offer': request.noSuchRole(),
  'a role for too long': request.tooLong('Agent', 480),
  'no reason': request.noReason(),
  'an approval for less that is not less': request.notLess(480),
  'access that Latchkey has given already': request.hasLease(
    'B.Simon',
    'Agent',
    'Tue 1 Dec 2026, 18:00 (Europe/Berlin)',
  ),
  'access that is there already': request.hasAlready('B.Simon', 'Agent', ['the group Contact Centre']),
  'what somebody else has asked for': request.askedAlready(requestOf({ asker: { id: ADA, name: 'Mia Mailmismatch' } })),
  'nobody who could decide': request.nobodyDecides('Agent', ['Omar Owner has no chat with Latchkey.']),
  'a break-glass that is not allowed': denied(request.noBreakGlass(), 'take Agent by break-glass'),
  'a break-glass before the last one is reviewed': request.breakGlassUnreviewed('Agent'),
  'a break-glass soon after one that was not right': request.breakGlassTooSoon(
    'Agent',
    'Tue 1 Dec 2026, 18:00 (Europe/Berlin)',
  ),
  'more of what has changed since': request.giftChanged('Agent'),
  'access for a guest': request.notFit('Guest Gus'),
  'access that cannot be extended': request.notExtendable(),
  'a request of others': request.requestGone(),
  'a request that has moved on': request.tooLate('cancel the request for Agent for B.Simon'),
  'a request that others keep changing': request.tooBusy(),
  'a role that one may not ask for': denied(request.mayNotAsk('Agent'), 'ask for Agent'),
  'a decision for oneself': denied(request.ownRequest(), 'approve the request for Agent for B.Simon'),
  'a decision of nobody who decides': denied(request.noApproverOfIt(), 'deny the request for Agent for B.Simon'),
  'a request that is not one’s own': denied(request.notYourRequest(), 'cancel the request for Agent for B.Simon'),
  'a decision of somebody else': denied(request.notYourDecision('Omar Owner'), 'take back the approval of Agent'),
};

const LEASES: Readonly<Record<string, Problem>> = {
  'a name of the policy that nothing has': gift.notOneOfThatName('the Genesys role', 'Agnet', 0),
  'a name of the policy that several have': gift.notOneOfThatName('the group', 'Night Shift', 2),
  'a group that people cannot be put into': gift.groupUnusable('Leads', 'Its members follow a rule.'),
  'a group without the application': gift.groupWithoutApplication('Night Shift'),
  'a Genesys user of somebody else': gift.strangersUser('B.Simon', { name: 'Bea Simon', state: 'inactive' }),
  'a Genesys user who would bring more': gift.wouldGiveMore('B.Simon', ['admin in Home']),
  'access that waits for an ending': lease.waitsForOther('B.Simon', 'an ending'),
  'access that waits for another giving': lease.waitsForOther('B.Simon', 'another giving'),
  'access that is no longer given': lease.leaseOver('B.Simon'),
  'an end that is not done yet': lease.notEndedYet('B.Simon', { what: 'Entra asked Latchkey to slow down.' }),
  'access that Entra does not show yet': lease.giftNotVisible('B.Simon', 'entra'),
  'access that Genesys does not show yet': lease.giftNotVisible('B.Simon', 'genesys'),
  'an end by another run': lease.endedByAnother(),
  'the access of somebody else': lease.notYourLease(),
  'access that is gone': lease.noSuchLease(),
  'access that has ended meanwhile': lease.leaseEnded('B.Simon', 'Agent'),
};

const STEP_UP: Readonly<Record<string, Problem>> = {
  'a link to approve that is used': stepUp.approvalLinkUsed(),
  'an approval in another browser': stepUp.approvalOtherBrowser(),
  'an approval by somebody else': stepUp.unproven('somebody-else'),
  'a sign-in without its time': stepUp.unproven('no-time'),
  'a sign-in of before': stepUp.unproven('not-fresh'),
  'a sign-in that was too weak': stepUp.unproven('no-context'),
  'no client to sign approvers in with': link.notConfigured('nobody can approve this request'),
};

const ALL = {
  ...RIGHTS,
  ...SET_UP,
  ...PEOPLE,
  ...OPERATIONS,
  ...ACCESS,
  ...LINK,
  ...BULK,
  ...REQUESTS,
  ...LEASES,
  ...STEP_UP,
};

test('the words of every refusal are these', () => {
  expect(wordsOfAll(ALL)).toMatchSnapshot();
});

test.each(Object.entries(ALL))('%s: whole sentences that say what to do', (_, problem) => {
  expectWholeSentences(problem);
});

test('no refusal of these folders is without its words here', () => {
  const said = new Set(Object.values(ALL).map(({ facts }) => facts.code));
  const folders = ['access', 'operations', 'people', 'provisioning', 'sso'].map((name) => join(__dirname, name));
  const sources = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  const codes = sources.flatMap((source) => [...source.matchAll(/\bcode: '([a-z-]+)'/g)].map(([, code]) => code));

  expect(codes.length).toBeGreaterThan(25);
  expect(codes.filter((code) => !said.has(code))).toEqual([]);
});
