/**
 * What there is to show, without a word of how: a few kinds of element, all text literal. The renderers in `src/bot`
 * escape, shorten and lay out; nothing here is markup.
 */

/** The mood of a view. It is always said in words as well; colour only supports it. */
export type Tone = 'neutral' | 'working' | 'good' | 'warning' | 'problem';

/** `ahead`: not begun. `waiting`: begun, and parked until something else has happened. */
export type StepState = 'ahead' | 'working' | 'waiting' | 'done' | 'failed';

export interface Choice {
  readonly title: string;
  readonly value: string;
  /** The title in two, where a list has a second line for what tells namesakes apart. */
  readonly parts?: { readonly name: string; readonly detail: string };
}

export type Element =
  | { readonly kind: 'text'; readonly text: string; readonly style?: 'normal' | 'subtle' | 'strong' }
  /** Label and value, in order. */
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  /** What a plan would change: before → after. An equal pair is shown as "stays"; all new, the heading says so. */
  | { readonly kind: 'changes'; readonly heading: string; readonly rows: readonly Change[] }
  | {
      readonly kind: 'steps';
      readonly steps: readonly { readonly name: string; readonly state: StepState; readonly note?: string }[];
    }
  | {
      readonly kind: 'notice';
      readonly tone: 'good' | 'warning' | 'problem' | 'neutral';
      readonly text: string;
      /** What the text is, such as "What to do"; absent: a word for the tone. */
      readonly label?: string;
    }
  /** How much of many is done; drawn and said. */
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'list'; readonly heading?: string; readonly items: readonly string[] }
  /** Shown when the reader asks for it: ids, remote words, request ids. */
  | { readonly kind: 'details'; readonly title: string; readonly facts: readonly Fact[] }
  | {
      readonly kind: 'choose';
      readonly id: string;
      readonly label: string;
      readonly choices: readonly Choice[];
      readonly value?: string;
      readonly required?: string;
    }
  | {
      /** Any number of the choices. The answer holds their values, separated by commas; no value has one in it. */
      readonly kind: 'chooseMany';
      readonly id: string;
      readonly label: string;
      readonly choices: readonly Choice[];
      readonly values: readonly string[];
      readonly required?: string;
    }
  | {
      /**
       * One person, found while typing: a list that fills itself. The input holds the object id of who was chosen, or, where
       * the client shows no such list, the words that were typed.
       */
      readonly kind: 'person';
      readonly id: string;
      readonly label: string;
      readonly placeholder?: string;
      /** Who is chosen so far. */
      readonly value?: Choice;
      readonly required?: string;
    }
  | {
      readonly kind: 'write';
      readonly id: string;
      readonly label: string;
      readonly placeholder?: string;
      readonly value?: string;
      readonly maxLength: number;
      readonly required?: string;
    };

/** What a list that fills itself is filled with. */
export const PEOPLE_DATASET = 'people';

export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface Change {
  readonly field: string;
  /** Absent: there is nothing yet. */
  readonly before?: string;
  readonly after: string;
}

export type Action =
  /** A button. Everything but these three is loaded again from what the reference names. */
  | {
      readonly kind: 'verb';
      readonly label: string;
      readonly verb: string;
      readonly reference: string;
      readonly revision: number;
      readonly style?: 'primary' | 'danger';
      /** Whether inputs must be valid before it acts; *Back* and *Cancel* do not ask for that. */
      readonly ignoresInputs?: boolean;
    }
  /** A link that we built ourselves: https, or loopback in front of a sandbox. */
  | { readonly kind: 'link'; readonly label: string; readonly url: string; readonly style?: 'primary' };

export interface View {
  readonly title: string;
  readonly tone: Tone;
  readonly elements: readonly Element[];
  readonly actions: readonly Action[];
  /**
   * Where several people read, the buttons are for these, by Entra object id. A chat in which a message can look different
   * to each reader shows them to nobody else, and asks by the verb `refresh` for their version; in any case the click is judged.
   */
  readonly buttonsFor?: { readonly personIds: readonly string[]; readonly reference: string };
  /** One sentence that says the outcome, for notifications, screen readers and clients without cards. */
  readonly fallback: string;
}
