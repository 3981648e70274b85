import { ConfigError, readForManifest } from '../config.js';

const APP_ID = '0f1e2d3c-4b5a-4968-8778-695a4b3c2d1e';

function complaint(env: Record<string, string>): readonly string[] {
  try {
    readForManifest(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('a package for Teams needs the bot and its address, and nothing else of live mode', () => {
  const settings = readForManifest({ MicrosoftAppId: APP_ID, PUBLIC_URL: 'https://latchkey.contoso.example/' });

  expect(settings).toEqual({
    ...{ appId: APP_ID, publicUrl: 'https://latchkey.contoso.example' },
    ...{ isSlackSocketMode: false, readsSlackEmail: false, isSlackOn: false },
  });
});

test('with Slack alone there is a package for Slack alone, also before the app has given its token', () => {
  const PUBLIC_URL = 'https://latchkey.contoso.example';

  expect(readForManifest({ SLACK_APP_TOKEN: 'xapp-1', PUBLIC_URL })).toMatchObject({
    ...{ appId: undefined, isSlackSocketMode: true, isSlackOn: true },
  });
  expect(readForManifest({ LATCHKEY_MODE: 'live', PUBLIC_URL })).toMatchObject({
    ...{ appId: undefined, isSlackSocketMode: false, isSlackOn: false },
  });
});

test('without any credential there is nothing to make a package for', () => {
  expect(readForManifest({ PUBLIC_URL: 'http://localhost:3978' })).toBe('sandbox');
});

test('everything that is missing or wrong is named at once', () => {
  expect(complaint({ LATCHKEY_MODE: 'live' })).toEqual([expect.stringMatching(/^PUBLIC_URL is missing: /)]);
  expect(complaint({ MicrosoftAppTenantId: APP_ID })).toEqual([
    expect.stringMatching(/^MicrosoftAppId is missing: .+Azure portal/),
    expect.stringMatching(/^PUBLIC_URL is missing: /),
  ]);
  expect(complaint({ MicrosoftAppId: 'my-bot', PUBLIC_URL: 'http://latchkey.contoso.example' })).toEqual([
    expect.stringMatching(/^MicrosoftAppId must be a GUID/),
    expect.stringMatching(/^PUBLIC_URL must begin with https:\/\//),
  ]);
});
