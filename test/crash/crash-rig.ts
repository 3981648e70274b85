import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Persona } from '../support/persona.js';
import type { SeenCard } from '../support/seen-card.js';
import { World } from '../support/world.js';
import { RemoteProxy } from './remote-proxy.js';
import { remoteState, type Remote } from './remote-state.js';

/** Where the process dies: around the n-th write to the ledger, or around the n-th effect on a remote side. From 1. */
export interface Point {
  readonly around: 'write' | 'effect';
  readonly at: number;
  readonly name: string;
  /** Of those with that name; from 1. */
  readonly nth: number;
  readonly when: 'before' | 'after';
}

/** Every point around these writes or effects, in order. */
export function pointsAround(around: Point['around'], names: readonly string[]): Point[] {
  return names.flatMap((name, index) => {
    const nth = names.slice(0, index + 1).filter((one) => one === name).length;
    return (['before', 'after'] as const).map((when) => ({ around, at: index + 1, name, nth, when }));
  });
}

/** As a failure names it, and as `CRASH_POINT` asks for it. */
export function wordsOf({ around, at, name, when }: Point): string {
  return `${when} ${around} ${String(at)} (${name})`;
}

/** Something that an admin does: the card that offers it, the button, and the words when it is done. */
export interface Deed {
  readonly name: string;
  /** What Entra and Genesys hold before: a name given to `save`. */
  readonly from: string;
  readonly open: (admin: Persona) => Promise<SeenCard>;
  readonly button: string | RegExp;
  /** What is chosen on the card; its own preselection where left out. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly done: string | RegExp;
}

/** What was created by an attempt that died is looked for that long before it is created again. */
const BUDGET_S = 6;

/** A world whose bot dies at an exact point: nothing in the product knows of it, and nothing here waits for a time. */
export class CrashRig {
  readonly world: World;
  readonly #proxies: RemoteProxy[] = [];
  #effects: string[] = [];
  #dieAt: Point | undefined;
  #hold: Hold | undefined;
  #refuseFrom: number | undefined;

  private constructor(world: World) {
    this.world = world;
  }

