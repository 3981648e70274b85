import { plansSso } from '../support/deeds.js';
import { creations, endStateOf, SET_UP as SET_UP_STATE, startOver } from '../support/fault-world.js';
import type { Persona } from '../support/persona.js';
import type { SeenCard } from '../support/seen-card.js';
import { until } from '../support/world.js';
import type { Replicas } from './replicas.js';

/** A dead replica's runs go on within this time, its events and cards are brought on by the other one. */
export const IN_TIME_MS = 15_000;
/** Longer than anything takes that is not lost: the lease, and what is left of the replication budget. */
const LOST_AFTER_MS = 90_000;
/** A kill waits for a run to be under way, so that most of them hit one. */
const RUN_COMES_WITHIN_MS = 5_000;
/** So that a set-up is under way most of the time. */
const EFFECT_TAKES_MS = 400;

/** What happened, and what should not have: sentences. */
export interface Soak {
  readonly setUps: number;
  readonly undone: number;
  readonly turns: number;
  /** Turns and presses that a killed replica did not answer, said again by the person, as Teams tells them to. */
  readonly saidAgain: number;
  readonly kills: number;
  /** Kills of the replica that was executing a run, in seconds until the other one had taken it. */
  readonly takenAfterS: readonly number[];
  /** From the end of a run until its card showed it, in seconds. */
  readonly cardsAfterS: readonly number[];
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly late: readonly string[];
}

/** A stream of set-ups and undos and a stream of questions, while one replica after the other is killed. */
export class ReplicaSoak {
  readonly #replicas: Replicas;
  readonly #endsAtMs: number;
  readonly #killEveryMs: number;
  #setUps = 0;
  #undone = 0;
  #turns = 0;
  #saidAgain = 0;
  #kills = 0;
  readonly #takenAfterS: number[] = [];
  readonly #cardsAfterS: number[] = [];
  readonly #lost: string[] = [];
  readonly #doubled: string[] = [];
  readonly #late: string[] = [];

  constructor(replicas: Replicas, { seconds, killEveryS }: { seconds: number; killEveryS: number }) {
    this.#replicas = replicas;
    this.#endsAtMs = Date.now() + seconds * 1_000;
    this.#killEveryMs = killEveryS * 1_000;
    replicas.watch = async (_, when) => {
      if (when === 'before') await pause(EFFECT_TAKES_MS);
    };
  }

