import { jwtVerify } from 'jose';
import type { SigningKeys } from './signing-keys.js';

/**
 * What a genuine delivery may say of its `serviceUrl`: that one only; `undefined` where nothing is authenticated.
 * A refusal says why, in words without anything of the token.
 */
export type DeliveryToken =
  { readonly ok: true; readonly serviceUrl: string | undefined } | { readonly ok: false; readonly why: string };

export interface DeliveryTokenRules {
  /** The bot that the message must be for. */
  readonly appId: string;
  /** Who must have issued it. */
  readonly issuer: string;
  readonly keys: Pick<SigningKeys, 'find'>;
}

const CHANNEL = 'msteams';
/** Bot Framework's own allowance for clocks that differ. */
const CLOCK_TOLERANCE_S = 300;

/**
 * Whether a delivery comes from Bot Framework, for this bot, through Teams, now. Stricter than the SDK's own check, which
 * also takes tokens of its emulator and of other bots, and keys without endorsements (decision 0013).
 */
export async function checkDeliveryToken(
  authorization: string | undefined,
  { appId, issuer, keys }: DeliveryTokenRules,
): Promise<DeliveryToken> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? '')?.[1];
  if (token === undefined)
    return { ok: false, why: authorization === undefined ? 'no token' : 'a header without a signed token' };
  try {
    const { payload } = await jwtVerify(token, async ({ kid }) => (await findEndorsed(keys, kid)).jwk, {
      algorithms: ['RS256'],
      issuer,
      audience: appId,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['exp', 'nbf', 'serviceurl'],
    });
    const { serviceurl } = payload;
    return typeof serviceurl === 'string'
      ? { ok: true, serviceUrl: serviceurl }
      : { ok: false, why: 'the service URL is no text' };
  } catch (error) {
    return { ok: false, why: whyOf(error) };
  }
}

/** A key that may speak for Teams. One without any endorsement speaks for nobody. */
async function findEndorsed(keys: DeliveryTokenRules['keys'], kid: string | undefined) {
  const key = kid === undefined ? undefined : await keys.find(kid);
  if (!key) throw new UnusableKey('the signing key is unknown');
  if (!key.endorsements.includes(CHANNEL)) throw new UnusableKey('the signing key may not speak for Teams');
  return key;
}

class UnusableKey extends Error {
  override readonly name = 'UnusableKey';
}

/** `jose` gives each refusal a code and, for a claim, its name; its messages may quote the token. */
function whyOf(error: unknown): string {
  if (error instanceof UnusableKey) return error.message;
  const { code, claim } = error as { code?: unknown; claim?: unknown };
  if (typeof code !== 'string' || !/^ERR_J/.test(code)) return 'the signing keys could not be fetched';
  return typeof claim === 'string' ? `${code} ${claim.slice(0, 20)}` : code;
}
