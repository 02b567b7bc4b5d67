import { MAX_MATCHES } from '../limits';
import { readModel, readRecord, readScheme } from '../read-documents';
import { type RecordSource, type RecoveredPayload } from '../record-source';
import { VerifierError } from '../verifier-error';

/** What is needed of a database; a `Pool` or `Client` of pg has it. */
export interface Database {
  query(text: string, values: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

const NONCE_HEX_LENGTH = 64;
/** Ledger order. */
const EARLIEST_FIRST = 'ORDER BY created_block, created_tx_index, model_ref LIMIT $';
/** Schemes that a look-up without a model reads: more cannot be tried on one content anyway. */
const MAX_LISTED_SCHEMES = 1_000;

/**
 * Reads straight from a mirror's database (schema `registry`), for auditors who keep one: no gateway is in between, and a
 * mirror can be rebuilt from blocks and compared. Reading rights on four tables suffice.
 *
 * @param name the database as results name it; without a password
 */
export function mirrorSource(database: Database, name: string): RecordSource {
  const documents = async (text: string, values: readonly unknown[]): Promise<unknown[]> =>
    (await database.query(text, values)).rows.map(docOf);
  return {
    describe: async () => ({ kind: 'mirror', subject: name, ...(await headOf(database)) }),
    record: async ({ model_ref, content_hash }) =>
      (
        await documents('SELECT doc FROM registry.records WHERE model_ref = $1 AND content_hash = $2', [
          model_ref,
          content_hash,
        ])
      ).map(readRecord)[0],
    recordsOf: async (contentHash) =>
      (
        await documents(`SELECT doc FROM registry.records WHERE content_hash = $1 ${EARLIEST_FIRST}2`, [
          contentHash,
          MAX_MATCHES,
        ])
      ).map(readRecord),
    recordsWith: async (schemeRef, payload) =>
      (
        await documents(
          `SELECT doc FROM registry.records WHERE scheme_ref = $1 AND nonce BETWEEN $2 AND $3 ${EARLIEST_FIRST}4`,
          [schemeRef, ...nonceRange(payload), MAX_MATCHES],
        )
      ).map(readRecord),
    model: async (modelRef) =>
      (await documents('SELECT doc FROM registry.models WHERE model_ref = $1', [modelRef])).map(readModel)[0],
    scheme: async (schemeRef) =>
      (await documents('SELECT doc FROM registry.schemes WHERE scheme_ref = $1', [schemeRef])).map(
        readScheme,
      )[0],
    schemes: async (modelRef) =>
      (
        await documents(
          `SELECT doc FROM registry.schemes WHERE $1::text IS NULL OR model_ref = $1 ${EARLIEST_FIRST}2`,
          [modelRef ?? null, MAX_LISTED_SCHEMES],
        )
      ).map(readScheme),
    params: () => Promise.resolve(undefined),
  };
}

/** The nonces that begin with the payload's bits: its bits and then zeros, to its bits and then ones. */
function nonceRange({ payload, payload_bits: bits }: RecoveredPayload): [lowest: string, highest: string] {
  const free = BigInt(payload.length * 4 - bits);
  const last = BigInt(`0x${payload}`) + (1n << free) - 1n;
  return [
    payload.padEnd(NONCE_HEX_LENGTH, '0'),
    last.toString(16).padStart(payload.length, '0').padEnd(NONCE_HEX_LENGTH, 'f'),
  ];
}

function memberOf(row: unknown, member: string): unknown {
  return typeof row === 'object' && row !== null
    ? (row as Readonly<Record<string, unknown>>)[member]
    : undefined;
}

function docOf(row: unknown): unknown {
  return memberOf(row, 'doc');
}

async function headOf(database: Database): Promise<{ network: string; height: number }> {
  const { rows } = await database.query('SELECT height, genesis_hash FROM registry.head', []);
  const network = memberOf(rows[0], 'genesis_hash');
  const height = Number(memberOf(rows[0], 'height'));
  if (typeof network !== 'string' || !Number.isSafeInteger(height)) {
    throw new VerifierError('SOURCE_MALFORMED', 'The mirror does not say which network it follows.');
  }
  return { network, height };
}
