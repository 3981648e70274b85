import type { Entra } from '../../entra/entra.js';
import type { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/database.js';
import type { Durable } from '../../platform/durable.js';
import { createDurable } from '../../platform/ledger-durable.js';
import { silentLog } from '../../platform/testing/test-parts.js';
import { OperationRegistry } from '../operation-registry.js';
import { outcomeRecorder } from '../outcome-recorder.js';
import { Pipeline, type Started } from '../run-operation.js';

const CLOUD_APP_ADMIN = '158c047a-c907-4556-b7ef-446551a6b5f7';
const USER_ADMIN = 'fe930be7-5e62-47db-91af-98c3a49a38b1';

/** Somebody who may do everything, for a test that is not about rights. */
export const mayAll: Pick<Entra, 'findStanding'> = {
  findStanding: async (id) => ({
    person: { id, name: 'Ada Admin', userPrincipalName: 'ada@x.example', isEnabled: true, isGuest: false },
    active: [CLOUD_APP_ADMIN, USER_ADMIN].map((roleTemplateId) => ({ roleTemplateId, scope: '/' })),
    eligible: [],
  }),
};

/** The pipeline as it is, on that database, whose runs can be waited for. Stop it before the database is closed. */
export function testPipeline(parts: { database: Database; clock: Clock; entra: Entra }): {
  pipeline: Pipeline;
  durable: Durable;
  ended(started: Started): Promise<void>;
} {
  const operations = new OperationRegistry();
  const onOutcome = outcomeRecorder({ clock: parts.clock, operations });
  const durable = createDurable({ ...parts, log: silentLog, onOutcome });
  const pipeline = new Pipeline({ ...parts, durable, log: silentLog, operations });
  async function ended({ runId }: Started): Promise<void> {
    if (runId === undefined) throw new Error('Nothing was started.');
    while ((await durable.find(runId))?.state === 'running') await new Promise(setImmediate);
  }
  return { pipeline, durable, ended };
}
