import { isDeepStrictEqual } from 'node:util';
import type { Persona } from '../support/persona.js';
import { until, type World } from '../support/world.js';
import { copiesOf, type Copies } from './access-copies.js';
import type { CrashRig, Point } from './crash-rig.js';
import { remoteState, type Remote } from './remote-state.js';

/** Those who meet in a story; all of them have Slack too, and their account is linked. */
export interface Life {
  readonly world: World;
  readonly ana: Persona;
  readonly dana: Persona;
  readonly omar: Persona;
  /** When the access that she has ends, in business time; absent: she has none. */
  readonly endsAt?: Date;
}

/** What somebody, or the clock, does; begun again by whoever got no answer because the bot died. */
export interface Turn {
  act(life: Life): Promise<unknown>;
  /** Whether everybody can see what came of it. */
  isSeen(copies: Copies): boolean;
}

export interface Story {
  readonly name: string;
  /** A name given to `saveAll`. */
  readonly from: string;
  /** Before anything can die. */
  readonly before?: (life: Life) => Promise<void>;
  readonly turns: readonly Turn[];
}

/** What is judged: both systems, what is stored, what is audited, and what each copy of the cards says. */
export interface Ended {
  readonly remote: Remote;
  readonly rows: Readonly<Record<string, readonly object[]>>;
  /** In no order: what meets, may end one before the other. */
  readonly audit: readonly string[];
  readonly copies: Copies;
}

const ROWS = {
  requests: 'select kind, state, minutes from access_request order by asked_at',
  votes: 'select person_name, vote, reason, channel from access_vote order by at',
  leases: `select state, minutes, attempts, end_reason, ended_by, end_why, left_over, due_at is null as is_over
    from access_lease order by minutes`,
  items: 'select item, genesys_email, genesys_user is null as is_user_unknown from access_item order by item',
  runs: "select kind, state from run where kind in ('grant-access', 'end-access') order by started_at",
} as const;

/** Stories of access to live, again and again from the same beginning, with a bot that dies at an exact point. */
export class AccessRig {
  readonly rig: CrashRig;

  constructor(rig: CrashRig) {
    this.rig = rig;
  }

  /** Lives it without a crash. */
  async record(story: Story): Promise<{ points: Point[]; ended: Ended }> {
    const life = await this.#begin(story);
    await this.rig.arm(undefined);
    for (const { act, isSeen } of story.turns) {
      await act(life);
      await comesToBeSeen(life, isSeen);
    }
    await this.#restsAgain();
    const points = await this.rig.pointsSince();
    return { points, ended: await this.#endOf(life, await lastCopiesOf(life)) };
  }

  /** Lives it, dies at that point, starts again, and goes on. @returns how it ended, once the copies say what is wanted. */
  async crashAt(story: Story, point: Point, wanted: Ended): Promise<Ended> {
    const life = await this.#begin(story);
    await this.rig.arm(point);
    const death = new Death(this.rig, point);
    for (const turn of story.turns) await this.#liveTurn(turn, { life, death });
    if (!death.isOver) {
      await until('the bot dies, or rests', async () => death.hasCome || (await this.#rests()));
      await death.comesToLife();
    }
    await this.#restsAgain();
    return this.#endOf(life, wanted.copies);
  }

  async #begin({ from, before }: Story): Promise<Life> {
    const { world } = this.rig;
    await world.restoreAll(from);
    const [lease] = (await this.#ask("select ends_at from access_lease where state = 'active'")) as {
      ends_at: string;
    }[];
    const [ana, dana, omar] = [world.person('Ana'), world.person('Dana'), world.person('Omar')];
    const life = { world, ana, dana, omar, ...(lease ? { endsAt: new Date(lease.ends_at) } : {}) };
    await before?.(life);
    await this.#doesWhatIsDue();
    return life;
  }

  /** Reminders come when they come: no point of a story is among them. */
  async #doesWhatIsDue(): Promise<void> {
    const { now } = (await (await fetch(`${this.rig.world.entra.url}/_sandbox/clock`)).json()) as { now: string };
    const isDue = (table: string): string => `select id from ${table} where due_at <= '${now}'`;
    await until('what is due was done', async () => {
      const due = await this.#ask(`${isDue('access_request')} union all ${isDue('access_lease')}`);
      return due.length === 0;
    });
  }

  async #liveTurn({ act, isSeen }: Turn, { life, death }: { life: Life; death: Death }): Promise<void> {
    const isShown = async (): Promise<boolean> => isSeen(await copiesOf(life));
    const acting = act(life).then(
      () => undefined,
      (error: unknown) => error,
    );
    await until(
      'it is seen, or the bot dies',
      async () => death.isOver || death.hasCome || (await isShown()),
      PATIENCE_MS,
    );
    const failure = await acting;
    if (death.hasCome && !death.isOver) {
      await death.comesToLife();
      if (!(await isShown())) await act(life);
    } else if (failure !== undefined) throw failure;
    await comesToBeSeen(life, isSeen);
  }

