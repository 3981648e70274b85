import type { Point } from './crash-rig.js';

/** Which kills ended as without a crash, for whoever reads the output of the tests. */
export class KillTable {
  readonly #lines: string[] = [];

  /** @param killed how each point ended that was tried; the others are in no slice of this run. */
  add(name: string, points: readonly Point[], killed: ReadonlyMap<Point, 'as without' | 'otherwise'>): void {
    const good = [...killed.values()].filter((ending) => ending === 'as without').length;
    const counted = `${String(good)} of ${String(killed.size)} killed (${String(points.length)} points)`;
    this.#lines.push('', `${name}: ${counted}`);
    const mark = (point: Point | undefined): string => {
      const ending = point && killed.get(point);
      return ending === undefined ? '·' : ending === 'as without' ? '✓' : '✗';
    };
    for (const before of points.filter(({ when }) => when === 'before')) {
      const { around, at } = before;
      const twin = points.find((point) => point.around === around && point.at === at && point.when === 'after');
      this.#lines.push(`  before ${mark(before)}  after ${mark(twin)}  ${around.padEnd(6)} ${before.name}`);
    }
  }

  toString(): string {
    return `kill -9 at every point (✓ ended as without a crash, · not in this slice)\n${this.#lines.join('\n')}`;
  }
}
