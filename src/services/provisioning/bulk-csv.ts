import { Problem } from '../platform/problem.js';
import {
  controlCharacter,
  likeAFormula,
  NO_UPN,
  NOT_A_UPN,
  samePerson,
  tooLong,
  TOO_MANY_CELLS,
  UNTIL_NOT_TAKEN,
} from './bulk-notes.js';
import { decodeText, isFormula, parseCells, type Encoding, type Separator } from './csv-text.js';

/** The columns of a bulk file, as they are written in its first row; case and order do not matter. */
export const BULK_COLUMNS = ['upn', 'role', 'genesysDivision', 'genesysRoles', 'until'] as const;
export type BulkColumn = (typeof BULK_COLUMNS)[number];

export const BULK_EXAMPLE: readonly (readonly string[])[] = [
  [...BULK_COLUMNS],
  ['b.simon@contoso.example', 'User', 'Berlin', 'employee | Agent', ''],
];

export const MOST_ROWS = 20_000;
export const MOST_BYTES = 5 * 1024 * 1024;
/** So many line breaks no file of that many people has; parsing them would only cost memory. */
const MOST_LINES = 3 * MOST_ROWS;
const LONGEST_CELL = 256;

/** What one row asks for. Empty texts: the usual role; nothing in Genesys unless a division or a role is named. */
export interface BulkWish {
  /** Row of the spreadsheet, from 1; the header is in the first one. */
  readonly line: number;
  readonly upn: string;
  readonly role: string;
  readonly genesysDivision: string;
  readonly genesysRoles: readonly string[];
}

export interface WrongRow {
  readonly line: number;
  readonly upn: string;
  /** What is wrong, and what to do about it. */
  readonly note: string;
}

export interface BulkFile {
  readonly encoding: Encoding;
  readonly separator: Separator;
  readonly wishes: readonly BulkWish[];
  readonly wrong: readonly WrongRow[];
}

/**
 * Reads a bulk file whole. What is wrong with a row is said with the row; what is wrong with the file (too large, no text,
 * no `upn` column, an unknown column) is thrown as a `Problem` of kind `input`.
 */
export function parseBulkFile(bytes: Uint8Array): BulkFile {
  if (bytes.length > MOST_BYTES) throw tooLarge(bytes.length);
  const { text, encoding } = decodeText(bytes);
  if (lineBreaks(text) > MOST_LINES) throw tooManyRows(lineBreaks(text));
  const { separator, rows, firstLine } = table(text);
  const header = headerOf(rows[0] ?? []);
  const filled = rows.flatMap((cells, at) => (at === 0 || cells.length === 0 ? [] : [{ line: firstLine + at, cells }]));
  if (filled.length === 0) throw noRows();
  if (filled.length > MOST_ROWS) throw tooManyRows(filled.length);
  const read = withoutDoubles(filled.map(({ line, cells }) => readRow(line, cells, header)));
  return {
    encoding,
    separator,
    wishes: read.flatMap((row) => ('note' in row ? [] : [row])),
    wrong: read.flatMap((row) => ('note' in row ? [row] : [])),
  };
}

function lineBreaks(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}

/** Excel may say the separator in a row of its own, `sep=;`. Else the one counts by which most columns are known. */
function table(text: string): { separator: Separator; rows: string[][]; firstLine: number } {
  const said = /^sep=([,;\t])(?:\r\n|\n|\r)/i.exec(text);
  if (said) {
    const separator = said[1] as Separator; // the pattern allows no other
    return { separator, rows: parseCells(text.slice(said[0].length), separator), firstLine: 2 };
  }
  const [header = ''] = text.split(/\r\n|\n|\r/, 1);
  const [best = ','] = ([',', ';', '\t'] as const).toSorted((one, other) => known(header, other) - known(header, one));
  return { separator: best, rows: parseCells(text, best), firstLine: 1 };
}

function known(header: string, separator: Separator): number {
  return header.split(separator).filter((name) => columnNamed(name.replaceAll('"', '')) !== undefined).length;
}

function columnNamed(name: string): BulkColumn | undefined {
  return BULK_COLUMNS.find((column) => column.toLowerCase() === name.trim().toLowerCase());
}

interface Header {
  /** Which cell holds which column. */
  readonly columns: ReadonlyMap<BulkColumn, number>;
  readonly width: number;
}

