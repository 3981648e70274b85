const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text has the shape of an object id. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/** A path of literal pieces and encoded values: text from outside stays one segment, `#EXT#` of guests included. */
export function graphPath(strings: TemplateStringsArray, ...values: readonly string[]): string {
  return strings.map((text, index) => text + segment(values[index])).join('');
}

function segment(value: string | undefined): string {
  if (value === undefined) return '';
  // "." and ".." would climb when the URL is parsed.
  if (value === '' || /^\.{1,2}$/.test(value)) throw new RangeError('A path segment must name something.');
  return encodeURIComponent(value);
}

/** A value that OData writes without quotes. Anything but a GUID is refused. */
export interface BareGuid {
  readonly guid: string;
}

export function bareGuid(id: string): BareGuid {
  if (!isGuid(id)) throw new RangeError('Not an object id.');
  return { guid: id };
}

/** Graph takes no more conditions, joined by `or`, in one filter. */
export const MOST_CONDITIONS = 15;

/** An OData filter: every text value becomes a quoted literal, its own quotes doubled, so that it cannot leave it. */
export function graphFilter(strings: TemplateStringsArray, ...values: readonly (string | BareGuid)[]): string {
  return strings.map((text, index) => text + literal(values[index])).join('');
}

function literal(value: string | BareGuid | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : value.guid;
}

/** A `$search` for objects in which each word begins a word of the property. @param words letters and digits alone. */
export function graphSearch(property: string, words: readonly string[]): string {
  if (words.some((word) => !/^[\p{L}\p{N}]+$/u.test(word))) throw new RangeError('Not a word.');
  return words.map((word) => `"${property}:${word}"`).join(' AND ');
}

/** The query string of a request. The SDK sends queries as they are, so each value is encoded here. */
export function graphQuery(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