  /** Nothing is under way. */
  async #rests(): Promise<boolean> {
    const underWay = await this.#ask("select id from run where state in ('running', 'waiting')").catch(() => [{}]);
    return underWay.length === 0;
  }

  async #restsAgain(): Promise<void> {
    await until('nothing is under way', () => this.#rests(), PATIENCE_MS);
  }

  async #endOf(life: Life, wanted: Copies): Promise<Ended> {
    const audit = (await this.#ask('select body from audit order by seq')) as { body: string }[];
    const rows: Record<string, readonly object[]> = {};
    for (const [name, sql] of Object.entries(ROWS)) rows[name] = await this.#ask(sql);
    const copies = await copiesOnce(life, (now) => isDeepStrictEqual(now, wanted));
    return {
      remote: await remoteState(life.world),
      rows,
      audit: audit.map(({ body }) => auditWords(body)).sort(),
      copies,
    };
  }

  async #ask(sql: string): Promise<object[]> {
    return (await this.rig.world.orderBot({ ask: sql })) as object[];
  }
}

/** A giving that meets an ending asks again after 15 seconds, and then after 30. */
const PATIENCE_MS = 180_000;

/** Says what they see instead, where it does not come. */
async function comesToBeSeen(life: Life, isSeen: Turn['isSeen']): Promise<void> {
  let copies: Copies = {};
  await until('everybody sees it', async () => isSeen((copies = await copiesOf(life))), PATIENCE_MS).catch((cause) => {
    throw new Error(`${String(cause)} They see:\n${JSON.stringify(copies, undefined, 1)}`, { cause });
  });
}

/** Longer than the pace at which a place is edited. */
const STILL_MS = 3_000;

/** Once none of them has changed for a while. */
async function lastCopiesOf(life: Life): Promise<Copies> {
  let [last, since] = [await copiesOf(life), Date.now()];
  return copiesOnce(life, (now) => {
    if (!isDeepStrictEqual(now, last)) [last, since] = [now, Date.now()];
    return Date.now() - since > STILL_MS;
  });
}

/** As they are then, or as they stay. */
async function copiesOnce(life: Life, isIt: (copies: Copies) => boolean): Promise<Copies> {
  let copies = await copiesOf(life);
  await until('the copies are so', async () => isIt((copies = await copiesOf(life))), 20_000).catch(() => undefined);
  return copies;
}

/** The one death of a life. */
class Death {
  hasCome = false;
  /** The bot lives again. */
  isOver = false;
  readonly #rig: CrashRig;
  readonly #point: Point;
  readonly #printedBefore: number;

  constructor(rig: CrashRig, point: Point) {
    this.#rig = rig;
    this.#point = point;
    this.#printedBefore = rig.world.botOutput.length;
    void rig.world.botDies().then(() => (this.hasCome = true));
  }

  async comesToLife(): Promise<void> {
    const { world } = this.#rig;
    const ending = this.hasCome ? 'died' : 'lived';
    this.#rig.requireStruck(this.#point, { ending, printed: world.botOutput.slice(this.#printedBefore) });
    await world.startBot();
    this.isOver = true;
  }
}

/** Without ids and times, which differ between two lives. */
function auditWords(body: string): string {
  const { kind, body: said } = JSON.parse(body) as { kind: string; body: Record<string, unknown> };
  const { operation, state, what, rule, actor, reason } = said as { actor?: { name: string } } & Record<
    string,
    unknown
  >;
  return [kind, operation, state, what, rule, actor?.name, reason].filter((word) => word !== undefined).join(' · ');
}
