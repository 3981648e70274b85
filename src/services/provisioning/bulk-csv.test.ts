import fc from 'fast-check';
import { problemFacts } from '../platform/problem.js';
import { BULK_EXAMPLE, parseBulkFile, type BulkFile } from './bulk-csv.js';
import { csvText, isFormula, parseCells } from './csv-text.js';

function read(text: string): BulkFile {
  return parseBulkFile(Buffer.from(text, 'utf8'));
}

function refusal(bytes: Uint8Array | string): { code: string | undefined; what: string } {
  try {
    parseBulkFile(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  } catch (error) {
    const { code, what } = problemFacts(error);
    return { code, what };
  }
  throw new Error('It was taken.');
}

describe('what spreadsheets write is read', () => {
  test.each([
    ['commas', 'upn,role\r\na@x.com,User\r\n', ','],
    ['semicolons', 'upn;role\na@x.com;User', ';'],
    ['tabs', 'upn\trole\ra@x.com\tUser\r', '\t'],
    ['a row that names the separator', 'sep=;\r\nupn;role\r\na@x.com;User', ';'],
    ['quotation marks', '"upn","role"\n"a@x.com","User"', ','],
    ['columns in another order and case', 'ROLE,Upn\nUser,a@x.com', ','],
  ])('with %s', (_, text, separator) => {
    const file = read(text);

    expect(file.wrong).toEqual([]);
    expect(file.separator).toBe(separator);
    expect(file.wishes).toMatchObject([{ upn: 'a@x.com', role: 'User' }]);
  });

  test.each([
    ['UTF-8', Buffer.from('upn,role\nä@x.com,User')],
    ['UTF-8', Buffer.from('\ufeffupn,role\nä@x.com,User')],
    ['UTF-16', Buffer.from('\ufeffupn,role\nä@x.com,User', 'utf16le')],
    ['UTF-16', Buffer.from('\ufeffupn,role\nä@x.com,User', 'utf16le').swap16()],
    ['Windows-1252', Buffer.from('upn,role\nä@x.com,User', 'latin1')],
  ])('in %s', (encoding, bytes) => {
    const file = parseBulkFile(bytes);

    expect(file.encoding).toBe(encoding);
    expect(file.wishes).toMatchObject([{ upn: 'ä@x.com' }]);
  });

  test('several Genesys roles stand in one cell', () => {
    const [wish] = read('upn,genesysRoles\na@x.com,"employee | Agent;Agent"').wishes;

    expect(wish?.genesysRoles).toEqual(['employee', 'Agent']);
  });
});

describe('what is wrong with a row is said with its line, as a spreadsheet counts', () => {
  test.each([
    ['an address is none', 'upn\nb.simon', [2], 'user principal name'],
    ['the upn is empty', 'upn,role\n,User', [2], 'empty'],
    ['an end is asked for', 'upn,until\na@x.com,2027-01-01', [2], 'until'],
    ['a cell is a formula', 'upn,role\na@x.com,=1+1', [2], 'formula'],
    ['a cell begins with a tab', 'upn,role\na@x.com,"\tUser"', [2], 'formula'],
    ['a cell is too long', `upn\n${'a'.repeat(300)}@x.com`, [2], '256'],
    ['a row has more cells than columns', 'upn\na@x.com,User', [2], 'more cells'],
    ['empty rows are counted', 'upn\n\n\nb.simon', [4], 'user principal name'],
    ['a line break in a cell adds no row', 'upn,role\n"a@x.com","a\nb"\nb.simon,', [2, 3], 'line break'],
  ])('when %s', (_, text, lines, words) => {
    const { wrong } = read(text);

    expect(wrong.map(({ line }) => line)).toEqual(lines);
    expect(wrong[0]?.note).toContain(words);
  });

  test('a person who stands twice is named with both lines, and the first one counts', () => {
    const { wishes, wrong } = read('upn\na@x.com\nb@x.com\nA@X.com');

    expect(wishes.map(({ line }) => line)).toEqual([2, 3]);
    expect(wrong).toEqual([expect.objectContaining({ line: 4, note: expect.stringMatching(/line 2 .*line 4/) })]);
  });
});

describe('a file that cannot be read is refused as a whole', () => {
  test.each([
    ['csv-no-upn-column', 'name,role\nb,User', 'name, role'],
    ['csv-unknown-column', 'upn,rol\na@x.com,User', '“rol”'],
    ['csv-doubled-column', 'upn,UPN\na@x.com,b@x.com', 'upn'],
    ['csv-no-rows', 'upn,role\n\n', 'no rows'],
    ['csv-no-upn-column', '', 'no column'],
    ['csv-quotes', 'upn,role\na@x.com,"User', 'line'],
    ['csv-not-text', Buffer.from('PK\u0003\u0004\0\0'), 'workbook'],
    ['csv-too-many-rows', `upn\n${'a@x.com\n'.repeat(20_001)}`, '20,001'],
    ['csv-too-many-rows', `upn\n${'\n'.repeat(1_000_000)}`, '1,000,001'],
    ['csv-too-large', Buffer.alloc(5 * 1024 * 1024 + 1, 'a'), '5.0 MB'],
  ])('%s', (code, bytes, words) => {
    const refused = refusal(bytes);

    expect(refused.code).toBe(code);
    expect(refused.what).toContain(words);
  });

  test('20,000 people are taken', () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `person${String(at)}@x.com`);

    expect(read(`upn\n${rows.join('\n')}`).wishes).toHaveLength(20_000);
  });
});

test('The example that is shown can be sent as it is', () => {
  expect(read(csvText(BULK_EXAMPLE))).toMatchObject({ wrong: [], wishes: [{ genesysRoles: ['employee', 'Agent'] }] });
});

const cell = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !/^[=+\-@\t\r]/.test(text));
const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 10 });

test('What is written can be read again, whatever the cells hold', () => {
  fc.assert(
    fc.property(table, (rows) => {
      const read = parseCells(csvText(rows).slice(1), ',').slice(0, rows.length);
      const wanted = rows.map((row) => (row.every((text) => text.trim() === '') ? [] : row));
      expect(read).toEqual(wanted);
    }),
  );
});

test('No cell that is written begins a formula, whatever stands between the cells where it is read', () => {
  fc.assert(
    fc.property(fc.constantFrom('=', '+', '-', '@', '\t', '\r'), fc.string(), (sign, rest) => {
      const [[cellRead = ''] = []] = parseCells(csvText([[`${sign}${rest}`]]).slice(1), ',');
      expect(cellRead.startsWith(`'${sign}`)).toBe(true);
      expect(cellRead.split(/[;,\t\r\n]\s*/).filter(isFormula)).toEqual([]);
      expect(cellRead.replaceAll("'", '')).toBe(`${sign}${rest}`.replaceAll("'", ''));
    }),
  );
});

test('Rubbish is read or refused in words, and never breaks', () => {
  const words = fc.constantFrom('upn', 'role', 'until', ',', ';', '"', '\n', '\r', '\t', 'a@x.com', '=1', '\0', 'ä');
  const text = fc.array(fc.oneof(words, fc.string({ unit: 'binary' })), { maxLength: 40 }).map((all) => all.join(''));
  fc.assert(
    fc.property(
      fc.oneof(
        text.map((all) => Buffer.from(all)),
        fc.uint8Array({ maxLength: 200 }),
      ),
      (bytes) => {
        try {
          const { wishes, wrong } = parseBulkFile(bytes);
          expect(wishes.length + wrong.length).toBeGreaterThan(0);
        } catch (error) {
          expect(problemFacts(error).kind).toBe('input');
        }
      },
    ),
    { numRuns: 500 },
  );
});
