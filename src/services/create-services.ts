import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config, RemoteSettings } from '../config.js';
import type { AccessService } from './access/access-service.js';
import { createAccess } from './access/create-access.js';
import type { LeaseService } from './access/lease-service.js';
import { StepUpService } from './access/step-up-service.js';
import { createConversationMemory, type ConversationMemory } from './conversation-memory.js';
import { createEntra } from './entra/entra-client.js';
import { createGenesys } from './genesys/genesys-client.js';
import { AuditService } from './operations/audit-service.js';
import { HealthService } from './health/health-service.js';
import { OperationRegistry } from './operations/operation-registry.js';
import type { Actor } from './operations/operation.js';
import { OperatorAudit } from './operations/operator-audit.js';
import { outcomeRecorder } from './operations/outcome-recorder.js';
import { Pipeline } from './operations/run-operation.js';
import { Runs } from './operations/runs.js';
import { createPersonSignIn } from './entra/person-sign-in.js';
import { AccountLinkService } from './people/account-link-service.js';
import { LinkProof } from './people/link-proof.js';
import { RequestersByEmail } from './people/requester-by-email.js';
import { FirstPasswords, type DeliverLink } from './people/first-passwords.js';
import { PeopleService } from './people/people-service.js';
import { TestUserService } from './people/test-user-service.js';
import { auditCheckpoints } from './platform/audit-checkpoints.js';
import type { Clock } from './platform/clock.js';
import type { Database } from './platform/database.js';
import { databaseCare } from './platform/embedded/database-care.js';
import type { RunId } from './platform/ids.js';
import { createInbox, type Inbox } from './platform/inbox.js';
import { loadKey } from './platform/keys.js';
import { createDurable } from './platform/ledger-durable.js';
import type { Log } from './platform/log.js';
import { createOneTimeSecrets } from './platform/one-time-secrets.js';
import { createOutbox, forgetDeliveries } from './platform/outbox.js';
import { forgetEdits } from './platform/posting-edits.js';
import { housekeeping } from './platform/sweeps.js';
import { createMetrics, type Metrics } from './platform/metrics.js';
import { createReadiness, type Readiness } from './platform/readiness.js';
import { openSpool } from './platform/spool.js';
import { createTick } from './platform/tick.js';
import { createWake } from './platform/wake.js';
import { AccessListService } from './provisioning/access-list-service.js';
import { BulkFiles } from './provisioning/bulk-files.js';
import { BulkService } from './provisioning/bulk-service.js';
import { AssignmentService } from './provisioning/assignment-service.js';
import { GroupAssignmentService } from './provisioning/group-assignment-service.js';
import { EmailClaimService } from './provisioning/email-claim-service.js';
import { OffBoardService } from './provisioning/off-board-service.js';
import { ProvisioningService } from './provisioning/provisioning-service.js';
import { SsoService } from './sso/sso-service.js';
import { createReachable } from './sso/test-links.js';
import { UndoService } from './sso/undo-service.js';

/** The work, wired. What conversations and doors are given. */
export interface Services {
  readonly sso: SsoService;
  readonly undo: UndoService;
  readonly people: PeopleService;
  /** Which person a chat account is. */
  readonly links: AccountLinkService;
  /** The pages by which people prove that. */
  readonly linkProof: LinkProof;
  readonly requestersByEmail: RequestersByEmail;
  readonly testUsers: TestUserService;
  readonly assignments: AssignmentService;
  readonly groupAssignments: GroupAssignmentService;
  readonly accessList: AccessListService;
  readonly provisioning: ProvisioningService;
  readonly offBoarding: OffBoardService;
  readonly emailClaim: EmailClaimService;
  readonly bulk: BulkService;
  /** Access that is asked for and decided. */
  readonly access: AccessService;
  /** Approvals that need a fresh sign-in, and the pages by which they are proven. */
  readonly stepUp: StepUpService;
  /** Access for a while. */
  readonly leases: LeaseService;
  readonly files: BulkFiles;
  readonly health: HealthService;
  readonly runs: Runs;
  readonly audit: AuditService;
  readonly operatorAudit: OperatorAudit;
  readonly memory: ConversationMemory;
  /** What Slack has handed over and nobody has finished. */
  readonly slackInbox: Inbox;
  readonly passwords: FirstPasswords;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Whether work can be done now, for `/readyz`. */
  ready(): Promise<Readiness>;
  /**
   * Lets runs be set going and looked after. Before the doors open. Returns the runs whose process died; they go on with
   * `goOn` once everything that they need is there, unless another replica was faster.
   */
  start(): Promise<readonly RunId[]>;
  goOn(runs: readonly RunId[]): void;
  stop(): Promise<void>;
}

