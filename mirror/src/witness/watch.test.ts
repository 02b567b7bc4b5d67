import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { type MirrorConfig } from '../config';
import { Session } from '../database';
import { findingsCommand, parseResumption, resumeCommand, witnessesCommand } from '../findings-commands';
import { Follower } from '../follower';
import { MirrorMetrics } from '../metrics';
import { type ConnectPeer } from '../peer';
import { EmbeddedPostgres } from '../testing/embedded-postgres';
import { ledgerFixture, StoredBlocks } from '../testing/ledger-fixture';
import {
  alteredCommitHash,
  alteredWrite,
  flippedVerdict,
  forkedHeader,
  withBlock,
} from '../testing/tampered-blocks';
import { readFindings, type StoredFinding } from './findings';
import { readWitnesses, type WitnessState } from './witness-states';

// Seconds on an idle machine; the rest is room for a busy one.
jest.setTimeout(60_000);

const { blocks, ledger } = ledgerFixture();
const LAST = blocks.length - 1;
const REFUSED = 23;
const POLL_MS = 20;
const PATIENCE_MS = 15_000;
const OWN = 'own';

let server: EmbeddedPostgres;
let config: MirrorConfig;
let controller = new AbortController();
let running: Promise<void>[] = [];
let printed: string[] = [];
/** By endpoint; a missing one is a peer that is away. */
let chains: Record<string, readonly Uint8Array[] | undefined> = {};

const connect: ConnectPeer = ({ endpoint }) => {
  const chain = (): readonly Uint8Array[] => {
    const found = chains[endpoint];
    if (found === undefined) throw new Error(`${endpoint} is away`);
    return found;
  };
  return Promise.resolve({
    height: () => Promise.resolve().then(() => chain().length),
    blocks: (from, listener) =>
      Promise.resolve().then(() => new StoredBlocks(chain(), true).blocks(from, listener)),
    close: () => undefined,
  });
};

function follow(): { follower: Follower; metrics: MirrorMetrics } {
  const metrics = new MirrorMetrics();
  const follower = new Follower(config, metrics, pino({ level: 'silent' }), connect);
  running.push(follower.run(controller.signal));
  return { follower, metrics };
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error('did not come to pass');
    await delay(POLL_MS);
  }
}

function inState(follower: Follower, state: string): Promise<void> {
  return until(() => follower.state.state === state);
}

async function withSession<Value>(use: (session: Session) => Promise<Value>): Promise<Value> {
  const session = await Session.open(server.url);
  return use(session).finally(() => session.close());
}

function openFindings(): Promise<StoredFinding[]> {
  return withSession(({ client }) => readFindings(client, true));
}

async function witness(
  organization: string,
  state: WitnessState['state'],
  agreedBlock?: number,
): Promise<void> {
  await until(async () => {
    const all = await withSession(({ client }) => readWitnesses(client)).catch(() => []);
    return all.some(
      (one) =>
        one.organization === organization &&
        one.state === state &&
        (agreedBlock === undefined || one.agreedBlock === agreedBlock),
    );
  });
}

beforeAll(async () => {
  server = await EmbeddedPostgres.start();
  const source = {
    ...ledger,
    channel: 'registry',
    endpoint: OWN,
    tlsCaCert: '',
    serverName: '',
    mspId: 'Op1MSP',
    certificate: '',
    key: '',
  };
  config = {
    source,
    witnesses: ['Op2MSP', 'Op3MSP'].map((organization) => ({
      organization,
      source: { ...source, endpoint: organization },
    })),
    watchIntervalMs: POLL_MS,
    databaseUrl: server.url,
    operationsHost: '127.0.0.1',
    operationsPort: 0,
    logLevel: 'silent',
  };
});

beforeEach(async () => {
  await withSession(({ client }) => client.query('DROP SCHEMA IF EXISTS registry CASCADE'));
  controller = new AbortController();
  chains = { [OWN]: blocks, Op2MSP: blocks, Op3MSP: blocks };
  printed = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});

afterEach(async () => {
  controller.abort();
  await Promise.all(running);
  running = [];
  jest.restoreAllMocks();
});

afterAll(async () => {
  await server.stop();
});

