import { randomBytes } from 'node:crypto';
import { extname } from 'node:path';
import { SLACK } from '../credentials.js';
import type { SandboxRequest, SandboxServer } from '../kit/server.js';
import type { SlackFile } from './slack-wire.js';

const MOST_FILES = 50;
const TYPES: Readonly<Record<string, string>> = { csv: 'text/csv', txt: 'text/plain', json: 'application/json' };

/** Files that people upload, as files.slack.com keeps them: for whoever has the bot's token. In memory alone. */
export class SlackFiles {
  readonly #files = new Map<string, { file: SlackFile; bytes: Buffer }>();
  readonly #address: () => string;

  constructor(address: () => string) {
    this.#address = address;
  }

  mount(server: SandboxServer): void {
    server.route('GET', '/files/:id/:name', (request) => {
      // Slack answers its sign-in page, with status 200, to whoever brings no token.
      if (!bringsToken(request)) {
        const headers = { 'Content-Type': 'text/html; charset=utf-8' };
        return { status: 200, headers, body: '<!DOCTYPE html><title>Sign in | Slack</title>' };
      }
      const found = this.#files.get(request.params['id'] ?? '');
      if (!found) return { status: 404, body: 'There is no such file.' };
      return { status: 200, headers: { 'Content-Type': found.file.mimetype }, body: found.bytes };
    });
  }

  find(id: string): SlackFile | undefined {
    return this.#files.get(id)?.file;
  }

  /** Keeps what somebody uploaded, and gives the object with which Slack tells of it. */
  upload(upload: { name: string; bytes: Buffer; user: string; created: number }): SlackFile {
    const { name, bytes, user, created } = upload;
    const id = `F${randomBytes(5).toString('hex').toUpperCase()}`;
    const filetype = extname(name).slice(1).toLowerCase() || 'binary';
    const mimetype = TYPES[filetype] ?? 'application/octet-stream';
    const url = `${this.#address()}/files/${id}/${encodeURIComponent(name)}`;
    const urls = { url_private: url, url_private_download: url };
    const file = { id, name, mimetype, filetype, size: bytes.length, user, created, ...urls };
    this.#files.set(id, { file, bytes });
    for (const oldest of [...this.#files.keys()].slice(0, -MOST_FILES)) this.#files.delete(oldest);
    return file;
  }
}

function bringsToken(request: SandboxRequest): boolean {
  return request.headers['authorization'] === `Bearer ${SLACK.botToken}`;
}
