import { join } from 'node:path';
import { type LedgerWrite } from '@maker-registry/protocol';
import { type PoolClient } from 'pg';
import { type TemporaryPostgres, temporaryPostgres } from '../trust/testing/temporary-postgres';

const MIRROR = join(__dirname, '../../../mirror/src');

/** What is used of the mirror's sources, which are loaded at run time: no room but the mirror's own may depend on it. */
interface Mirror {
  readonly migrations: { readonly MIGRATIONS: readonly { readonly sql: string }[] };
  readonly blocks: {
    documentBlock(number: number, transactions: readonly (readonly LedgerWrite[])[]): unknown;
  };
  readonly writer: {
    writeBatch(client: PoolClient, batch: readonly unknown[], announce: boolean): Promise<void>;
  };
}

interface Preparation {
  prepare(block: Uint8Array): Promise<unknown>;
}

interface PreparationModule {
  readonly BlockPreparation: new (
    ledger: unknown,
    position: null,
    lookup: () => Promise<ReadonlyMap<string, Uint8Array>>,
  ) => Preparation;
}

interface LedgerFixtureModule {
  readonly ledgerFixture: () => {
    readonly blocks: readonly Uint8Array[];
    readonly ledger: { readonly genesisHash: string };
  };
}

async function loadMirror(): Promise<Mirror> {
  const load = async <Name extends keyof Mirror>(file: string): Promise<Mirror[Name]> =>
    (await import(join(MIRROR, file))) as Mirror[Name];
  return {
    migrations: await load<'migrations'>('migrations'),
    blocks: await load<'blocks'>('testing/document-blocks'),
    writer: await load<'writer'>('write-batch'),
  };
}

/** The tables as the mirror makes and fills them, in a PostgreSQL of their own. */
export class MirrorTables {
  readonly #server: TemporaryPostgres;
  readonly #mirror: Mirror;
  #height = -1;
  #preparation: Preparation | undefined;

  private constructor(server: TemporaryPostgres, mirror: Mirror) {
    this.#server = server;
    this.#mirror = mirror;
  }

  /** @param network genesis hash that the head shows */
  static async start(network: string): Promise<MirrorTables> {
    const mirror = await loadMirror();
    const server = await temporaryPostgres();
    const tables = new MirrorTables(server, mirror);
    await tables.#inSchema(async (client) => {
      await client.query('CREATE SCHEMA registry');
      for (const { sql } of mirror.migrations.MIGRATIONS) await client.query(sql);
      await client.query('UPDATE head SET genesis_hash = $1', [network]);
    });
    return tables;
  }

  get pool(): TemporaryPostgres['pool'] {
    return this.#server.pool;
  }

  get url(): string {
    return this.#server.url;
  }

  get height(): number {
    return this.#height;
  }

  /** Adds a block in which each list is a transaction. */
  async block(...transactions: readonly (readonly LedgerWrite[])[]): Promise<void> {
    const number = this.#height + 1;
    const block = this.#mirror.blocks.documentBlock(number, transactions);
    await this.#inSchema((client) => this.#mirror.writer.writeBatch(client, [block], false));
    this.#height = number;
  }

  /** Takes in real blocks as the mirror does, verified; what they hold is said beside libs/fabric-proofs/fixtures. */
  async replay(upTo = Number.MAX_SAFE_INTEGER): Promise<void> {
    const { ledgerFixture } = (await import(join(MIRROR, 'testing/ledger-fixture'))) as LedgerFixtureModule;
    const { BlockPreparation } = (await import(join(MIRROR, 'prepare-block'))) as PreparationModule;
    const { blocks, ledger } = ledgerFixture();
    this.#preparation ??= new BlockPreparation(ledger, null, () => Promise.resolve(new Map()));
    for (const block of blocks.slice(this.#height + 1, upTo + 1)) {
      const rows = await this.#preparation.prepare(block);
      await this.#inSchema((client) => this.#mirror.writer.writeBatch(client, [rows], true));
      this.#height += 1;
    }
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async #inSchema(work: (client: PoolClient) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('SET search_path TO registry');
      await work(client);
    } finally {
      await client.query('RESET search_path');
      client.release();
    }
  }
}
