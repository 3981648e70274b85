import type { Right } from '../services/index.js';

/** Everything that can be asked for. Phrases, and the buttons of help, all map to these; help is made from the list. */
export type IntentName =
  | 'set-up-sso'
  | 'status'
  | 'assign'
  | 'assign-group'
  | 'who-has-access'
  | 'unassign'
  | 'unassign-group'
  | 'provision'
  | 'bulk'
  | 'off-board'
  | 'create-test-user'
  | 'remove-test-user'
  | 'audit-person'
  | 'request-access'
  | 'my-work'
  | 'my-requests'
  | 'my-access'
  | 'linked-accounts'
  | 'allow-linking'
  | 'help';

export interface Intent {
  readonly name: IntentName;
  /** What it does, as a button label. */
  readonly title: string;
  readonly explains: string;
  /** What a person types; the first one is shown. */
  readonly phrases: readonly string[];
  /** What may follow the phrase. A wish is a sentence, and read together with its phrase. */
  readonly takes?: 'person' | 'group' | 'name' | 'wish';
  readonly example?: string;
  /** It begins with a form: where the chat has dialogs, one is opened at once. */
  readonly hasForm?: true;
  /** Absent: everybody. */
  readonly right?: Right;
}

/** Some are followed by what is asked for, and `GIVE` by whom it is for. */
export const GIVE = 'give';
export const REQUEST_PHRASES = ['request', 'request access', 'ask for access', 'i need access', 'get access', GIVE];

export const INTENTS: readonly Intent[] = [
  {
    name: 'set-up-sso',
    title: 'Set up SSO',
    explains: 'Connect Microsoft Entra ID and Genesys Cloud: two questions, a plan, and test links at the end.',
    phrases: ['set up sso', 'setup sso', 'set up single sign-on', 'configure sso', 'sso'],
    hasForm: true,
    right: 'manage-sso',
  },
  {
    name: 'status',
    title: 'Show status',
    explains: 'Compare both sides and say whether sign-in can work now.',
    phrases: ['status', 'show status', 'sso status', 'health'],
    right: 'look',
  },
  {
    name: 'assign',
    title: 'Assign a person',
    explains: 'Give one person Genesys Cloud in Entra.',
    phrases: ['assign', 'add', 'give access to'],
    takes: 'person',
    example: 'assign b.simon',
    right: 'manage-sso',
  },
  {
    name: 'assign-group',
    title: 'Assign a group',
    explains: 'Give everybody who is directly in a group Genesys Cloud in Entra.',
    phrases: ['assign group', 'add group', 'give access to group'],
    takes: 'group',
    example: 'assign group Genesys Agents',
    right: 'manage-sso',
  },
  {
    name: 'unassign',
    title: 'Unassign a person',
    explains: 'Take Genesys Cloud away from one person in Entra.',
    phrases: ['unassign', 'take access from', 'remove assignment of'],
    takes: 'person',
    example: 'unassign b.simon',
    right: 'manage-sso',
  },
  {
    name: 'who-has-access',
    title: 'Who has access?',
    explains: 'List who may sign in to Genesys Cloud, how they got it, and since when.',
    phrases: ['who has access', 'who has access?', 'access list', 'list access'],
    right: 'look',
  },
  {
    name: 'provision',
    title: 'Provision a person',
    explains: 'Find or create the person’s user in Genesys Cloud.',
    phrases: ['provision', 'create genesys user'],
    takes: 'person',
    example: 'provision b.simon',
    right: 'manage-sso',
  },
  {
    name: 'off-board',
    title: 'Off-board a person',
    explains: 'Take somebody’s access away on both sides, and end their sessions.',
    phrases: ['off-board', 'offboard', 'off board', 'remove access of'],
    takes: 'person',
    example: 'off-board b.simon',
    right: 'manage-sso',
  },
  {
    name: 'bulk',
    title: 'Give many people access',
    explains: 'Send a CSV file of people: it is checked in full first, then done with a result for each row.',
    phrases: ['bulk', 'assign from csv', 'upload csv'],
    right: 'manage-sso',
  },
  {
    name: 'create-test-user',
    title: 'Create a test user',
    explains: 'Find or create somebody in Entra to try the sign-in with.',
    phrases: ['create test user', 'test user', 'create user'],
    takes: 'name',
    example: 'create test user T.Simon',
    right: 'create-people',
  },
  {
    name: 'audit-person',
    title: 'Audit of a person',
    explains: 'Show what is recorded about somebody: what they did, what was done for them, and what was refused.',
    phrases: ['audit', 'audit of', 'history of'],
    takes: 'person',
    example: 'audit b.simon',
    right: 'look',
  },
  {
    name: 'remove-test-user',
    title: 'Remove a test user',
    explains: 'Take somebody whom Latchkey created away again, in Entra and in Genesys Cloud.',
    phrases: ['remove test user', 'delete test user'],
    takes: 'person',
    example: 'remove test user T.Simon',
    right: 'create-people',
  },
  {
    name: 'unassign-group',
    title: 'Unassign a group',
    explains: 'Take Genesys Cloud away from a group in Entra.',
    phrases: ['unassign group', 'take access from group'],
    takes: 'group',
    example: 'unassign group Genesys Agents',
    right: 'manage-sso',
  },
  {
    name: 'request-access',
    title: 'Request access',
    explains: 'Ask for access to Genesys Cloud, for yourself or for somebody else, for as long as it is needed.',
    phrases: REQUEST_PHRASES,
    takes: 'wish',
    example: 'request agent for two weeks',
    hasForm: true,
  },
  {
    name: 'my-work',
    title: 'My work',
    explains: 'Show what waits for you, what you have asked for, and what you have.',
    phrases: ['my work', 'work', 'my approvals', 'waiting for me', 'approvals'],
  },
  {
    name: 'my-requests',
    title: 'My requests',
    explains: 'Show what you have asked for, and what became of it.',
    phrases: ['my requests', 'requests'],
  },
  {
    name: 'my-access',
    title: 'My access',
    explains: 'Show what you have and until when; ask for more time, or give it back.',
    phrases: ['my access', 'access', 'extend', 'give back'],
  },
  {
    name: 'linked-accounts',
    title: 'My linked accounts',
    explains: 'Show which accounts of other chats are linked to you, and unlink them.',
    phrases: ['my linked accounts', 'linked accounts', 'my accounts', 'link', 'link account', 'unlink'],
  },
  {
    name: 'allow-linking',
    title: 'Allow linking',
    explains: 'Let somebody link accounts again who had said that a link was not theirs.',
    phrases: ['allow linking', 'allow linking of'],
    takes: 'person',
    example: 'allow linking b.simon',
    right: 'manage-sso',
  },
  {
    name: 'help',
    title: 'Help',
    explains: 'Show what you can do here.',
    phrases: ['help', 'hi', 'hello', '?', 'what can you do', 'start'],
  },
];

