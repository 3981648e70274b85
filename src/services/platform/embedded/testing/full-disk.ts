import type { NodeFS } from '@electric-sql/pglite/nodefs';
import { SyncedNodeFS } from '../synced-file-system.js';

/** Emscripten's number for ENOSPC. */
const NO_SPACE = 51;

interface Stream {
  readonly nfd: number;
  readonly node: unknown;
}
interface Internals {
  readonly FS: { ErrnoError: new (errno: number) => Error };
  readonly NODEFS: {
    stream_ops: {
      getattr(stream: Stream): { size: number };
      write(stream: Stream, memory: Int8Array, offset: number, length: number, at: number): number;
    };
  };
}

/** A disk that can be full: files cannot grow then, while what they have can be overwritten. */
export class FillableFS extends SyncedNodeFS {
  isFull = false;

  override async init(...given: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(...given);
    const preRun = [emscriptenOpts.preRun ?? []].flat();
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...preRun, (module: unknown) => this.#limit(module)] } };
  }

  #limit(module: unknown): void {
    const { FS, NODEFS } = module as Internals;
    const { write } = NODEFS.stream_ops;
    NODEFS.stream_ops.write = (stream, memory, offset, length, at) => {
      const isGrowing = this.isFull && at + length > NODEFS.stream_ops.getattr(stream).size;
      if (isGrowing) throw new FS.ErrnoError(NO_SPACE);
      return write(stream, memory, offset, length, at);
    };
  }
}
