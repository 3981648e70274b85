import type { Step } from '../platform/durable.js';
import { Problem, type ProblemFacts } from '../platform/problem.js';
import { attemptPart } from './off-board-part.js';

const FACTS = { kind: 'remote', system: 'genesys', what: 'Genesys said no.', remedy: 'Ask an admin.' } as const;

/** As the ledger does it: what the deed gives is kept, and what it throws leaves the step begun. */
function journal(): { step: Step; kept: Map<string, unknown> } {
  const kept = new Map<string, unknown>();
  const step: Step = async (name, deed) => {
    const result = await deed({ startedAt: new Date() });
    kept.set(name, result);
    return result;
  };
  return { step, kept };
}

const fails = (facts: ProblemFacts) => (): Promise<never> => Promise.reject(new Problem(facts));

test('what is done is kept with its result', async () => {
  const { step, kept } = journal();

  await expect(attemptPart(step, 'a', async () => ['User'])).resolves.toEqual({ state: 'done', value: ['User'] });

  expect([...kept.keys()]).toEqual(['a']);
});

test.each(['denied', 'invalid', 'unauthorized', 'not-found'] as const)(
  'a refusal (%s) is a result: the run goes on, and does not ask again',
  async (answer) => {
    const { step, kept } = journal();

    const part = await attemptPart(step, 'a', fails({ ...FACTS, answer, requestId: 'req-1' }));

    expect(part).toMatchObject({ state: 'refused', problem: { remedy: 'Ask an admin.', requestId: 'req-1' } });
    expect(kept.size).toBe(1);
  },
);

test.each(['unavailable', 'timeout', 'throttled', 'conflict'] as const)(
  'what passes (%s) is not kept, so that the next attempt does it again',
  async (answer) => {
    const { step, kept } = journal();

    await expect(attemptPart(step, 'a', fails({ ...FACTS, answer }))).resolves.toMatchObject({ state: 'later' });

    expect(kept.size).toBe(0);
  },
);

test('a change that does not show yet is waited for', async () => {
  const { step } = journal();

  await expect(attemptPart(step, 'a', fails({ ...FACTS, kind: 'waiting' }))).resolves.toMatchObject({ state: 'later' });
});

test('a fault of ours, and what ends the run, are nobody’s refusal', async () => {
  const { step } = journal();

  await expect(attemptPart(step, 'a', fails({ ...FACTS, kind: 'internal' }))).rejects.toThrow('Genesys said no.');
  await expect(attemptPart(step, 'a', () => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
});
