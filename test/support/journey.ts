import { World } from './world.js';
import type { Persona } from './persona.js';

/** The people of the sandbox, at their keyboards in Teams. */
export interface Cast {
  readonly world: World;
  readonly ada: Persona;
  readonly gale: Persona;
  readonly pim: Persona;
  readonly gus: Persona;
  readonly ana: Persona;
}

/** A story told over the wire, in a world of its own. */
export function journey(title: string, story: (cast: Cast) => Promise<void>, settings: NodeJS.ProcessEnv = {}): void {
  test(
    title,
    async () => {
      const world = await World.start(settings);
      try {
        const as = (name: string): Persona => world.person(name);
        await story({ world, ada: as('Ada'), gale: as('Gale'), pim: as('Pim'), gus: as('Guest'), ana: as('Ana') });
      } catch (error) {
        throw new Error(`${String(error)}\nThe bot printed:\n${world.botOutput.slice(-6_000)}`, { cause: error });
      } finally {
        await world.stop();
      }
    },
    300_000,
  );
}
