import { oneLine } from '../view-text.js';

/** How text from outside becomes harmless in a card. Views hold it literally; only this file changes it. */

const BREAK = '\u200B';

/**
 * Text for a `TextRun`, where no Markdown is live but `{{DATE(…)}}` is, and `${…}` would be if anybody expanded the card
 * a second time: both openings are broken with a zero-width space.
 */
export function inertText(text: string, maxLength: number): string {
  return oneLine(text, maxLength).replace(/\{(?=\{)|\$(?=\{)/g, (opening) => opening + BREAK);
}

/** Text for a `TextBlock`, where Markdown and date functions are live: each of their characters gets a backslash. */
export function escapedText(text: string, maxLength: number): string {
  return oneLine(text, maxLength).replace(/[\\`*_[\](){}<>#|~]/g, '\\$&');
}