/** Throws for what nobody could guess: a missing, unknown or doubled column. */
function headerOf(header: readonly string[]): Header {
  const columns = new Map<BulkColumn, number>();
  const unknown: string[] = [];
  header.forEach((name, at) => {
    const column = columnNamed(name);
    if (column === undefined) {
      if (name.trim() !== '') unknown.push(name.trim().slice(0, 60));
    } else if (columns.has(column)) throw doubledColumn(column);
    else columns.set(column, at);
  });
  if (!columns.has('upn')) throw noUpnColumn(header);
  if (unknown.length > 0) throw unknownColumns(unknown);
  return { columns, width: header.length };
}

function readRow(line: number, cells: readonly string[], header: Header): BulkWish | WrongRow {
  const raw = (column: BulkColumn): string => cells[header.columns.get(column) ?? -1] ?? '';
  const [upn, role, genesysDivision] = [raw('upn').trim(), raw('role').trim(), raw('genesysDivision').trim()];
  const note =
    faultOfCells(raw) ??
    faultOfUpn(upn) ??
    (cells.slice(header.width).every((cell) => cell.trim() === '') ? undefined : TOO_MANY_CELLS) ??
    (raw('until').trim() === '' ? undefined : UNTIL_NOT_TAKEN);
  if (note !== undefined) return { line, upn: upn.slice(0, LONGEST_CELL), note };
  const genesysRoles = raw('genesysRoles')
    .split(/[|;]/)
    .map((name) => name.trim())
    .filter(Boolean);
  return { line, upn, role, genesysDivision, genesysRoles: [...new Set(genesysRoles)] };
}

function faultOfCells(raw: (column: BulkColumn) => string): string | undefined {
  for (const column of BULK_COLUMNS) {
    const cell = raw(column);
    if (cell.length > LONGEST_CELL) return tooLong(column, cell.length, LONGEST_CELL);
    if (isFormula(cell)) return likeAFormula(column);
    if (/[\p{Cc}\p{Cs}]/u.test(cell)) return controlCharacter(column);
  }
  return undefined;
}

function faultOfUpn(upn: string): string | undefined {
  if (upn === '') return NO_UPN;
  if (/^[^\s@]+@[^\s@]+$/.test(upn)) return undefined;
  return NOT_A_UPN;
}

/** Upper and lower case are the same person. The first row counts. */
function withoutDoubles(rows: readonly (BulkWish | WrongRow)[]): (BulkWish | WrongRow)[] {
  const lines = new Map<string, number>();
  return rows.map((row) => {
    if ('note' in row) return row;
    const first = lines.get(row.upn.toLowerCase());
    if (first === undefined) {
      lines.set(row.upn.toLowerCase(), row.line);
      return row;
    }
    return { line: row.line, upn: row.upn, note: samePerson(first, row.line) };
  });
}

function refused(code: string, what: string, remedy: string): Problem {
  return new Problem({ kind: 'input', what, remedy, code });
}

export function tooLarge(bytes: number): Problem {
  const size = (bytes / (1024 * 1024)).toFixed(1);
  return refused(
    'csv-too-large',
    `The file has ${size} MB; 5 MB at most are taken.`,
    'Split it and send the parts one after the other.',
  );
}

function tooManyRows(count: number): Problem {
  const [has, most] = [count.toLocaleString('en'), MOST_ROWS.toLocaleString('en')];
  return refused(
    'csv-too-many-rows',
    `The file has ${has} rows; ${most} at most are taken.`,
    'Split it and send the parts one after the other.',
  );
}

function noRows(): Problem {
  return refused('csv-no-rows', 'The file has no rows below its header.', 'Write one person a row, and send it again.');
}

function noUpnColumn(header: readonly string[]): Problem {
  const seen = header
    .map((name) => name.trim())
    .filter(Boolean)
    .slice(0, 8)
    .join(', ');
  return refused(
    'csv-no-upn-column',
    `The first row names no column “upn”${seen === '' ? '.' : `; it says: ${seen.slice(0, 200)}.`}`,
    `The first row names the columns: ${BULK_COLUMNS.join(', ')}. Only upn must be there.`,
  );
}

function unknownColumns(names: readonly string[]): Problem {
  const shown = names
    .slice(0, 8)
    .map((name) => `“${name}”`)
    .join(', ');
  return refused(
    'csv-unknown-column',
    `The file has ${names.length === 1 ? 'a column' : 'columns'} that Latchkey does not know: ${shown}.`,
    `Take it out or correct its name, so that nothing is overlooked. The columns are ${BULK_COLUMNS.join(', ')}.`,
  );
}

function doubledColumn(column: BulkColumn): Problem {
  return refused(
    'csv-doubled-column',
    `The file has the column “${column}” twice.`,
    'Take one of them out, and send it again.',
  );
}
