export type Unit = 'ms' | 'turns/s' | 'MB' | 'calls' | 'requests' | 'people';

/** What a figure must keep to: a ratio of ours to the baseline's, or a value that ours must not exceed. */
export type Bar =
  | { readonly kind: 'ratio-at-most'; readonly value: number }
  | { readonly kind: 'ratio-at-least'; readonly value: number }
  | { readonly kind: 'at-most'; readonly value: number };

/** One line of the table. Without a bar the figure is there to be read, and nothing is claimed. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  readonly ours: number;
  readonly baseline?: number;
  readonly bar?: Bar;
}

export interface Judged extends Figure {
  readonly ratio?: number;
  readonly isMet?: boolean;
}

export function judge(figure: Figure): Judged {
  const { ours, baseline, bar } = figure;
  const ratio = baseline === undefined || baseline === 0 ? undefined : ours / baseline;
  return {
    ...figure,
    ...(ratio === undefined ? {} : { ratio }),
    ...(bar ? { isMet: keeps(bar, ours, ratio) } : {}),
  };
}

/** A bar on a ratio that could not be formed is not met. */
function keeps(bar: Bar, ours: number, ratio = Number.NaN): boolean {
  switch (bar.kind) {
    case 'ratio-at-most':
      return ratio <= bar.value;
    case 'ratio-at-least':
      return ratio >= bar.value;
    case 'at-most':
      return ours <= bar.value;
  }
}

const HEADINGS = ['figure', 'ours', 'baseline', 'ratio', 'bar', 'met?'] as const;

/** The figures as a table for a terminal. */
export function tableOf(figures: readonly Judged[]): string {
  const rows = [HEADINGS, ...figures.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
  );
  const rule = widths.map((width) => '-'.repeat(width));
  return [lines[0], rule, ...lines.slice(1)].map((line) => line?.join('  ').trimEnd()).join('\n');
}

function cellsOf({ name, unit, ours, baseline, ratio, bar, isMet }: Judged): string[] {
  return [
    name,
    `${short(ours)} ${unit}`,
    baseline === undefined ? '-' : `${short(baseline)} ${unit}`,
    ratio === undefined ? '-' : `${ratio.toFixed(2)} x`,
    bar ? wordsOf(bar, unit) : '-',
    isMet === undefined ? '-' : isMet ? 'yes' : 'NO',
  ];
}

function wordsOf({ kind, value }: Bar, unit: Unit): string {
  switch (kind) {
    case 'ratio-at-most':
      return `<= ${value} x`;
    case 'ratio-at-least':
      return `>= ${value} x`;
    case 'at-most':
      return `<= ${value} ${unit}`;
  }
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
