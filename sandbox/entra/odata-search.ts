import { badRequest } from './graph-problem.js';

const CLAUSE = /^"(?<property>\w+):(?<text>[^"]*)"$/;

/**
 * What `$search="displayName:B.Simon" OR "mail:b.simon"` finds: objects in which each wanted word starts a word of
 * the property. Throws Graph's 400 for another form or a property that is not indexed.
 */
export function searchMatches(search: string, searchable: readonly string[]): (item: object) => boolean {
  const alternatives = search.split(/\s+OR\s+/).map((part) => part.split(/\s+AND\s+/).map(parseClause));
  for (const { property } of alternatives.flat()) {
    if (!searchable.includes(property)) throw badRequest(`Property '${property}' cannot be searched.`, 'BadRequest');
  }
  return (item) => alternatives.some((clauses) => clauses.every((clause) => found(clause, item)));
}

interface Clause {
  readonly property: string;
  readonly words: readonly string[];
}

function parseClause(text: string): Clause {
  const match = CLAUSE.exec(text.trim());
  const words = wordsOf(match?.groups?.['text'] ?? '');
  const property = match?.groups?.['property'];
  if (property === undefined || words.length === 0) {
    throw badRequest(`Syntax error: the search clause ${text} is not of the form "property:value".`, 'BadRequest');
  }
  return { property, words };
}

function found(clause: Clause, item: object): boolean {
  const value = (item as Record<string, unknown>)[clause.property];
  if (typeof value !== 'string') return false;
  const present = wordsOf(value);
  return clause.words.every((word) => present.some((candidate) => candidate.startsWith(word)));
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s.,@_-]+/)
    .filter((word) => word !== '');
}
