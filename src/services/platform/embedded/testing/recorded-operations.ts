import { join } from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { SyncedNodeFS } from '../synced-file-system.js';

/** A file keeps its number when it is renamed; a new file of an old name gets a new one. */
type FileNumber = number;

export type Operation =
  | { readonly kind: 'write'; readonly file: FileNumber; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: FileNumber; readonly size: number }
  | { readonly kind: 'sync'; readonly file: FileNumber }
  | { readonly kind: 'create-file'; readonly path: string; readonly file: FileNumber }
  | { readonly kind: 'create-folder' | 'remove-file' | 'remove-folder'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  /** No operation: the program was told that this row is committed. */
  | { readonly kind: 'acknowledged'; readonly row: number };

interface Node {
  readonly mode: number;
}
interface Stream {
  readonly node: Node;
}
type Ops = Record<string, (...given: never[]) => unknown>;
/** What Emscripten gives to `preRun`: the internals that are listened to. */
interface Internals {
  readonly FS: { isDir(mode: number): boolean };
  readonly NODEFS: { realPath(node: Node): string; node_ops: Ops; stream_ops: Ops };
}

/** What a database did to its files, in order. */
export class Recording {
  readonly operations: Operation[] = [];
  /** Paths are inside the folder; files that were there before are numbered when first met. */
  readonly filesBefore = new Map<FileNumber, string>();
  readonly #numbers = new Map<string, FileNumber>();
  readonly #folder: string;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  acknowledge(row: number): void {
    this.operations.push({ kind: 'acknowledged', row });
  }

  /** Wraps the operations of the file system before the database opens its first file. */
  listenTo(module: unknown): void {
    const { FS, NODEFS } = module as Internals;
    const { node_ops: nodes, stream_ops: streams } = NODEFS;
    const pathOf = (node: Node): string => NODEFS.realPath(node).slice(this.#folder.length + 1);
    const streamFiles = new WeakMap<Node, FileNumber>();
    const fileOf = ({ node }: Stream): FileNumber => {
      const file = streamFiles.get(node) ?? this.#fileAt(pathOf(node));
      streamFiles.set(node, file);
      return file;
    };

    after(nodes, 'mknod', (_, parent: Node, name: string, mode: number) =>
      this.#created(join(pathOf(parent), name), FS.isDir(mode)),
    );
    after(nodes, 'unlink', (_, parent: Node, name: string) => this.#removed(join(pathOf(parent), name)));
    after(nodes, 'rmdir', (_, parent: Node, name: string) =>
      this.operations.push({ kind: 'remove-folder', path: join(pathOf(parent), name) }),
    );
    const rename = nodes['rename'];
    nodes['rename'] = (...given: [Node, Node, string] & never[]) => {
      const path = pathOf(given[0]); // afterwards the node has its new name
      rename?.(...given);
      this.#renamed(path, join(pathOf(given[1]), given[2]));
    };
    after(nodes, 'setattr', (_, node: Node, { size }: { size?: number }) => {
      if (size !== undefined) this.operations.push({ kind: 'truncate', file: fileOf({ node }), size });
    });
    after(streams, 'setattr', (_, stream: Stream, { size }: { size?: number }) => {
      if (size !== undefined) this.operations.push({ kind: 'truncate', file: fileOf(stream), size });
    });
    after(streams, 'open', (_, stream: Stream) => void fileOf(stream));
    after(streams, 'write', (count, stream: Stream, memory: Int8Array, from: number, _length: number, at: number) => {
      // A copy: the memory is the database's own and changes with the next statement.
      const bytes = Buffer.from(new Uint8Array(memory.buffer, memory.byteOffset + from, Number(count)));
      this.operations.push({ kind: 'write', file: fileOf(stream), at, bytes });
    });
    if (streams['fsync']) {
      after(streams, 'fsync', (_, stream: Stream) => this.operations.push({ kind: 'sync', file: fileOf(stream) }));
    }
  }

  #fileAt(path: string): FileNumber {
    const known = this.#numbers.get(path);
    if (known !== undefined) return known;
    const file = this.#count++;
    this.#numbers.set(path, file);
    this.filesBefore.set(file, path);
    return file;
  }

  #created(path: string, isFolder: boolean): void {
    if (isFolder) return void this.operations.push({ kind: 'create-folder', path });
    const file = this.#count++;
    this.#numbers.set(path, file);
    this.operations.push({ kind: 'create-file', path, file });
  }

  #removed(path: string): void {
    this.#fileAt(path);
    this.#numbers.delete(path);
    this.operations.push({ kind: 'remove-file', path });
  }

  #renamed(path: string, to: string): void {
    this.#numbers.set(to, this.#fileAt(path));
    this.#numbers.delete(path);
    this.operations.push({ kind: 'rename', path, to });
  }
}

/** Calls `listen` with what the operation returned and was given, once it has succeeded. */
function after<Given extends unknown[]>(
  operations: Ops,
  name: string,
  listen: (result: unknown, ...given: Given) => unknown,
): void {
  const operation = operations[name];
  if (!operation) throw new Error(`PGlite's file system has no "${name}" any more.`);
  operations[name] = (...given: never[]) => {
    const result = operation(...given);
    listen(result, ...(given as unknown as Given));
    return result;
  };
}

type Initialise = NodeFS['init'];

async function listening(initialised: ReturnType<Initialise>, recording: Recording): ReturnType<Initialise> {
  const { emscriptenOpts } = await initialised;
  const preRun = [emscriptenOpts.preRun ?? []].flat();
  const listen = (module: unknown): void => recording.listenTo(module);
  return { emscriptenOpts: { ...emscriptenOpts, preRun: [...preRun, listen] } };
}

/** The file system of the product, recorded. */
export class RecordedSyncedFS extends SyncedNodeFS {
  readonly recording: Recording;

  constructor(folder: string) {
    super(folder, (error) => {
      throw error;
    });
    this.recording = new Recording(folder);
  }

  override init(...given: Parameters<Initialise>): ReturnType<Initialise> {
    return listening(super.init(...given), this.recording);
  }
}

/** PGlite's own file system, recorded. */
export class RecordedUnsyncedFS extends NodeFS {
  readonly recording: Recording;

  constructor(folder: string) {
    super(folder);
    this.recording = new Recording(folder);
  }

  override init(...given: Parameters<Initialise>): ReturnType<Initialise> {
    return listening(super.init(...given), this.recording);
  }
}
