/** Where the URLs of a region are documented. `pattern`: nowhere, they follow the pattern of the others. */
export type RegionSource = 'tutorial' | 'genesys' | 'pattern';

/** One region of Genesys Cloud. The only hosts that are ever contacted come from this table. */
export interface GenesysRegion {
  /** The key in Genesys's own SDK, by which a region is stored: `eu_central_1`. */
  readonly key: string;
  readonly awsRegion: string;
  /** What a person calls it: `EMEA (Frankfurt)`. */
  readonly name: string;
  /** Words of place that people type, in several languages, lower case. */
  readonly places: readonly string[];
  /** `mypurecloud.de`; API, login and apps are subdomains of it. */
  readonly domain: string;
  readonly source: RegionSource;
  /** Whether Microsoft's tutorial lists it. */
  readonly isTutorial: boolean;
}

type Row = readonly [key: string, name: string, domain: string, source: RegionSource, places: readonly string[]];

// Keys and domains: PureCloudRegionHosts of Genesys's JavaScript SDK 262. Sources: Microsoft's tutorial for the five
// with legacy hosts, Genesys's help pages for those with a documented ACS URL.
const ROWS: readonly Row[] = [
  [
    'us_east_1',
    'Americas (US East, N. Virginia)',
    'mypurecloud.com',
    'tutorial',
    ['virginia', 'n virginia', 'north virginia', 'americas', 'us', 'usa', 'us east', 'united states'],
  ],
  [
    'eu_central_1',
    'EMEA (Frankfurt)',
    'mypurecloud.de',
    'tutorial',
    ['frankfurt', 'germany', 'deutschland', 'allemagne', 'francfort', 'フランクフルト', 'ドイツ'],
  ],
  [
    'eu_west_1',
    'EMEA (Ireland)',
    'mypurecloud.ie',
    'tutorial',
    ['ireland', 'dublin', 'irland', 'irlande', 'アイルランド', 'ダブリン'],
  ],
  [
    'ap_northeast_1',
    'Asia Pacific (Tokyo)',
    'mypurecloud.jp',
    'tutorial',
    ['tokyo', 'japan', 'tokio', 'japon', '東京', '日本'],
  ],
  [
    'ap_southeast_2',
    'Asia Pacific (Sydney)',
    'mypurecloud.com.au',
    'tutorial',
    ['sydney', 'australia', 'australien', 'australie', 'シドニー', 'オーストラリア'],
  ],
  ['us_west_2', 'US West (Oregon)', 'usw2.pure.cloud', 'genesys', ['oregon', 'us west']],
  ['ca_central_1', 'Canada (Central)', 'cac1.pure.cloud', 'genesys', ['canada', 'kanada', 'montreal', 'カナダ']],
  [
    'eu_west_2',
    'EMEA (London)',
    'euw2.pure.cloud',
    'genesys',
    ['london', 'uk', 'united kingdom', 'great britain', 'england', 'londres', 'ロンドン', 'イギリス'],
  ],
  [
    'ap_northeast_2',
    'Asia Pacific (Seoul)',
    'apne2.pure.cloud',
    'genesys',
    ['seoul', 'korea', 'south korea', 'séoul', 'corée', 'ソウル', '韓国'],
  ],
  [
    'ap_south_1',
    'Asia Pacific (Mumbai)',
    'aps1.pure.cloud',
    'genesys',
    ['mumbai', 'bombay', 'india', 'indien', 'inde', 'ムンバイ', 'インド'],
  ],
  [
    'sa_east_1',
    'South America (São Paulo)',
    'sae1.pure.cloud',
    'genesys',
    ['sao paulo', 'brazil', 'brasil', 'brasilien', 'brésil', 'south america', 'サンパウロ', 'ブラジル'],
  ],
  [
    'me_central_1',
    'EMEA (UAE)',
    'mec1.pure.cloud',
    'genesys',
    ['uae', 'united arab emirates', 'emirates', 'dubai', 'abu dhabi', 'middle east', 'ドバイ'],
  ],
  ['ap_northeast_3', 'Asia Pacific (Osaka)', 'apne3.pure.cloud', 'genesys', ['osaka', '大阪']],
  [
    'eu_central_2',
    'EMEA (Zurich)',
    'euc2.pure.cloud',
    'genesys',
    ['zurich', 'zürich', 'zuerich', 'switzerland', 'schweiz', 'suisse', 'チューリッヒ', 'スイス'],
  ],
  [
    'us_east_2',
    'US East 2 (Ohio), FedRAMP',
    'use2.us-gov-pure.cloud',
    'genesys',
    ['ohio', 'fedramp', 'us gov', 'us government'],
  ],
  [
    'mx_central_1',
    'Mexico (Central)',
    'mxc1.pure.cloud',
    'pattern',
    ['mexico', 'queretaro', 'mexiko', 'mexique', 'メキシコ'],
  ],
  [
    'ap_southeast_1',
    'Asia Pacific (Singapore)',
    'apse1.pure.cloud',
    'pattern',
    ['singapore', 'singapur', 'singapour', 'シンガポール'],
  ],
  [
    'eusc_de_east_1',
    'EU Sovereign (Germany)',
    'edee1.eusc-pure.cloud',
    'pattern',
    ['eu sovereign', 'sovereign', 'brandenburg'],
  ],
];

