import { escapeIdentifier } from 'pg';
import { type MirrorConfig } from './config';
import { Session } from './database';
import { readHead } from './head';
import { REBUILD_LOCK } from './limits';
import { migrate, SCHEMA } from './migrate';
import { type ConnectPeer, connectPeer, type LedgerPeer } from './peer';
import { Progress } from './progress';
import { replicate } from './replicate';
import { HEAD_CHANNEL } from './write-batch';

const REPLACED_SCHEMA = 'registry_replaced';
const MS_PER_S = 1_000;

/** Two rebuilds or verifications at once would write into each other's tables. */
export class ReplayBusyError extends Error {
  constructor() {
    super('another rebuild or verification is running on this database: wait for it to end');
    this.name = 'ReplayBusyError';
  }
}

/** What a replay did. */
export interface ReplayReport {
  readonly blocks: number;
  readonly transactions: number;
  /** Spent replaying, without preparation of the tables. */
  readonly seconds: number;
}

async function drop(session: Session, schema: string): Promise<void> {
  await session.client.query(`DROP SCHEMA IF EXISTS ${escapeIdentifier(schema)} CASCADE`);
}

async function exists(session: Session, schema: string): Promise<boolean> {
  const { rows } = await session.client.query<{ found: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS found',
    [`${schema}.head`],
  );
  return rows[0]?.found === true;
}

/** A schema beside the one in use, filled from the ledger's beginning. */
export class Replay {
  readonly session: Session;
  readonly #peer: LedgerPeer;
  readonly #config: MirrorConfig;
  readonly #schema: string;
  readonly #progress: Progress;
  #blocks = 0;
  #transactions = 0;
  #seconds = 0;

  private constructor(session: Session, peer: LedgerPeer, config: MirrorConfig, schema: string) {
    this.session = session;
    this.#peer = peer;
    this.#config = config;
    this.#schema = schema;
    this.#progress = new Progress('replay', 'blocks', null);
  }

  /** Prepares empty tables; what an interrupted replay left is dropped. @throws ReplayBusyError */
  static async open(
    config: MirrorConfig,
    schema: string,
    connect: ConnectPeer = connectPeer,
  ): Promise<Replay> {
    const session = await Session.open(config.databaseUrl, schema, 'registry-mirror-replay');
    try {
      if (!(await session.tryLock(REBUILD_LOCK))) throw new ReplayBusyError();
      await drop(session, schema);
      await migrate(session.client, schema);
      await session.usePath(schema);
      // A replay lost to a power cut is begun again anyway; waiting for the disk at each batch gains nothing.
      await session.client.query('SET synchronous_commit TO off');
      return new Replay(session, await connect(config.source), config, schema);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Number of the peer's newest block. */
  async peerHeight(): Promise<number> {
    return (await this.#peer.height()) - 1;
  }

  /** Replays up to and with a block. */
  async to(height: number, signal: AbortSignal): Promise<void> {
    this.#progress.extend(height + 1);
    const { source } = this.#config;
    const started = performance.now();
    await replicate({
      peer: this.#peer,
      client: this.session.client,
      ledger: { genesisHash: source.genesisHash, chaincode: source.chaincode },
      announce: false,
      until: height,
      signal,
      onWritten: (batch) => {
        this.#blocks += batch.blocks;
        this.#transactions += batch.transactions;
        this.#progress.add(batch.blocks);
      },
    });
    this.#seconds += (performance.now() - started) / MS_PER_S;
  }

  report(): ReplayReport {
    this.#progress.finish();
    return { blocks: this.#blocks, transactions: this.#transactions, seconds: this.#seconds };
  }

  /**
   * Puts the replayed tables in place of those in use, unless these have got ahead.
   *
   * The lock on the old head keeps a running follower out; its next statement finds the new tables by name, and writes on
   * only if their head is where it expects.
   *
   * @returns null when done, else the height in use that must be reached first
   */
  async putInPlace(): Promise<number | null> {
    const { client } = this.session;
    const own = await readHead(client);
    await client.query('BEGIN');
    try {
      if (await exists(this.session, SCHEMA)) {
        await client.query(`LOCK TABLE ${SCHEMA}.head IN ACCESS EXCLUSIVE MODE`);
        const { rows } = await client.query<{ height: string }>(`SELECT height FROM ${SCHEMA}.head`);
        const inUse = Number(rows[0]?.height ?? -1);
        if (inUse > own.height) {
          await client.query('ROLLBACK');
          return inUse;
        }
        await this.#carryFindings();
        await client.query(`ALTER SCHEMA ${SCHEMA} RENAME TO ${REPLACED_SCHEMA}`);
      } else await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
      await client.query(`ALTER SCHEMA ${escapeIdentifier(this.#schema)} RENAME TO ${SCHEMA}`);
      await client.query('SELECT pg_notify($1, $2)', [HEAD_CHANNEL, String(own.height)]);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
    await drop(this.session, REPLACED_SCHEMA);
    await this.session.usePath(SCHEMA);
    return null;
  }

  /** What was found stays found: fresh tables do not tell who was wrong. Their numbers go on after the last. */
  async #carryFindings(): Promise<void> {
    const { client } = this.session;
    const { rows } = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
      `${SCHEMA}.findings`,
    ]);
    if (rows[0]?.found !== true) return;
    const name = escapeIdentifier(this.#schema);
    await client.query(`LOCK TABLE ${SCHEMA}.findings IN EXCLUSIVE MODE`);
    await client.query(
      `INSERT INTO ${name}.findings OVERRIDING SYSTEM VALUE SELECT * FROM ${SCHEMA}.findings ON CONFLICT DO NOTHING`,
    );
    await client.query(
      `SELECT setval(pg_get_serial_sequence('${this.#schema}.findings', 'finding_id'), max(finding_id))
        FROM ${name}.findings HAVING max(finding_id) IS NOT NULL`,
    );
  }

  /** Makes sure that a name the swap needs is free. */
  async clearReplaced(): Promise<void> {
    await drop(this.session, REPLACED_SCHEMA);
  }

  /** Forgets the replayed tables. */
  async discard(): Promise<void> {
    await drop(this.session, this.#schema);
  }

  async close(): Promise<void> {
    this.#peer.close();
    await this.session.close();
  }
}
