import { ConfigError, readForManifest } from '../config.js';

const APP_ID = '0f1e2d3c-4b5a-4968-8778-695a4b3c2d1e';

const TEAMS = {
  MicrosoftAppId: APP_ID,
  TEAMS_DEVELOPER_NAME: 'Contoso',
  TEAMS_WEBSITE_URL: 'https://contoso.example/it',
  TEAMS_PRIVACY_URL: 'https://contoso.example/privacy?of=latchkey',
  TEAMS_TERMS_URL: 'https://contoso.example/terms#chat',
};

function complaint(env: Record<string, string>): readonly string[] {
  try {
    readForManifest(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('a package for Teams needs the bot, its address and who offers it, and nothing else of live mode', () => {
  const settings = readForManifest({ ...TEAMS, PUBLIC_URL: 'https://latchkey.contoso.example/' });

  expect(settings).toEqual({
    teams: {
      appId: APP_ID,
      developer: {
        ...{ name: 'Contoso', websiteUrl: TEAMS.TEAMS_WEBSITE_URL },
        ...{ privacyUrl: TEAMS.TEAMS_PRIVACY_URL, termsOfUseUrl: TEAMS.TEAMS_TERMS_URL },
      },
    },
    publicUrl: 'https://latchkey.contoso.example',
    ...{ isSlackSocketMode: false, readsSlackEmail: false, isSlackOn: false },
  });
});

test('with Slack alone there is a package for Slack alone, also before the app has given its token', () => {
  const PUBLIC_URL = 'https://latchkey.contoso.example';

  expect(readForManifest({ SLACK_APP_TOKEN: 'xapp-1', PUBLIC_URL })).toMatchObject({
    ...{ teams: undefined, isSlackSocketMode: true, isSlackOn: true },
  });
  expect(readForManifest({ LATCHKEY_MODE: 'live', PUBLIC_URL })).toMatchObject({
    ...{ teams: undefined, isSlackSocketMode: false, isSlackOn: false },
  });
});

test('without any credential there is nothing to make a package for', () => {
  expect(readForManifest({ PUBLIC_URL: 'http://localhost:3978' })).toBe('sandbox');
});

test('everything that is missing or wrong is named at once', () => {
  expect(complaint({ LATCHKEY_MODE: 'live' })).toEqual([expect.stringMatching(/^PUBLIC_URL is missing: /)]);
  expect(complaint({ MicrosoftAppTenantId: APP_ID })).toEqual([
    expect.stringMatching(/^MicrosoftAppId is missing: .+Azure portal/),
    expect.stringMatching(/^TEAMS_DEVELOPER_NAME is missing: who offers the Teams app/),
    expect.stringMatching(/^TEAMS_WEBSITE_URL is missing: /),
    expect.stringMatching(/^TEAMS_PRIVACY_URL is missing: .+docs\/threat-model.md says what Latchkey stores\.$/),
    expect.stringMatching(/^TEAMS_TERMS_URL is missing: /),
    expect.stringMatching(/^PUBLIC_URL is missing: /),
  ]);
  expect(complaint({ ...TEAMS, MicrosoftAppId: 'my-bot', PUBLIC_URL: 'http://latchkey.contoso.example' })).toEqual([
    expect.stringMatching(/^MicrosoftAppId must be a GUID/),
    expect.stringMatching(/^PUBLIC_URL must begin with https:\/\//),
  ]);
});

test.each(['our wiki', 'http://contoso.example', 'https://user:secret@contoso.example', 'javascript:alert(1)'])(
  'a page at %s is none that Teams could show',
  (page) => {
    expect(complaint({ ...TEAMS, TEAMS_PRIVACY_URL: page, PUBLIC_URL: 'https://latchkey.contoso.example' })).toEqual([
      'TEAMS_PRIVACY_URL must be the address of a page of yours, such as https://contoso.com/privacy.',
    ]);
  },
);

test('a name that Teams would cut is refused', () => {
  const TEAMS_DEVELOPER_NAME = 'C'.repeat(33);

  expect(complaint({ ...TEAMS, TEAMS_DEVELOPER_NAME, PUBLIC_URL: 'https://latchkey.contoso.example' })).toEqual([
    expect.stringMatching(/^TEAMS_DEVELOPER_NAME must have 32 characters at most/),
  ]);
});
