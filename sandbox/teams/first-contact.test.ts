import { PEOPLE, TEAMS_BOT, TENANT_ID } from '../credentials.js';
import { CHANNEL, TEAM } from './chat.js';
import { TestWorld } from './test-world.js';

/** Ten personal chats and the channel, two activities each. */
const ALL = (PEOPLE.length + 1) * 2;

describe('the first contact', () => {
  let world: TestWorld;
  let watch: { stop(): Promise<void> };

  beforeEach(async () => {
    world = await TestWorld.start();
  });
  afterEach(async () => {
    await watch.stop();
    await world.close();
  });

  const heard = (): string[] => world.bot.heard.map(({ type, conversation }) => `${type} ${conversation?.id ?? ''}`);

  it('tells the bot for each conversation that it was added and then that it was installed', async () => {
    watch = world.watchForBot();
    await world.bot.hears(ALL);

    expect(new Set(heard()).size).toBe(ALL);
    const inChannel = world.bot.heard.filter(({ conversation }) => conversation?.id === CHANNEL.id);
    const channelData = { tenant: { id: TENANT_ID }, team: TEAM, channel: { id: CHANNEL.id } };
    expect(inChannel).toMatchObject([
      { type: 'conversationUpdate', membersAdded: [{ id: TEAMS_BOT.id }], channelData },
      { type: 'installationUpdate', action: 'add', channelData },
    ]);
    const persons = world.bot.heardOf('installationUpdate').map(({ from }) => from?.aadObjectId);
    expect(new Set(persons)).toEqual(new Set(PEOPLE.map(({ id }) => id)));
  });

  it('happens once for ever, also when the sandbox restarts', async () => {
    watch = world.watchForBot();
    await world.bot.hears(ALL);
    await watch.stop();
    const probes = world.bot.probes;

    await world.restart();
    watch = world.watchForBot();
    await watch.stop();

    // A look that finds nothing due does not even ask whether the bot is ready.
    expect(world.bot.probes).toBe(probes);
    expect(world.bot.heard).toHaveLength(ALL);
  });

  it('is due again after a reset', async () => {
    watch = world.watchForBot();
    await world.bot.hears(ALL);

    await world.call('POST', '/_sandbox/reset', {});
    await world.bot.hears(ALL * 2);

    expect(world.bot.heard).toHaveLength(ALL * 2);
  });

  it('waits for a bot that is not ready yet', async () => {
    world.bot.isReady = false;
    watch = world.watchForBot();
    await world.send({ persona: PEOPLE[0]?.id, conversation: 'personal', text: 'are you there' });

    expect(heard()).toHaveLength(1);
    world.bot.isReady = true;
    await world.bot.hears(ALL + 1);
  });

  it('repeats what did not arrive, with the same id', async () => {
    world.bot.status = 503;
    watch = world.watchForBot();
    await world.bot.hears(2);
    world.bot.status = 200;
    await world.bot.hears(ALL + 2);

    const [first, second] = world.bot.heard;
    expect(second?.id).toBe(first?.id);
    expect(new Set(heard()).size).toBe(ALL);
  });
});
