import { randomBytes } from 'node:crypto';
import { SLACK, SLACK_COMMAND } from '../credentials.js';
import { elementsOf } from './block-kit.js';
import { bodyOf, isTaken, type BotAnswer, type BotClient } from './bot-client.js';
import { suggestionAnswer } from './composition-objects.js';
import { NoSuchThing, type Deed, type DeedOf, type Outcome } from './deed-schema.js';
import type { Container, Incoming } from './incoming.js';
import type { ResponseUrls } from './response-urls.js';
import type { SlackFiles } from './slack-files.js';
import { SlackError, type Json, type SlackChannel, type SlackUser } from './slack-wire.js';
import { stateValues, wire } from './state-values.js';
import type { Submissions } from './submissions.js';
import { SLACKBOT, type Workspace } from './workspace.js';
import { mentionsBot, written } from './written-text.js';

export interface DeedsOptions {
  readonly workspace: Workspace;
  readonly make: Incoming;
  readonly bot: BotClient;
  readonly files: SlackFiles;
  readonly responseUrls: ResponseUrls;
  readonly submissions: Submissions;
}

/** Does what people do in Slack: keeps it, tells the bot, and says what Slack's own client would show. */
export class Deeds {
  readonly #o: DeedsOptions;

  constructor(options: DeedsOptions) {
    this.#o = options;
  }

  /** Throws NoSuchThing when the person, place or element is not there. */
  async do(deed: Deed): Promise<Outcome> {
    switch (deed.deed) {
      case 'write':
        return this.#write(deed);
      case 'command':
        return this.#command(deed);
      case 'press':
        return this.#press(deed);
      case 'suggest':
        return this.#suggest(deed);
      case 'submit':
        return this.#o.submissions.submit(this.#user(deed.as), deed.view_id, deed.entered);
      case 'close':
        return this.#o.submissions.close(this.#user(deed.as), deed.view_id, deed.all);
      case 'home':
        return told(await this.#o.bot.event(this.#o.make.homeOpened(this.#user(deed.as), deed.tab)));
      case 'upload':
        return this.#upload(deed);
      case 'shortcut':
        return this.#shortcut(deed);
      case 'verify-url':
        return this.#verifyUrl();
      case 'check-ssl':
        return told(await this.#o.bot.check({ ssl_check: '1', token: 'sandbox-verification-token' }));
    }
  }

  async #write({ as, channel: id, text, thread_ts }: DeedOf<'write'>): Promise<Outcome> {
    const { workspace, bot, make } = this.#o;
    const [user, channel] = [this.#user(as), this.#channel(as, id)];
    const words = written(text, workspace.users.list());
    const thread = thread_ts === undefined ? {} : { thread_ts };
    const message = workspace.post({ channel: channel.id, user: user.id, text: words, ...thread });
    // The app hears direct messages and mentions, and nothing else that people say.
    if (!channel.is_im && !(mentionsBot(words) && hasBot(channel))) return { delivered: false, ts: message.ts };
    return { ...told(await bot.event(make.written(user, channel, message))), ts: message.ts };
  }

  async #command({ as, channel: id, text }: DeedOf<'command'>): Promise<Outcome> {
    const { workspace, bot, make } = this.#o;
    const [user, channel] = [this.#user(as), this.#channel(as, id)];
    const [command = '', ...words] = text.split(/(?<=^\S+)\s+/);
    if (command !== SLACK_COMMAND) return this.#slackbot(user, channel, `${command} is not a valid command.`);
    const said = written(words.join(' '), workspace.users.list(), 'command');
    const answer = await bot.command(make.command(user, channel, command, said));
    if (!isTaken(answer)) {
      return this.#slackbot(user, channel, `${command} failed with the error "${failureOf(answer)}"`);
    }
    return this.#answered(user, channel, bodyOf(answer));
  }

  /** The body that acknowledges a command may answer it. */
  #answered(user: SlackUser, channel: SlackChannel, body: unknown): Outcome {
    if (body === undefined || body === '') return { delivered: true };
    const answer = typeof body === 'object' && body !== null ? { ...body } : { text: String(body) };
    try {
      this.#o.responseUrls.answer({ user: user.id, channel: channel.id }, answer);
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return this.#slackbot(user, channel, `${SLACK_COMMAND} failed with the error "${error.code}"`);
    }
    return { delivered: true };
  }

  #slackbot(user: SlackUser, channel: SlackChannel, notice: string): Outcome {
    this.#o.workspace.post({ channel: channel.id, user: SLACKBOT, text: notice, visible_to: user.id });
    return { delivered: false, notice };
  }

