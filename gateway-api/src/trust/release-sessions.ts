import { createHash, randomBytes } from 'node:crypto';
import { RegistryError } from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { type Admission } from './key-release';
import { SESSION_BYTES, SESSION_LIFETIME_S } from './limits';
import { purge, query } from './trust-database';

const COOKIE = /^[A-Za-z0-9_-]{43}$/;

/**
 * Sessions of the key broker exchange: one challenge, one admission, one key, and two minutes for all of it. A stolen
 * cookie is worth little: what is handed over opens only in the TPM that answered the challenge.
 */
export class ReleaseSessions {
  readonly #pool: Pool;
  readonly #operator: string;

  constructor(pool: Pool, operator: string) {
    this.#pool = pool;
    this.#operator = operator;
  }

  /** Opens a session for a challenge; gives the cookie's value, base64url. */
  async open(challengeId: string): Promise<string> {
    await purge(this.#pool, 'release_sessions');
    const cookie = randomBytes(SESSION_BYTES).toString('base64url');
    await query(
      this.#pool,
      `INSERT INTO gateway.release_sessions (session_digest, operator, challenge_id, expires_at)
       VALUES ($1, $2, $3, now() + make_interval(secs => $4))`,
      [digestOf(cookie), this.#operator, challengeId, SESSION_LIFETIME_S],
    );
    return cookie;
  }

  /** The challenge that this session is to answer. Throws SESSION_UNKNOWN. */
  async challengeOf(cookie: string | undefined): Promise<string> {
    const [row] = await query<{ challenge_id: string }>(
      this.#pool,
      `SELECT challenge_id FROM gateway.release_sessions
       WHERE session_digest = $1 AND operator = $2 AND used_at IS NULL AND expires_at > now()`,
      [digestOf(wellFormed(cookie)), this.#operator],
    );
    if (row === undefined) throw unknown();
    return row.challenge_id;
  }

  /** Notes what the session's evidence admits to. Throws SESSION_UNKNOWN. */
  async admit(cookie: string | undefined, admission: Admission): Promise<void> {
    const rows = await query(
      this.#pool,
      `UPDATE gateway.release_sessions SET admission = $3
       WHERE session_digest = $1 AND operator = $2 AND admission IS NULL AND used_at IS NULL AND expires_at > now()
       RETURNING 1`,
      [digestOf(wellFormed(cookie)), this.#operator, JSON.stringify(admission)],
    );
    if (rows.length === 0) throw unknown();
  }

  /**
   * Takes the admission; the session ends with it, whatever comes of it.
   *
   * @throws RegistryError SESSION_UNKNOWN, SESSION_NOT_ATTESTED
   */
  async take(cookie: string | undefined): Promise<Admission> {
    const digest = digestOf(wellFormed(cookie));
    const [row] = await query<{ admission: Admission }>(
      this.#pool,
      `UPDATE gateway.release_sessions SET used_at = now()
       WHERE session_digest = $1 AND operator = $2 AND admission IS NOT NULL AND used_at IS NULL AND expires_at > now()
       RETURNING admission`,
      [digest, this.#operator],
    );
    if (row !== undefined) return row.admission;
    await this.challengeOf(cookie);
    throw new RegistryError('SESSION_NOT_ATTESTED', 'The session has shown no evidence that was accepted.');
  }
}

function wellFormed(cookie: string | undefined): string {
  if (cookie === undefined || !COOKIE.test(cookie)) throw unknown();
  return cookie;
}

function digestOf(cookie: string): Buffer {
  return createHash('sha256').update(cookie).digest();
}

function unknown(): RegistryError {
  return new RegistryError('SESSION_UNKNOWN', 'There is no such session, or it has lapsed; begin again.');
}
