import { randomBytes, randomUUID } from 'node:crypto';
import { RegistryError } from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { CHALLENGE_LIFETIME_S, NONCE_BYTES } from './limits';
import { purge, query } from './trust-database';
import { unixNow } from './clock';

/** What a caller may ask a challenge for. */
export const CHALLENGE_PURPOSES = ['key-release'] as const;
/** A session's challenge can be answered in that session only. */
export type ChallengePurpose = (typeof CHALLENGE_PURPOSES)[number] | 'release-session';

export interface ChallengeDocument {
  readonly challenge_id: string;
  /** Hex. */
  readonly nonce: string;
  /** Unix seconds. */
  readonly expires_at: number;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Fresh nonces, each good for one answer and a short time. */
export class Challenges {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async issue(purpose: ChallengePurpose): Promise<ChallengeDocument> {
    await purge(this.#pool, 'challenges');
    const challengeId = randomUUID();
    const nonce = randomBytes(NONCE_BYTES);
    const expiresAt = unixNow() + CHALLENGE_LIFETIME_S;
    await query(
      this.#pool,
      `INSERT INTO gateway.challenges (challenge_id, purpose, nonce, expires_at)
       VALUES ($1, $2, $3, to_timestamp($4))`,
      [challengeId, purpose, nonce, expiresAt],
    );
    return { challenge_id: challengeId, nonce: nonce.toString('hex'), expires_at: expiresAt };
  }

  /**
   * Takes the challenge: whatever comes of the answer, it can't be answered again.
   *
   * @throws RegistryError CHALLENGE_UNKNOWN, CHALLENGE_USED
   */
  async take(challengeId: string, purpose: ChallengePurpose): Promise<Uint8Array> {
    if (!UUID.test(challengeId)) throw unknown();
    const [taken] = await query<{ nonce: Buffer }>(
      this.#pool,
      `UPDATE gateway.challenges SET used_at = now()
       WHERE challenge_id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > to_timestamp($3)
       RETURNING nonce`,
      [challengeId, purpose, unixNow()],
    );
    if (taken !== undefined) return taken.nonce;
    const used = await query(
      this.#pool,
      'SELECT 1 FROM gateway.challenges WHERE challenge_id = $1 AND used_at IS NOT NULL',
      [challengeId],
    );
    if (used.length === 0) throw unknown();
    throw new RegistryError('CHALLENGE_USED', 'This challenge was answered before; ask for a new one.');
  }
}

function unknown(): RegistryError {
  return new RegistryError(
    'CHALLENGE_UNKNOWN',
    'The challenge does not exist or has lapsed; ask for a new one.',
  );
}
