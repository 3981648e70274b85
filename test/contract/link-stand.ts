import { BOT, SEED_PASSWORD, TENANT_ID } from '../../sandbox/credentials.js';
import type { Browser, SeenPage } from '../../sandbox/entra/testing/browser.js';
import { EntraWorld } from '../../sandbox/entra/testing/entra-world.js';
import { startHttpServer, type HttpServer } from '../../src/bot/http-server.js';
import { createEntra } from '../../src/services/entra/entra-client.js';
import { GLOBAL_CLOUD } from '../../src/services/entra/microsoft-clouds.js';
import { createPersonSignIn } from '../../src/services/entra/person-sign-in.js';
import { testPipeline } from '../../src/services/operations/testing/test-pipeline.js';
import { AccountLinkService } from '../../src/services/people/account-link-service.js';
import { LinkProof } from '../../src/services/people/link-proof.js';
import type { ChatUser } from '../../src/services/people/link-rules.js';
import { appendAudit, listAudit, type AuditEntry } from '../../src/services/platform/audit.js';
import type { Clock } from '../../src/services/platform/clock.js';
import { savePlace, savePosting } from '../../src/services/platform/conversation-store.js';
import type { Database } from '../../src/services/platform/database.js';
import { jsonText } from '../../src/services/platform/json.js';
import { loadKey } from '../../src/services/platform/keys.js';
import { createOutbox, type Outbox } from '../../src/services/platform/outbox.js';
import { recordingLog } from '../../src/services/platform/testing/test-parts.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { openTestDatabase } from '../support/test-database.js';
import { BOT_AT_ENTRA } from './remote-stand.js';

export const ANA = '0e0b1ec7-0000-4000-8000-000000000004';
export const SLACK_ANA: ChatUser = {
  channel: 'slack',
  team: 'T1',
  channelUserId: 'U1',
  name: 'ana',
  teamName: 'Contoso',
};

/** Business time that moves when told to; wall time is the machine's, as tokens want it. */
class BusinessClock implements Clock {
  #ahead = 0;

  now = (): Date => new Date(Date.now() + this.#ahead);
  wall = (): Date => new Date();

  pass(minutes: number): void {
    this.#ahead += minutes * 60_000;
  }
}

/** The account links as they are, over real HTTP: the Entra sandbox, the pages of the bot, and a database. */
export class LinkStand {
  readonly clock = new BusinessClock();
  readonly #log = recordingLog();
  links!: AccountLinkService;
  outbox!: Outbox;
  entra!: EntraWorld;
  database!: Database;
  /** Where people reach the pages; absent: where they are. */
  publicUrl: string | undefined;
  isTeamsOn = true;
  #proof!: LinkProof;
  #server!: HttpServer;
  #runs!: ReturnType<typeof testPipeline>;
  /** The last audit entry before the test. */
  #since = 0;

  static async start(): Promise<LinkStand> {
    const stand = new LinkStand();
    stand.entra = await EntraWorld.start();
    stand.database = await openTestDatabase();
    await stand.#open();
    return stand;
  }

