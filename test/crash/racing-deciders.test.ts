import { print } from '../support/print.js';
import { until } from '../support/world.js';
import { ask, planRace, run, type Race } from './race.js';
import { GROUPS, racerOf, RACES_PER_GROUP, RacingRig, roleOf } from './racing-rig.js';

/*
 * Two approvers in two chats at the same instant, through both doors of a running bot: signed deliveries over HTTP, in orders
 * that a seed chooses for them and for what the bot asks Entra meanwhile (T4, G1).
 */

const PER_BATCH = GROUPS.length * RACES_PER_GROUP;
/** How many races; a minute has room for one batch. */
const RACES = Number(process.env['ACCESS_RACES'] ?? PER_BATCH);
/** The first seed, to do a batch once more. */
const FIRST = Number(process.env['ACCESS_RACES_FROM'] ?? 0);

let rig: RacingRig;
const endings: string[] = [];

beforeAll(async () => {
  rig = await RacingRig.start();
}, 180_000);
afterAll(async () => {
  await rig?.stop();
  const tally = [...new Set(endings)].map((one) => `${String(endings.filter((each) => each === one).length)} ${one}`);
  print(`\n${String(endings.length)} races of two approvers through both doors: ${tally.sort().join(', ')}\n`);
}, 30_000);

interface Judged {
  readonly id: string;
  readonly why: string;
  readonly state: string;
}

test.each(Array.from({ length: Math.ceil(RACES / PER_BATCH) }, (_, at) => FIRST + at * PER_BATCH))(
  'races from seed %i: one effect at most, each clicker told what is true, no copy that contradicts another',
  async (first) => {
    const races = GROUPS.map((group, number) =>
      Array.from({ length: RACES_PER_GROUP }, (_, at) => {
        const [asker, one, other] = [group.asker, ...group.approvers].map((name) => rig.world.person(name));
        if (!asker || !one || !other) throw new Error('A group is three.');
        const seed = first + number * RACES_PER_GROUP + at;
        const race = planRace(seed, [asker, one, other]);
        return { race, about: { role: roleOf(number, race.quorum), racer: racerOf(number, at) } };
      }),
    );
    await Promise.all(
      races.map(async (own) => {
        for (const { race, about } of own) await ask(race, about);
      }),
    );

    rig.turnstile.closes(first + 1);
    const answers = new Map<Race, (string | undefined)[]>();
    await Promise.all(
      races.map(async (own) => {
        for (const { race } of own) answers.set(race, await run(race));
      }),
    );
    rig.turnstile.opens();
    await rig.world.advance('PT11S');
    await rests();

    for (const [race, told] of answers) await judge(race, told);
    await everythingEnds();
  },
  300_000,
);

async function rests(): Promise<void> {
  await until('nothing is under way', async () => {
    const underWay = await rig.ask("select id from run where state in ('running', 'waiting')");
    return underWay.length === 0;
  });
}

/** So that the next batch can ask for the same: leases are over, and what nobody has decided has expired. */
async function everythingEnds(): Promise<void> {
  await rig.world.advance('P4D');
  await until('every request is over', async () => {
    const open = await rig.ask("select id from access_request where state in ('open', 'approved', 'granted')");
    return open.length === 0;
  });
  const { appRoleAssignments } = await rig.world.entra.state<{ appRoleAssignments: unknown[] }>();
  expect(appRoleAssignments).toEqual([]);
}

async function judge(race: Race, told: readonly (string | undefined)[]): Promise<void> {
  const [request] = await rig.ask<Judged>(`select id, why, state from access_request where why = '${race.why}'`);
  if (!request) throw new Error(`Nobody asked: ${race.why}`);
  const leases = await rig.ask<{ state: string; end_reason: string | null }>(
    `select state, end_reason from access_lease where request = '${request.id}' and end_reason is distinct from 'called-off'`,
  );
  const story = `seed ${String(race.seed)}, quorum ${String(race.quorum)}, ${race.parties
    .map(({ person, chat, deed }) => `${person.name} in ${chat}: ${deed}`)
    .join(', ')} → ${request.state}`;

  expect([story, leases.map(({ state }) => state)]).toEqual([story, request.state === 'granted' ? ['active'] : []]);
  const line = LINES[request.state];
  if (!line) throw new Error(`${story}: a state that no race leads to.`);
  const isTrue = ({ text, buttons }: Copy): boolean =>
    line.test(text) && (request.state === 'open' || !buttons.some((label) => /^(Approve|Deny|Take back)/.test(label)));
  for (const person of race.people) {
    let copies: readonly Copy[] = [];
    await until(`${story}: what ${person.name} reads says so`, async () => {
      copies = await copiesFor(person, race.why);
      return copies.length > 1 && copies.every(isTrue);
    }).catch((cause: unknown) => {
      throw new Error(`${story}: ${person.name} reads ${JSON.stringify(copies, undefined, 1)}`, { cause });
    });
  }
  endings.push(request.state);
  const history = await saidOf(request.id);
  for (const answer of told) {
    const claim = answer === undefined ? undefined : CLAIM.exec(answer)?.[0];
    if (answer !== undefined)
      expect([story, answer, history.some((one) => claim?.startsWith(one))]).toEqual([story, answer, true]);
  }
}

const LINES: Readonly<Record<string, RegExp>> = {
  open: /Waits for a decision/,
  granted: /ha(s|ve) access until/,
  denied: /Denied by/,
  cancelled: /Cancelled by/,
};

/** What a card can say of the request's state. */
const CLAIM = /Waits for a decision|(Approved|Denied|Cancelled) by [A-Z][\w.]* ?\w*/;

/** Everything that was true of it at some time. */
async function saidOf(requestId: string): Promise<string[]> {
  const entries = await rig.ask<{ body: string }>(
    `select body from audit where body like '%${requestId}%' order by seq`,
  );
  return entries.flatMap(({ body }) => {
    const {
      body: { operation, actor },
    } = JSON.parse(body) as { body: { operation: string; actor: { name: string } } };
    const word = { 'approve-request': 'Approved', 'deny-request': 'Denied', 'cancel-request': 'Cancelled' }[operation];
    return word === undefined ? ['Waits for a decision'] : [`${word} by ${actor.name}`];
  });
}

interface Copy {
  readonly text: string;
  readonly buttons: readonly string[];
}

/** In both chats. */
async function copiesFor(person: Race['people'][number], why: string): Promise<Copy[]> {
  const inTeams = (await person.cards()).filter((card) => card.says(why));
  const inSlack = (await person.inSlack.messages()).filter((message) => message.says(why));
  return [
    ...inTeams.map((card) => ({ text: card.text, buttons: card.buttons() })),
    ...inSlack.map(({ words, buttons }) => ({ text: words, buttons })),
  ];
}
