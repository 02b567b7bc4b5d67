import { randomUUID } from 'node:crypto';
import { type Check } from '@maker-registry/tpm';
import { type Pool } from 'pg';
import { query } from './trust-database';

/** One release or refusal of a content key, as it goes on record. Grows while the request is judged. */
export interface ReleaseRecord {
  readonly holder: string;
  readonly right_id: string;
  readonly challenge_id: string;
  readonly intent_id: string;
  /** MSP id of the operator that decides. */
  readonly operator: string;
  /** Whether the evidence was judged, or the key handed over. */
  readonly stage: 'attest' | 'release';
  artifact_id?: string;
  key_version?: number;
  device_id?: string;
  token_jti?: string;
  checks: readonly Check[];
  /** What the decision rested on. */
  policy: Readonly<Record<string, string | number | boolean>>;
}

export type Outcome =
  { readonly outcome: 'released' } | { readonly outcome: 'refused'; readonly code: string };

/** The record of releases. A release that can't be recorded is not made. */
export class ReleaseLog {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async record(record: ReleaseRecord, outcome: Outcome): Promise<void> {
    await query(
      this.#pool,
      `INSERT INTO gateway.releases (release_id, outcome, code, holder, right_id, challenge_id, intent_id, artifact_id,
         key_version, device_id, token_jti, policy, checks, operator, stage)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        randomUUID(),
        outcome.outcome,
        'code' in outcome ? outcome.code : null,
        record.holder,
        record.right_id,
        record.challenge_id,
        record.intent_id,
        record.artifact_id ?? null,
        record.key_version ?? null,
        record.device_id ?? null,
        record.token_jti ?? null,
        JSON.stringify(record.policy),
        JSON.stringify(record.checks),
        record.operator,
        record.stage,
      ],
    );
  }
}
