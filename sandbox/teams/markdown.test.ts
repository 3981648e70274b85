import fc from 'fast-check';
import { renderMarkdown, renderPlain, webAddress } from '../page/markdown.js';

/** The only tags that the renderers may write. */
const OWN_TAG =
  /<(?:\/?(?:p|strong|em|code|ul|ol|li)|br|\/span|span class="mention"|\/a|a href="https?:[^"<>]*" title="[^"<>]*" target="_blank" rel="noopener noreferrer")>/g;

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '*',
        '**',
        '_',
        '__',
        '`',
        '[',
        '](',
        ')',
        '\\',
        '\n',
        '\n\n',
        '- ',
        '1. ',
        ' ',
        'a',
        'é',
        '<',
        '>',
        '"',
        "'",
        '&',
        '<at>',
        '</at>',
        '<script>',
        '<img src=x onerror=1>',
        'javascript:alert(1)',
        'https://a.example/',
        'http://',
        'HTTPS://A.example/"onclick=',
        'data:text/html,x',
        '&#106;',
        '\u202e',
        '\u0000',
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);

describe('markdown of messages and cards', () => {
  it('never lets a tag, an attribute or a script address of the text through', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(renderMarkdown, renderPlain), (text, render) => {
        const html = render(text);
        expect(html.replace(OWN_TAG, '')).not.toMatch(/[<>"]/);
        for (const [, address = ''] of html.matchAll(/href="([^"]*)"/g)) expect(address).toMatch(/^https?:/);
      }),
      { numRuns: 3_000 },
    );
  });

  it('closes every tag that it opens', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const open: string[] = [];
        for (const [, slash, name] of renderMarkdown(text).matchAll(/<(\/?)([a-z]+)/g)) {
          if (name === 'br') continue;
          if (slash) expect(open.pop()).toBe(name);
          else open.push(name ?? '');
        }
        expect(open).toEqual([]);
      }),
    );
  });

  it.each([
    ['**bold** and *italic*', '<p><strong>bold</strong> and <em>italic</em></p>'],
    ['__bold__ and _italic_', '<p><strong>bold</strong> and <em>italic</em></p>'],
    ['***both***', '<p><strong><em>both</em></strong></p>'],
    ['snake_case_name stays', '<p>snake_case_name stays</p>'],
    ['2 * 3 * 4', '<p>2 * 3 * 4</p>'],
    ['\\*not italic\\*', '<p>*not italic*</p>'],
    ['one\ntwo\n\nthree', '<p>one<br>two</p><p>three</p>'],
    ['Roles:\n- Agent\n- **Admin**', '<p>Roles:</p><ul><li>Agent</li><li><strong>Admin</strong></li></ul>'],
    ['1. one\n2. two', '<ol><li>one</li><li>two</li></ol>'],
    ['`a*b*`', '<p><code>a*b*</code></p>'],
    ['<at>Latchkey</at> help', '<p><span class="mention">Latchkey</span> help</p>'],
    ['[x](javascript:alert)', '<p>[x](javascript:alert)</p>'],
  ])('shows %j as Teams does', (text, html) => {
    expect(renderMarkdown(text)).toBe(html);
  });

  it('opens a link in another tab and shows its host', () => {
    const html = renderMarkdown('[the guide](https://example.org/a?b=1&c=2)');

    expect(html).toContain('title="example.org" target="_blank" rel="noopener noreferrer">the guide</a>');
    expect(html).toContain('href="https://example.org/a?b=1&#38;c=2"');
  });

  it('keeps plain text plain but makes bare addresses into links', () => {
    expect(renderPlain('*no* http://localhost:3978/link/x.')).toBe(
      '<p>*no* <a href="http://localhost:3978/link/x" title="localhost:3978" target="_blank" rel="noopener noreferrer">http://localhost:3978/link/x</a>.</p>',
    );
  });

  it('takes hardly longer for delimiters that never close', () => {
    const text = '**a _b `c [d '.repeat(8_000);

    expect(renderMarkdown(text).length).toBeGreaterThan(text.length);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', '//example.org', 'https://', 'ftp://x', 'https://a b'])(
    'does not take %j for a web address',
    (address) => {
      expect(webAddress(address)).toBeUndefined();
    },
  );
});
