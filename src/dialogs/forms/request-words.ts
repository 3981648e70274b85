import { GIVE, REQUEST_PHRASES } from '../intents.js';
import { matchRoles, NO_ROLE, type NamedRole, type RoleSaid } from './role-words.js';
import { beginsWithTime, isRange, timeAtEnd, type SaidTime } from './time-words.js';

/**
 * What was asked for in words: "request agent for ana until friday because …", "give Ana Genesys for two weeks". Pure: it
 * finds the words that name somebody, a role, a time and a reason, and leaves open what they do not say.
 */
export interface RequestWords {
  /** Each that may name whom it is for; of two the sentence does not say which. Empty: nobody else. */
  readonly who: readonly SaidPerson[];
  readonly role: RoleSaid;
  /** Each that says how long or until when. */
  readonly times: readonly SaidTime[];
  readonly why: string | undefined;
}

export type { SaidTime };

export interface SaidPerson {
  readonly words: string;
  /** A mention that the chat gives by its name alone, which may be anybody's. */
  readonly isBareMention: boolean;
  /** A role is called so as well. */
  readonly isAlsoRole: boolean;
}

/** @param sentence from its phrase on; after *give*, whom comes before what. */
export function readRequestWords(sentence: string, roles: readonly NamedRole[]): RequestWords {
  const { phrase, rest } = splitPhrase(sentence);
  const isGift = phrase === GIVE;
  const { wish, why } = splitReason(rest);
  const [head = NOTHING, ...clauses] = clausesOf(tokensOf(wish)).map(withoutTime);
  const aimed = clauses.filter(({ keyword, tokens }) => keyword === 'for' && tokens.length > 0);
  const aims = clauses.filter(({ keyword, tokens }) => keyword === 'to' && !isAboutGenesys(tokens));
  const receivers = [...aimed, ...(isGift ? aims : [])].map(({ tokens }) => tokens);
  const isWhomFirst = isGift && receivers.length === 0;
  const gift = isWhomFirst ? splitGift(head.tokens, roles) : { receiver: [], role: head.tokens };
  const roleWords = [
    gift.role,
    ...clauses.filter(({ keyword }) => keyword === 'as').map(({ tokens }) => tokens),
    ...(isGift ? [] : aims.map(({ tokens }) => tokens)),
  ];
  const [named, timely] = parted([gift.receiver, ...receivers], isAboutTime);
  return {
    who: named.filter((tokens) => tokens.length > 0 && !isOneself(tokens)).map((tokens) => personOf(tokens, roles)),
    role: oneRole(roleWords.map((tokens) => matchRoles(textsOf(tokens), roles))),
    times: [...[head, ...clauses].flatMap(({ times }) => times), ...timely.map(untilOf)],
    why,
  };
}

interface Token {
  readonly text: string;
  readonly kind: 'word' | 'quoted' | 'mention';
}

type Keyword = 'for' | 'until' | 'as' | 'to';

interface Clause {
  /** Absent: what stands before the first one. */
  readonly keyword?: Keyword;
  readonly tokens: readonly Token[];
}

type TimedClause = Clause & { readonly times: readonly SaidTime[] };

const NOTHING: TimedClause = { tokens: [], times: [] };

function splitPhrase(sentence: string): { phrase: string | undefined; rest: string } {
  const said = sentence.trimStart();
  const begins = REQUEST_PHRASES.filter((phrase) => `${said.toLowerCase()} `.startsWith(`${phrase} `));
  const phrase = begins.sort((one, other) => other.length - one.length)[0];
  return { phrase, rest: said.slice(phrase?.length ?? 0) };
}

function splitReason(sentence: string): { wish: string; why: string | undefined } {
  const found = /(?:^|[\s,;])(because of|because|why:|reason:)(?:\s+|$)/i.exec(sentence);
  if (!found) return { wish: sentence, why: undefined };
  const said = sentence.slice(found.index + found[0].length).trim();
  const why = found[1]?.toLowerCase() === 'because of' && said !== '' ? `because of ${said}` : said;
  return { wish: sentence.slice(0, found.index), why: why === '' ? undefined : why };
}

