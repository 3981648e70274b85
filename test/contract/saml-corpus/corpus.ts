import { rowsOf, type CorpusRow } from './corpus-line.js';
import { PROFILE_LINES } from './profile-lines.js';
import { SIGNATURE_LINES } from './signature-lines.js';
import { WANTED_LINES } from './wanted-lines.js';
import { WRAPPING_LINES } from './wrapping-lines.js';
import { XML_LINES } from './xml-lines.js';

/** Every input that must sign Dana in. */
export const WANTED: readonly CorpusRow[] = WANTED_LINES.flatMap(rowsOf);

/** Every input that must be refused, with the code that says why. */
export const HOSTILE: readonly CorpusRow[] = [
  ...SIGNATURE_LINES,
  ...WRAPPING_LINES,
  ...PROFILE_LINES,
  ...XML_LINES,
].flatMap(rowsOf);

export const CORPUS: readonly CorpusRow[] = [...WANTED, ...HOSTILE];
