import { randomUUID } from 'node:crypto';
import type { SandboxServer } from '../kit/server.js';
import type { Attachment } from './activity.js';

/** A file as somebody shares it in a chat. */
export interface SharedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const MOST_FILES = 50;

/** Files that people attach, where Teams keeps them in OneDrive: whoever has the address may fetch one. In memory alone. */
export class SharedFiles {
  readonly #files = new Map<string, SharedFile>();
  readonly #address: () => string;

  constructor(address: () => string) {
    this.#address = address;
  }

  mount(server: SandboxServer): void {
    server.route('GET', '/files/:id', ({ params }) => {
      const file = this.#files.get(params['id'] ?? '');
      if (!file) return { status: 404, body: 'There is no such file.' };
      return { status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body: file.bytes };
    });
  }

  /** Keeps the file and gives the attachment with which Teams tells a bot of it. */
  share(file: SharedFile): Attachment {
    const id = randomUUID();
    this.#files.set(id, file);
    for (const oldest of [...this.#files.keys()].slice(0, -MOST_FILES)) this.#files.delete(oldest);
    const url = `${this.#address()}/files/${id}`;
    const fileType = file.name.split('.').at(-1) ?? '';
    return {
      contentType: 'application/vnd.microsoft.teams.file.download.info',
      contentUrl: url,
      name: file.name,
      content: { downloadUrl: url, uniqueId: id, fileType },
    };
  }
}
