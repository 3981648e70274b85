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
    meaning: 'what people and Teams can reach, https when live',
    whereToFind: 'The address of your proxy or tunnel, without a path.',
    default: 'http://localhost:<PORT> in the sandbox',
  },
  { name: 'DATA_DIR', meaning: 'folder of the database, the key and the sandbox', default: './.latchkey' },
  { name: 'LOG_LEVEL', meaning: 'how much is logged: debug, info, warn, error or silent', default: 'info' },
  {
    name: 'MicrosoftAppId',
    meaning: 'application (client) ID of the bot',
    whereToFind: 'Azure portal, Azure Bot, Configuration, Microsoft App ID.',
    isCredential: true,
  },
  { name: 'MicrosoftAppType', meaning: 'how the bot is registered; only SingleTenant', default: 'SingleTenant' },
  {
    name: 'MicrosoftAppTenantId',
    meaning: 'tenant of the bot; messages of any other tenant are refused',
    whereToFind: 'Azure portal, Azure Bot, Configuration, App Tenant ID.',
    isCredential: true,
  },
  {
    name: 'MicrosoftAppPassword',
    meaning: 'client secret of the bot',
    whereToFind: 'Azure portal, Azure Bot, Configuration, Manage Password, New client secret (the value, not the ID).',
    isCredential: true,
  },
  {
    name: 'AZURE_TENANT_ID',
    meaning: 'Entra tenant whose sign-in is managed',
    whereToFind: 'Entra admin center, Overview, Tenant ID.',
    isCredential: true,
  },
  {
    name: 'AZURE_CLIENT_ID',
    meaning: 'application (client) ID of the app registration that calls Microsoft Graph',
    whereToFind: 'Entra admin center, App registrations, Overview.',
    isCredential: true,
  },
  {
    name: 'AZURE_CLIENT_SECRET',
    meaning: 'client secret of that app registration',
    whereToFind: 'Entra admin center, App registrations, Certificates & secrets (the value, not the ID).',
    isCredential: true,
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
    name: 'REPLICATION_BUDGET_S',
    meaning: 'how long an object that Graph or Genesys has accepted may stay invisible',
    unit: 'seconds',
    default: '120',
  },
  {
    name: 'GRAPH_BASE_URL',
    meaning: 'where Microsoft Graph is: an address on this machine, for a sandbox or a recording proxy',
    default: 'https://graph.microsoft.com',
  },
  {
    name: 'ENTRA_LOGIN_URL',
    meaning: "where Entra's sign-in is: an address on this machine, for a sandbox or a recording proxy",
    default: 'https://login.microsoftonline.com',
  },
  {
    name: 'GENESYS_GATEWAY_URL',
    meaning: 'where Genesys Cloud is: an address on this machine, for a sandbox or a recording proxy',
    default: "the region's own hosts",
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof TABLE)[number]['name'];

/** Every setting that Latchkey itself reads. The sandbox's own are listed in `sandbox/settings.ts`. */
export const SETTINGS: readonly (Setting & { readonly name: SettingName })[] = TABLE;
