import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import { makesPerson } from '../support/people.js';
import { policyText, upn } from '../support/request-stand.js';
import { World } from '../support/world.js';
import { RemoteProxy } from './remote-proxy.js';
import { Turnstile } from './turnstile.js';

/** Who asks, and the two who decide, all of them in both chats: a race of one group has nothing to do with another's. */
export const GROUPS = [
  { asker: 'Ana', approvers: ['Omar', 'Dana'], upns: ['omar.owner', 'dana.deputy'] },
  { asker: 'B.Simon', approvers: ['Gale', 'Sena'], upns: ['gale.reader', 'sena.security'] },
  { asker: 'Ada', approvers: ['Mia', 'Pim'], upns: ['mia.mailmismatch', 'pim.eligible'] },
] as const;

/** Each for somebody else, so that none of them waits for another one to be given. */
export const RACES_PER_GROUP = 8;

/** Whom the request is for: somebody who was made for it, and whom nobody writes to. */
export function racerOf(group: number, at: number): string {
  return `racer.${String(group)}.${String(at)}`;
}

function racersOf(group: number): string[] {
  return Array.from({ length: RACES_PER_GROUP }, (_, at) => racerOf(group, at));
}

/** One vote decides, or both approvers have to agree. */
export function roleOf(group: number, quorum: number): string {
  return `group-${String(group)}-${quorum === 1 ? 'either' : 'both'}`;
}

/** A world in which whatever the bot asks Entra stops at a turnstile. */
export class RacingRig {
  readonly world: World;
  readonly turnstile: Turnstile;
  readonly #proxy: RemoteProxy;

  private constructor(parts: { world: World; turnstile: Turnstile; proxy: RemoteProxy }) {
    this.world = parts.world;
    this.turnstile = parts.turnstile;
    this.#proxy = parts.proxy;
  }

  static async start(): Promise<RacingRig> {
    const settings: NodeJS.ProcessEnv = { TURNS_PER_MINUTE: '6000' };
    const preload = pathToFileURL(resolve(__dirname, 'die-at-write.preload.ts')).href;
    const world = await World.withoutBot(settings, preload);
    const turnstile = new Turnstile();
    const pass = (): Promise<boolean> => Promise.resolve(true);
    const proxy = await RemoteProxy.open(world.entra.url, {
      ...{ before: pass, after: pass, refuses: () => false },
      asks: () => turnstile.pass(),
    });
    settings['GRAPH_BASE_URL'] = proxy.url;
    settings['LATCHKEY_POLICY'] = join(world.dataDir, 'racing.yaml');
    writeFileSync(settings['LATCHKEY_POLICY'], racingPolicy());
    const rig = new RacingRig({ world, turnstile, proxy });
    try {
      await world.startBot();
      await world.hasGreetedEverybody();
      await setsUpSso(world.person('Ada'));
      for (const { asker, approvers } of GROUPS)
        for (const name of [asker, ...approvers]) await linksSlack(world.person(name));
      for (const name of GROUPS.flatMap((_, group) => racersOf(group)))
        await makesPerson(world, { displayName: name, userPrincipalName: upn(name) });
      return rig;
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.turnstile.opens();
    await this.world.stop();
    await this.#proxy.close();
  }

  /** What the bot's database says. */
  async ask<Row>(sql: string): Promise<Row[]> {
    return (await this.world.orderBot({ ask: sql })) as Row[];
  }
}

function racingPolicy(): string {
  const roles = GROUPS.flatMap(({ upns }, group) =>
    [1, 2].map((quorum) => [roleOf(group, quorum), { approval: [{ people: upns.map(upn), quorum }] }] as const),
  );
  return policyText(Object.fromEntries(roles));
}