export type Understood =
  | { readonly kind: 'intent'; readonly intent: Intent; readonly rest: string }
  /** The two that are nearest to what was said. */
  | { readonly kind: 'unknown'; readonly nearest: readonly Intent[] };

/** With room for a reason. */
const LONGEST_COMMAND = 1_000;

/** What the words ask for. Words before forms: a phrase, alone or with what it takes after it. */
export function understand(text: string): Understood {
  const said = text.slice(0, LONGEST_COMMAND).replace(/\s+/g, ' ').trim();
  const lower = said.toLowerCase();
  for (const intent of INTENTS) {
    for (const phrase of intent.phrases) {
      if (lower === phrase) return { kind: 'intent', intent, rest: '' };
    }
  }
  const opening = longestOpening(lower);
  if (opening?.intent.takes !== undefined) {
    const { intent, phrase } = opening;
    return {
      kind: 'intent',
      intent,
      rest: intent.takes === 'wish' ? said : said.slice(phrase.length).trim(),
    };
  }
  return { kind: 'unknown', nearest: nearestIntents(lower) };
}

export function intentNamed(name: string): Intent | undefined {
  return INTENTS.find((intent) => intent.name === name);
}

/** Also of those that take nothing: "give back my access" is not a gift. */
function longestOpening(lower: string): { intent: Intent; phrase: string } | undefined {
  return INTENTS.flatMap((intent) => intent.phrases.map((phrase) => ({ intent, phrase })))
    .filter(({ phrase }) => lower.startsWith(`${phrase} `))
    .sort((one, other) => other.phrase.length - one.phrase.length)[0];
}

function nearestIntents(lower: string): Intent[] {
  const words = new Set(lower.split(/[^\p{L}\p{N}]+/u).filter(Boolean));
  const scored = INTENTS.filter(({ name }) => name !== 'help').map((intent) => ({
    intent,
    score: likeness(words, lower, intent),
  }));
  return scored
    .sort((one, other) => other.score - one.score)
    .slice(0, 2)
    .map(({ intent }) => intent);
}

function likeness(words: ReadonlySet<string>, lower: string, intent: Intent): number {
  const known = new Set(
    `${intent.phrases.join(' ')} ${intent.title} ${intent.explains}`.toLowerCase().split(/[^\p{L}\p{N}]+/u),
  );
  const shared = [...words].filter((word) => word.length > 1 && known.has(word)).length;
  return shared + Math.max(...intent.phrases.map((phrase) => pairsShared(lower, phrase)));
}

/** Share of letter pairs in common (Dice), so that "stauts" is near "status". */
function pairsShared(one: string, other: string): number {
  const pairs = (text: string): Set<string> =>
    new Set(Array.from({ length: Math.max(text.length - 1, 0) }, (_, at) => text.slice(at, at + 2)));
  const [left, right] = [pairs(one), pairs(other)];
  const common = [...left].filter((pair) => right.has(pair)).length;
  return left.size + right.size === 0 ? 0 : (2 * common) / (left.size + right.size);
}
