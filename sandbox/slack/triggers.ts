import { randomBytes } from 'node:crypto';
import { SLACK } from '../credentials.js';
import { SlackError } from './slack-wire.js';

const LIVES_MS = 3_000;
const REMEMBERED_MS = 60_000;

/** Trigger ids: each opens one modal for the person who did something, within three seconds of wall time. */
export class Triggers {
  readonly #known = new Map<string, { user: string; at: number; used: boolean }>();
  readonly #wall: () => Date;
  readonly #comesLate: () => boolean;

  /** @param comesLate whether the fault strikes that lets a trigger run out. */
  constructor(wall: () => Date, comesLate: () => boolean) {
    this.#wall = wall;
    this.#comesLate = comesLate;
  }

  issue(user: string): string {
    const at = this.#wall().getTime();
    for (const [id, known] of this.#known) if (at - known.at > REMEMBERED_MS) this.#known.delete(id);
    const id = `${at}.${SLACK.teamId.length}${String(at).slice(-6)}.${randomBytes(16).toString('hex')}`;
    this.#known.set(id, { user, at, used: false });
    return id;
  }

  /** Uses it up. @returns whose it is. Throws `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id`. */
  exchange(id: string | undefined): string {
    const trigger = this.#known.get(id ?? '');
    if (!trigger) throw new SlackError('invalid_trigger_id');
    if (trigger.used) throw new SlackError('exchanged_trigger_id');
    const isLate = this.#wall().getTime() - trigger.at > LIVES_MS;
    if (this.#comesLate() || isLate) throw new SlackError('expired_trigger_id');
    trigger.used = true;
    return trigger.user;
  }
}
