/** Minutes in each unit that a span can be said in. */
const MINUTES = { minute: 1, hour: 60, day: 1_440, week: 10_080 } as const;

export type SpanUnit = keyof typeof MINUTES;

/** A length of time, in whole minutes; `30 days` are 30 times 24 hours, whatever the clocks do in between. */
export interface TimeSpan {
  readonly minutes: number;
}

const SPAN = /^(\d{1,5}) (minute|hour|day|week)s?$/;

/** Reads `15 minutes`, `8 hours`, `30 days`, `2 weeks`. `undefined`: it is none of these, or nothing at all. */
export function parseTimeSpan(text: string): TimeSpan | undefined {
  const [, count = '', unit = ''] = SPAN.exec(text.trim().toLowerCase()) ?? [];
  const minutes = Number(count) * (isUnit(unit) ? MINUTES[unit] : 0);
  return minutes > 0 ? { minutes } : undefined;
}

/** The same span in its largest whole unit: `1,440 minutes` → `1 day`. */
export function timeSpanText({ minutes }: TimeSpan): string {
  const unit = (['week', 'day', 'hour'] as const).find((one) => minutes % MINUTES[one] === 0) ?? 'minute';
  const count = minutes / MINUTES[unit];
  return `${String(count)} ${unit}${count === 1 ? '' : 's'}`;
}

function isUnit(text: string): text is SpanUnit {
  return text in MINUTES;
}
