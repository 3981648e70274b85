import { plansSso } from '../support/deeds.js';
import { creations, endStateOf, faultNames, SET_UP, startOver, switchOff, switchOn } from '../support/fault-world.js';
import type { SeenCard } from '../support/seen-card.js';
import { sharedWorld } from '../support/shared-world.js';
import { until } from '../support/world.js';
import { FAULT_CASES, NOT_CONCERNED, type FaultCase } from './fault-cases.js';
import { faultPairs } from './fault-pairs.js';

/** How long the bot asks again and waits for values; what lags in the table is well below or far above it. */
const BUDGET_S = 6;
const world = sharedWorld({ REPLICATION_BUDGET_S: String(BUDGET_S) });

const DONE = 'SSO is set up';
const STOPPED = /did not finish|is waiting|was interrupted/;
const ENDED = /SSO is set up|did not finish|is waiting|was interrupted/;

const STOPPING = FAULT_CASES.filter((one): one is FaultCase & { ends: RegExp } => one.ends instanceof RegExp);

beforeEach(async () => {
  await startOver(world());
  // A clock that has jumped goes on where it was; a plan made before the bot has noticed would be too old at once.
  await world().agreesOnTime();
});

/** Plans and presses *Run* while the faults are on. Returns the run's card once it says something final. */
async function runs({ faults, from }: Pick<FaultCase, 'faults' | 'from'>): Promise<SeenCard> {
  const ada = world().person('Ada');
  if (from === 'plan') await switchOn(world(), faults);
  const plan = await plansSso(ada);
  if (from === 'run') await switchOn(world(), faults);
  return started(plan);
}

/** Presses *Run*. Rejects with the words of the answer when there is no run after it. */
async function started(plan: SeenCard): Promise<SeenCard> {
  const { statusCode = 200, value } = await world().person('Ada').presses(plan, 'Run');
  if (statusCode >= 400) throw new RunRefused(JSON.stringify(value), plan);
  return ended(plan);
}

class RunRefused extends Error {
  constructor(
    words: string,
    readonly plan: SeenCard,
  ) {
    super(`Run was refused: ${words}`);
  }
}

function ended(card: SeenCard): Promise<SeenCard> {
  const ada = world().person('Ada');
  return until(
    'the set-up ends or stops',
    async () => {
      const now = await ada.looksAgainAt(card);
      return now.says(ENDED) ? now : undefined;
    },
    120_000,
  );
}

/** Presses what the card offers until the set-up is done. */
async function goesOn(card: SeenCard): Promise<SeenCard> {
  const ada = world().person('Ada');
  for (let presses = 0; presses < 4; presses += 1) {
    const now = await ended(card);
    if (now.says(DONE)) return now;
    const button = now.buttons().find((label) => label === 'Check now' || label === 'Retry');
    if (button === undefined) throw new Error(`The card offers nothing:\n${now.text}`);
    await ada.presses(now, button);
    await until('the click shows', async () => !(await ada.looksAgainAt(card)).says(now.text));
  }
  return ended(card);
}

/** The promise itself. */
async function isRight(card: SeenCard): Promise<void> {
  const { appId, ...state } = await endStateOf(world());
  expect({ card: card.says(DONE) ? DONE : card.text, ...state }).toEqual({ card: DONE, ...SET_UP });
  expect(card.text).toContain(appId);
  expect(card.buttons()).toContain('Test from Genesys (SP-initiated)');
}

function speaksToTheReader(card: SeenCard): void {
  expect(card.text).not.toMatch(/[{}]|undefined|\[object/);
  if (card.says('did not finish')) expect(card.text).toMatch(/What to do:?\s/);
}

test('Every fault of either server is in the table, or is said to concern no set-up', async () => {
  const known = [
    ...(await faultNames(world().entra)).map((fault) => `entra ${fault}`),
    ...(await faultNames(world().genesys)).map((fault) => `genesys ${fault}`),
  ];
  const met = FAULT_CASES.flatMap(({ faults }) => faults).map(({ at, fault }) => `${at} ${fault}`);

  expect([...new Set([...met, ...Object.keys(NOT_CONCERNED)])].sort()).toEqual(known.sort());
});

describe('A set-up ends right by itself, through', () => {
  test.each(FAULT_CASES.filter(({ ends }) => ends === 'itself'))('$name', async (fault) => {
    const card = await runs(fault);

    await isRight(card);
    if (fault.createsOnce) expect(await creations(world())).toEqual({ applications: 1, certificates: 1 });
  });
});

describe('A set-up stops in words, and ends right once it is over, with', () => {
  test.each(STOPPING.filter(({ staysRefused }) => !staysRefused))('$name', async (fault) => {
    const stopped = await runs(fault);
    expect(stopped.text).toMatch(STOPPED);
    expect(stopped.text).toMatch(fault.ends);
    speaksToTheReader(stopped);

    await switchOff(world(), fault.faults);

    await isRight(await goesOn(stopped));
  });
});

describe('A set-up stops in words, and nothing is broken, with', () => {
  test.each(STOPPING.filter(({ staysRefused }) => staysRefused))('$name', async (fault) => {
    const stopped = await runs(fault);

    expect(stopped.text).toMatch(fault.ends);
    speaksToTheReader(stopped);
    const { applications, providers, isCertificateActive } = await endStateOf(world());
    expect({ applications, providers, isCertificateActive }).toEqual({
      ...{ applications: 1, providers: 0, isCertificateActive: false },
    });
  });
});

/** `FAULT_PAIRS=200 npm run -s jest -- --selectProjects world --testPathPatterns=faults.journey` tries more of them. */
describe('Two faults at once', () => {
  test.each(faultPairs(process.env))('$name', async ({ faults }) => {
    const card = await runs({ faults, from: 'run' }).catch((error: unknown) => {
      if (error instanceof RunRefused) return error;
      throw error;
    });
    if (!(card instanceof RunRefused) && !card.says(DONE)) speaksToTheReader(card);

    await switchOff(world(), faults);

    await isRight(await goesOn(card instanceof RunRefused ? await started(card.plan) : card));
  });
});
