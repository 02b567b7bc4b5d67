import { type MirrorConfig } from './config';
import { Session } from './database';
import { firstDifference } from './first-difference';
import { readHead } from './head';
import { type ConnectPeer, connectPeer } from './peer';
import { Progress } from './progress';
import { Replay } from './replay';
import { digestTables, type TablesDigest } from './table-hash';
import { type Finding, readFindings, recordFinding } from './witness/findings';
import { readWitnesses } from './witness/witness-states';

const REBUILD_SCHEMA = 'registry_rebuild';
const VERIFY_SCHEMA = 'registry_verify';

const DIFFERENT = 1;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function digest(session: Session): Promise<TablesDigest> {
  const progress = new Progress('hash', 'rows', null);
  const result = await digestTables(session.client, (rows) => {
    progress.add(rows);
  });
  progress.finish();
  return result;
}

function printDigest(result: TablesDigest): void {
  for (const { table, rows, digest: value } of result.tables) {
    print(`${table.padEnd(18)} ${String(rows).padStart(10)} rows  ${value}`);
  }
  print(`${'all tables'.padEnd(18)} ${`height ${result.height}`.padStart(15)}  ${result.digest}`);
}

/** `hash`: one digest for each table and one over all. */
export async function hashCommand(config: MirrorConfig): Promise<number> {
  const session = await Session.open(config.databaseUrl);
  try {
    printDigest(await digest(session));
    return 0;
  } finally {
    await session.close();
  }
}

async function printWitnesses(session: Session): Promise<void> {
  for (const { organization, state, agreedBlock, reason } of await readWitnesses(session.client)) {
    const why = reason === null ? '' : ` (${reason})`;
    print(`${organization.padEnd(9)} ${state}, agreed up to block ${agreedBlock ?? '-'}${why}`);
  }
}

/** `status`: where the tables stand and where the peer does. */
export async function statusCommand(config: MirrorConfig): Promise<number> {
  const session = await Session.open(config.databaseUrl);
  const peer = await connectPeer(config.source);
  try {
    const head = await readHead(session.client);
    const height = (await peer.height()) - 1;
    print(`tables    block ${head.height}`);
    print(`peer      block ${height} (${config.source.endpoint}, ${config.source.mspId})`);
    print(`behind    ${Math.max(0, height - head.height)} blocks`);
    print(`header    ${head.headerHash ?? '-'}`);
    print(`commit    ${head.commitHash ?? '-'}`);
    print(`network   ${head.genesisHash ?? '-'}`);
    await printWitnesses(session);
    const open = await readFindings(session.client, true);
    for (const { id, message } of open) print(`FINDING   ${id}: ${message}`);
    if (head.halted !== null) print(`HALTED    ${head.halted.message}`);
    if (head.halted !== null || open.length > 0) return DIFFERENT;
    print('verified  every block so far');
    return 0;
  } finally {
    peer.close();
    await session.close();
  }
}

/** The digest of the tables in use; null when there are none that can be read. */
async function digestInUse(config: MirrorConfig): Promise<TablesDigest | null> {
  const session = await Session.open(config.databaseUrl);
  try {
    return await digest(session);
  } catch {
    // Whatever is wrong with the tables is why they are rebuilt.
    return null;
  } finally {
    await session.close();
  }
}

function printComparison(before: TablesDigest | null, after: TablesDigest): void {
  print(
    `before    ${before === null ? 'no readable tables' : `block ${before.height}, digest ${before.digest}`}`,
  );
  print(`after     block ${after.height}, digest ${after.digest}`);
  if (before?.height === after.height) print(before.digest === after.digest ? 'equal' : 'DIFFERENT');
}

/** `rebuild`: fresh tables from genesis, then in place of the old ones; prints the digests before and after. */
export async function rebuildCommand(
  config: MirrorConfig,
  signal: AbortSignal,
  connect: ConnectPeer = connectPeer,
): Promise<number> {
  const before = await digestInUse(config);
  const replay = await Replay.open(config, REBUILD_SCHEMA, connect);
  try {
    await replay.clearReplaced();
    let after: TablesDigest | null = null;
    let target: number | null = await replay.peerHeight();
    while (target !== null) {
      await replay.to(target, signal);
      after = await digest(replay.session);
      target = await replay.putInPlace();
    }
    const { blocks, transactions, seconds } = replay.report();
    print(`rebuilt   ${blocks} blocks, ${transactions} transactions in ${seconds.toFixed(2)} s`);
    if (after !== null) {
      printDigest(after);
      printComparison(before, after);
    }
    return 0;
  } finally {
    await replay.close();
  }
}

function compare(own: TablesDigest, replayed: TablesDigest): string[] {
  return own.tables
    .filter(
      ({ table, digest: value }) => replayed.tables.find((other) => other.table === table)?.digest !== value,
    )
    .map(({ table }) => table);
}

/** Shows a row of each table that differs. */
async function explainTables(
  replay: Replay,
  different: readonly string[],
  height: number,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const table of different) {
    const row = await firstDifference(replay.session.client, table, VERIFY_SCHEMA, height);
    const text = `in use ${row.inUse ?? '(nothing)'}; from the ledger ${row.fromLedger ?? '(nothing)'}`;
    print(`DIFFERENT ${table}: ${text}`);
    findings.push({
      source: 'tables',
      organization: null,
      block: row.block,
      code: 'TABLES_DIFFER',
      expected: row.fromLedger,
      actual: row.inUse,
      txIndex: null,
      txId: null,
      key: table,
      message: `table ${table} does not equal a replay of the ledger at block ${height}`,
    });
  }
  return findings;
}

/** `verify`: the same tables once more from the ledger, compared row by row; the tables in use are only read. */
export async function verifyCommand(
  config: MirrorConfig,
  signal: AbortSignal,
  connect: ConnectPeer = connectPeer,
): Promise<number> {
  const session = await Session.open(config.databaseUrl);
  const replay = await Replay.open(config, VERIFY_SCHEMA, connect).catch(async (error: unknown) => {
    await session.close();
    throw error;
  });
  try {
    const own = await digest(session);
    const newest = await replay.peerHeight();
    if (own.height > newest) {
      // A head that was moved on by hand would have the replay wait for ever for blocks that nobody has.
      print(
        `the tables say block ${own.height}, the peer has ${newest}: it is behind, or the head was changed`,
      );
      return DIFFERENT;
    }
    await replay.to(own.height, signal);
    const { transactions, seconds } = replay.report();
    const different = compare(own, await digest(replay.session));
    print(
      `replayed  ${own.height + 1} blocks, ${transactions} transactions in ${seconds.toFixed(2)} s, each verified`,
    );
    if (different.length === 0) {
      print(
        `equal     every row of ${own.tables.length} tables at block ${own.height}, digest ${own.digest}`,
      );
      return 0;
    }
    const findings = await explainTables(replay, different, own.height);
    // Everything that reads the tables stops at this, until an operator resumes.
    for (const finding of findings) await recordFinding(session.client, finding);
    print('the tables do not equal the ledger: find out who wrote to them, rebuild, then resume');
    return DIFFERENT;
  } finally {
    await replay.discard().catch(() => undefined);
    await replay.close();
    await session.close();
  }
}