  async run(): Promise<Soak> {
    await Promise.all([this.#deeds(), this.#questions(), this.#killing()]);
    await this.#replicas.mend();
    await this.#settled();
    await this.#judgeRows();
    await this.#judgeEdits();
    return {
      ...{ setUps: this.#setUps, undone: this.#undone, turns: this.#turns, saidAgain: this.#saidAgain },
      ...{ kills: this.#kills, takenAfterS: this.#takenAfterS, cardsAfterS: this.#cardsAfterS },
      ...{ lost: this.#lost, doubled: this.#doubled, late: this.#late },
    };
  }

  #isOver(): boolean {
    return Date.now() > this.#endsAtMs;
  }

  /** Sets up, undoes, sets up over what the undo left, and starts over. */
  async #deeds(): Promise<void> {
    const ada = this.#replicas.world.person('Ada');
    while (!this.#isOver()) {
      await startOver(this.#replicas.world);
      for (let round = 0; round < 2 && !this.#isOver(); round += 1) {
        const done = await this.#setUp(ada);
        if (!done || round > 0 || this.#isOver()) continue;
        await this.#undo(ada, done);
      }
    }
  }

  async #setUp(ada: Persona): Promise<SeenCard | undefined> {
    const before = await creations(this.#replicas.world);
    const plan = await this.#again(() => plansSso(ada));
    const done = await this.#act(ada, plan, 'Run', 'SSO is set up');
    if (!done) return undefined;
    this.#setUps += 1;
    const state = await endStateOf(this.#replicas.world);
    const after = await creations(this.#replicas.world);
    for (const [name, wanted] of Object.entries(SET_UP_STATE)) {
      const is: unknown = state[name as keyof typeof state];
      // What a run adopts may have a certificate from before its undo beside the new one.
      if (name !== 'certificates' && JSON.stringify(is) !== JSON.stringify(wanted)) {
        this.#doubled.push(`set-up ${String(this.#setUps)}: ${name} is ${JSON.stringify(is)}`);
      }
    }
    for (const what of ['applications', 'certificates'] as const) {
      if (after[what] - before[what] > 1) this.#doubled.push(`set-up ${String(this.#setUps)} made two ${what}`);
    }
    return done;
  }

  async #undo(ada: Persona, done: SeenCard): Promise<void> {
    const asked = await this.#again(async () => {
      await ada.presses(await ada.looksAgainAt(done), 'Undo …');
      return ada.sees('Undo the set-up?');
    });
    if (await this.#act(ada, asked, 'Undo', 'Set-up undone')) this.#undone += 1;
  }

  /** Presses until the card has begun to move, then waits for its end. */
  async #act(ada: Persona, card: SeenCard, button: string, end: string): Promise<SeenCard | undefined> {
    await this.#again(async () => {
      const now = await ada.looksAgainAt(card);
      if (now.buttons().includes(button)) await ada.presses(now, button);
    });
    try {
      const ended = await until(end, async () => this.#look(ada, card, end), LOST_AFTER_MS);
      await this.#judgeCard(button);
      return ended;
    } catch {
      this.#lost.push(`${button}: the card says ${(await ada.looksAgainAt(card)).text.slice(0, 300)}`);
      return undefined;
    }
  }

  /** Right after a card has shown the end of its run: how long ago that was. */
  async #judgeCard(button: string): Promise<void> {
    const [run] = await this.#replicas.rows<{ seconds: string }>(`
      select extract(epoch from clock_timestamp() - changed_at) as seconds from run
      where state = 'done' order by changed_at desc limit 1`);
    const seconds = Number(run?.seconds);
    this.#cardsAfterS.push(Math.round(seconds * 10) / 10);
    if (seconds * 1_000 > IN_TIME_MS) this.#late.push(`${button}: the card showed its end ${String(seconds)} s later`);
  }

  async #look(ada: Persona, card: SeenCard, end: string): Promise<SeenCard | undefined> {
    await pause(200);
    const now = await ada.looksAgainAt(card);
    return now.says(end) ? now : undefined;
  }

  /** Gale asks, again and again; each question that was taken has one answer. */
  async #questions(): Promise<void> {
    const gale = this.#replicas.world.person('Gale');
    const count = async (): Promise<number> => (await gale.cards()).filter((card) => card.says('You can say:')).length;
    let before = await count();
    while (!this.#isOver()) {
      try {
        await gale.says('help');
        this.#turns += 1;
        const answers = (await count()) - before;
        if (answers === 0) this.#lost.push(`question ${String(this.#turns)} had no answer`);
        if (answers > 1) this.#doubled.push(`question ${String(this.#turns)} had ${String(answers)} answers`);
      } catch {
        this.#saidAgain += 1;
        await pause(500);
      }
      before = await count();
      await pause(250);
    }
  }

  async #killing(): Promise<void> {
    let next = Date.now() + this.#killEveryMs / 2;
    while (next < this.#endsAtMs) {
      await pause(next - Date.now());
      next += this.#killEveryMs;
      const held = await until('a run is under way', () => this.#held(), RUN_COMES_WITHIN_MS).catch(() => undefined);
      const victim = held?.by ?? this.#kills % 2;
      await this.#replicas.signal(victim, 'SIGKILL');
      this.#kills += 1;
      const killedAtMs = Date.now();
      await Promise.all([this.#replicas.startBot(victim), held ? this.#taken(held, killedAtMs) : undefined]);
    }
  }

  /** A run that is under way, and the replica that executes it. */
  async #held(): Promise<{ id: string; fence: number; by: number } | undefined> {
    const [run] = await this.#replicas.rows<{ id: string; fence: number; holder: string }>(
      `select id, fence, holder from run where state = 'running' limit 1`,
    );
    const by = this.#replicas.indexOf(run?.holder ?? '');
    return run && by !== undefined ? { ...run, by } : undefined;
  }

  async #taken({ id, fence }: { id: string; fence: number }, killedAtMs: number): Promise<void> {
    const hasMoved = async (): Promise<boolean> => {
      await pause(100);
      const [run] = await this.#replicas.rows<{ fence: number; state: string }>(
        `select fence, state from run where id = '${id}'`,
      );
      return run !== undefined && (run.fence > fence || run.state !== 'running');
    };
    await until('the run is taken over', hasMoved, LOST_AFTER_MS).catch(() => undefined);
    const seconds = (Date.now() - killedAtMs) / 1_000;
    this.#takenAfterS.push(Math.round(seconds * 10) / 10);
    if (seconds * 1_000 > IN_TIME_MS) this.#late.push(`run ${id} was taken over after ${seconds.toFixed(1)} s`);
  }

