import type { GateUser, GateVerdict, GateWorld, judgeSamlResponse } from '../../../sandbox/genesys/saml-gate.js';
import { TEST_ACS, TEST_ISSUER, TEST_RPI } from '../../../sandbox/genesys/testing/signed-response.js';
import {
  ADA,
  DANA,
  GONE,
  OMAR,
  type CorpusRow,
  type Keys,
  type Outcome,
  type Posts,
  type Stage,
} from './corpus-line.js';

export type Judge = typeof judgeSamlResponse;

/** A row with its messages made: it can be put before any number of gates. */
export interface PreparedRow {
  readonly row: CorpusRow;
  readonly posts: Posts;
  /** A service provider that has seen nothing yet. */
  readonly freshWorld: () => GateWorld;
}

const PEOPLE: Readonly<Record<string, GateUser>> = {
  [DANA]: { id: 'dana', state: 'active' },
  [ADA]: { id: 'ada', state: 'active' },
  [OMAR]: { id: 'omar', state: 'inactive' },
  [GONE]: { id: 'gone', state: 'deleted' },
};

/** Makes the messages of a row, for a service provider that waits for the answers to two sign-ins. */
export function prepare(row: CorpusRow, keys: Keys): PreparedRow {
  const now = new Date(Date.now() + (row.setting.daysLater ?? 0) * 86_400_000);
  const stage: Stage = { flow: row.flow, now, requestId: '_request', attackersRequestId: '_attackers-request', keys };
  return { row, posts: row.make(stage), freshWorld: () => serviceProvider(row, stage) };
}

/** The verdicts on all posts of a row, in their order. */
export async function verdictsOn({ row, posts, freshWorld }: PreparedRow, judge: Judge): Promise<GateVerdict[]> {
  const world = freshWorld();
  if (row.setting.atOnce) return Promise.all(posts.map((post) => judge(post, world)));
  const verdicts: GateVerdict[] = [];
  for (const post of posts) verdicts.push(await judge(post, world));
  return verdicts;
}

/** One verdict for a row: the one refusal, `ok` where all were accepted. */
export function outcomeOf(verdicts: readonly GateVerdict[]): Outcome {
  return outcomeOfCodes(verdicts.map((verdict) => (verdict.accepted ? 'ok' : verdict.code)));
}

/** As above, from the codes. Throws where an earlier post, which only prepares the attack, was refused as well. */
export function outcomeOfCodes(codes: readonly Outcome[]): Outcome {
  const [refused, ...others] = codes.filter((code) => code !== 'ok');
  if (others.length > 0) throw new Error(`More than one post was refused: ${codes.join(', ')}`);
  return refused ?? 'ok';
}

function serviceProvider(row: CorpusRow, { now, keys, requestId, attackersRequestId }: Stage): GateWorld {
  const seen = new Map<string, Date>();
  const pending = new Set([requestId, attackersRequestId]);
  const trusted = row.setting.trusts ?? ['signer'];
  return {
    acs: TEST_ACS,
    provider: row.setting.disabled
      ? undefined
      : {
          issuerURI: TEST_ISSUER,
          relyingPartyIdentifier: TEST_RPI,
          certificates: trusted.map((name) => keys[name].der.toString('base64')),
        },
    organizationShortName: 'contoso-gc',
    now: () => now,
    isPendingRequest: (id) => pending.has(id),
    wasSeen: (id) => (seen.get(id) ?? new Date(0)) >= now,
    findUser: (email) => PEOPLE[email.toLowerCase()],
    accept: ({ assertionId, inResponseTo, rememberUntil }) => {
      seen.set(assertionId, rememberUntil);
      if (inResponseTo !== undefined) pending.delete(inResponseTo);
    },
  };
}
