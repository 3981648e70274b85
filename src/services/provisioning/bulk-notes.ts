/** Why a row of a file cannot be done, and what to do about it: the notes of a plan and its report. */

export const NOBODY = 'Nobody in Entra has this user principal name. Correct it, or create the person first.';
export const DISABLED = 'The account is disabled in Entra and could not sign in. Enable the account in Entra first.';

const MOST_NAMED = 8;

/** What a row can name, and who has it. */
const OFFERS = {
  'app role': ['The application', 'role'],
  'Genesys division': ['Genesys', 'division'],
  'Genesys role': ['Genesys', 'role'],
} as const;

/** @param name empty: the row named none, and there is no usual one. */
export function notOnOffer(what: keyof typeof OFFERS, name: string, offered: readonly string[]): string {
  const [holder, thing] = OFFERS[what];
  if (offered.length === 0) return `${holder} offers no ${thing}. Make one there, then send the file again.`;
  const more = offered.length - MOST_NAMED;
  const choice = `${offered.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
  const fault =
    name === '' ? `${holder} has no usual ${thing}.` : `${holder} has no ${thing} “${name}”, or several of that name.`;
  return `${fault} Choose one of: ${choice}.`;
}

export const TOO_MANY_CELLS =
  'The row has more cells than the first row has columns. Take the cells out that are too many, or put a cell that holds the separator into quotation marks.';
export const UNTIL_NOT_TAKEN =
  'An end (until) is not taken by bulk: access that is given here has no end. Leave the column empty.';
export const NO_UPN = 'The upn is empty. Write the user principal name of the person into it, or delete the row.';
export const NOT_A_UPN =
  'The upn is no user principal name, such as b.simon@contoso.com. Write the name that the person signs in with.';

export function tooLong(column: string, length: number, most: number): string {
  return `The ${column} has ${String(length)} characters; ${String(most)} at most are taken. Correct it.`;
}

export function likeAFormula(column: string): string {
  return `The ${column} begins like a formula (= + - @ or a tab), which no name does. Take that character out.`;
}

export function controlCharacter(column: string): string {
  return `The ${column} holds a line break or another control character. Take it out.`;
}

/** @param first the row that counts, as a spreadsheet counts rows, like `line`. */
export function samePerson(first: number, line: number): string {
  const [one, other] = [String(first), String(line)];
  return `The same person stands in line ${one} and in line ${other}; line ${one} counts. Delete the one that you do not want.`;
}
