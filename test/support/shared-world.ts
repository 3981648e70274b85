import { World } from './world.js';

/** One world for all stories of a file; each story uses people and things of its own. */
export function sharedWorld(settings: NodeJS.ProcessEnv = {}): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    world = await World.start(settings);
  }, 180_000);
  afterAll(() => world?.stop());
  return () => {
    if (!world) throw new Error('The world has not started.');
    return world;
  };
}
