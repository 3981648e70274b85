import { SeenCard } from '../test/support/seen-card.js';
import { ConnectorStub, type Arrival } from './support/connector-stub.js';
import { SandboxGraph } from './support/graph.js';
import { ready, sandboxOf, startLatchkey } from './support/latchkey.js';
import { withOpened, type Opened } from './support/processes.js';
import type { Figure } from './support/report.js';
import type { Size } from './support/size.js';
import { percentile, timed } from './support/statistics.js';
import { setUpSso, Talker } from './support/talker.js';

const SIZES = {
  full: { people: 5_000, alone: 60, turns: 60, latencyMs: 150 },
  tiny: { people: 80, alone: 5, turns: 5, latencyMs: 20 },
} satisfies Record<Size, object>;

/** What Graph takes at once and then each second, as published. */
const WRITES = { capacity: 3_000, perSecond: 20 };
const CONVERSATION = 'bulk';

/**
 * Assigning many people from one file, from the click to the card that says so, under Graph's published buckets and with
 * latency on each HTTP answer (a `$batch` is one): against the bucket's own bound, and against one call at a time (measured
 * over some people, and scaled). Meanwhile somebody else's turns, against the same turns before.
 */
export function benchBulk(size: Size): Promise<Figure[]> {
  const { people, alone, turns, latencyMs } = SIZES[size];
  return withOpened(async (opened) => {
    const stage = await Stage.open(opened);
    const names = await stage.graph.makePeople(people, 'bulk');
    const aloneMs = (await stage.assignAlone(alone, latencyMs)) * (people / alone);
    const idle = await stage.turns(turns);
    const plan = await stage.plans(names);
    await stage.isLimited(latencyMs);
    let isDone = false;
    const running = timed(() => stage.runs(plan)).finally(() => (isDone = true));
    const busy: number[] = [];
    while (!isDone && busy.length < 40 * turns) busy.push(...(await stage.turns(1)));
    const ours = await running;
    const failed = people - (await stage.countAssigned(names.length));
    const boundMs = (Math.max(0, people - WRITES.capacity) / WRITES.perSecond) * 1_000;
    const name = `bulk: ${people.toLocaleString('en')} people`;
    return [
      {
        ...{ name: `${name}, against the bucket`, unit: 'ms', ours },
        ...(boundMs > 0 ? { baseline: boundMs, bar: { kind: 'ratio-at-most', value: 1.1 } as const } : {}),
      },
      {
        ...{ name: `${name}, one call at a time ÷ bulk`, unit: 'ms', ours: aloneMs, baseline: ours },
        bar: { kind: 'ratio-at-least', value: 5 },
      },
      { name: `${name}: not assigned`, unit: 'people', ours: failed, bar: { kind: 'at-most', value: 0 } },
      {
        ...{ name: 'bulk: a turn (help) meanwhile, p50', unit: 'ms' },
        ...{ ours: percentile(busy, 0.5), baseline: percentile(idle, 0.5), bar: { kind: 'ratio-at-most', value: 2 } },
      },
      {
        ...{ name: 'bulk: a turn (help) meanwhile, p95', unit: 'ms' },
        ...{ ours: percentile(busy, 0.95), baseline: percentile(idle, 0.95) },
      },
    ];
  });
}

class Stage {
  readonly graph: SandboxGraph;
  readonly #entra: string;
  readonly #stub: ConnectorStub;
  readonly #talker: Talker;
  readonly #other: Talker;

  private constructor(entra: string, stub: ConnectorStub, talkers: { talker: Talker; other: Talker }) {
    this.#entra = entra;
    this.graph = new SandboxGraph(entra);
    this.#stub = stub;
    this.#talker = talkers.talker;
    this.#other = talkers.other;
  }

  static async open(opened: Opened): Promise<Stage> {
    const stub = await ConnectorStub.listen();
    opened.closeLater(() => stub.close());
    const dataDir = opened.folder();
    const settings = { SANDBOX_TEAMS_URL: stub.url, TURNS_PER_MINUTE: '1000000' };
    const bot = await ready(await startLatchkey(opened, { dataDir, settings }));
    const other = new Talker({ botUrl: bot.url, stub, conversation: 'other' });
    const talker = new Talker({ botUrl: bot.url, stub, conversation: CONVERSATION });
    const stage = new Stage(sandboxOf(dataDir).entra, stub, { talker, other });
    // A plan comes to the chat that Ada has come from last: she is in the other one first.
    await other.says('help');
    await setUpSso(talker);
    return stage;
  }