/** All regions, the tutorial's five first. */
export const GENESYS_REGIONS: readonly GenesysRegion[] = ROWS.map(([key, name, domain, source, places]) => ({
  key,
  awsRegion: key.replaceAll('_', '-'),
  name,
  places,
  domain,
  source,
  isTutorial: source === 'tutorial',
}));

export type ParsedGenesysRegion =
  | { readonly ok: true; readonly region: GenesysRegion }
  | { readonly ok: false; readonly nearest: readonly GenesysRegion[] };

/**
 * The region that a text means: a host or URL of it, AWS region, SDK key, city, country or display name, in any case and
 * with any punctuation. Otherwise the at most three regions whose names come nearest, none for hostile text.
 */
export function parseGenesysRegion(text: string): ParsedGenesysRegion {
  if (text.length > LONGEST_INPUT || UNWRITABLE.test(text)) return { ok: false, nearest: [] };
  const host = hostIn(text);
  const byHost = host === undefined ? undefined : findRegionOfHost(host);
  if (byHost) return { ok: true, region: byHost };
  const wanted = fold(text);
  if (wanted === '') return { ok: false, nearest: [] };
  const exact = NAMES.find(({ names }) => names.includes(wanted));
  return exact ? { ok: true, region: exact.region } : { ok: false, nearest: nearestTo(wanted) };
}

/** The region of a stored key. Throws a RangeError when the table has no such key. */
export function regionByKey(key: string): GenesysRegion {
  const region = GENESYS_REGIONS.find((one) => one.key === key);
  if (!region) throw new RangeError(`There is no Genesys region ${JSON.stringify(key.slice(0, 50))}.`);
  return region;
}

/** The region of `login.…`, `api.…`, `apps.…` or the bare domain; nothing else counts. */
export function findRegionOfHost(host: string): GenesysRegion | undefined {
  const domain = host.toLowerCase().replace(/^(login|api|apps)\./, '');
  return GENESYS_REGIONS.find((region) => region.domain === domain);
}

export function loginHost(region: GenesysRegion): string {
  return `login.${region.domain}`;
}

export function apiHost(region: GenesysRegion): string {
  return `api.${region.domain}`;
}

/** The four SAML addresses of a region; Identifier and Reply URL are the same, fixed URL. */
export function samlUrls(region: GenesysRegion): {
  identifier: string;
  replyUrl: string;
  signOnUrl: string;
  logout: string;
} {
  const login = `https://${loginHost(region)}`;
  return { identifier: `${login}/saml`, replyUrl: `${login}/saml`, signOnUrl: login, logout: `${login}/saml/logout` };
}

const LONGEST_INPUT = 200;
// Control, zero-width and direction characters, and lone surrogates: nobody types a place with them.
const UNWRITABLE = /[\p{Cc}\p{Cs}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

function hostIn(text: string): string | undefined {
  const trimmed = text.trim();
  const withScheme = /^https?:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  if (/\s/.test(trimmed) || !URL.canParse(withScheme)) return undefined;
  const url = new URL(withScheme);
  // "https://login.mypurecloud.de@evil.example" must not read as either of the two.
  return url.username || url.password || url.port ? undefined : url.hostname;
}

/** Lower case, without accents, spaces and punctuation: "São Paulo" and "sao-paulo" are one. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const NAMES: readonly { region: GenesysRegion; names: readonly string[] }[] = GENESYS_REGIONS.map((region) => ({
  region,
  names: [region.key, region.domain, region.name, ...region.places].map(fold),
}));

const NEAREST_AT_MOST = 3;

function nearestTo(wanted: string): GenesysRegion[] {
  return NAMES.map(({ region, names }) => ({ region, distance: Math.min(...names.map((name) => far(wanted, name))) }))
    .filter(({ distance }) => distance <= Math.max(2, wanted.length / 2))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, NEAREST_AT_MOST)
    .map(({ region }) => region);
}

/** Edit distance; a name that begins with what was typed is nearly it. */
function far(wanted: string, name: string): number {
  if (wanted.length >= 3 && name.startsWith(wanted)) return 0.5;
  return editDistance(wanted, name);
}

/** Levenshtein distance. */
export function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [index, character] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (other[column - 1] === character ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