  async #open(): Promise<void> {
    const { clock, database } = this;
    const { base } = this.entra;
    const reachable = createReachable({ entraLoginUrl: base });
    const entra = createEntra({
      ...{ ...BOT_AT_ENTRA, graphBaseUrl: base, loginUrl: base, reachable, clock, budgetMs: 10_000 },
    });
    this.#runs = testPipeline({ database, clock, entra });
    const keys = loadKey({ dataDir: '', latchkeyKey: Buffer.alloc(32, 7).toString('base64') });
    const client = {
      clientId: BOT.clientId,
      proof: { kind: 'secret', secret: { reveal: () => BOT.clientSecret } },
    } as const;
    const isTeamsOn = (): boolean => this.isTeamsOn;
    this.#proof = new LinkProof({
      ...{ database, clock, keys, entra, publicUrl: () => this.publicUrl ?? this.url },
      get isTeamsOn() {
        return isTeamsOn();
      },
      signIn: createPersonSignIn({ tenantId: TENANT_ID, cloud: GLOBAL_CLOUD, loginUrl: base, client, clock }),
    });
    // What passes in the business passes for repeated deliveries as well.
    const outbox = createOutbox({ database, clock: { now: clock.now, wall: clock.now }, log: this.#log.log });
    this.outbox = outbox;
    this.links = new AccountLinkService({ database, clock, outbox, pipeline: this.#runs.pipeline, proof: this.#proof });
    this.#server = await startHttpServer({
      ...{ host: '127.0.0.1', port: 0, log: this.#log.log, links: this.#proof },
      teams: { receive: async (_request, response) => void response.end() },
      ready: async () => ({ ok: true, checks: {} }),
      secrets: { exists: async () => false, open: async () => undefined },
    });
  }

  get url(): string {
    return `http://localhost:${String(this.#server.port)}`;
  }

  get logged(): string {
    return this.#log.text();
  }

  async reset(): Promise<void> {
    await this.entra.reset();
    this.publicUrl = undefined;
    this.isTeamsOn = true;
    this.#since = (await listAudit(this.database.db, { limit: 1 }))[0]?.seq ?? 0;
    for (const table of TABLES) {
      await this.database.db.deleteFrom(table).execute();
    }
  }

  async stop(): Promise<void> {
    await this.#server.close(0);
    await this.#runs.durable.stop();
    await this.database.close();
    await this.entra.stop();
  }

  async record({ kind, body }: Omit<AuditEntry, 'at'>): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction((trx) => appendAudit(trx, { at, kind, body }));
  }

  /** What the audit says since the last reset, the newest entry first. */
  async audited(): Promise<{ kind: string; body: Record<string, unknown> }[]> {
    const entries = await listAudit(this.database.db, { limit: 100 });
    const own = entries.filter(({ seq }) => seq > this.#since);
    return own.map(({ kind, body }) => ({ kind, body: body as Record<string, unknown> }));
  }

  /**
   * Gives that person a file link, a first password and a card, in Teams and in the direct messages of their accounts in
   * Slack. @param noted whether it is known whose direct messages they are.
   */
  async holdsThings(person: string, users: readonly ChatUser[], noted = true): Promise<void> {
    const { db } = this.database;
    const at = this.clock.now();
    const inSlack = users.map(({ team, channelUserId }) => ({ channel: 'slack', team, channelUserId }) as const);
    for (const { channel, team, channelUserId } of [
      ...inSlack,
      { channel: 'teams', team: 'x', channelUserId: '' } as const,
    ]) {
      const holder = jsonText({ personId: person, name: '', channel, channelUserId });
      const name = `${channel}${channelUserId}`;
      await db
        .insertInto('file_link')
        .values({ token_hash: name, purpose: 'upload', bulk_id: null, holder, expires_at: at })
        .execute();
      const direct = `${team}/D${channelUserId}`;
      const whose = noted && channel === 'slack' ? { account: channelUserId, person } : { person };
      await savePlace(db, {
        ...{ channel, conversation: direct, kind: 'personal', ...whose },
        reference: {},
        changedAt: at,
      });
      const card = { channel, reference: `run:${name}`, messageId: '1', revision: 1, contentHash: '' };
      for (const conversation of [direct, `${direct}/5.1`])
        await savePosting(db, { ...card, conversation, changedAt: at });
    }
    const secret = { token_hash: 'x', sealed: Buffer.of(), purpose: 'password', for_person: person };
    await db
      .insertInto('one_time_secret')
      .values({ ...secret, created_at: at, expires_at: at })
      .execute();
  }

  /** Where there is still something of it: chat and account. */
  async held(): Promise<string[]> {
    const { db } = this.database;
    const links = (await db.selectFrom('file_link').select('token_hash').execute()).map((row) => row.token_hash);
    const cards = (await db.selectFrom('posting').select('reference').execute()).map(({ reference }) =>
      reference.slice(4),
    );
    const secrets = (await db.selectFrom('one_time_secret').select('purpose').execute()).map(({ purpose }) => purpose);
    return [...new Set([...links, ...cards, ...secrets])];
  }

  /** Everything that the database holds of links, as one text. */
  async rows(): Promise<string> {
    const { db } = this.database;
    const tables = [db.selectFrom('link_attempt'), db.selectFrom('account_link'), db.selectFrom('audit')] as const;
    return JSON.stringify(await Promise.all(tables.map((table) => table.selectAll().execute())));
  }
}

const TABLES = [
  ...(['account_link', 'link_attempt', 'link_bar', 'outbox', 'file_link', 'one_time_secret', 'posting'] as const),
  'place',
] as const;

export interface Person {
  readonly login: string;
  readonly passwd?: string;
}
export const AS_ANA: Person = { login: 'ana.agent@contoso.example' };

/** Opens the link, presses the button and signs in. Returns the address that Microsoft sends the browser to. */
export async function signsIn(
  browser: Browser,
  url: string,
  { login, passwd = SEED_PASSWORD } = AS_ANA,
): Promise<string> {
  const sent = await browser.post(url, {});
  const page = await browser.open(sent.headers.get('location') ?? '');
  const back = await browser.send(page, { login, passwd });
  return back.headers.get('location') ?? '';
}

/** The number that the last page shows. */
export function numberOn(page: SeenPage): string {
  return /<p class="value">(\d{6})<\/p>/.exec(page.text)?.[1] ?? '';
}
