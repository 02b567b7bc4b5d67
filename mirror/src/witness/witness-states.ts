import { type ClientBase } from 'pg';
import { MAX_FINDING_CHARACTERS } from '../limits';
import { safeText } from '../projection/safe-text';

/** How another organization's peer compared last. A peer that is away or behind is no contradiction. */
export interface WitnessState {
  readonly organization: string;
  readonly endpoint: string;
  readonly state: 'agrees' | 'disagrees' | 'away';
  /** Number of the newest block at which it agreed; null before the first. */
  readonly agreedBlock: number | null;
  /** Number of its newest block; null when it has not been reached. */
  readonly peerBlock: number | null;
  readonly reason: string | null;
}

/** Writes how a peer compared, for operators and regulators to see. */
export async function writeWitness(client: ClientBase, witness: WitnessState): Promise<void> {
  await client.query({
    name: 'write-witness',
    text: `INSERT INTO witnesses (organization, endpoint, state, agreed_block, peer_block, reason, checked_at)
        VALUES ($1, $2, $3, $4, $5, $6, now())
      ON CONFLICT (organization) DO UPDATE SET endpoint = EXCLUDED.endpoint, state = EXCLUDED.state,
        agreed_block = coalesce(EXCLUDED.agreed_block, witnesses.agreed_block),
        peer_block = coalesce(EXCLUDED.peer_block, witnesses.peer_block),
        reason = EXCLUDED.reason, checked_at = EXCLUDED.checked_at`,
    values: [
      witness.organization,
      witness.endpoint,
      witness.state,
      witness.agreedBlock,
      witness.peerBlock,
      witness.reason === null ? null : safeText(witness.reason, MAX_FINDING_CHARACTERS),
    ],
  });
}

/** How each other organization's peer compared last. */
export async function readWitnesses(
  client: ClientBase,
): Promise<(WitnessState & { readonly checkedAt: string })[]> {
  const { rows } = await client.query<{
    organization: string;
    endpoint: string;
    state: WitnessState['state'];
    agreed_block: string | null;
    peer_block: string | null;
    reason: string | null;
    checked_at: Date;
  }>('SELECT * FROM witnesses ORDER BY organization');
  const number = (text: string | null): number | null => (text === null ? null : Number(text));
  return rows.map((row) => ({
    organization: row.organization,
    endpoint: row.endpoint,
    state: row.state,
    agreedBlock: number(row.agreed_block),
    peerBlock: number(row.peer_block),
    reason: row.reason,
    checkedAt: row.checked_at.toISOString(),
  }));
}
