import { timingSafeEqual } from 'node:crypto';
import {
  assertKeyShared,
  CONTENT_KEY_BYTES,
  contentKeyCommitment,
  type ContentKeyVersion,
  fromHex,
  KEY_SHARE_BYTES,
  keyShareCommitment,
  openJwe,
  parseJwe,
  RegistryError,
} from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { type TrustDeps } from './deps';
import { type SignedRequests } from './signed-request';
import { query } from './trust-database';
import { type TrustKey, trustKeyByKid, type TrustKeys } from './trust-keys';

export interface DepositDocument {
  readonly artifact_id: string;
  readonly version: number;
  readonly operator: string;
  readonly kid: string;
}

/**
 * Content keys, or this operator's shares of them, that makers deposited here. They rest as JWEs to the wrapping key inside
 * the HSM; in the clear they exist only in this process's memory, for the moment of a check or a release.
 */
export class ContentKeys {
  readonly #deps: Pick<TrustDeps, 'hsm' | 'reads' | 'config'>;
  readonly #pool: Pool;
  readonly #keys: TrustKeys;
  readonly #requests: SignedRequests;

  constructor(
    deps: Pick<TrustDeps, 'hsm' | 'reads' | 'config' | 'pool'>,
    keys: TrustKeys,
    requests: SignedRequests,
  ) {
    this.#deps = deps;
    this.#pool = deps.pool;
    this.#keys = keys;
    this.#requests = requests;
  }

  /**
   * Takes a maker's deposit after checking that it opens here and that the ledger commits to this key or share: a wrong
   * deposit shows now, to the maker, and not to a buyer later.
   *
   * @throws RegistryError as SignedRequests.take; NOT_MAKER, NOT_OPERATOR (also where the key was split among others),
   *   CONTENT_KEY_UNKNOWN, REVOKED, KEY_SHARING_REQUIRED, KEY_INVALID, JWE_*, CONTENT_KEY_MISMATCH, KEY_SHARE_MISMATCH
   */
  async deposit(envelope: Uint8Array): Promise<DepositDocument> {
    const { opened, body, actor, parameters } = await this.#requests.take(envelope, 'key.deposit');
    const { artifact_id: artifactId, version, operator, jwe } = body;
    const { mspId } = this.#deps.config;
    if (operator !== mspId) {
      throw new RegistryError('NOT_OPERATOR', `The deposit is for ${operator}; this is ${mspId}.`, {
        subject: operator,
      });
    }
    const contentKey = await this.#deps.reads.contentKey(artifactId);
    if (contentKey !== undefined && contentKey.maker !== actor.actor_id) {
      throw new RegistryError('NOT_MAKER', 'Only the maker deposits a content key.', { subject: artifactId });
    }
    const committed = contentKey?.versions.find((candidate) => candidate.version === version);
    if (committed === undefined) {
      throw new RegistryError('CONTENT_KEY_UNKNOWN', 'The ledger has no commitment to this key version.', {
        subject: artifactId,
      });
    }
    if (committed.status === 'revoked') {
      throw new RegistryError('REVOKED', 'This key version is revoked.', { subject: artifactId });
    }
    // The class may have risen since the commitment: no release would come of it, only a whole key kept at one operator.
    const { risk } = await this.#deps.reads.artifact(artifactId);
    assertKeyShared(committed, parameters, risk.class);
    (await this.#unwrap(jwe, artifactId, committed)).fill(0);
    const { kid } = this.#wrappingKey(jwe);
    await query(
      this.#pool,
      `INSERT INTO gateway.deposited_keys (artifact_id, version, jwe, kid, intent_id) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (artifact_id, version, kid) DO UPDATE SET jwe = excluded.jwe, intent_id = excluded.intent_id,
         deposited_at = now()`,
      [artifactId, version, jwe, kid, opened.intentId],
    );
    return { artifact_id: artifactId, version, operator, kid };
  }

  /**
   * The deposited content key of a version, or this operator's share of it, checked against the ledger's commitment. The
   * caller overwrites it after use.
   *
   * @throws RegistryError CONTENT_KEY_NOT_DEPOSITED, CONTENT_KEY_MISMATCH, KEY_SHARE_MISMATCH
   */
  async open(artifactId: string, committed: ContentKeyVersion): Promise<Uint8Array> {
    const [row] = await query<{ jwe: string }>(
      this.#pool,
      // A key that was rotated still opens what was deposited under it; the current one goes first.
      `SELECT jwe FROM gateway.deposited_keys WHERE artifact_id = $1 AND version = $2 AND kid = ANY ($3)
       ORDER BY kid = $4 DESC LIMIT 1`,
      [artifactId, committed.version, wrappingKids(this.#keys), this.#keys.wrap.kid],
    );
    if (row === undefined) {
      throw new RegistryError('CONTENT_KEY_NOT_DEPOSITED', 'The maker has not deposited this key here.', {
        subject: artifactId,
      });
    }
    return this.#unwrap(row.jwe, artifactId, committed);
  }

  /** The wrapping key that a JWE is for: the current one, or one that is not retired yet. */
  #wrappingKey(jwe: string): TrustKey {
    const { kid } = parseJwe(jwe);
    const key = kid === undefined ? undefined : trustKeyByKid(this.#keys, 'wrap', kid);
    if (key !== undefined) return key;
    throw new RegistryError(
      'KEY_INVALID',
      "The JWE is not for this operator's wrapping key; see /v1/jwks.json.",
      { subject: '/body/jwe' },
    );
  }

  async #unwrap(jwe: string, artifactId: string, committed: ContentKeyVersion): Promise<Uint8Array> {
    const { label } = this.#wrappingKey(jwe);
    const sharedSecret = await this.#deps.hsm.ecdh(label, parseJwe(jwe).ephemeralPublic);
    try {
      const { plaintext } = openJwe({ jwe, sharedSecret });
      try {
        assertCommitted(plaintext, artifactId, committed, this.#deps.config.mspId);
        return plaintext;
      } catch (error) {
        plaintext.fill(0);
        throw error;
      }
    } finally {
      sharedSecret.fill(0);
    }
  }
}

function wrappingKids({ wrap, earlier }: TrustKeys): readonly string[] {
  return [wrap, ...earlier.filter(({ role }) => role === 'wrap')].map(({ kid }) => kid);
}

/** Asserts that the plaintext is what the ledger commits to: this operator's share of a split key, or the key itself. */
function assertCommitted(
  plaintext: Uint8Array,
  artifactId: string,
  { commitment, sharing }: ContentKeyVersion,
  mspId: string,
): void {
  if (sharing === undefined) {
    if (
      plaintext.length === CONTENT_KEY_BYTES &&
      isSame(contentKeyCommitment(artifactId, plaintext), commitment)
    )
      return;
    throw new RegistryError('CONTENT_KEY_MISMATCH', 'The key is not the one that the ledger commits to.', {
      subject: artifactId,
    });
  }
  const own = sharing.shares.find(({ operator }) => operator === mspId);
  if (own === undefined) {
    throw new RegistryError('NOT_OPERATOR', `The key is split among others; ${mspId} has no share.`, {
      subject: mspId,
    });
  }
  const digest = keyShareCommitment(artifactId, mspId, plaintext);
  if (plaintext.length === KEY_SHARE_BYTES && isSame(digest, own.commitment)) return;
  throw new RegistryError('KEY_SHARE_MISMATCH', `The share is not the one committed for ${mspId}.`, {
    subject: mspId,
  });
}

function isSame(digest: string, expected: string): boolean {
  return timingSafeEqual(fromHex(digest), fromHex(expected));
}