  /** One after the other, each with its own call. @returns milliseconds. */
  async assignAlone(count: number, latencyMs: number): Promise<number> {
    const names = await this.graph.makePeople(count, 'alone');
    const { servicePrincipals } = (await (await fetch(`${this.#entra}/_sandbox/state`)).json()) as {
      servicePrincipals: { id: string; displayName: string; appRoles: { id: string; displayName: string }[] }[];
    };
    const app = servicePrincipals.find(({ displayName }) => displayName === 'Genesys Cloud for Azure');
    const appRoleId = app?.appRoles.find(({ displayName }) => displayName === 'User')?.id;
    const ids: string[] = [];
    for (const name of names) ids.push(((await this.graph.ask('GET', `/v1.0/users/${name}`)) as { id: string }).id);
    await this.#fault({ fault: 'slow-replies', on: true, ms: String(latencyMs), match: '/appRoleAssignments' });
    const ms = await timed(async () => {
      for (const principalId of ids) {
        const body = { principalId, resourceId: app?.id, appRoleId };
        await this.graph.ask('POST', `/v1.0/users/${principalId}/appRoleAssignments`, body);
      }
    });
    await this.#fault({ fault: 'slow-replies', on: false });
    return ms;
  }

  async isLimited(latencyMs: number): Promise<void> {
    await this.#fault({ fault: 'budgets', on: true });
    await this.#fault({ fault: 'slow-replies', on: true, ms: String(latencyMs), match: '$batch' });
  }

  async turns(count: number): Promise<number[]> {
    const ms: number[] = [];
    for (let turn = 0; turn < count; turn += 1) {
      const { from, to } = await this.#other.says('help');
      ms.push(to - from);
    }
    return ms;
  }

  /** Uploads the file and waits for its plan. It comes to the chat that Ada has written in last. */
  async plans(names: readonly string[]): Promise<SeenCard> {
    const offer = await this.#talker.saysAndSees('bulk', 'Columns');
    const form = new FormData();
    form.set('file', new File([`upn\n${names.join('\n')}`], 'people.csv'));
    const shown = this.#shows(/Plan for people\.csv/);
    const answer = await fetch(offer.link('Upload a CSV file'), { method: 'POST', body: form });
    if (answer.status !== 200) throw new Error(`The file was answered with ${String(answer.status)}.`);
    return shown;
  }

  async runs(plan: SeenCard): Promise<void> {
    const shown = this.#shows(/people\.csv (is done|did not finish)/);
    await this.#talker.presses(plan, plan.buttons()[0] ?? '', 'Giving access');
    const done = await shown;
    if (!done.says('is done')) throw new Error(done.text);
  }

  async countAssigned(most: number): Promise<number> {
    const { appRoleAssignments, users } = (await (await fetch(`${this.#entra}/_sandbox/state`)).json()) as {
      appRoleAssignments: { principalId: string }[];
      users: { id: string; userPrincipalName: string }[];
    };
    const ours = new Set(
      users.filter(({ userPrincipalName }) => userPrincipalName.startsWith('bulk.')).map(({ id }) => id),
    );
    return Math.min(
      most,
      new Set(appRoleAssignments.map(({ principalId }) => principalId).filter((id) => ours.has(id))).size,
    );
  }

  /** Waits longer than the stub does. */
  async #shows(words: RegExp): Promise<SeenCard> {
    for (;;) {
      const arrival = await this.#stub.next(CONVERSATION, (one) => cardOf(one).says(words)).catch(() => undefined);
      if (arrival) return cardOf(arrival);
    }
  }

  async #fault(setting: Readonly<Record<string, string | boolean>>): Promise<void> {
    const response = await fetch(`${this.#entra}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(setting) });
    if (!response.ok) throw new Error(await response.text());
  }
}

function cardOf({ activityId, activity }: Arrival): SeenCard {
  const [attachment] = (activity['attachments'] ?? []) as { content?: unknown }[];
  return new SeenCard(activityId, 'personal', attachment?.content);
}
