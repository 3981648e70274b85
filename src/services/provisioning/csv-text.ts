import { parse } from 'csv-parse/sync';
import { Problem } from '../platform/problem.js';

/** What may stand between two cells: commas, or what spreadsheets write where the comma is the decimal sign. */
export type Separator = ',' | ';' | '\t';

/** How the bytes were read. */
export type Encoding = 'UTF-8' | 'UTF-16' | 'Windows-1252';

/** A cell that begins so is run as a formula by spreadsheets (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

export function isFormula(cell: string): boolean {
  return FORMULA.test(cell);
}

/**
 * The rows as CSV for spreadsheets: UTF-8 with its mark, commas, CRLF. A cell that a spreadsheet would run begins with an
 * apostrophe instead, which makes it text.
 */
export function csvText(rows: readonly (readonly string[])[]): string {
  return `\ufeff${rows.map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`;
}

/** Behind one of these a spreadsheet with another list separator begins a cell, also between quotation marks. */
const INNER_FORMULA = /([;,\t\r\n]\s*)(?=[=+\-@])/g;

function cellText(cell: string): string {
  const text = (isFormula(cell) ? `'${cell}` : cell).replace(INNER_FORMULA, "$1'");
  return /[",;\t\r\n]|^\s|\s$/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The text of a file: UTF-8 or UTF-16 by its mark; without one UTF-8 if it is that, else Windows-1252, as Excel saves
 * "CSV". Throws a `Problem` of kind `input` for what is no text.
 */
export function decodeText(bytes: Uint8Array): { text: string; encoding: Encoding } {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: decode('utf-16le', bytes), encoding: 'UTF-16' };
  if (first === 0xfe && second === 0xff) return { text: decode('utf-16be', bytes), encoding: 'UTF-16' };
  if (bytes.includes(0)) throw noText(first === 0x50 && second === 0x4b);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'UTF-8' };
  } catch {
    return { text: decode('windows-1252', bytes), encoding: 'Windows-1252' };
  }
}

function decode(encoding: string, bytes: Uint8Array): string {
  return new TextDecoder(encoding).decode(bytes);
}

/** Cells by row. A row that stands empty is one without cells, so that the count stays that of a spreadsheet. */
export function parseCells(text: string, separator: Separator): string[][] {
  try {
    const rows = parse(text, {
      delimiter: separator,
      relax_column_count: true,
      skip_empty_lines: false,
      record_delimiter: ['\r\n', '\n', '\r'],
    });
    return rows.map((row) => (row.every((cell) => cell.trim() === '') ? [] : row));
  } catch (error) {
    throw badQuotes(lineOf(error));
  }
}

/** csv-parse counts the lines of the file from 1. */
function lineOf(error: unknown): string {
  const lines = typeof error === 'object' && error !== null && 'lines' in error ? error.lines : undefined;
  return typeof lines === 'number' ? ` in line ${String(lines)}` : '';
}

function badQuotes(where: string): Problem {
  return new Problem({
    kind: 'input',
    what: `The file is no proper CSV: the quotation marks${where} do not close.`,
    remedy:
      'A cell with quotation marks stands in quotation marks, with its own doubled. Save it from a spreadsheet as CSV.',
    code: 'csv-quotes',
  });
}

function noText(isWorkbook: boolean): Problem {
  return new Problem({
    kind: 'input',
    what: isWorkbook ? 'That is a workbook or an archive, not a CSV file.' : 'That is not a text file.',
    remedy: 'Open it in your spreadsheet, save it as “CSV UTF-8”, and send that.',
    code: 'csv-not-text',
  });
}
