import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { SLACK } from '../credentials.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { fromBot, readContent } from './message-methods.js';
import { SlackError, type StoredMessage } from './slack-wire.js';
import { Arguments } from './web-api.js';
import type { Workspace } from './workspace.js';

const LIVES_MS = 30 * 60_000;
const MOST_USES = 5;

/** Where an answer goes: to whom, and for a button the message that it stands on. */
export interface Occasion {
  readonly user: string;
  readonly channel: string;
  readonly thread_ts?: string;
  readonly source?: { readonly channel: string; readonly ts: string };
}

const answerSchema = z.looseObject({
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
});

/** Addresses to which the bot may answer something that a person did: five times within thirty minutes, without a token. */
export class ResponseUrls {
  readonly #known = new Map<string, { occasion: Occasion; at: number; uses: number }>();
  readonly #workspace: Workspace;
  readonly #address: () => string;
  readonly #wall: () => Date;

  constructor(workspace: Workspace, address: () => string, wall: () => Date) {
    this.#workspace = workspace;
    this.#address = address;
    this.#wall = wall;
  }

  mount(server: SandboxServer): void {
    for (const kind of ['commands', 'actions'] as const) {
      server.route('POST', `/${kind}/:team/:id/:secret`, (request) => this.#answer(request));
    }
  }

  issue(kind: 'commands' | 'actions', occasion: Occasion): string {
    const at = this.#wall().getTime();
    const path = `/${kind}/${SLACK.teamId}/${at}/${randomBytes(12).toString('base64url')}`;
    this.#known.set(path, { occasion, at, uses: 0 });
    return this.#address() + path;
  }

  #answer(request: SandboxRequest): Reply {
    const known = this.#known.get(request.path);
    if (!known) return { status: 404, body: 'no_such_url' };
    if (this.#wall().getTime() - known.at > LIVES_MS) return { status: 404, body: 'expired_url' };
    if (known.uses >= MOST_USES) return { status: 404, body: 'used_url' };
    try {
      const body = request.json();
      const parsed = answerSchema.safeParse(body);
      if (!parsed.success) return { status: 400, body: 'invalid_payload' };
      this.answer(known.occasion, parsed.data);
      known.uses++;
      return { status: 200, body: 'ok' };
    } catch (error) {
      if (error instanceof SyntaxError) return { status: 400, body: 'invalid_payload' };
      if (!(error instanceof SlackError)) throw error;
      return { status: 400, body: { ok: false, error: error.code, ...error.more } };
    }
  }

  /** Shows an answer, as one to a `response_url` or in the body that acknowledges a slash command. Throws SlackErrors. */
  answer(occasion: Occasion, answer: z.infer<typeof answerSchema>): void {
    const { source } = occasion;
    const original = source && this.#workspace.findMessage(source.channel, source.ts);
    if (answer.delete_original) {
      if (original) this.#workspace.remove(original);
      return;
    }
    const content = readContent(new Arguments(answer));
    if (original && answer.replace_original) return this.#replace(original, content);
    const isPublic = answer.response_type === 'in_channel';
    const { channel, thread_ts, user } = occasion;
    const place = { channel, ...(thread_ts === undefined ? {} : { thread_ts }) };
    this.#workspace.post({ ...place, ...fromBot(), ...content, ...(isPublic ? {} : { visible_to: user }) });
  }

  #replace(original: StoredMessage, content: ReturnType<typeof readContent>): void {
    const edited = { user: SLACK.botUserId, ts: this.#workspace.nextTs() };
    this.#workspace.change({ ...original, blocks: [], ...content, edited });
  }
}