describe('the watch over other organizations’ peers', () => {
  it('sees peers agree, one behind and one away, and raises nothing', async () => {
    chains = { [OWN]: blocks, Op2MSP: blocks.slice(0, 10) };
    const { follower, metrics } = follow();
    await witness('Op2MSP', 'agrees', 9);
    await witness('Op3MSP', 'away');
    await until(() => follower.state.state === 'following' && follower.state.height === LAST);
    expect(await openFindings()).toEqual([]);
    chains = { [OWN]: blocks, Op2MSP: blocks, Op3MSP: blocks };
    await witness('Op2MSP', 'agrees', LAST);
    await witness('Op3MSP', 'agrees', LAST);
    const text = await metrics.registry.metrics();
    expect(text).toContain('mirror_witness_agrees{organization="Op2MSP"} 1');
    expect(text).toContain(`mirror_witness_agreed_height{organization="Op3MSP"} ${LAST}`);
    await witnessesCommand(config);
    expect(JSON.parse(printed[0]!)).toMatchObject({
      organization: 'Op2MSP',
      state: 'agrees',
      peer_block: LAST,
    });
  });

  it.each([
    ['a flipped verdict', flippedVerdict, { expected: 'VALID', actual: 'MVCC_READ_CONFLICT', txIndex: 0 }],
    ['an altered commit hash', alteredCommitHash, { txIndex: null }],
    ['an altered write', alteredWrite, { txIndex: 0 }],
    ['a forked header', forkedHeader, { txIndex: null }],
  ])('halts at the newest block of a lying peer: %s', async (_what, tamper, expected) => {
    chains['Op2MSP'] = withBlock(blocks, LAST, tamper);
    const { follower, metrics } = follow();
    await inState(follower, 'halted');
    expect(await openFindings()).toMatchObject([
      { source: 'other-peer', organization: 'Op2MSP', block: LAST, code: 'PEER_DISAGREES', ...expected },
    ]);
    expect(follower.state).toMatchObject({ halt: { organization: 'Op2MSP', block: LAST } });
    const text = await metrics.registry.metrics();
    expect(text).toContain('mirror_verified 0');
    expect(text).toContain('mirror_findings_total{source="other-peer"} 1');
    expect(text).toContain('mirror_witness_agrees{organization="Op2MSP"} 0');
    expect(
      await withSession(({ client }) => client.query('SELECT FROM head WHERE halted IS NOT NULL')),
    ).toHaveProperty('rowCount', 1);
  });

  it('finds the first block of a lie by halving, and names transaction and key', async () => {
    // A commit hash chains all before it: from the lie on, every later one differs too.
    const lying = blocks.map((block, index) =>
      index < 12 ? block : index === 12 ? flippedVerdict(block) : alteredCommitHash(block),
    );
    chains['Op3MSP'] = lying;
    const { follower } = follow();
    await inState(follower, 'halted');
    const [finding] = await openFindings();
    expect(finding).toMatchObject({
      organization: 'Op3MSP',
      block: 12,
      txIndex: 0,
      actual: 'MVCC_READ_CONFLICT',
    });
    expect(finding!.txId).toMatch(/^[0-9a-f]{64}$/);
    expect(finding!.key).toMatch(/^registry\/[a-z-]+\//);
  });

  it('says whether a quorum of the orderers signed what differs', async () => {
    chains['Op2MSP'] = withBlock(blocks, LAST, alteredWrite);
    await inState(follow().follower, 'halted');
    // The header, and so its signatures, are the true ones: only the data behind it was changed.
    expect((await openFindings())[0]!.message).toContain('do not hash to the header');
    controller.abort();
    await Promise.all(running);
    controller = new AbortController();
    await withSession(({ client }) => client.query('DROP SCHEMA registry CASCADE'));
    chains['Op2MSP'] = withBlock(blocks, LAST, forkedHeader);
    await inState(follow().follower, 'halted');
    expect((await openFindings())[0]!.message).toContain('lacks the signatures of a quorum');
  });

  it('stays halted over a restart, goes on when an operator resumes, and does not ask again about what was judged', async () => {
    chains['Op2MSP'] = withBlock(blocks, LAST, alteredCommitHash);
    await inState(follow().follower, 'halted');
    controller.abort();
    await Promise.all(running);
    controller = new AbortController();
    const { follower } = follow();
    await inState(follower, 'halted');
    expect(await findingsCommand(config)).toBe(1);
    expect(await resumeCommand(config, { which: 999, resolution: 'no such finding' })).toBe(1);
    expect(follower.state.state).toBe('halted');
    expect(await resumeCommand(config, { which: 1, resolution: 'op2 restores its peer' })).toBe(0);
    await inState(follower, 'following');
    await witness('Op2MSP', 'disagrees');
    expect(await openFindings()).toEqual([]);
    expect(follower.state.state).toBe('following');
    chains['Op2MSP'] = blocks;
    await witness('Op2MSP', 'agrees', LAST);
    expect(await findingsCommand(config)).toBe(0);
  });

  it.each([
    ['header_hash', "UPDATE blocks SET header_hash = repeat('0', 64) WHERE number = $1", 'blocks'],
    ['commit_hash', "UPDATE blocks SET commit_hash = repeat('0', 64) WHERE number = $1", 'blocks'],
    ['verdicts', "UPDATE transactions SET validation_code = 'BAD_RWSET' WHERE block = $1", 'transactions'],
  ])('finds that the tables were changed: %s', async (column, change, table) => {
    chains = { [OWN]: blocks, Op2MSP: undefined };
    const { follower } = follow();
    await until(() => follower.state.state === 'following' && follower.state.height === LAST);
    await withSession(({ client }) => client.query(change, [LAST]));
    chains['Op2MSP'] = blocks;
    await inState(follower, 'halted');
    expect(await openFindings()).toMatchObject([
      { source: 'tables', code: 'TABLES_DIFFER', block: LAST, key: `${table}/${LAST}` },
    ]);
    expect((await openFindings())[0]!.message).toContain(column);
  });

  it('finds that a block was taken out of the tables', async () => {
    chains = { [OWN]: blocks, Op2MSP: undefined };
    const { follower } = follow();
    await until(() => follower.state.state === 'following' && follower.state.height === LAST);
    await withSession(async ({ client }) => {
      await client.query('ALTER TABLE blocks DISABLE TRIGGER ALL');
      await client.query('DELETE FROM blocks WHERE number = $1', [LAST]);
    });
    chains['Op2MSP'] = blocks;
    await inState(follower, 'halted');
    expect(await openFindings()).toMatchObject([
      { source: 'tables', code: 'TABLES_DIFFER', block: LAST, key: `blocks/${LAST}`, actual: null },
    ]);
  });

  it('halts again when an operator resumes while the tables are still wrong, also beside a judged peer', async () => {
    chains = { [OWN]: blocks, Op2MSP: withBlock(blocks, LAST - 1, alteredCommitHash).slice(0, LAST) };
    const { follower } = follow();
    await inState(follower, 'halted');
    await until(
      async () => (await resumeCommand(config, { which: 'all', resolution: 'op2 restores it' })) === 0,
    );
    await witness('Op2MSP', 'disagrees');
    await until(() => follower.state.state === 'following' && follower.state.height === LAST);
    await withSession(({ client }) =>
      client.query("UPDATE blocks SET header_hash = repeat('0', 64) WHERE number = $1", [LAST]),
    );
    chains['Op2MSP'] = blocks;
    let judged = 1;
    for (const which of ['the judged peer was no reason to look away', 'nor was the word of an operator']) {
      await until(async () => (await openFindings()).some(({ id }) => id > judged));
      const [finding] = await openFindings();
      expect(finding).toMatchObject({ source: 'tables', code: 'TABLES_DIFFER', block: LAST });
      judged = finding!.id;
      expect(await resumeCommand(config, { which: 'all', resolution: which })).toBe(0);
    }
    await until(async () => (await openFindings()).some(({ id }) => id > judged));
    await inState(follower, 'halted');
  });
});

describe('a block of the own peer that does not verify', () => {
  it.each([
    ['a flipped verdict', flippedVerdict, 'COMMIT_HASH_MISMATCH', 0],
    ['an altered write', alteredWrite, 'BLOCK_DATA_HASH', 0],
    ['an altered commit hash', alteredCommitHash, 'COMMIT_HASH_MISMATCH', null],
    ['a forked header', forkedHeader, 'BLOCK_PREVIOUS_HASH', null],
  ])('is named with what another peer has instead: %s', async (_what, tamper, code, txIndex) => {
    chains[OWN] = withBlock(blocks, 12, tamper);
    const { follower } = follow();
    await inState(follower, 'halted');
    await until(async () => (await openFindings()).length > 0);
    const [finding] = await openFindings();
    expect(finding).toMatchObject({ source: 'own-peer', block: 12, code, txIndex });
    expect(finding!.message).toMatch(/the peer of Op[23]MSP differs in its/);
    if (txIndex !== null) expect(finding!.key).toMatch(/^registry\/[a-z-]+\//);
    expect(
      await withSession(({ client }) => client.query('SELECT FROM blocks WHERE number >= 12')),
    ).toHaveProperty('rowCount', 0);
  });

  it('is named with a refused transaction that is shown as valid', async () => {
    chains[OWN] = withBlock(blocks, REFUSED, flippedVerdict);
    await inState(follow().follower, 'halted');
    await until(async () => (await openFindings()).length > 0);
    expect(await openFindings()).toMatchObject([
      { source: 'own-peer', block: REFUSED, code: 'COMMIT_HASH_MISMATCH', txIndex: 0 },
    ]);
  });

  it('is named by block and check alone where no other peer answers', async () => {
    chains = { [OWN]: withBlock(blocks, 12, alteredCommitHash) };
    await inState(follow().follower, 'halted');
    await until(async () => (await openFindings()).length > 0);
    expect(await openFindings()).toMatchObject([{ source: 'own-peer', block: 12, txIndex: null, key: null }]);
  });
});

describe('resume', () => {
  it.each([
    [['all', 'found', 'the', 'cause'], { which: 'all', resolution: 'found the cause' }],
    [['7', 'restored'], { which: 7, resolution: 'restored' }],
    [['7'], null],
    [[], null],
    [['all', ' '], null],
    [['0', 'restored'], null],
    [['-1', 'restored'], null],
    [['every', 'restored'], null],
  ])('takes %j', (words, expected) => {
    expect(parseResumption(words)).toEqual(expected);
  });
});
