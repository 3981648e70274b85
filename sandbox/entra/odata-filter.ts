/** The part of OData's `$filter` that Graph's directory understands, as a tree. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'compare'; readonly operator: string; readonly path: string; readonly value: Literal }
  | { readonly kind: 'call'; readonly name: string; readonly path: string; readonly value: Literal }
  | { readonly kind: 'any'; readonly path: string; readonly variable: string; readonly condition: Filter }
  | { readonly kind: 'not'; readonly operand: Filter };

export interface Literal {
  readonly type: 'string' | 'guid' | 'boolean' | 'null' | 'number' | 'date';
  readonly text: string;
}

/** The text is no filter at all. */
export class FilterSyntaxError extends Error {}

const COMPARISONS = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const FUNCTIONS = new Set(['startswith', 'endswith', 'contains']);
const TOKEN =
  /\s*(?:(?<text>'(?:[^']|'')*')|(?<guid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-]))|(?<date>\d{4}-\d\d-\d\dT[\d:.]+Z)|(?<number>-?\d+(?![\w-]))|(?<word>[A-Za-z_][\w./]*)|(?<sign>[(),:]))/giy;

interface Token {
  readonly kind: 'text' | 'guid' | 'date' | 'number' | 'word' | 'sign';
  readonly text: string;
}

const DEEPEST = 50;

/** Parses `appId eq 'x' and startsWith(displayName,'G')`. Throws a FilterSyntaxError for anything else. */
export function parseFilter(text: string): Filter {
  const parser = new FilterParser(tokenize(text));
  const filter = parser.either(0);
  parser.expectEnd();
  return filter;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match?.groups) throw new FilterSyntaxError(`Syntax error at position ${at} in '${text}'.`);
    const [kind, found] = Object.entries(match.groups).find(([, value]) => value !== undefined) ?? [];
    if (kind === undefined || found === undefined) throw new FilterSyntaxError(`Syntax error in '${text}'.`);
    tokens.push({ kind: kind as Token['kind'], text: found });
  }
  if (tokens.length === 0) throw new FilterSyntaxError('The filter is empty.');
  return tokens;
}

class FilterParser {
  #at = 0;
  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  either(depth: number): Filter {
    let left = this.#both(depth);
    while (this.#takeWord('or')) left = { kind: 'or', left, right: this.#both(depth) };
    return left;
  }

  expectEnd(): void {
    const rest = this.#tokens[this.#at];
    if (rest) throw new FilterSyntaxError(`Syntax error at '${rest.text}'.`);
  }

  #both(depth: number): Filter {
    let left = this.#single(depth);
    while (this.#takeWord('and')) left = { kind: 'and', left, right: this.#single(depth) };
    return left;
  }

  #single(depth: number): Filter {
    if (depth > DEEPEST) throw new FilterSyntaxError('The filter is nested too deeply.');
    if (this.#takeWord('not')) return { kind: 'not', operand: this.#single(depth + 1) };
    if (this.#takeSign('(')) {
      const inner = this.either(depth + 1);
      this.#expectSign(')');
      return inner;
    }
    const word = this.#expectWord();
    if (this.#peekSign('(')) return this.#call(word, depth);
    const operator = this.#expectWord().toLowerCase();
    if (!COMPARISONS.has(operator)) throw new FilterSyntaxError(`'${operator}' is no operator.`);
    return { kind: 'compare', operator, path: word, value: this.#literal() };
  }

  #call(word: string, depth: number): Filter {
    this.#expectSign('(');
    const any = /^(.+)\/any$/i.exec(word);
    if (any?.[1] !== undefined) {
      const variable = this.#expectWord();
      this.#expectSign(':');
      const condition = this.either(depth + 1);
      this.#expectSign(')');
      return { kind: 'any', path: any[1], variable, condition };
    }
    const name = word.toLowerCase();
    if (!FUNCTIONS.has(name)) throw new FilterSyntaxError(`An unknown function with name '${word}' was found.`);
    const path = this.#expectWord();
    this.#expectSign(',');
    const value = this.#literal();
    this.#expectSign(')');
    return { kind: 'call', name, path, value };
  }

  #literal(): Literal {
    const token = this.#next();
    if (token.kind === 'text') return { type: 'string', text: token.text.slice(1, -1).replaceAll("''", "'") };
    if (token.kind === 'guid' || token.kind === 'number' || token.kind === 'date') {
      return { type: token.kind, text: token.text };
    }
    const word = token.text.toLowerCase();
    if (word === 'true' || word === 'false') return { type: 'boolean', text: word };
    if (word === 'null') return { type: 'null', text: word };
    throw new FilterSyntaxError(`'${token.text}' is no value.`);
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw new FilterSyntaxError('The filter ends too early.');
    this.#at += 1;
    return token;
  }

  #expectWord(): string {
    const token = this.#next();
    if (token.kind !== 'word') throw new FilterSyntaxError(`Syntax error at '${token.text}'.`);
    return token.text;
  }

  #takeWord(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #peekSign(sign: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'sign' && token.text === sign;
  }

  #takeSign(sign: string): boolean {
    if (!this.#peekSign(sign)) return false;
    this.#at += 1;
    return true;
  }

  #expectSign(sign: string): void {
    if (!this.#takeSign(sign)) throw new FilterSyntaxError(`'${sign}' expected.`);
  }
}

/** Whether the object meets the filter. Texts compare without case, as the directory does. */
export function matches(filter: Filter, object: object): boolean {
  switch (filter.kind) {
    case 'and':
      return matches(filter.left, object) && matches(filter.right, object);
    case 'or':
      return matches(filter.left, object) || matches(filter.right, object);
    case 'not':
      return !matches(filter.operand, object);
    case 'any': {
      const { condition, variable } = filter;
      const list = valueAt(object, filter.path);
      return Array.isArray(list) && list.some((item: unknown) => matches(condition, { [variable]: item }));
    }
    case 'compare':
      return filter.operator === 'ne' ? !equals(filter, object) : filter.operator === 'eq' && equals(filter, object);
    case 'call':
      return callMatches(filter.name, valueAt(object, filter.path), filter.value.text);
  }
}

function equals(filter: Extract<Filter, { kind: 'compare' }>, object: object): boolean {
  const value = valueAt(object, filter.path);
  if (filter.value.type === 'null') return value === null || value === undefined;
  if (value === null || value === undefined) return false;
  return String(value).toLowerCase() === filter.value.text.toLowerCase();
}

function callMatches(name: string, value: unknown, wanted: string): boolean {
  if (typeof value !== 'string') return false;
  const text = value.toLowerCase();
  const part = wanted.toLowerCase();
  if (name === 'startswith') return text.startsWith(part);
  return name === 'endswith' ? text.endsWith(part) : text.includes(part);
}

function valueAt(object: object, path: string): unknown {
  return path
    .split('/')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      object,
    );
}
