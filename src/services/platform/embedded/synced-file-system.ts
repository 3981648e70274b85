import { fdatasyncSync } from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type Initialise = NodeFS['init'];

/**
 * PGlite's Node file system has no fsync, so nothing it "commits" is on the disk; this one has. It leans on internals of
 * PGlite (`NODEFS.stream_ops`), hence the exact version pin and the self-check at start.
 */
export class SyncedNodeFS extends NodeFS {
  /** How often a file has been synced; what the self-check counts. */
  syncCount = 0;
  readonly #failed: (error: unknown) => void;

  /** @param failed called when a sync fails. What the disk holds is then unknown: it has to end the process. */
  constructor(directory: string, failed: (error: unknown) => void) {
    super(directory);
    this.#failed = failed;
  }

  override async init(...given: Parameters<Initialise>): ReturnType<Initialise> {
    const { emscriptenOpts } = await super.init(...given);
    const preRun = [emscriptenOpts.preRun ?? []].flat();
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...preRun, (module: unknown) => this.#addSync(module)] } };
  }

  #addSync(module: unknown): void {
    const { stream_ops: streams } = (module as { NODEFS: { stream_ops: Record<string, unknown> } }).NODEFS;
    streams['fsync'] = ({ nfd }: { nfd?: number | null }): void => {
      if (typeof nfd === 'number') this.#sync(nfd);
    };
  }

  #sync(descriptor: number): void {
    try {
      fdatasyncSync(descriptor);
      this.syncCount += 1;
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }
}