export interface ServiceParts {
  readonly config: Pick<
    Config,
    'dataDir' | 'key' | 'previousKey' | 'replicationBudgetS' | 'policyFile' | 'adminPlaces'
  >;
  readonly remote: RemoteSettings;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly deliverLink: DeliverLink;
  /** What people can reach, without a trailing slash. */
  readonly publicUrl: () => string;
  /** Where people find the page of a token that takes or gives a file. */
  readonly fileUrl: (token: string) => string;
}

export type { Actor };

export function createServices(parts: ServiceParts): Services {
  const { config, remote, database, clock, log, deliverLink, publicUrl, fileUrl } = parts;
  const budgetMs = config.replicationBudgetS * 1_000;
  const { cloud, loginUrl } = remote.entra;
  const { region, gatewayUrl } = remote.genesys;
  const reachable = createReachable({ entraLoginUrl: loginUrl, genesysGatewayUrl: gatewayUrl });
  const { tenantId } = remote;
  const entra = createEntra({ tenantId, ...remote.entra, reachable, clock, budgetMs, log });
  const genesys = createGenesys({
    ...{ region, clientId: remote.genesys.clientId, clientSecret: remote.genesys.clientSecret.reveal() },
    ...{ gatewayUrl, clock, budgetMs, log },
  });
  const [latchkeyKey, previousKey] = [config.key?.reveal(), config.previousKey?.reveal()];
  const keys = loadKey({ dataDir: config.dataDir, latchkeyKey, previousKey });
  const secrets = createOneTimeSecrets({ database, clock, keys });
  const passwords = new FirstPasswords({ secrets, clock, deliverLink, log });
  const operations = new OperationRegistry();
  const wake = createWake({ database, log });
  const holder = `${hostname()} ${String(process.pid)} ${randomUUID()}`;
  const durable = createDurable({
    ...{ database, clock, log, wake, onOutcome: outcomeRecorder({ clock, operations }) },
    ...(database.isShared ? { holder } : {}),
  });
  const pipeline = new Pipeline({ database, durable, clock, entra, log, operations });
  const bulk = new BulkService({ entra, genesys, pipeline, durable, database, clock });
  const accessList = new AccessListService({ entra, genesys, pipeline, clock });
  const files = new BulkFiles({ bulk, accessList, database, clock, log, fileUrl });
  const tick = createTick({ clock, log });
  const backupFolder = join(config.dataDir, 'backups');
  const outbox = createOutbox({ database, clock, log });
  const memory = createConversationMemory({ database, clock });
  const spool = database.onDisk && openSpool({ dataDir: config.dataDir, log });
  const slackInbox = createInbox({ database, clock, channel: 'slack', holder, spool, log });
  const { access, leases, endAllAccess, sweeps } = createAccess({
    ...{ entra, genesys, pipeline, durable, database, outbox, clock, log, policyFile: config.policyFile },
    canSignIn: remote.link !== undefined,
    chats: {
      isTeamsOn: remote.teams !== undefined,
      isSlackOn: remote.slack !== undefined,
      hasAdminChannel: config.adminPlaces.length > 0,
    },
  });
  const signIn = remote.link && createPersonSignIn({ tenantId, cloud, loginUrl, client: remote.link, clock });
  const signInParts = { database, clock, keys, entra, publicUrl, signIn };
  const linkProof = new LinkProof({ ...signInParts, isTeamsOn: remote.teams !== undefined });
  const stepUp = new StepUpService({ ...signInParts, access });
  const links = new AccountLinkService({ database, clock, outbox, pipeline, proof: linkProof });
  const checkpoints = auditCheckpoints({ database, keys, clock, log, dataDir: config.dataDir });
  const everySweep = [
    durable.dueRuns,
    durable.abandonedRuns,
    outbox.sweep,
    memory.cardsBehind,
    ...slackInbox.sweeps,
    checkpoints.sweep,
    files.sweep,
    links.sweep,
    stepUp.sweep,
    ...sweeps,
    ...(remote.teams ? [links.lateNews] : []),
    ...housekeeping({ database, secrets }),
    ...databaseCare({ database, clock, log, backupFolder }),
  ];
  const sso = new SsoService({
    ...{ entra, genesys, pipeline, database, clock, region, cloud, reachable, budgetMs, log },
    tenantId: remote.tenantId,
    onCertificate: (until) => {
      metrics.sawSigningCertificate(until);
      health.sawSigningCertificate(until);
    },
  });
  const findSetUpCertificate = async (): Promise<Date | undefined> => dateOf((await sso.lastSetUp())?.certificateUntil);
  const metrics = createMetrics({ database, wake, clock, findSetUpCertificate });
  const health = new HealthService({
    ...{ database, clock, operations, pipeline, findSetUpCertificate },
    policyStanding: () => access.policyStanding(),
    directoryLook: () => leases.reconciler.look,
  });
  return {
    sso,
    metrics,
    undo: new UndoService({ entra, genesys, pipeline, durable, clock, cloud }),
    people: new PeopleService({ entra, pipeline }),
    links,
    linkProof,
    requestersByEmail: new RequestersByEmail({ entra, database, log }),
    testUsers: new TestUserService({ entra, genesys, pipeline, database, deliver: passwords.deliver }),
    assignments: new AssignmentService({ entra, genesys, pipeline }),
    groupAssignments: new GroupAssignmentService({ entra, genesys, pipeline }),
    accessList,
    emailClaim: new EmailClaimService({ entra, genesys, pipeline, clock }),
    offBoarding: new OffBoardService({ entra, genesys, pipeline, clock, endLeases: endAllAccess }),
    provisioning: new ProvisioningService({ entra, genesys, pipeline, database }),
    bulk,
    access,
    stepUp,
    leases,
    files,
    health,
    runs: new Runs({ durable, pipeline, outbox }),
    audit: new AuditService({ database, entra, pipeline }),
    operatorAudit: new OperatorAudit({ database, clock, log, checkpoints }),
    memory,
    slackInbox,
    passwords,
    clock,
    ready: createReadiness({ database, clock, wake }),
    start: async () => {
      if (!database.isShared) await forgetClaims(database);
      await slackInbox.recover();
      const abandoned = await durable.listAbandoned();
      await wake.start((runId, kind) => durable.look(runId, kind));
      // What sweeps plan is set going by it: before that, an end that is due would fail, and wait for minutes.
      for (const sweep of everySweep) tick.register(sweep);
      return abandoned;
    },
    goOn: (runs) => runs.forEach((runId) => void durable.goOn(runId)),
    stop: async () => {
      await Promise.all([wake.stop(), tick.stop(), durable.stop()]);
      metrics.stop();
      spool?.close();
      await checkpoints.writeNow();
    },
  };
}

/** Whoever was delivering or editing before the only process started is dead. */
async function forgetClaims({ db }: Database): Promise<void> {
  await forgetDeliveries(db);
  await forgetEdits(db);
}

function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
