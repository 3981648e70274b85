/** How text from outside becomes one harmless line. Views hold it literally; only the renderers change it. */

/** Zero-width and direction marks, invisible operators, tag characters: they can hide or turn text around. */
const INVISIBLE = /[\u00AD\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const CONTROL_OR_SPACE = /[\p{Cc}\s]+/gu;

/** One line of plain text: no control, direction or invisible characters, cut to the length, never within a character. */
export function oneLine(text: string, maxLength: number): string {
  const roughly = text.slice(0, maxLength * 4 + 64);
  const clean = roughly.replace(LONE_SURROGATE, '').replace(INVISIBLE, '').replace(CONTROL_OR_SPACE, ' ').trim();
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1).replace(LONE_SURROGATE, '')}…`;
}

/** What is shown instead of nothing. */
export function orDash(text: string): string {
  return text === '' ? '–' : text;
}

/** For the middle of a label: *Show what was done*, but *Show SAML messages*. */
export function lowerFirst(text: string): string {
  return /^\p{Lu}\p{Ll}/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

const BAR_LENGTH = 20;

/** Blocks for whoever sees them, and the same in numbers: `█████░░░░░ 50 % (2,500 of 5,000)`. */
export function progressText({ done, total }: { done: number; total: number }): string {
  const share = total === 0 ? 1 : Math.min(1, Math.max(0, done / total));
  // Not full before all of it is done.
  const full = done < total ? Math.min(BAR_LENGTH - 1, Math.floor(share * BAR_LENGTH)) : BAR_LENGTH;
  const bar = '█'.repeat(full) + '░'.repeat(BAR_LENGTH - full);
  const percent = done < total ? Math.min(99, Math.floor(share * 100)) : 100;
  return `${bar} ${String(percent)} % (${done.toLocaleString('en')} of ${total.toLocaleString('en')})`;
}

/** Throws when the link is not one of ours: https, or http to this machine. */
export function ourLink(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOurs =
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname));
  if (!url || !isOurs) throw new TypeError('A button may only open https, or a page of the sandbox.');
  return url.href;
}
