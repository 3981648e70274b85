import { CHAT_SETTINGS } from './chat-settings.js';

/** One setting as `.env.example` documents it. */
export interface Setting {
  readonly name: string;
  /** What it is, as a phrase without a full stop. */
  readonly meaning: string;
  /** A sentence: where an operator finds the value. */
  readonly whereToFind?: string;
  readonly default?: string;
  readonly unit?: string;
  /** Setting it means live mode. */
  readonly isCredential?: boolean;
}

const TABLE = [
  { name: 'LATCHKEY_MODE', meaning: '"sandbox" or "live"', default: 'sandbox while no credential is set, else live' },
  {
    name: 'LATCHKEY_KEY',
    meaning: '32 random bytes, base64, from which the keys of one-time links are derived',
    whereToFind: 'Make one with "openssl rand -base64 32".',
    default: 'made once in DATA_DIR/key',
  },
  {
    name: 'LATCHKEY_KEY_PREVIOUS',
    meaning: 'the key before the last change, so that open one-time links and older signatures still count',
    whereToFind: 'The former value of LATCHKEY_KEY, or the text in DATA_DIR/key. Remove it a day after the change.',
  },
  {
    name: 'LATCHKEY_CLOCK_URL',
    meaning: 'address on this machine that says the business time; for tests in front of a sandbox',
    default: "the machine's clock",
  },
  { name: 'PORT', meaning: 'the port to listen on; 0 takes any free one', default: '3978' },
  {
    name: 'HOST',
    meaning: 'the address to listen on; the sandbox takes nothing but 127.0.0.1',
    default: '127.0.0.1 in the sandbox, 0.0.0.0 live',
  },
  {
    name: 'PUBLIC_URL',
    meaning: 'what people and the chats can reach, https when live',
    whereToFind: 'The address of your proxy or tunnel, without a path.',
    default: 'http://localhost:<PORT> in the sandbox',
  },
  { name: 'DATA_DIR', meaning: 'folder of the database, the key and the sandbox', default: './.latchkey' },
  {
    name: 'DATABASE_URL',
    meaning: 'address of a PostgreSQL database, for several replicas; live, LATCHKEY_KEY must be set beside it',
    whereToFind:
      'postgres://<role>:<password>@<host>:5432/<database>?sslmode=verify-full&sslrootcert=<file>, see docs/operations.md.',
    default: 'the embedded database in DATA_DIR',
  },
  { name: 'LOG_LEVEL', meaning: 'how much is logged: debug, info, warn, error or silent', default: 'info' },
  {
    name: 'METRICS_TOKEN',
    meaning: 'what whoever reads /metrics must send as "Authorization: Bearer", 16 characters or more',
    whereToFind: 'Make one with "openssl rand -hex 24".',
    default: 'none; live there is then no /metrics',
  },
  {
    name: 'TURNS_PER_MINUTE',
    meaning: 'how many messages and clicks of one person are taken in a minute, all of them at once if need be',
    default: '120',
  },
  {
    name: 'STOP_NOTICE_S',
    meaning: 'how long after SIGTERM /readyz says no while messages are still taken, for a proxy that looks at it',
    unit: 'seconds',
    default: '0',
  },
  ...CHAT_SETTINGS,
  {
    name: 'AZURE_TENANT_ID',
    meaning: 'Entra tenant whose sign-in is managed',
    whereToFind: 'Entra admin center, Overview, Tenant ID.',
    isCredential: true,
  },
  {
    name: 'AZURE_CLIENT_ID',
    meaning:
      'application (client) ID of the app registration that calls Microsoft Graph, or of a user-assigned managed identity',
    whereToFind: 'Entra admin center, App registrations, Overview.',
    isCredential: true,
  },
  {
    name: 'AZURE_CLIENT_SECRET',
    meaning: 'client secret of that app registration; one of the four ways to sign in, exactly one of which is set',
    whereToFind: 'Entra admin center, App registrations, Certificates & secrets (the value, not the ID).',
    isCredential: true,
  },
  {
    name: 'AZURE_CLIENT_CERTIFICATE_PATH',
    meaning: 'PEM file with a certificate of that app registration and its RSA key; the second way',
    whereToFind:
      'Upload the certificate under Certificates & secrets. "openssl pkcs12 -nodes" makes PEM of a .pfx file.',
    isCredential: true,
  },
  {
    name: 'AZURE_CLIENT_CERTIFICATE_PASSWORD',
    meaning: 'password of the key in that file, when it has one',
    isCredential: true,
  },
  {
    name: 'AZURE_FEDERATED_TOKEN_FILE',
    meaning: 'file with a token of another identity provider that the app registration trusts; the third way',
    whereToFind: 'AKS workload identity sets it. Entra admin center, Certificates & secrets, Federated credentials.',
    isCredential: true,
  },
  {
    name: 'AZURE_TOKEN_CREDENTIALS',
    meaning: '"ManagedIdentityCredential" takes the managed identity of the Azure resource; the fourth way',
    whereToFind: 'Azure portal, the resource, Identity. AZURE_CLIENT_ID chooses a user-assigned one.',
    isCredential: true,
  },
  {
    name: 'LINK_CLIENT_ID',
    meaning: 'app registration that people sign in to, to link their Slack account or to prove an approval',
    whereToFind: 'Entra admin center, App registrations; its redirect URI (Web) is <PUBLIC_URL>/link/callback.',
    default: 'AZURE_CLIENT_ID, when that one has a secret or a certificate',
    isCredential: true,
  },
  {
    name: 'LINK_CLIENT_SECRET',
    meaning: 'client secret of that app registration',
    whereToFind: 'Entra admin center, App registrations, Certificates & secrets (the value, not the ID).',
    isCredential: true,
  },
  {
    name: 'LINK_CLIENT_CERTIFICATE_PATH',
    meaning: 'PEM file with a certificate of that app registration and its RSA key, instead of the secret',
    isCredential: true,
  },
  {
    name: 'LINK_CLIENT_CERTIFICATE_PASSWORD',
    meaning: 'password of the key in that file, when it has one',
    isCredential: true,
  },
  {
    name: 'AZURE_CLOUD',
    meaning: 'the Microsoft cloud of the tenant: global, usgov (GCC High), dod or china',
    default: 'global',
  },
  {
    name: 'GENESYSCLOUD_REGION',
    meaning: 'region of the Genesys Cloud organisation: AWS name (eu-central-1), SDK key or host (mypurecloud.de)',
    whereToFind: 'The host that you sign in to, without "login." or "apps.".',
    isCredential: true,
  },
  {
    name: 'GENESYSCLOUD_OAUTHCLIENT_ID',
    meaning: 'id of the OAuth client (grant type Client Credentials)',
    whereToFind: 'Genesys Cloud, Admin, Integrations, OAuth.',
    isCredential: true,
  },
  {
    name: 'GENESYSCLOUD_OAUTHCLIENT_SECRET',
    meaning: 'secret of that OAuth client',
    whereToFind: 'Genesys Cloud, Admin, Integrations, OAuth.',
    isCredential: true,
  },
  {
    name: 'LATCHKEY_POLICY',
    meaning: 'file of the access policy, as "npx latchkey policy lint" checks it',
    default: './policy.yaml',
  },
  {
    name: 'LATCHKEY_ADMIN_CHANNEL',
    meaning:
      'channel where break-glass is told, and requests of which Latchkey cannot write to some approver: of Teams, of Slack, or one of each with a comma between',
    whereToFind:
      'Teams: Get link to channel, the part 19:…@thread.tacv2. Slack: the address in a browser, T…/C…. Add Latchkey to the channel first.',
    default: 'none',
  },
  {
    name: 'REPLICATION_BUDGET_S',
    meaning: 'how long an object that Graph or Genesys has accepted may stay invisible',
    unit: 'seconds',
    default: '120',
  },
  {
    name: 'GRAPH_BASE_URL',
    meaning: 'where Microsoft Graph is: an address on this machine, for a sandbox or a recording proxy',
    default: 'the host of AZURE_CLOUD',
  },
  {
    name: 'ENTRA_LOGIN_URL',
    meaning: "where Entra's sign-in is: an address on this machine, or another sign-in host of AZURE_CLOUD",
    default: 'the host of AZURE_CLOUD',
  },
  {
    name: 'ENTRA_ISSUER_HOST',
    meaning: 'host in the Microsoft Entra Identifier of the tenant, where a national cloud has another one',
    whereToFind: 'Entra admin center, the enterprise application, Single sign-on, Set up: Microsoft Entra Identifier.',
    default: 'the host of AZURE_CLOUD',
  },
  {
    name: 'ENTRA_MYAPPS_HOST',
    meaning: 'host of My Apps, where a national cloud has another one',
    whereToFind: 'The address at which people open My Apps.',
    default: 'the host of AZURE_CLOUD',
  },
  {
    name: 'GENESYS_GATEWAY_URL',
    meaning: 'where Genesys Cloud is: an address on this machine, for a sandbox or a recording proxy',
    default: "the region's own hosts",
  },
  {
    name: 'SLACK_API_URL',
    meaning: "where Slack's Web API is: an address on this machine, for a sandbox or a recording proxy",
    default: 'https://slack.com/api',
  },
  {
    name: 'TEAMS_OPENID_URL',
    meaning:
      'live mode in front of the Teams sandbox: the OpenID document of whoever signs the messages, on this machine',
    default: "Bot Framework's",
  },
  {
    name: 'TEAMS_TOKEN_ISSUER',
    meaning: 'with TEAMS_OPENID_URL: the issuer that the tokens of messages name, an address on this machine',
    default: "Bot Framework's",
  },
  {
    name: 'TEAMS_LOGIN_URL',
    meaning: 'with TEAMS_OPENID_URL: where the bot gets its own token, an address on this machine',
    default: "Entra's sign-in",
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof TABLE)[number]['name'];

/** Every setting that Latchkey itself reads. The sandbox's own are listed in `sandbox/settings.ts`. */
export const SETTINGS: readonly (Setting & { readonly name: SettingName })[] = TABLE;
