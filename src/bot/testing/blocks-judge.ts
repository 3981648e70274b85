import { isTurning } from './card-judge.js';

/** What the tests ask of a message in Slack. Whether Slack takes it, the sandbox's strict reader says. */

export interface TextObject {
  readonly type: string;
  readonly text: string;
}

/** Every text object, at any depth. */
export function textObjects(value: unknown): TextObject[] {
  if (Array.isArray(value)) return value.flatMap(textObjects);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'text' in value && typeof value.text === 'string' ? [value as TextObject] : [];
  return [...own, ...Object.values(value).flatMap(textObjects)];
}

/** What Slack would take for a mention, a link, a command or markup, or turn around; empty: nothing is live. */
export function liveInMessage({ text, blocks }: { text: string; blocks: readonly unknown[] }): string[] {
  const all = textObjects(blocks);
  const marked = all.filter(({ type }) => type === 'mrkdwn').filter((one) => !isOursAlone(one));
  return [
    ...(/[<>]/.test(text) ? [text] : []),
    ...marked.map((one) => one.text),
    ...all.map((one) => one.text).filter(isTurning),
  ];
}

/** One bold line, `verbatim`, with nothing of Slack's markup within. */
function isOursAlone(one: TextObject): boolean {
  const isVerbatim = 'verbatim' in one && one.verbatim === true;
  return isVerbatim && /^\*[^*_~`]+\*$/.test(one.text) && !/[<>]|&(?!(amp|lt|gt);)/.test(one.text);
}
