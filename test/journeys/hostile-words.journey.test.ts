import { sharedWorld } from '../support/shared-world.js';

const world = sharedWorld();

const HOSTILE: readonly (readonly [string, string])[] = [
  ['10,000 characters', 'x'.repeat(10_000)],
  ['control and bidi characters', 'a\u0000b\u0007\u202Ec\u2066d\u200Fe'],
  ['a template expression', '${$root.title} ${1+1}'],
  ['a Markdown link', '[click](https://evil.example) ![x](https://evil.example/i.png)'],
  ['a mention', '<at>Ada Admin</at> <b>bold</b>'],
  ['SQL', "'; DROP TABLE run; --"],
  ['a URL', 'https://evil.example/saml'],
  ['a date function', '{{DATE(2026-01-01T00:00:00Z, SHORT)}}'],
];

describe.each(HOSTILE)('Somebody types %s', (_what, text) => {
  test('as region, organisation and name: refused or shown as plain text, nothing is changed, the bot stays up', async () => {
    const ada = world().person('Ada');
    const before = await world().entra.state();

    await ada.saysAndSees('set up sso', 'Which Genesys Cloud region?');
    const region = await ada.saysAndSees(text, 'That is no Genesys Cloud region');
    await ada.saysAndSees('Frankfurt', 'Which organisation?');
    const organization = await ada.saysAndSees(text, 'belongs to Contoso Contact Centre');
    await ada.saysAndSees('cancel', 'Cancelled');
    const name = await ada.saysAndSees(
      `create test user ${text}`,
      /cannot be the name|Create .* in Entra|exists already/,
    );
    const person = await ada.saysAndSees(`assign ${text}`, 'Nobody found');

    for (const card of [region, organization, name, person]) {
      expect(Buffer.byteLength(JSON.stringify(card.json), 'utf16le')).toBeLessThan(25 * 1024);
      // Markdown and tags live in text blocks only; date functions and direction marks in text runs too.
      expect(card.texts('TextBlock').join('\n')).not.toMatch(/(?<!\\)\[click|(?<!\\)</);
      expect(card.texts('TextBlock', 'TextRun').join('\n')).not.toMatch(/\{\{DATE|[\u202A-\u202E\u2066-\u2069]/);
    }
    expect((await world().entra.state())['users']).toEqual(before['users']);
    expect((await fetch(`${world().botUrl}/readyz`)).status).toBe(200);
  });
});

describe('Rubbish at the door', () => {
  const send = (body: string, type = 'application/json'): Promise<Response> =>
    fetch(`${world().botUrl}/api/messages`, {
      method: 'POST',
      headers: { 'Content-Type': type },
      body,
    });

  test.each([
    ['a body without type', '{}', 'application/json'],
    ['1 MB', JSON.stringify({ type: 'message', text: 'x'.repeat(1_000_000) }), 'application/json'],
    ['another content type', '<a/>', 'text/xml'],
    ['bad JSON', '{', 'application/json'],
    ['deep JSON', '['.repeat(50_000), 'application/json'],
  ])('%s gets a 4xx and the server stays up', async (_what, body, type) => {
    const response = await send(body, type);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect((await fetch(`${world().botUrl}/healthz`)).status).toBe(200);
  });
});
