import type { Entra } from '../entra/entra.js';
import type { Database } from '../platform/database.js';
import type { Log } from '../platform/log.js';
import type { Sweep } from '../platform/tick.js';
import type { Lease } from './lease.js';
import type { LeaseEnds } from './lease-ends.js';
import { compareWithDirectory, leasesOutlived, type AccessFinding, type DirectoryLook } from './reconcile-access.js';

interface ReconcilerParts {
  readonly entra: Pick<Entra, 'listAssignments'>;
  readonly database: Database;
  readonly log: Log;
  readonly ends: Pick<LeaseEnds, 'endAgain'>;
}

/** What Entra says beside the leases: what has outlived them is taken again, the rest is told to the operator, once. */
export class LeaseReconciler implements Sweep {
  readonly name = 'leases beside the directory';
  readonly everySeconds = 300;
  readonly #parts: ReconcilerParts;
  /** Those that were found the last time. */
  #told: ReadonlySet<string> = new Set();
  #look: DirectoryLook = { findings: [] };

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  /** What the last comparison has found, without another one. Each replica does its own. */
  get look(): DirectoryLook {
    return this.#look;
  }

  async sweep(now: Date): Promise<void> {
    const { entra, database } = this.#parts;
    const findings = await compareWithDirectory({ entra, db: database.db }, now);
    this.#tell(findings);
    this.#look = { at: now, findings };
    const stillThere = findings.filter(({ kind }) => kind === 'still-there').map(({ lease }) => lease);
    for (const lease of stillThere) await this.#endAgain(lease, { isForgotten: true });
    for (const lease of await leasesOutlived(database.db)) await this.#endAgain(lease, { isForgotten: false });
  }

  #tell(findings: readonly AccessFinding[]): void {
    const keyOf = ({ kind, lease }: AccessFinding): string => `${kind} ${lease.id}`;
    for (const finding of findings.filter((one) => !this.#told.has(keyOf(one)))) {
      const { kind, lease } = finding;
      const fields = { finding: kind, lease: lease.id, person: lease.person.id, role: lease.roleName };
      this.#parts.log.warn(fields, 'The directory says something else than the leases');
    }
    this.#told = new Set(findings.map(keyOf));
  }

  /** What cannot be ended now keeps no other from it: it is found again. */
  async #endAgain(lease: Lease, options: { isForgotten: boolean }): Promise<void> {
    try {
      await this.#parts.ends.endAgain(lease, options);
    } catch (error) {
      this.#parts.log.error({ lease: lease.id, error }, 'Access that has outlived its lease could not be taken now');
    }
  }
}
