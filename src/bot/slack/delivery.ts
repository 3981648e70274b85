import { randomUUID } from 'node:crypto';
import type { ButtonValue } from './block-kit.js';

/** A file that came with a message, as Slack tells of it. */
export interface SentFile {
  readonly name: string;
  readonly url: string;
}

/** Where a button was: on a message, on the app's own page, or in a dialog. */
export type Surface =
  | { readonly kind: 'message'; readonly channel: string; readonly ts: string; readonly thread: string | undefined }
  | { readonly kind: 'page' };

/** What somebody did in Slack, as far as Latchkey answers it. */
export type Deed =
  /** Typed anywhere. `channel` may be one that the app is not in. */
  | { readonly kind: 'command'; readonly text: string; readonly channel: string }
  | {
      readonly kind: 'message';
      readonly text: string;
      readonly channel: string;
      readonly thread: string | undefined;
      readonly files: readonly SentFile[];
    }
  | { readonly kind: 'mention'; readonly text: string; readonly channel: string; readonly thread: string }
  | {
      readonly kind: 'click';
      readonly button: ButtonValue;
      /** What stands on the button; for words only. */
      readonly label?: string | undefined;
      readonly inputs: Readonly<Record<string, string>>;
      /** What must be filled in and is not, in the words of its label or hint. */
      readonly missing: string | undefined;
      readonly surface: Surface;
    }
  | {
      readonly kind: 'form';
      readonly form: string;
      /** What stands above the form; for words only. */
      readonly title?: string | undefined;
      /** What the dialog is about, as with a button. */
      readonly reference: string | undefined;
      readonly inputs: Readonly<Record<string, string>>;
      readonly viewId: string;
      /** The conversation that the dialog was opened from. */
      readonly conversation: string;
    }
  | { readonly kind: 'search'; readonly dataset: string; readonly words: string }
  | { readonly kind: 'home' }
  | { readonly kind: 'about'; readonly author: string | undefined };

/** One delivery of Slack, reduced to what Latchkey reads. */
export interface Delivery {
  readonly userId: string;
  /** The workspace that the sender belongs to, where Slack says so. */
  readonly userTeam: string | undefined;
  /** The workspace that it was delivered for. */
  readonly teamId: string;
  readonly appId: string | undefined;
  /** Installed for a whole organisation: Latchkey is for one workspace. */
  readonly isEnterprise: boolean;
  /** In a channel that another company reads. */
  readonly isShared: boolean;
  /** The same for a redelivery, another for each deed. */
  readonly id: string;
  /** Opens one dialog, within three seconds. */
  readonly triggerId: string | undefined;
  /** Answers where the deed was done, a few times within half an hour. */
  readonly responseUrl: string | undefined;
  readonly deed: Deed;
}

/** A delivery that is to be worked on. */
export interface Task {
  readonly delivery: Delivery;
  /** It stands in the inbox, which took note that it came. */
  readonly isNoted?: true;
  /** Whoever worked on it has died. What was good for a moment, such as its trigger, is gone. */
  readonly isTakenUp?: true;
  /** What the person is told; nothing else is done. */
  readonly instead?: string;
}

/** As if somebody had opened the app's own page just now. */
export function homeOpened(userId: string, teamId: string): Delivery {
  return {
    ...{ id: randomUUID(), userId, teamId, deed: { kind: 'home' } },
    ...{ userTeam: undefined, appId: undefined, triggerId: undefined, responseUrl: undefined },
    ...{ isEnterprise: false, isShared: false },
  };
}
