import { BOT, TEAMS_APP, TENANT_ID } from '../../sandbox/credentials.js';
import { setsUpSso } from '../support/deeds.js';
import { liveSettings } from '../support/live-settings.js';
import { until, World } from '../support/world.js';

const MORE = { AZURE_CLIENT_SECRET: BOT.clientSecret, METRICS_TOKEN: 'a-token-for-prometheus' };

async function inLiveMode(story: (world: World) => Promise<void>): Promise<void> {
  const world = await World.withoutBot();
  try {
    await world.teams.fault('token-required');
    await world.startBot(liveSettings(world, MORE));
    await story(world);
  } catch (error) {
    throw new Error(`${String(error)}\nThe bot printed:\n${world.botOutput.slice(-6_000)}`, { cause: error });
  } finally {
    await world.stop();
  }
}

test(
  'With authentication on both ways, Latchkey greets everybody, helps, and sets up SSO through cards',
  () =>
    inLiveMode(async (world) => {
      const ada = world.person('Ada');

      await world.hasGreetedEverybody();
      const help = await ada.saysAndSees('help', 'set up sso');
      const done = await setsUpSso(ada);

      expect(world.botOutput).toMatch(/^Teams +live/m);
      expect(help.text).toMatch(/set up sso/i);
      expect(done.text).toContain('SSO is set up');
      const requests = await world.teams.requests();
      const written = requests.filter(({ path }) => path.startsWith('/v3/'));
      expect(new Set(written.map(({ status }) => status))).toEqual(new Set([200, 201]));
      expect(requests.filter(({ path }) => path.endsWith('/oauth2/v2.0/token'))).toHaveLength(1);
      expect(requests.filter(({ path }) => path.endsWith('/keys'))).toHaveLength(1);
    }),
  300_000,
);

test(
  'A new signing key is noticed with its first message, and a message that nobody signed is not heard',
  () =>
    inLiveMode(async (world) => {
      const ada = world.person('Ada');
      await world.hasGreetedEverybody();
      await world.teams.fault('new-signing-key');

      await ada.saysAndSees('help', 'set up sso');
      const forged = await fetch(`${world.botUrl}/api/messages`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          ...{ type: 'message', id: '1', channelId: 'msteams', serviceUrl: world.teams.url, text: 'set up sso' },
          from: { id: '29:1', aadObjectId: ada.id },
          conversation: { id: 'a:forged', conversationType: 'personal', tenantId: TENANT_ID },
          recipient: { id: `28:${TEAMS_APP.appId}` },
        }),
      });

      expect(forged.status).toBe(401);
      expect(await forged.text()).toBe('This message is not authenticated.');
      expect((await ada.cards()).filter((card) => card.says('Which Genesys Cloud region?'))).toEqual([]);
      const figures = await fetch(`${world.botUrl}/metrics`, {
        headers: { Authorization: 'Bearer a-token-for-prometheus' },
      });
      expect(await figures.text()).toMatch(/^latchkey_refused_messages_total\{reason="not authenticated"\} 1$/m);
    }),
  300_000,
);

test(
  'When the bot’s own secret has run out, people are still heard, and the log says which setting to renew',
  () =>
    inLiveMode(async (world) => {
      const ada = world.person('Ada');
      await world.hasGreetedEverybody();
      await world.stopBot();
      await world.teams.fault('bot-secret-expired');
      await world.startBot(liveSettings(world, MORE));

      await ada.says('help');

      await until('the log names the setting', async () => world.botOutput.includes('MicrosoftAppPassword'));
      expect(world.botOutput).toContain('AADSTS7000222');
      expect(world.botOutput).not.toContain(TEAMS_APP.password);
    }),
  300_000,
);