  static async start(): Promise<CrashRig> {
    const settings: NodeJS.ProcessEnv = { REPLICATION_BUDGET_S: String(BUDGET_S) };
    const preload = pathToFileURL(resolve(__dirname, 'die-at-write.preload.ts')).href;
    const world = await World.withoutBot(settings, preload);
    const rig = new CrashRig(world);
    try {
      settings['GRAPH_BASE_URL'] = await rig.#proxy(world.entra.url);
      settings['GENESYS_GATEWAY_URL'] = await rig.#proxy(world.genesys.url);
      await world.startBot();
      await world.hasGreetedEverybody();
      return rig;
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.world.stop();
    for (const proxy of this.#proxies) await proxy.close();
  }

  /** Does it without a crash. Returns every point there is, in order, and what both sides hold afterwards. */
  async recordPoints(deed: Deed): Promise<{ points: Point[]; after: Remote }> {
    await this.world.restoreRemote(deed.from);
    const ada = this.world.person('Ada');
    const card = await deed.open(ada);
    await this.arm(undefined);
    await ada.presses(card, deed.button, deed.inputs);
    await ada.watches(card, deed.done);
    return { points: await this.pointsSince(), after: await remoteState(this.world) };
  }

  /**
   * Does it, dies at that point, starts again, and waits until the same card says that it is done. Rejects when the bot
   * did not die, or died elsewhere: then nothing would have been shown.
   */
  async crashAt(deed: Deed, point: Point, meanwhile: () => Promise<void> = async () => undefined): Promise<Remote> {
    await this.world.restoreRemote(deed.from);
    const ada = this.world.person('Ada');
    const card = await deed.open(ada);
    await this.arm(point);
    const printedBefore = this.world.botOutput.length;
    const died = this.world.botDies().then(() => 'died' as const);
    // The click of somebody whose bot dies is not answered.
    await ada.presses(card, deed.button, deed.inputs).catch(() => undefined);
    const lived = ada.watches(card, deed.done).then(
      () => 'lived' as const,
      () => 'lived' as const,
    );
    const ending = await Promise.race([died, lived]);
    this.requireStruck(point, { ending, printed: this.world.botOutput.slice(printedBefore) });
    await meanwhile();
    await this.world.startBot();
    // Nothing was committed yet, so nothing goes on: the card still offers the button, and they press it again.
    if (point.name === 'insertRun') {
      await ada.presses(await ada.looksAgainAt(card), deed.button, deed.inputs);
    }
    await ada.watches(card, deed.done);
    return remoteState(this.world);
  }

  /** Does it up to an effect, which is stopped on its way until it is released. The bot lives on. */
  async holdAt(deed: Deed, point: Pick<Point, 'at' | 'when'>): Promise<{ card: SeenCard; release: () => void }> {
    await this.world.restoreRemote(deed.from);
    const ada = this.world.person('Ada');
    const card = await deed.open(ada);
    await this.arm(undefined);
    const hold = holdOf(point);
    this.#hold = hold;
    await ada.presses(card, deed.button, deed.inputs);
    await hold.reached;
    return { card, release: hold.release };
  }

  /** Does it up to the n-th effect, from 1, which the remote side refuses, and every later one until this returns. */
  async failAt(deed: Deed, effect: number): Promise<SeenCard> {
    await this.world.restoreRemote(deed.from);
    const ada = this.world.person('Ada');
    const card = await deed.open(ada);
    await this.arm(undefined);
    this.#refuseFrom = effect;
    await ada.presses(card, deed.button, deed.inputs);
    const failed = await ada.watches(card, 'did not finish');
    this.#refuseFrom = undefined;
    return failed;
  }

  /** @returns how often the bot asked the database since the last such order. */
  async databaseIs(state: 'away' | 'back'): Promise<number> {
    return (await this.world.orderBot({ database: state })) as number;
  }

  /** From now on counts anew, and dies there. Returns the writes since the last time. */
  async arm(point: Point | undefined): Promise<string[]> {
    this.#effects = [];
    this.#dieAt = point?.around === 'effect' ? point : undefined;
    const order = point?.around === 'write' ? point : undefined;
    return (await this.world.orderBot(order ? { order } : {})) as string[];
  }

  /** Every point there was since it was armed, in order. From now on counts anew. */
  async pointsSince(): Promise<Point[]> {
    const effects = this.#effects;
    return [...pointsAround('write', await this.arm(undefined)), ...pointsAround('effect', effects)];
  }

  /** Throws where the bot lives, or has died elsewhere: then nothing would have been shown. */
  requireStruck(point: Point, { ending, printed }: { ending: 'died' | 'lived'; printed: string }): void {
    const isThere =
      point.around === 'write'
        ? printed.includes(`died ${point.when} write ${point.name}`)
        : this.#dieAt === undefined && this.#countOf(point.name) === point.nth;
    if (ending === 'died' && isThere) return;
    throw new Error(`The bot ${ending}, but was to die ${wordsOf(point)}. Effects: ${this.#effects.join(', ')}`);
  }

  #countOf(effect: string): number {
    return this.#effects.filter((one) => one === effect).length;
  }

  async #proxy(target: string): Promise<string> {
    const proxy = await RemoteProxy.open(target, {
      before: async (effect) => {
        this.#effects.push(effect);
        return this.#passOrDie(effect, 'before');
      },
      refuses: () => this.#refuseFrom !== undefined && this.#effects.length >= this.#refuseFrom,
      after: (effect) => this.#passOrDie(effect, 'after'),
    });
    this.#proxies.push(proxy);
    return proxy.url;
  }

  async #passOrDie(effect: string, when: Point['when']): Promise<boolean> {
    if (this.#hold?.when === when && this.#effects.length === this.#hold.at) {
      this.#hold.reach();
      await this.#hold.released;
      this.#hold = undefined;
    }
    const isHere =
      this.#dieAt?.when === when && this.#dieAt.name === effect && this.#dieAt.nth === this.#countOf(effect);
    if (!isHere) return true;
    this.#dieAt = undefined;
    await this.world.killBot();
    return false;
  }
}

interface Hold extends Pick<Point, 'at' | 'when'> {
  readonly reached: Promise<void>;
  readonly released: Promise<void>;
  reach(): void;
  release(): void;
}

function holdOf(point: Pick<Point, 'at' | 'when'>): Hold {
  let reach = (): void => undefined;
  let release = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  return { ...point, reached, released, reach, release };
}
