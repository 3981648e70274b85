import type { KyselyPlugin, RootOperationNode } from 'kysely';
import type { Database } from '../../src/services/platform/database.js';
import type { FlakyWire, Passing } from '../contract/remote-stand.js';

/** Where a process dies: around the n-th write to the database, or around the n-th effect on a remote side. From 1. */
export interface Death {
  readonly around: 'write' | 'effect';
  readonly at: number;
  readonly when: 'before' | 'after';
}

/**
 * The database and the wires as one process sees them, until it dies: from that point on nothing that it still tries
 * reaches anything. Simulates the death in place, so that every point can be tried.
 */
export class Mortal {
  readonly database: Database;
  readonly effects: string[] = [];
  writes = 0;
  #death: Death | undefined;
  #isDead = false;

  constructor(real: Database, wires: readonly FlakyWire[]) {
    this.database = {
      ...real,
      db: real.db.withPlugin(this.#plugin()),
      transaction: (work) => this.#around(() => real.transaction(work)),
    };
    for (const wire of wires) {
      wire.answersFor((passing) => this.#isCutBefore(passing), 'drop', Infinity);
      wire.losesAnswerTo((passing) => this.#isCutAfter(passing), 'drop', Infinity);
    }
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Counts anew. */
  arm(death?: Death): void {
    this.#death = death;
    this.effects.length = 0;
    this.writes = 0;
  }

  #plugin(): KyselyPlugin {
    return {
      // A statement by itself is a write of its own, and cannot be stopped after it was done: the next one does not come.
      transformQuery: ({ node }) => {
        this.#refuseDead();
        if (isWrite(node)) this.#countWrite('before');
        return node;
      },
      transformResult: async ({ result }) => {
        if (this.#death?.around === 'write' && this.#death.when === 'after' && this.writes >= this.#death.at)
          this.#die();
        this.#refuseDead();
        return result;
      },
    };
  }

  async #around<T>(write: () => Promise<T>): Promise<T> {
    this.#refuseDead();
    this.#countWrite('before');
    const done = await write();
    this.#strike('write', this.writes, 'after');
    this.#refuseDead();
    return done;
  }

  #countWrite(when: 'before'): void {
    this.writes += 1;
    this.#strike('write', this.writes, when);
    this.#refuseDead();
  }

  #isCutBefore(passing: Passing): boolean {
    if (!this.#isDead && isEffect(passing)) {
      this.effects.push(`${passing.method} ${passing.path}`);
      this.#strike('effect', this.effects.length, 'before');
    }
    return this.#isDead;
  }

  #isCutAfter(passing: Passing): boolean {
    if (!isEffect(passing)) return false;
    this.#strike('effect', this.effects.length, 'after');
    return this.#isDead;
  }

  #strike(around: Death['around'], at: number, when: Death['when']): void {
    const death = this.#death;
    if (death?.around === around && death.at === at && death.when === when) this.#die();
  }

  #die(): void {
    this.#isDead = true;
  }

  #refuseDead(): void {
    if (this.#isDead) throw new Error('The process is dead.');
  }
}

function isWrite(node: RootOperationNode): boolean {
  if (['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode'].includes(node.kind)) return true;
  return node.kind === 'RawNode' && /^\s*(with held|insert|update|delete)/i.test(node.sqlFragments.join(''));
}

function isEffect({ method, path }: Passing): boolean {
  return method !== 'GET' && !/oauth|\/search/.test(path);
}
