import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';

const ROOT = resolve(__dirname, '../..');
const SHIPPED = join(ROOT, 'policy.yaml');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-policy-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lint(file: string, ...options: string[]): { code: number | null; out: string; complaint: string } {
  const env = { PATH: process.env['PATH'], LATCHKEY_POLICY: file };
  const words = [join(ROOT, 'bin/latchkey.js'), 'policy', 'lint', ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { env, encoding: 'utf8' });
  return { code: status, out: stdout, complaint: stderr };
}

test('the policy that is shipped is usable, and the command says what it offers', () => {
  expect(lint(SHIPPED)).toEqual({
    code: 0,
    out: `${SHIPPED} can be used. It offers: Agent, Supervisor.\n`,
    complaint: '',
  });
});

test('what nobody could approve is found, with its line, for people and for pipelines', () => {
  const file = join(folder, 'policy.yaml');
  writeFileSync(
    file,
    `version: 1
timeZone: Europe/Berlin
roles:
  agent:
    name: Agent
    gives: { entraRole: User, genesys: { division: Home, roles: [Agent] } }
    mayAsk: everybody
    approval:
      - people: [omar.owner@contoso.example]
        quorum: 2
    lasts: { usually: 8 hours, atMost: 30 days }
`,
  );
  const what = '2 must agree, and one person could. Name more approvers, or lower the quorum.';

  expect(lint(file)).toEqual({
    code: 1,
    out: `${file}:10: error: roles.agent.approval.1.quorum: ${what}\n${file} cannot be used: 1 error, 0 warnings.\n`,
    complaint: '',
  });
  const { code, out } = lint(file, '--json');
  expect([code, JSON.parse(out)]).toEqual([
    1,
    { file, ok: false, findings: [{ severity: 'error', line: 10, at: 'roles.agent.approval.1.quorum', what }] },
  ]);
});

test('a file that is not there could not be looked at, and nothing else is said', () => {
  const file = join(folder, 'none.yaml');

  expect(lint(file)).toEqual({
    code: 2,
    out: '',
    complaint: `The policy file ${file} could not be read (ENOENT). Set LATCHKEY_POLICY to where it is, or run this in the folder that holds policy.yaml.\n`,
  });
});
