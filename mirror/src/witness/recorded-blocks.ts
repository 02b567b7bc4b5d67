import { type ChannelConfig, parseChannelConfig } from '@maker-registry/fabric-proofs';
import { type ClientBase } from 'pg';
import { type RecordedBlock } from './compare-peer';

/** What the tables say of a block; null when they do not have it. */
export async function readRecordedBlock(client: ClientBase, number: number): Promise<RecordedBlock | null> {
  const { rows } = await client.query<{
    header_hash: string;
    commit_hash: string | null;
    verdicts: string[];
  }>({
    name: 'read-recorded-block',
    text: `SELECT header_hash, commit_hash, ARRAY(
        SELECT validation_code FROM transactions WHERE block = $1 ORDER BY tx_index) AS verdicts
      FROM blocks WHERE number = $1`,
    values: [number],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return { headerHash: row.header_hash, commitHash: row.commit_hash, verdicts: row.verdicts };
}

/** The channel's configuration in force after a block; null when none is recorded. */
export async function readConfigAt(client: ClientBase, number: number): Promise<ChannelConfig | null> {
  const { rows } = await client.query<{ config: Buffer }>(
    'SELECT config FROM channel_configs WHERE block <= $1 ORDER BY block DESC LIMIT 1',
    [number],
  );
  const [row] = rows;
  return row === undefined ? null : parseChannelConfig(row.config);
}