  /** Nothing is left to do: runs, events, cards. */
  async #settled(): Promise<void> {
    const open = async (): Promise<boolean> => {
      await pause(200);
      return (await this.#unfinished()).length === 0;
    };
    const from = Date.now();
    await until('everything is finished', open, LOST_AFTER_MS).catch(() => undefined);
    const seconds = (Date.now() - from) / 1_000;
    this.#lost.push(...(await this.#unfinished()));
    if (seconds * 1_000 > 2 * IN_TIME_MS)
      this.#late.push(`everything was finished ${seconds.toFixed(1)} s after the end`);
  }

  async #unfinished(): Promise<string[]> {
    const rows = await this.#replicas.rows<{ what: string }>(`
      select 'run ' || id || ' is ' || state as what from run where state in ('running', 'waiting', 'interrupted')
      union all select 'event ' || id || ' was not delivered' from outbox where delivered_at is null
      union all select 'message ' || message_id || ' is behind its run' from posting
        join run on posting.reference = 'run:' || run.id where posting.revision < run.revision`);
    return rows.map(({ what }) => what);
  }

  /** One intent and one outcome for each run, in an audit without a gap. */
  async #judgeRows(): Promise<void> {
    const runs = await this.#replicas.rows<{ id: string; state: string; intents: string; outcomes: string }>(`
      select run.id, run.state,
        (select count(*) from audit where body::json ->> 'kind' = 'intent' and body::json #>> '{body,runId}' = run.id::text) as intents,
        (select count(*) from audit where body::json ->> 'kind' = 'outcome' and body::json #>> '{body,runId}' = run.id::text) as outcomes
      from run`);
    for (const { id, state, intents, outcomes } of runs) {
      if (state === 'failed') this.#lost.push(`run ${id} failed`);
      if (Number(intents) !== 1) this.#doubled.push(`run ${id} has ${intents} intents`);
      if (Number(outcomes) !== 1) this.#doubled.push(`run ${id} has ${outcomes} outcomes`);
    }
    const [audit] = await this.#replicas.rows<{ count: string; last: string }>(
      'select count(*) as count, coalesce(max(seq), 0) as last from audit',
    );
    if (audit?.count !== audit?.last)
      this.#lost.push(`the audit has ${String(audit?.count)} of ${String(audit?.last)}`);
  }

  /** No message was given the same content twice in a row. */
  async #judgeEdits(): Promise<void> {
    const last = new Map<string, string>();
    for (const { method, path, body } of await this.#replicas.world.teams.requests()) {
      if (method !== 'PUT') continue;
      const content = JSON.stringify(body);
      if (last.get(path) === content)
        this.#doubled.push(`message ${path.split('/').at(-1) ?? ''} was edited twice alike`);
      last.set(path, content);
    }
  }

  /** As a person does whom Teams tells that it went wrong. */
  async #again<T>(deed: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await deed();
      } catch (error) {
        if (tries === 10) throw error;
        this.#saidAgain += 1;
        await pause(500);
      }
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((over) => setTimeout(over, Math.max(0, ms)));
}
