import type { Names } from './slack-mrkdwn.js';
import type { Container, Entered, Entry, Outcome, SlackElement, SlackOption } from './slack-wire.js';

export interface SurfaceOptions {
  readonly names: Names;
  /** People whom a menu of users offers. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
  readonly do: (deed: object) => Promise<Outcome>;
}

/** Where blocks stand, a message or a view: keeps what is entered there, and tells the bot of presses. */
export class Surface {
  readonly at: Container;
  readonly options: SurfaceOptions;
  #entered: Record<string, Record<string, Entry>> = {};

  constructor(at: Container, options: SurfaceOptions) {
    this.at = at;
    this.options = options;
  }

  get entered(): Entered {
    return this.#entered;
  }

  entry(blockId: string, actionId: string): Entry | undefined {
    return this.#entered[blockId]?.[actionId];
  }

  enter(blockId: string, actionId: string, value: Entry): void {
    this.#entered[blockId] = { ...this.#entered[blockId], [actionId]: value };
  }

  /** Presses a button, or makes a choice that the bot is told of at once. */
  press(blockId: string, element: SlackElement, value?: Entry): Promise<Outcome> {
    const chosen = value === undefined ? {} : { value };
    const where = { at: this.at, block_id: blockId, action_id: element.action_id };
    return this.options.do({ deed: 'press', ...where, ...chosen, entered: this.#entered });
  }

  async suggest(blockId: string, element: SlackElement, value: string): Promise<readonly SlackOption[]> {
    const where = { at: this.at, block_id: blockId, action_id: element.action_id };
    const { options, notice } = await this.options.do({ deed: 'suggest', ...where, value });
    if (notice !== undefined) throw new Error(notice);
    return options ?? [];
  }
}
