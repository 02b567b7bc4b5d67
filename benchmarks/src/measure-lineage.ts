import { createHash, randomInt } from 'node:crypto';
import { databaseUrl, registryClient, runningNetwork } from '@maker-registry/testbed';
import { Client } from 'pg';
import { CHAIN_RECORDS, DEEP_ANCESTORS, LINEAGE_QUERIES, MIRROR_RECORDS } from './limits';
import type { Report } from './measurements';
import { table } from './results';
import { percentile } from './statistics';

/** Model of the rows that are made here and removed again; no ledger has it. */
const MODEL = createHash('sha256').update('benchmark of lineage queries').digest('hex');
const ZEROS = '0'.repeat(64);

/** Text of a made content's hash; $1 is the number. */
const HASH = (n: string): string => `encode(sha256(('lineage ' || (${n})::text)::bytea), 'hex')`;

/** Records in chains, as the mirror would have written them; half name their parent's model, half leave it to be found. */
const RECORDS = `
  INSERT INTO registry.records (model_ref, content_hash, scheme_ref, parent_hash, parent_model_ref, nonce, recorder,
      key_version, doc, created_block, created_tx_index, block, tx_index)
    SELECT $1, hash, $1, parent, CASE WHEN n % 2 = 0 AND parent <> '${ZEROS}' THEN $1 END, nonce, $1, 1,
      jsonb_build_object('model_ref', $1, 'content_hash', hash, 'scheme_ref', $1, 'parent_hash', parent,
        'nonce', nonce, 'signature', hash || nonce, 'payload_digest', nonce, 'key_version', 1, 'schema_version', 1,
        'scheme_commitment', $1, 'recorder', $1, 'timestamp', 1700000000, 'annotations', '[]'::jsonb,
        'recorded', jsonb_build_object('at', 1700000000, 'tx_id', nonce))
        || CASE WHEN n % 2 = 0 AND parent <> '${ZEROS}'
           THEN jsonb_build_object('parent_model_ref', $1) ELSE '{}'::jsonb END,
      0, 0, 0, 0
    FROM (SELECT n, ${HASH('n')} AS hash, ${HASH('-n - 1')} AS nonce,
        CASE WHEN n % ${CHAIN_RECORDS} = 0 THEN '${ZEROS}' ELSE ${HASH('n - 1')} END AS parent
      FROM generate_series($2::bigint, $3::bigint) AS n) AS made`;

const CONTENTS = `
  INSERT INTO registry.contents (content_hash, model_ref, doc, created_block, created_tx_index, block, tx_index)
    SELECT content_hash, model_ref, jsonb_build_object('model_ref', model_ref), 0, 0, 0, 0
    FROM registry.records WHERE model_ref = $1`;

const INSERT_ROWS = 100_000;

/** Lineage queries of depth 64 through the gateway, over a mirror with a million records more than the ledger. */
export async function lineageQueries(report: Report): Promise<string[]> {
  const network = runningNetwork();
  const database = new Client(databaseUrl(network));
  await database.connect();
  try {
    await insertRecords(database, report);
    const latencies = await queryLatencies(report);
    const figure = (share: number) => `${percentile(latencies, share).toFixed(1)} ms`;
    return table(
      ['lineage query', 'figure'],
      [
        ['records in the mirror', MIRROR_RECORDS.toLocaleString('en-US').replaceAll(',', ' ')],
        [`ancestors of depth ${DEEP_ANCESTORS} by REST, median of ${LINEAGE_QUERIES}`, figure(0.5)],
        ['the same, p99', figure(0.99)],
      ],
    );
  } finally {
    await removeRecords(database, report);
    await database.end();
  }
}

async function insertRecords(database: Client, report: Report): Promise<void> {
  for (let from = 0; from < MIRROR_RECORDS; from += INSERT_ROWS) {
    await database.query(RECORDS, [MODEL, from, from + INSERT_ROWS - 1]);
    report(`${from + INSERT_ROWS} records`);
  }
  await database.query(CONTENTS, [MODEL]);
  // At rest: a mirror that has grown to a million records did not do so in the last minute.
  await database.query('VACUUM ANALYZE registry.records, registry.contents');
  await database.query('CHECKPOINT');
}

async function queryLatencies(report: Report): Promise<number[]> {
  const client = registryClient(runningNetwork());
  try {
    const latencies: number[] = [];
    // The first tenth warms connections and caches up and does not count.
    const all = LINEAGE_QUERIES + Math.floor(LINEAGE_QUERIES / 10);
    for (let n = 0; n < all; n += 1) {
      const started = performance.now();
      const { depth } = await client.read.provenance.lineage(MODEL, randomDeepContent());
      if (depth !== DEEP_ANCESTORS) throw new Error(`A lineage of ${depth} instead of ${DEEP_ANCESTORS}`);
      if (n >= all - LINEAGE_QUERIES) latencies.push(performance.now() - started);
    }
    report(`${latencies.length} queries`);
    return latencies;
  } finally {
    client.close();
  }
}

/** A content with at least 64 ancestors. */
function randomDeepContent(): string {
  const chain = randomInt(MIRROR_RECORDS / CHAIN_RECORDS);
  const place = randomInt(DEEP_ANCESTORS, CHAIN_RECORDS);
  return createHash('sha256')
    .update(`lineage ${chain * CHAIN_RECORDS + place}`)
    .digest('hex');
}

/** Leaves the mirror as it was. */
async function removeRecords(database: Client, report: Report): Promise<void> {
  report('removing the records again');
  await database.query('DELETE FROM registry.records WHERE model_ref = $1', [MODEL]);
  await database.query('DELETE FROM registry.contents WHERE model_ref = $1', [MODEL]);
  await database.query('VACUUM FULL registry.records, registry.contents');
}