  async #press({ as, at, block_id, action_id, value, entered }: DeedOf<'press'>): Promise<Outcome> {
    const { bot, make } = this.#o;
    const user = this.#user(as);
    const container = this.#container(user, at);
    const { blocks = [] } = container.kind === 'view' ? container.view : container.message;
    const block = blocks.find((one) => one.block_id === block_id);
    const element = block && elementsOf(block).find((one) => one.action_id === action_id);
    if (!element) throw new NoSuchThing('That button is not there any more.');
    const chosen = value === undefined ? {} : { [block_id]: { ...entered[block_id], [action_id]: value } };
    const { type, text, value: own } = element;
    const detail =
      type === 'button' ? { text, ...(own === undefined ? {} : { value: own }) } : wire(element, value ?? null);
    const action = { action_id, block_id, type, ...detail };
    const values = stateValues(blocks, { ...entered, ...chosen });
    return shown(await bot.interaction(make.actions(user, container, action, values)));
  }

  async #suggest({ as, at, block_id, action_id, value }: DeedOf<'suggest'>): Promise<Outcome> {
    const user = this.#user(as);
    const payload = this.#o.make.suggestion(user, this.#container(user, at), { block_id, action_id, value });
    const answer = await this.#o.bot.interaction(payload);
    if (!isTaken(answer)) return { delivered: false, notice: 'Could not load results.', options: [] };
    const parsed = suggestionAnswer.safeParse(bodyOf(answer));
    if (!parsed.success) return { delivered: true, notice: 'The list that came back is not valid.', options: [] };
    const options = 'options' in parsed.data ? parsed.data.options : parsed.data.option_groups;
    return { delivered: true, options: options as readonly Json[] };
  }

  async #upload({ as, channel: id, name, base64, text }: DeedOf<'upload'>): Promise<Outcome> {
    const { workspace, bot, make, files } = this.#o;
    const [user, channel] = [this.#user(as), this.#channel(as, id)];
    const created = Math.floor(Number(workspace.nextTs()));
    const file = files.upload({ name, bytes: Buffer.from(base64, 'base64'), user: user.id, created });
    const words = written(text, workspace.users.list());
    const message = workspace.post({ channel: channel.id, user: user.id, text: words, files: [file] });
    if (!channel.is_im) return { delivered: false, ts: message.ts };
    return { ...told(await bot.event(make.written(user, channel, message))), ts: message.ts };
  }

  async #shortcut({ as, channel: id, ts }: DeedOf<'shortcut'>): Promise<Outcome> {
    const user = this.#user(as);
    const channel = this.#channel(as, id);
    const message = this.#o.workspace.findMessage(id, ts);
    if (!message) throw new NoSuchThing('That message is not there any more.');
    return shown(await this.#o.bot.interaction(this.#o.make.shortcut(user, channel, message)));
  }

  /** As when somebody enters the address in the app's configuration: the bot must send the challenge back. */
  async #verifyUrl(): Promise<Outcome> {
    const challenge = randomBytes(20).toString('hex');
    const answer = await this.#o.bot.challenge({
      type: 'url_verification',
      token: 'sandbox-verification-token',
      challenge,
    });
    const body = bodyOf(answer);
    const said = (body as { challenge?: unknown } | undefined)?.challenge ?? body;
    if (said === challenge) return { delivered: true };
    return { delivered: false, notice: "Your URL didn't respond with the value of the challenge parameter." };
  }

  #user(id: string): SlackUser {
    const user = this.#o.workspace.users.get(id);
    if (!user || user.is_bot) throw new NoSuchThing('Nobody plays that account.');
    return user;
  }

  #channel(userId: string, id: string): SlackChannel {
    const channel = this.#o.workspace.channels.get(id);
    if (!channel?.members.includes(userId)) throw new NoSuchThing('That person is not in that conversation.');
    return channel;
  }

  #container(user: SlackUser, at: DeedOf<'press'>['at']): Container {
    const { workspace } = this.#o;
    if ('view_id' in at) {
      const view = workspace.findView(at.view_id);
      if (!view?.open || view.user !== user.id) throw new NoSuchThing('That view is not open any more.');
      return { kind: 'view', view };
    }
    const channel = this.#channel(user.id, at.channel);
    const message = workspace.findMessage(at.channel, at.ts);
    const isHidden = message?.visible_to !== undefined && message.visible_to !== user.id;
    if (!message || isHidden) throw new NoSuchThing('That message is not there any more.');
    return { kind: 'message', channel, message };
  }
}

function hasBot(channel: SlackChannel): boolean {
  return channel.members.includes(SLACK.botUserId);
}

/** Of an event nobody sees whether it arrived. */
function told(answer: BotAnswer): Outcome {
  return { delivered: isTaken(answer) };
}

/** What Slack's client says to somebody whose click came to nothing. */
function shown(answer: BotAnswer): Outcome {
  if (isTaken(answer)) return { delivered: true };
  return { delivered: false, notice: 'This app did not respond. Try again.' };
}

function failureOf(answer: BotAnswer): string {
  if (answer.kind === 'late') return 'operation_timeout';
  return answer.kind === 'unreachable' ? 'app_unreachable' : 'dispatch_failed';
}
