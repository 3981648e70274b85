import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntraPerson, Standing } from './entra/entra.js';
import { alreadyUnderWay, movedOn, unusable } from './operations/operation-refusals.js';
import { judge, judgeTarget, refusalFacts, type Right, type Verdict } from './operations/permissions.js';
import { parseNewName } from './people/person.js';
import { Problem } from './platform/problem.js';
import { expectWholeSentences, wordsOfAll } from './platform/testing/problem-words.js';
import {
  addressSent,
  goneMeanwhile,
  nameTaken,
  noManagedDomain,
  noRole,
  notOurs,
  notSetUp,
  nothingOnOffer,
  notVisible,
  personGone,
  privileged,
  refuseUnfit,
  severalInstances,
  takenMeanwhile,
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
  'no managed domain': noManagedDomain(),
  'a name that exists': nameTaken('b.simon@contoso.example'),
  'a name that was taken meanwhile': takenMeanwhile('b.simon@contoso.example'),
  'a name that is none': refusalOf(() => parseNewName('!!')),
  'a password of somebody else': notOurs(),
  'a password of an administrator': privileged('B.Simon'),
  'a person who is gone': personGone(),
  'a person who is gone before the password': goneMeanwhile('B.Simon'),
  'an assignment that does not show yet': notVisible('B.Simon'),
};

const OPERATIONS: Readonly<Record<string, Problem>> = {
  'two at once': alreadyUnderWay('Ada Admin'),
  'a card that was overtaken': movedOn(),
  'an input that cannot be used': unusable('personId: expected a text'),
  'an input of another shape': unusable(undefined),
};

const ALL = { ...RIGHTS, ...SET_UP, ...PEOPLE, ...OPERATIONS };

test('the words of every refusal are these', () => {
  expect(wordsOfAll(ALL)).toMatchSnapshot();
});

test.each(Object.entries(ALL))('%s: whole sentences that say what to do', (_, problem) => {
  expectWholeSentences(problem);
});

test('no refusal of these folders is without its words here', () => {
  const said = new Set(Object.values(ALL).map(({ facts }) => facts.code));
  const folders = ['operations', 'people', 'provisioning', 'sso'].map((name) => join(__dirname, name));
  const sources = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  const codes = sources.flatMap((source) => [...source.matchAll(/\bcode: '([a-z-]+)'/g)].map(([, code]) => code));

  expect(codes.length).toBeGreaterThan(25);
  expect(codes.filter((code) => !said.has(code))).toEqual([]);
});
