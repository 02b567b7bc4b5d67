import { setTimeout as sleep } from 'node:timers/promises';
import { type Pool } from 'pg';
import { REPLAY_LOOKUP_MS, REPLAY_POLL_MS } from '../limits';

/** What the mirror says about an intent that the ledger refused as replayed. */
export type ReplayFinding =
  /** This very intent is on the ledger. */
  | { readonly kind: 'committed'; readonly txId: string; readonly block: number }
  /** The mirror has the height and not this intent: another one used the nonce. */
  | { readonly kind: 'absent' }
  /** The mirror is away or behind. */
  | { readonly kind: 'unknown' };

const LOOKUP = `
  SELECT h.height, i.created_block AS block, t.tx_id
  FROM registry.head AS h
  LEFT JOIN registry.intents AS i ON i.intent_id = $1
  LEFT JOIN registry.transactions AS t ON t.block = i.created_block AND t.tx_index = i.created_tx_index`;

interface LookupRow {
  readonly height: string;
  readonly block: string | null;
  readonly tx_id: string | null;
}

/**
 * Looks whether the intent is on the ledger, waiting for the mirror to reach the height at which the ledger refused.
 *
 * @throws AbortError when the gateway stops meanwhile.
 */
export async function findCommittedIntent(
  pool: Pool,
  intentId: string,
  height: number,
  signal: AbortSignal,
): Promise<ReplayFinding> {
  const until = Date.now() + REPLAY_LOOKUP_MS;
  for (;;) {
    const finding = await look(pool, intentId, height).catch(() => ({ kind: 'unknown' }) as const);
    if (finding.kind !== 'unknown' || Date.now() > until) return finding;
    await sleep(REPLAY_POLL_MS, undefined, { signal });
  }
}

async function look(pool: Pool, intentId: string, height: number): Promise<ReplayFinding> {
  const { rows } = await pool.query<LookupRow>({ name: 'replay_lookup', text: LOOKUP, values: [intentId] });
  const row = rows[0];
  if (row === undefined) return { kind: 'unknown' };
  if (row.block !== null && row.tx_id !== null) {
    return { kind: 'committed', txId: row.tx_id, block: Number(row.block) };
  }
  return Number(row.height) >= height ? { kind: 'absent' } : { kind: 'unknown' };
}
