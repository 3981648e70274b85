import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyText } from '../../../test/support/request-stand.js';
import { Problem } from '../platform/problem.js';
import { recordingLog } from '../platform/testing/test-parts.js';
import { PolicySource } from './policy-source.js';

let folder: string;
let file: string;
let log: ReturnType<typeof recordingLog>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-policy-'));
  file = join(folder, 'policy.yaml');
  log = recordingLog();
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (): PolicySource => new PolicySource({ file, canSignIn: true, log: log.log });
const look = (source: PolicySource): Promise<unknown> => source.sweep.sweep(new Date());
const offered = (source: PolicySource): string[] => source.current().roles.map(({ id }) => id);
const levels = (): unknown[] => log.lines().map(({ level }) => level);

function problemOf(source: PolicySource): Problem['facts'] {
  try {
    source.current();
  } catch (error) {
    if (error instanceof Problem) return error.facts;
  }
  throw new Error('Rules are in force.');
}

test('the rules of the file are in force from the start, and new ones once it has changed', async () => {
  writeFileSync(file, policyText({ agent: {} }));
  const source = open();
  expect(offered(source)).toEqual(['agent']);

  writeFileSync(file, policyText({ agent: {}, lead: {} }));
  await look(source);

  expect(offered(source)).toEqual(['agent', 'lead']);
  expect(source.standing()).toMatchObject({ file, rolesOffered: ['agent', 'lead'] });
});

test('approvals that need a sign-in are in force only where people can sign in, and never without it', async () => {
  const before = policyText({ agent: {} });
  writeFileSync(file, before);
  const running = new PolicySource({ file, canSignIn: false, log: log.log });
  writeFileSync(file, policyText({ agent: { stepUp: true }, lead: {} }));

  await look(running);

  const what = 'The access policy cannot be used: the role agent needs step-up sign-in, and no sign-in client is set.';
  expect(running.current().roles).toHaveLength(1);
  const remedy = expect.stringContaining('sets LINK_CLIENT_ID') as string;
  expect(running.standing().fault).toEqual({ kind: 'no-client', what, remedy });
  const started = new PolicySource({ file, canSignIn: false, log: log.log });
  expect(started.standing()).toEqual({ file, fault: { kind: 'no-client', what, remedy }, findings: [] });
  expect(problemOf(started)).toMatchObject({ what, remedy });
  expect(open().current().roles[0]?.stepUp).toEqual({});
});

test('a file that was put in the place of the old one, of the same length, is another one', async () => {
  writeFileSync(file, policyText({ agent: {} }));
  const source = open();
  writeFileSync(join(folder, 'new'), policyText({ agemt: {} }));

  renameSync(join(folder, 'new'), file);
  await look(source);

  expect(offered(source)).toEqual(['agemt']);
});

test('a file that has errors changes nothing, and says so; one that is mended counts', async () => {
  writeFileSync(file, policyText({ agent: {} }));
  const source = open();

  writeFileSync(file, policyText({ agent: { approval: [{ people: [] }] } }));
  await look(source);

  expect(offered(source)).toEqual(['agent']);
  expect(source.standing()).toMatchObject({
    fault: { kind: 'unusable', what: 'Nobody can ask for access now, as the access policy cannot be used.' },
    findings: [{ severity: 'error', at: 'roles.agent.approval.1' }],
  });
  expect(log.lines().at(-1)).toMatchObject({
    level: 50,
    msg: expect.stringContaining('rules before stay in force') as string,
  });

  writeFileSync(file, policyText({ lead: {} }));
  await look(source);
  expect(offered(source)).toEqual(['lead']);
  expect(source.standing().fault).toBeUndefined();
});

test('a file that is gone for a while leaves the rules in force', async () => {
  writeFileSync(file, policyText({ agent: {} }));
  const source = open();

  rmSync(file);
  await look(source);

  expect(offered(source)).toEqual(['agent']);
  expect(source.standing().fault).toMatchObject({ kind: 'missing' });
});

test('what has not changed is not read again', async () => {
  writeFileSync(file, policyText({ agent: {} }));
  const source = open();

  await look(source);
  await look(source);

  expect(levels()).toEqual([30]);
});

test('a policy that nobody can satisfy does not load, with the reason (G7)', () => {
  writeFileSync(file, policyText({ agent: { approval: [{ people: ['ana.agent@contoso.example'], quorum: 2 }] } }));

  expect(problemOf(open())).toMatchObject({
    ...{ kind: 'refused', code: 'policy-unusable' },
    why: expect.stringContaining('2 must agree, and one person could') as string,
  });
  expect(levels()).toEqual([50]);
});

test('without a file nobody can ask, and the log says it as a warning; a file that comes later counts', async () => {
  const source = open();
  expect(problemOf(source)).toMatchObject({ kind: 'refused', code: 'no-policy' });
  expect(levels()).toEqual([40]);

  writeFileSync(file, policyText({ agent: {} }));
  await look(source);

  expect(offered(source)).toEqual(['agent']);
});