/** Words, and what is one however many words it has: something in quotes, and a mention as Teams writes it. */
function tokensOf(text: string): Token[] {
  const found = text.matchAll(/<at>([^<>]*)<\/at>|["“”„]([^"“”„]+)["“”]|(\S+)/gu);
  return [...found].flatMap(([, mention, quoted, word]): Token[] => {
    if (mention !== undefined) return [{ text: mention.trim(), kind: 'mention' }];
    if (quoted !== undefined) return [{ text: quoted.trim(), kind: 'quoted' }];
    const bare = (word ?? '').replace(/[,;.!?]+$/, '');
    return bare === '' ? [] : [{ text: bare, kind: 'word' }];
  });
}

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map([
  ['for', 'for'],
  ['until', 'until'],
  ['till', 'until'],
  ['as', 'as'],
  ['to', 'to'],
]);

/** A keyword with nothing behind it is a word of whatever stands there: somebody may be called "To" or "An". */
function clausesOf(tokens: readonly Token[]): Clause[] {
  const clauses: { keyword?: Keyword; tokens: Token[] }[] = [{ tokens: [] }];
  for (const [at, token] of tokens.entries()) {
    const current = clauses.at(-1);
    const keyword = token.kind === 'word' ? KEYWORDS.get(token.text.toLowerCase()) : undefined;
    const isBegun = current?.keyword === undefined || current.tokens.length > 0;
    const isBetween = keyword === 'to' && isRange(tokens[at - 1]?.text ?? '', tokens[at + 1]?.text ?? '');
    if (keyword !== undefined && isBegun && at < tokens.length - 1 && !isBetween) clauses.push({ keyword, tokens: [] });
    else current?.tokens.push(token);
  }
  return clauses;
}

/** A clause without the time at its end; one that says until when is nothing else. */
function withoutTime({ keyword, tokens }: Clause): TimedClause {
  const found = timeAtEnd(tokens.map(timeWordOf));
  const kept = keyword ? { keyword } : {};
  if (keyword === 'until') {
    const isLength = found?.before === 0 && 'minutes' in found.time;
    return { keyword, tokens: [], times: [isLength ? found.time : untilOf(tokens)] };
  }
  if (!found) return { ...kept, tokens, times: [] };
  return { ...kept, tokens: tokens.slice(0, found.before), times: [found.time] };
}

/** What is quoted or mentioned is a name. */
function timeWordOf({ kind, text }: Token): string {
  return kind === 'word' ? text : '';
}

function isAboutTime(tokens: readonly Token[]): boolean {
  return beginsWithTime(tokens.map(timeWordOf));
}

function untilOf(tokens: readonly Token[]): SaidTime {
  return { until: textsOf(tokens).join(' ') };
}

function parted<T>(all: readonly T[], isOther: (one: T) => boolean): [T[], T[]] {
  return [all.filter((one) => !isOther(one)), all.filter(isOther)];
}

function isOneOf(token: Token | undefined, words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toLowerCase());
}

function isOneself(tokens: readonly Token[]): boolean {
  return tokens.length === 1 && isOneOf(tokens[0], ['me', 'myself', 'i']);
}

const GENESYS = ['genesys', 'cloud', 'access', 'the', 'in', 'on', 'of', 'please'];

/** It says what all of this is about, and neither whom nor which role. */
function isAboutGenesys(tokens: readonly Token[]): boolean {
  return tokens.every((token) => isOneOf(token, GENESYS));
}

/**
 * Whom, then what: what is said last is the gift. "Ana Agent Genesys" is Genesys for Ana Agent, "Ana Genesys agent" and "Ana
 * the agent role" are the role for Ana.
 */
function splitGift(
  tokens: readonly Token[],
  roles: readonly NamedRole[],
): { receiver: readonly Token[]; role: readonly Token[] } {
  const end = lengthWithout(tokens, [...GENESYS, ...NO_ROLE]);
  const tail = tokens.slice(end);
  const isProductAlone =
    tail.some((token) => isOneOf(token, ['genesys'])) && !tail.some((token) => isOneOf(token, ['role']));
  const whole = { receiver: tokens.slice(0, end), role: [] };
  if (isProductAlone) return whole;
  const isRole = (some: readonly Token[]): boolean => matchRoles(textsOf(some), roles).kind === 'known';
  if (end > 0 && isRole(tokens.slice(0, end))) return { receiver: [], role: tokens.slice(0, end) };
  const begins = tokens.slice(1, end).findIndex((_token, at) => isRole(tokens.slice(at + 1, end))) + 1;
  if (begins === 0) return whole;
  const receiver = tokens.slice(0, begins);
  return { receiver: receiver.slice(0, lengthWithout(receiver, GENESYS)), role: tokens.slice(begins, end) };
}

/** How many there are without those words at the end. */
function lengthWithout(tokens: readonly Token[], words: readonly string[]): number {
  return tokens.findLastIndex((token) => !isOneOf(token, words)) + 1;
}

/** Said twice alike it is one; said differently it is open which. */
function oneRole(said: readonly RoleSaid[]): RoleSaid {
  const [first = { kind: 'none' }, ...others] = said.filter(({ kind }) => kind !== 'none');
  const unknown = [first, ...others].find(({ kind }) => kind === 'unknown');
  if (others.length === 0 || unknown) return unknown ?? first;
  const roleIds = [...new Set([first, ...others].flatMap((one) => ('roleIds' in one ? one.roleIds : [])))];
  return { kind: 'known', roleIds };
}

function personOf(tokens: readonly Token[], roles: readonly NamedRole[]): SaidPerson {
  const words = textsOf(tokens).join(' ').replace(/^@/, '');
  const isBareMention = tokens.some(({ kind }) => kind === 'mention');
  return { words, isBareMention, isAlsoRole: matchRoles([words], roles).kind === 'known' };
}

function textsOf(tokens: readonly Token[]): string[] {
  return tokens.map(({ text }) => text);
}

const OR = ' or ';
/** Characters: a button has room for them, however they are written. */
const LONGEST_CARRIED = 100;

/** What is not clear, as a button carries it until it is asked about again: `ana`, `ana or omar`. */
export function carriedWords(words: readonly string[]): string {
  return words.join(OR).slice(0, LONGEST_CARRIED);
}

export function peopleCarried(carried: string, roles: readonly NamedRole[]): SaidPerson[] {
  return carried.split(OR).map((words) => personOf([{ text: words, kind: 'quoted' }], roles));
}

export function roleCarried(carried: string, roles: readonly NamedRole[]): RoleSaid {
  return oneRole(carried.split(OR).map((words) => matchRoles([words], roles)));
}
