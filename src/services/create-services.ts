import { join } from 'node:path';
import type { Config, RemoteSettings } from '../config.js';
import { createConversationMemory, type ConversationMemory } from './conversation-memory.js';
import { createEntra } from './entra/entra-client.js';
import { createGenesys } from './genesys/genesys-client.js';
import { AuditService } from './operations/audit-service.js';
import { OperationRegistry } from './operations/operation-registry.js';
import type { Actor } from './operations/operation.js';
import { OperatorAudit } from './operations/operator-audit.js';
import { outcomeRecorder } from './operations/outcome-recorder.js';
import { Pipeline } from './operations/run-operation.js';
import { Runs } from './operations/runs.js';
import { FirstPasswords, type DeliverLink } from './people/first-passwords.js';
import { auditCheckpoints } from './platform/audit-checkpoints.js';
import type { Clock } from './platform/clock.js';
import type { Database } from './platform/database.js';
import { databaseCare } from './platform/embedded/database-care.js';
import type { RunId } from './platform/ids.js';
import { loadKey } from './platform/keys.js';
import { createDurable } from './platform/ledger-durable.js';
import type { Log } from './platform/log.js';
import { createOneTimeSecrets } from './platform/one-time-secrets.js';
import { createOutbox } from './platform/outbox.js';
import { Problem } from './platform/problem.js';
import { housekeeping } from './platform/sweeps.js';
import { createTick } from './platform/tick.js';
import { createWake } from './platform/wake.js';
import { ProvisioningService } from './provisioning/provisioning-service.js';
import { parseGenesysRegion, type GenesysRegion } from './sso/genesys-region.js';
import { SsoService } from './sso/sso-service.js';
import { createReachable } from './sso/test-links.js';
import { UndoService } from './sso/undo-service.js';

/** The work, wired. What conversations and doors are given. */
export interface Services {
  readonly sso: SsoService;
  readonly undo: UndoService;
  readonly provisioning: ProvisioningService;
  readonly runs: Runs;
  readonly audit: AuditService;
  readonly operatorAudit: OperatorAudit;
  readonly memory: ConversationMemory;
  readonly passwords: FirstPasswords;
  readonly clock: Clock;
  /** Whether the database answers, and the business time, for `/readyz`. */
  ready(): Promise<{ ok: boolean; checks: Readonly<Record<string, string>> }>;
  /**
   * Lets runs be set going and looked after. Before the doors open. Returns the runs whose process died; they go on with
   * `goOn` once everything that they need is there.
   */
  start(): Promise<readonly RunId[]>;
  goOn(runs: readonly RunId[]): void;
  stop(): Promise<void>;
}

export interface ServiceParts {
  readonly config: Pick<Config, 'dataDir' | 'key' | 'replicationBudgetS'>;
  readonly remote: RemoteSettings;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly deliverLink: DeliverLink;
}

export type { Actor };

export function createServices({ config, remote, database, clock, log, deliverLink }: ServiceParts): Services {
  const region = configuredRegion(remote.genesys.region);
  const budgetMs = config.replicationBudgetS * 1_000;
  const { loginUrl, graphBaseUrl } = remote.entra;
  const { gatewayUrl } = remote.genesys;
  const reachable = createReachable({ entraLoginUrl: loginUrl, genesysGatewayUrl: gatewayUrl });
  const entra = createEntra({
    ...{ tenantId: remote.tenantId, clientId: remote.entra.clientId, clientSecret: remote.entra.clientSecret.reveal() },
    ...{ graphBaseUrl, loginUrl, reachable, clock, budgetMs, log },
  });
  const genesys = createGenesys({
    ...{ region, clientId: remote.genesys.clientId, clientSecret: remote.genesys.clientSecret.reveal() },
    ...{ gatewayUrl, clock, budgetMs, log },
  });
  const keys = loadKey({ dataDir: config.dataDir, ...(config.key ? { latchkeyKey: config.key.reveal() } : {}) });
  const secrets = createOneTimeSecrets({ database, clock, keys });
  const passwords = new FirstPasswords({ secrets, clock, deliverLink, log });
  const operations = new OperationRegistry();
  const wake = createWake({ database, log });
  const durable = createDurable({ database, clock, log, wake, onOutcome: outcomeRecorder({ clock, operations }) });
  const pipeline = new Pipeline({ database, durable, clock, entra, log, operations });
  const tick = createTick({ clock, log });
  const backupFolder = join(config.dataDir, 'backups');
  const outbox = createOutbox({ database, clock, log });
  const checkpoints = auditCheckpoints({ database, keys, clock, log, dataDir: config.dataDir });
  for (const sweep of [
    durable.dueRuns,
    outbox.sweep,
    checkpoints.sweep,
    ...housekeeping({ database, secrets }),
    ...databaseCare({ database, clock, log, backupFolder }),
  ]) {
    tick.register(sweep);
  }
  return {
    sso: new SsoService({
      ...{ entra, genesys, pipeline, database, clock, region, reachable, log },
      tenantId: remote.tenantId,
    }),
    undo: new UndoService({ entra, genesys, pipeline, durable, clock }),
    provisioning: new ProvisioningService({ entra, genesys, pipeline, database, deliver: passwords.deliver }),
    runs: new Runs({ durable, pipeline, outbox }),
    audit: new AuditService({ database, entra, pipeline }),
    operatorAudit: new OperatorAudit({ database, clock, log, checkpoints }),
    memory: createConversationMemory({ database, clock }),
    passwords,
    clock,
    ready: () => databaseAnswers(database, clock),
    start: async () => {
      const abandoned = await durable.listRunning();
      await wake.start((runId, kind) => durable.look(runId, kind));
      return abandoned;
    },
    goOn: (runs) => runs.forEach((runId) => void durable.goOn(runId)),
    stop: async () => {
      await Promise.all([wake.stop(), tick.stop()]);
      await checkpoints.writeNow();
    },
  };
}

function configuredRegion(text: string): GenesysRegion {
  const parsed = parseGenesysRegion(text);
  if (parsed.ok) return parsed.region;
  throw new Problem({
    kind: 'input',
    what: `GENESYSCLOUD_REGION says "${text}", which is no Genesys Cloud region.`,
    remedy: `Set it to an AWS region or a host${parsed.nearest.length > 0 ? `, such as ${parsed.nearest.map(({ domain }) => domain).join(' or ')}` : ''}.`,
    code: 'region',
  });
}

async function databaseAnswers(
  { db }: Database,
  clock: Clock,
): Promise<{ ok: boolean; checks: Readonly<Record<string, string>> }> {
  const time = clock.now().toISOString();
  try {
    await db.selectFrom('audit_head').select('seq').execute();
    return { ok: true, checks: { database: 'answers', time } };
  } catch {
    return { ok: false, checks: { database: 'does not answer', time } };
  }
}
