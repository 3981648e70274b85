import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CORPUS } from './corpus.js';
import { ADA, createKeys } from './corpus-line.js';
import { GATE_MUTANTS, type GateMutant } from './gate-mutants.js';
import { outcomeOf, prepare, verdictsOn, type Judge, type PreparedRow } from './gate-stand.js';
import { loadGate, type RequirePackage } from './mutated-gate.js';

const DOCUMENT = join(__dirname, '../../../docs/saml-gate-mutations.md');
const requirePackage: RequirePackage = createRequire(__filename);
const KEYS = createKeys();
const ROWS = CORPUS.map((row) => prepare(row, KEYS));

/** Whether the gate says about the row what the table says, the person and the flow included. */
async function agrees(prepared: PreparedRow, judge: Judge): Promise<boolean> {
  try {
    const verdicts = await verdictsOn(prepared, judge);
    const { expected, flow } = prepared.row;
    const honest = verdicts.every(
      (verdict) => !verdict.accepted || (verdict.userId === 'dana' && verdict.flow === flow),
    );
    return honest && outcomeOf(verdicts) === expected;
  } catch {
    return false;
  }
}

/** The first row that tells the mutant from the gate, or undefined where it survives. */
async function killerOf(mutant: GateMutant): Promise<string | undefined> {
  const judge = loadGate([mutant], requirePackage);
  const likely = ROWS.filter(({ row }) => row.expected === mutant.guards);
  const others = ROWS.filter(({ row }) => row.expected !== mutant.guards);
  for (const prepared of [...likely, ...others]) if (!(await agrees(prepared, judge))) return prepared.row.name;
  return undefined;
}

/** The survivors that the document lists, each with an explanation. */
function listedSurvivors(): string[] {
  const table = readFileSync(DOCUMENT, 'utf8').split('## Survivors')[1] ?? '';
  return [...table.matchAll(/^\| `([^`]+)` \| \S.{40,} \|$/gm)].map((match) => match[1] ?? '');
}

test('the unchanged gate, loaded in the same way, agrees with the whole table', async () => {
  const judge = loadGate([], requirePackage);

  for (const prepared of ROWS)
    expect([prepared.row.name, await agrees(prepared, judge)]).toEqual([prepared.row.name, true]);
});

test('whoever takes one rule out of the gate is noticed, except where the document explains why not', async () => {
  const survivors: string[] = [];
  for (const mutant of GATE_MUTANTS) if ((await killerOf(mutant)) === undefined) survivors.push(mutant.name);

  expect(new Set(GATE_MUTANTS.map(({ name }) => name)).size).toBe(GATE_MUTANTS.length);
  expect(survivors).toEqual(listedSurvivors());
}, 300_000);

test('over the old library, the rule against comments alone keeps the attacker from being Ada', async () => {
  const oldLibrary: RequirePackage = (name) => requirePackage(name === '@node-saml/node-saml' ? 'node-saml-old' : name);
  const withRule = loadGate([], oldLibrary);
  const withoutRule = loadGate(
    GATE_MUTANTS.filter(({ name }) => name === 'comments and instructions are read'),
    oldLibrary,
  );
  const forged = ROWS.filter(({ row }) => row.name.startsWith('comment in DigestValue ('));

  for (const prepared of forged) {
    const [refused] = await verdictsOn(prepared, withRule);
    const [fooled] = await verdictsOn(prepared, withoutRule);
    expect(refused).toEqual({ accepted: false, code: 'comment' });
    expect(fooled).toMatchObject({ accepted: true, userId: 'ada', email: ADA });
  }
  expect(forged).toHaveLength(2);
});
