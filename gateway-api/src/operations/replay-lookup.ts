import { setTimeout as sleep } from 'node:timers/promises';
import { type Pool } from 'pg';
import { REPLAY_LOOKUP_MS, REPLAY_POLL_MS } from '../limits';

/** The transaction that brought an intent to the ledger. */
export interface IntentPlace {
  readonly txId: string;
  readonly block: number;
}

const LOOKUP = `
  SELECT block, tx_id FROM registry.transactions
  WHERE intent_id = $1 AND validation_code = 'VALID' ORDER BY block, tx_index LIMIT 1`;

interface LookupRow {
  readonly block: string;
  readonly tx_id: string;
}

/**
 * Looks where an intent is that the ledger has, waiting for the mirror to get there; undefined when the mirror does not
 * tell in time.
 *
 * @throws AbortError when the gateway stops meanwhile.
 */
export async function findIntent(
  pool: Pool,
  intentId: string,
  signal: AbortSignal,
): Promise<IntentPlace | undefined> {
  const until = Date.now() + REPLAY_LOOKUP_MS;
  for (;;) {
    const place = await look(pool, intentId).catch(() => undefined);
    if (place !== undefined || Date.now() > until) return place;
    await sleep(REPLAY_POLL_MS, undefined, { signal });
  }
}

async function look(pool: Pool, intentId: string): Promise<IntentPlace | undefined> {
  const { rows } = await pool.query<LookupRow>({ name: 'find_intent', text: LOOKUP, values: [intentId] });
  const row = rows[0];
  return row === undefined ? undefined : { txId: row.tx_id, block: Number(row.block) };
}
