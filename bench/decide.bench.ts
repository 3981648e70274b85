import { setTimeout as wait } from 'node:timers/promises';
import { asksInTeams } from '../test/support/access-desk.js';
import { setsUpSso } from '../test/support/deeds.js';
import { linksSlack } from '../test/support/links-slack.js';
import { Persona } from '../test/support/persona.js';
import { SandboxControl } from '../test/support/sandbox-control.js';
import type { SeenBlocks } from '../test/support/seen-blocks.js';
import type { SeenCard } from '../test/support/seen-card.js';
import { SandboxGraph } from './support/graph.js';
import { ready, sandboxOf, startLatchkey } from './support/latchkey.js';
import { withOpened, type Opened } from './support/processes.js';
import type { Figure } from './support/report.js';
import type { Size } from './support/size.js';
import { percentile } from './support/statistics.js';

const SIZES = {
  full: { requests: 50, clicks: 30, pauseMs: 4_000 },
  tiny: { requests: 3, clicks: 2, pauseMs: 1_500 },
} satisfies Record<Size, object>;
const LOOK_EVERY_MS = 25;
const GIVE_UP_MS = 30_000;

/**
 * From a click on *Approve* in Teams until the copies of others say so, in Teams and in Slack, while many requests are open.
 * Somebody clicks every few seconds, as people do: a place is edited once a second, and each approval is followed by the
 * edits of its giving.
 */
export function benchDecide(size: Size): Promise<Figure[]> {
  const { requests, clicks, pauseMs } = SIZES[size];
  return withOpened(async (opened) => {
    const stage = await Stage.open(opened);
    await stage.ask(requests);
    const [toTeams, toSlack]: [number[], number[]] = [[], []];
    for (let click = 0; click < clicks; click += 1) {
      const took = await stage.approve(click);
      toTeams.push(took.teams);
      toSlack.push(took.slack);
      await wait(pauseMs);
    }
    const both = toTeams.map((ms, at) => Math.max(ms, toSlack[at] ?? 0));
    const name = `approve, ${String(requests)} open:`;
    return [
      {
        ...{ name: `${name} both chats, p95`, unit: 'ms', ours: percentile(both, 0.95) },
        bar: { kind: 'at-most', value: 1_000 },
      },
      { name: `${name} Teams, p50`, unit: 'ms', ours: percentile(toTeams, 0.5) },
      { name: `${name} Slack, p50`, unit: 'ms', ours: percentile(toSlack, 0.5) },
    ];
  });
}

/** Omar clicks in Teams; Dana, who was asked too, watches there, and Ana, who has asked, in Slack. */
class Stage {
  readonly #ana: Persona;
  readonly #omar: Persona;
  readonly #dana: Persona;
  readonly #entra: string;
  readonly #asked: string[] = [];

  private constructor(parts: { ana: Persona; omar: Persona; dana: Persona; entra: string }) {
    [this.#ana, this.#omar, this.#dana, this.#entra] = [parts.ana, parts.omar, parts.dana, parts.entra];
  }

  static async open(opened: Opened): Promise<Stage> {
    const dataDir = opened.folder();
    await ready(await startLatchkey(opened, { dataDir, settings: { TURNS_PER_MINUTE: '1000000' } }));
    const { entra, teams: teamsUrl, slack: slackUrl } = sandboxOf(dataDir);
    const [teams, slack] = [new SandboxControl(teamsUrl), new SandboxControl(slackUrl)];
    const [ada, ana, omar, dana] = ['Ada', 'Ana', 'Omar', 'Dana'].map((name) => new Persona(teams, name, slack)) as [
      Persona,
      Persona,
      Persona,
      Persona,
    ];
    await setsUpSso(ada);
    await linksSlack(ana);
    return new Stage({ ana, omar, dana, entra });
  }

  /** Ana asks for that many people, one after the other. */
  async ask(count: number): Promise<void> {
    for (const upn of await new SandboxGraph(this.#entra).makePeople(count, 'waiting')) {
      const because = `bench of ${upn}`;
      await asksInTeams(this.#ana, 'agent', { because, for: upn });
      this.#asked.push(because);
    }
    for (const because of this.#asked) await this.#cards(because);
  }

  /** @returns milliseconds from the click until Dana's card, and Ana's message, say so. */
  async approve(at: number): Promise<{ teams: number; slack: number }> {
    const { omars, danas, anas } = await this.#cards(this.#asked[at] ?? '');
    const from = performance.now();
    const click = this.#omar.presses(omars, /^Approve /);
    const [teams, slack] = await Promise.all([
      since(from, async () => (await this.#dana.looksAgainAt(danas)).says('Approved by Omar')),
      since(from, async () => (await this.#ana.inSlack.looksAgainAt(anas)).says('Approved by Omar')),
    ]);
    await click;
    return { teams, slack };
  }

  async #cards(because: string): Promise<{ omars: SeenCard; danas: SeenCard; anas: SeenBlocks }> {
    return {
      omars: await this.#omar.sees(because),
      danas: await this.#dana.sees(because),
      anas: await this.#ana.inSlack.sees(because),
    };
  }
}

async function since(from: number, isSo: () => Promise<boolean>): Promise<number> {
  while (!(await isSo())) {
    if (performance.now() - from > GIVE_UP_MS) throw new Error('A copy did not change.');
    await wait(LOOK_EVERY_MS);
  }
  return performance.now() - from;
}
