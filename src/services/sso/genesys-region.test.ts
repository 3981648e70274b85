import fc from 'fast-check';
import {
  apiHost,
  editDistance,
  findRegionOfHost,
  GENESYS_REGIONS,
  loginHost,
  parseGenesysRegion,
  regionByKey,
  samlUrls,
} from './genesys-region.js';

const anyRegion = fc.constantFrom(...GENESYS_REGIONS);

describe('the table', () => {
  test('has eighteen regions, the five of the tutorial first', () => {
    expect(GENESYS_REGIONS).toHaveLength(18);
    expect(GENESYS_REGIONS.map(({ isTutorial }) => isTutorial)).toEqual([
      ...Array<boolean>(5).fill(true),
      ...Array<boolean>(13).fill(false),
    ]);
    expect(GENESYS_REGIONS.slice(0, 5).map(({ domain }) => domain)).toEqual([
      'mypurecloud.com',
      'mypurecloud.de',
      'mypurecloud.ie',
      'mypurecloud.jp',
      'mypurecloud.com.au',
    ]);
  });

  test('has the domains of the SDK', async () => {
    const sdk = (await import('purecloud-platform-client-v2')).default;
    sdk.ApiClient.config.live_reload_config = false;

    const ours = Object.fromEntries(GENESYS_REGIONS.map(({ key, domain }) => [key, domain]));

    expect(ours).toEqual({ ...sdk.PureCloudRegionHosts });
  });

  test('lets no word mean two regions', () => {
    for (const region of GENESYS_REGIONS) {
      for (const word of [region.key, region.awsRegion, region.domain, region.name, ...region.places]) {
        expect([word, parseGenesysRegion(word)]).toEqual([word, { ok: true, region }]);
      }
    }
  });
});

describe('what people type', () => {
  test.each([
    ['Frankfurt', 'mypurecloud.de'],
    ['  frankfurt ', 'mypurecloud.de'],
    ['EU-CENTRAL-1', 'mypurecloud.de'],
    ['eu_central_1', 'mypurecloud.de'],
    ['eu central 1', 'mypurecloud.de'],
    ['https://login.mypurecloud.de/saml', 'mypurecloud.de'],
    ['HTTPS://APPS.MYPURECLOUD.COM.AU/directory/#/x', 'mypurecloud.com.au'],
    ['api.euw2.pure.cloud', 'euw2.pure.cloud'],
    ['mypurecloud.com', 'mypurecloud.com'],
    ['São Paulo', 'sae1.pure.cloud'],
    ['sao-paulo', 'sae1.pure.cloud'],
    ['Zürich', 'euc2.pure.cloud'],
    ['東京', 'mypurecloud.jp'],
    ['フランクフルト', 'mypurecloud.de'],
    ['Asia Pacific (Osaka)', 'apne3.pure.cloud'],
  ])('%s is %s', (text, domain) => {
    expect(parseGenesysRegion(text)).toMatchObject({ ok: true, region: { domain } });
  });

  test.each([
    ['Frankfrt', 'mypurecloud.de'],
    ['sydny', 'mypurecloud.com.au'],
    ['eu-central-3', 'mypurecloud.de'],
    ['Ire', 'mypurecloud.ie'],
  ])('%s is unknown, and %s is offered', (text, domain) => {
    const parsed = parseGenesysRegion(text);

    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? [] : parsed.nearest.map((region) => region.domain)).toContain(domain);
  });

  test.each([
    'login.mypurecloud.de.evil.example',
    'https://login.mypurecloud.de@evil.example/',
    'https://evil.example/login.mypurecloud.de',
    'https://evil.login.mypurecloud.de',
    'https://login.mypurecloud.de:8443/',
    'login.mypurecloud.au',
    '127.0.0.1',
    'http://169.254.169.254/latest/meta-data',
    'Frank\u202efurt',
    'Frankfurt\u0000',
    'frank\u200bfurt',
    '\ud800',
    '',
    '!!!',
    'x'.repeat(10_000),
    'frankfurt'.repeat(1_200),
  ])('hostile text is no region: %#', (text) => {
    expect(parseGenesysRegion(text).ok).toBe(false);
  });

  test('punctuation, spaces and case never matter to a place', () => {
    const noise = fc.stringMatching(/^[ \-_.,()]{0,3}$/);
    fc.assert(
      fc.property(anyRegion, fc.nat(), fc.boolean(), noise, noise, (region, pick, isUpper, before, after) => {
        const names = [region.awsRegion, region.name, ...region.places];
        const name = names[pick % names.length] ?? '';

        const text = `${before}${isUpper ? name.toUpperCase() : name}${after}`;

        expect(parseGenesysRegion(text)).toEqual({ ok: true, region });
      }),
    );
  });

  test('any text ends in a region of the table or at most three of them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const parsed = parseGenesysRegion(text);

        const named = parsed.ok ? [parsed.region] : parsed.nearest;
        expect(named.length).toBeLessThanOrEqual(3);
        expect(named.every((region) => GENESYS_REGIONS.includes(region))).toBe(true);
      }),
    );
  });
});

describe('addresses', () => {
  test('Identifier and Reply URL are one fixed URL of the region', () => {
    const frankfurt = regionByKey('eu_central_1');

    expect(samlUrls(frankfurt)).toEqual({
      identifier: 'https://login.mypurecloud.de/saml',
      replyUrl: 'https://login.mypurecloud.de/saml',
      signOnUrl: 'https://login.mypurecloud.de',
      logout: 'https://login.mypurecloud.de/saml/logout',
    });
    expect([loginHost(frankfurt), apiHost(frankfurt)]).toEqual(['login.mypurecloud.de', 'api.mypurecloud.de']);
  });

  test('every host of a region leads back to it', () => {
    fc.assert(
      fc.property(anyRegion, (region) => {
        expect([loginHost(region), apiHost(region), region.domain].map(findRegionOfHost)).toEqual([
          region,
          region,
          region,
        ]);
      }),
    );
  });

  test('a key that the table does not have is an error', () => {
    expect(() => regionByKey('__proto__')).toThrow(RangeError);
  });
});

test('the edit distance is a metric that counts single edits', () => {
  expect([editDistance('kitten', 'sitting'), editDistance('', 'abc'), editDistance('a', 'a')]).toEqual([3, 3, 0]);
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (one, other) => {
      expect(editDistance(one, other)).toBe(editDistance(other, one));
      expect(editDistance(one, other) === 0).toBe(one === other);
    }),
  );
});
