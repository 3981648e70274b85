import { z } from 'zod';
import { SLACK, SLACK_ACCOUNTS, SLACK_COMMAND, SLACK_SHORTCUT } from '../credentials.js';
import { refusal, type PageGuard } from '../kit/page-guard.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { deedSchema, NoSuchThing } from './deed-schema.js';
import type { Deeds } from './deeds.js';
import type { EventStreams } from './event-stream.js';
import type { Workspace } from './workspace.js';

export interface PageApiOptions {
  readonly workspace: Workspace;
  readonly deeds: Deeds;
  readonly guard: PageGuard;
  readonly streams: EventStreams;
}

/** What the Slack side of the browser page asks: who and what there is, and to do something as somebody. */
export class PageApi {
  readonly #o: PageApiOptions;

  constructor(options: PageApiOptions) {
    this.#o = options;
  }

  mount(server: SandboxServer): void {
    const { guard, workspace, streams } = this.#o;
    const path = '/sandbox/api/slack';
    server.route('GET', `${path}/workspace`, (request) => guard.refuseRead(request) ?? this.#workspace());
    server.route('POST', `${path}/deeds`, (request) => guard.refuseAct(request) ?? this.#do(request));
    server.stream(`${path}/events`, (request, response) => {
      const user = workspace.users.get(request.query.get('as') ?? '');
      const refused = guard.refuseRead(request);
      if (!user || user.is_bot || refused) {
        response.writeHead(refused?.status ?? 404, { 'Content-Type': 'application/json; charset=utf-8' });
        response.end(JSON.stringify(refused?.body ?? { error: { code: 'UnknownAccount', message: 'Nobody has it.' } }));
        return;
      }
      streams.open(response, user, request.headers['last-event-id'] ?? request.query.get('since') ?? undefined);
    });
  }

  #workspace(): Reply {
    const { guard, workspace } = this.#o;
    const accounts = SLACK_ACCOUNTS.map(({ userId, name, personId, teamId, guest }) => ({
      ...{ userId, name, personId, guest, isStranger: teamId !== SLACK.teamId },
      channels: workspace
        .channelsOf(userId)
        .map(({ id, name: channel, is_im }) => ({ id, name: channel, isDirect: is_im })),
    }));
    const body = {
      token: guard.token,
      team: { id: SLACK.teamId, name: SLACK.teamName },
      bot: { userId: SLACK.botUserId, name: 'Latchkey' },
      users: workspace.users.list().map(({ id, name, real_name }) => ({ id, handle: name, name: real_name })),
      ...{ accounts, command: SLACK_COMMAND, shortcut: SLACK_SHORTCUT.name },
    };
    return { status: 200, headers: { 'Cross-Origin-Resource-Policy': 'same-origin' }, body };
  }

  async #do(request: SandboxRequest): Promise<Reply> {
    const parsed = deedSchema.safeParse(readJson(request));
    if (!parsed.success) return refusal(400, 'BadRequest', z.prettifyError(parsed.error));
    try {
      return { status: 200, body: await this.#o.deeds.do(parsed.data) };
    } catch (error) {
      if (error instanceof NoSuchThing) return refusal(404, 'NoSuchThing', error.message);
      throw error;
    }
  }
}

function readJson(request: SandboxRequest): unknown {
  try {
    return request.json();
  } catch {
    return undefined;
  }
}
