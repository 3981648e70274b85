/** What the Slack sandbox tells the page. */
export interface SlackAccount {
  readonly userId: string;
  readonly name: string;
  /** Entra object id of who plays it; absent for people whom the tenant does not know. */
  readonly personId?: string;
  readonly guest?: string;
  readonly isStranger: boolean;
  readonly channels: readonly SlackChannel[];
}

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly isDirect: boolean;
}

export interface SlackWorkspace {
  readonly token: string;
  readonly team: { readonly name: string };
  readonly bot: { readonly userId: string; readonly name: string };
  readonly users: readonly { readonly id: string; readonly handle: string; readonly name: string }[];
  readonly accounts: readonly SlackAccount[];
  readonly command: string;
  /** Name of the app's shortcut in the menu of a message. */
  readonly shortcut: string;
}

export interface TextObject {
  readonly type: 'plain_text' | 'mrkdwn';
  readonly text: string;
}

export interface SlackOption {
  readonly text: TextObject;
  readonly value: string;
  readonly description?: TextObject;
  readonly url?: string;
}

export interface SlackElement {
  readonly type: string;
  readonly action_id: string;
  readonly text?: TextObject;
  readonly url?: string;
  readonly style?: 'primary' | 'danger';
  readonly accessibility_label?: string;
  readonly confirm?: SlackConfirm;
  readonly placeholder?: TextObject;
  readonly options?: readonly SlackOption[];
  readonly option_groups?: readonly { readonly label: TextObject; readonly options: readonly SlackOption[] }[];
  readonly initial_option?: SlackOption;
  readonly initial_options?: readonly SlackOption[];
  readonly initial_value?: string;
  readonly initial_date?: string;
  readonly initial_user?: string;
  readonly multiline?: boolean;
  readonly max_length?: number;
  readonly min_query_length?: number;
}

export interface SlackConfirm {
  readonly title?: TextObject;
  readonly text: TextObject;
  readonly confirm?: TextObject;
  readonly deny?: TextObject;
  readonly style?: 'primary' | 'danger';
}

export interface SlackBlock {
  readonly type: string;
  readonly block_id: string;
  readonly text?: TextObject;
  readonly fields?: readonly TextObject[];
  readonly accessory?: SlackElement;
  readonly elements?: readonly unknown[];
  readonly rows?: readonly (readonly unknown[])[];
  readonly label?: TextObject;
  readonly hint?: TextObject;
  readonly optional?: boolean;
  readonly element?: SlackElement;
  readonly dispatch_action?: boolean;
}

export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly user: string;
  readonly bot_id?: string;
  readonly text: string;
  readonly blocks?: readonly SlackBlock[];
  readonly files?: readonly { readonly name: string; readonly size: number }[];
  readonly edited?: unknown;
  readonly visible_to?: string;
  readonly revision: number;
}

export interface SlackView {
  readonly id: string;
  readonly type: 'modal' | 'home';
  readonly title?: TextObject;
  readonly submit?: TextObject;
  readonly close?: TextObject;
  readonly blocks: readonly SlackBlock[];
  readonly open: boolean;
  readonly createdRevision: number;
  readonly revision: number;
}

/** What was typed or picked, by block and element: text, an option's value, several, or an option that a list offered. */
export type Entry = string | readonly string[] | { readonly value: string; readonly text: string } | null;
export type Entered = Readonly<Record<string, Readonly<Record<string, Entry>>>>;

export type Container = { readonly channel: string; readonly ts: string } | { readonly view_id: string };

/** What Slack's own client shows of a deed at once. */
export interface Outcome {
  readonly delivered: boolean;
  readonly notice?: string;
  readonly errors?: Readonly<Record<string, string>>;
  readonly options?: readonly SlackOption[];
}
