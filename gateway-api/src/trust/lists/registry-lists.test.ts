import { rmSync } from 'node:fs';
import {
  checkRegistryLists,
  type Envelope,
  type JwkSet,
  judgeRegistryLists,
  keyId,
  LIST_SCOPES,
  ListIndex,
  type ListKey,
  openStatusList,
  parseRegistryLists,
  publicKeyFromJwk,
  type RegistryListQuestion,
  sha256Hex,
  type TokenClaims,
} from '@maker-registry/protocol';
import { pino } from 'pino';
import { migrate } from '../../database/migrate';
import { HsmClient } from '../../hsm';
import { bundle, type TemporaryToken, temporaryToken } from '../../hsm/testing/temporary-token';
import { unixNow } from '../clock';
import { NETWORK, TestLedger } from '../testing/ledger';
import { temporaryPostgres, type TemporaryPostgres } from '../testing/temporary-postgres';
import { openTrustKeys, publicJwks, type TrustKeys } from '../trust-keys';
import { DerivedLists } from './derived-lists';
import { type PeerOperator } from './peer-operators';
import { PeerStatements } from './peer-statements';
import { type HeldNumbers, RegistryLists } from './registry-lists';
import { StatusLists } from './status-lists';

// Real processes on a busy machine.
jest.setTimeout(60_000);

const PIN = '12345678';
const NAMES = ['Op1MSP', 'Op2MSP', 'Op3MSP'] as const;
const URL_OF_OP1 = 'https://op1.example';
const logger = pino({ level: 'silent' });

interface Operator {
  readonly mspId: string;
  readonly hsm: HsmClient;
  readonly keys: TrustKeys;
  readonly jwks: JwkSet;
  readonly listKey: ListKey;
}

let postgres: TemporaryPostgres;
let worker: string;
const tokens: TemporaryToken[] = [];
const operators: Operator[] = [];

beforeAll(async () => {
  worker = bundle('hsm-worker.ts');
  postgres = await temporaryPostgres();
  await migrate(postgres.pool);
  for (const mspId of NAMES) {
    const token = temporaryToken(worker, mspId, PIN);
    tokens.push(token);
    const hsm = await HsmClient.open(token.options);
    const keys = await openTrustKeys(hsm);
    const { alg, publicKey } = publicKeyFromJwk(keys.list.jwk);
    const listKey = { keyid: keyId(alg, publicKey), alg, publicKey, issuer: mspId };
    operators.push({ mspId, hsm, keys, jwks: publicJwks(keys), listKey });
  }
});

afterAll(async () => {
  await Promise.all([postgres.stop(), ...operators.map(({ hsm }) => hsm.close())]);
  for (const token of tokens) token.remove();
  rmSync(worker);
});

interface Gateway {
  readonly lists: RegistryLists;
  readonly statuses: StatusLists;
  readonly stop: () => void;
}

/** One operator's list services over a ledger; `peers` gives the statements of the others. */
function gateway(
  { mspId, hsm, keys }: Operator,
  ledger: TestLedger,
  peers: ReadonlyMap<string, () => Promise<Envelope>> = new Map(),
): Gateway {
  const stopping = new AbortController();
  const deps = {
    hsm,
    pool: postgres.pool,
    config: { mspId, network: NETWORK } as never,
    head: ledger as never,
    freshness: { currentAt: unixNow, assertFresh: () => undefined },
  };
  const derived = new DerivedLists(NETWORK);
  const others = operators.filter((operator) => peers.has(operator.mspId));
  const statements = new PeerStatements({
    network: NETWORK,
    peers: others.map((one): PeerOperator => ({
      mspId: one.mspId,
      url: new URL('https://peer.example'),
      tlsCa: undefined,
      keys: [one.listKey],
    })),
    fetch: async (peer) => {
      const ask = peers.get(peer.mspId);
      if (ask === undefined) throw new Error('no such peer');
      return await ask();
    },
    logger,
    stopping: stopping.signal,
  });
  statements.start();
  return {
    lists: new RegistryLists({ deps, keys, snapshots: ledger, derived, peers: statements }),
    statuses: new StatusLists({ deps, keys, snapshots: ledger, derived, publicUrl: URL_OF_OP1 }),
    stop: () => {
      stopping.abort();
    },
  };
}

const question = (more: Partial<RegistryListQuestion> = {}): RegistryListQuestion => ({
  keys: operators.map(({ listKey }) => listKey),
  threshold: 1,
  network: NETWORK,
  now: unixNow(),
  ...more,
});
const NOTHING: HeldNumbers = new Map();
const [op1, op2, op3] = [0, 1, 2].map((index) => () => operators[index]!) as [
  () => Operator,
  () => Operator,
  () => Operator,
];

describe('the lists of operators', () => {
  it('are the same bytes from every operator, and only the statements differ', async () => {
    const ledger = new TestLedger('low');
    ledger.revoke({ subject_type: 'artifact', subject_id: 'aa'.repeat(32), kind: 'revoke' });
    ledger.revoke({ subject_type: 'device', subject_id: 'bb'.repeat(32), kind: 'hold' });
    const documents = [];
    for (const operator of [op1(), op2()]) {
      const one = gateway(operator, ledger);
      documents.push(parseRegistryLists((await one.lists.combined(NOTHING)).text));
      one.stop();
    }
    expect(documents[0]?.lists).toEqual(documents[1]?.lists);
    expect(documents[0]?.statements).not.toEqual(documents[1]?.statements);
  });

  it('are accepted with two of three statements, and not with one', async () => {
    const ledger = new TestLedger('low');
    ledger.revoke({ subject_type: 'artifact', subject_id: 'aa'.repeat(32), kind: 'revoke' });
    const second = gateway(op2(), ledger);
    const peers = new Map([
      ['Op2MSP', async () => (await second.lists.own()).envelope],
      ['Op3MSP', () => Promise.reject(new Error('away'))],
    ]);
    const first = gateway(op1(), ledger, peers);
    const { text } = await untilTwo(first);
    const accepted = checkRegistryLists(text, question({ threshold: 2 }));
    expect(accepted.alarms).toEqual([]);
    const index = new ListIndex(accepted.contents);
    expect(index.incomplete).toEqual([]);
    expect(index.entries('artifact', { subject_id: 'aa'.repeat(32) })).toHaveLength(1);
    expect(judgeRegistryLists(text, question({ threshold: 3 })).code).toBe('LIST_THRESHOLD');
    // The other operator learns of a revocation a moment later: the gateway waits for its word.
    ledger.revoke({ subject_type: 'actor', subject_id: 'cc'.repeat(32), kind: 'hold' });
    const next = await first.lists.combined(NOTHING);
    expect(judgeRegistryLists(next.text, question({ threshold: 2, seen: accepted.seen })).code).toBe('OK');
    first.stop();
    second.stop();
  });

  it('do not wait for ever for an operator that stays behind', async () => {
    const ledger = new TestLedger('low');
    const behind = new TestLedger('low');
    const second = gateway(op2(), behind);
    const first = gateway(
      op1(),
      ledger,
      new Map([['Op2MSP', async () => (await second.lists.own()).envelope]]),
    );
    await untilTwo(first);
    ledger.revoke({ subject_type: 'actor', subject_id: 'cc'.repeat(32), kind: 'hold' });
    const waited = async (): Promise<number> => {
      const started = performance.now();
      await first.lists.combined(NOTHING);
      return performance.now() - started;
    };
    const waits = [await waited(), await waited(), await waited(), await waited()];
    expect(Math.max(...waits)).toBeLessThan(2_500);
    expect(waits.reduce((sum, one) => sum + one)).toBeLessThan(6_000);
    const { text } = await first.lists.combined(NOTHING);
    expect(judgeRegistryLists(text, question()).code).toBe('OK');
    expect(judgeRegistryLists(text, question({ threshold: 2 })).code).toBe('LIST_THRESHOLD');
    first.stop();
    second.stop();
  });

  it('pass on no statement of a stranger, of another network or of an operator under another’s name', async () => {
    const ledger = new TestLedger('low');
    const stranger = gateway(op3(), ledger);
    const asked = { count: 0 };
    const lie = async (): Promise<Envelope> => {
      asked.count += 1;
      return (await stranger.lists.own()).envelope;
    };
    const first = gateway(op1(), ledger, new Map([['Op2MSP', lie]]));
    while (asked.count === 0) await first.lists.own();
    await new Promise(setImmediate);
    expect(parseRegistryLists((await first.lists.combined(NOTHING)).text).statements).toHaveLength(1);
    first.stop();
    stranger.stop();
  });

  it('come as deltas or headers to who has an earlier list', async () => {
    const ledger = new TestLedger('low');
    for (const id of ['a1', 'a2', 'a3']) {
      ledger.revoke({ subject_type: 'artifact', subject_id: id.repeat(32), kind: 'revoke' });
    }
    const one = gateway(op1(), ledger);
    const base = checkRegistryLists((await one.lists.combined(NOTHING)).text, question());
    ledger.revoke({ subject_type: 'artifact', subject_id: 'a4'.repeat(32), kind: 'revoke' });
    const held = new Map(LIST_SCOPES.map((scope) => [scope, base.seen.scopes[scope]?.number ?? 0]));
    const { text } = await one.lists.combined(held);
    const shapes = parseRegistryLists(text).lists.map((list) => Object.keys(list).sort().join('+'));
    expect(shapes).toEqual(['header', 'delta+header', 'header', 'header', 'header']);
    const next = checkRegistryLists(text, question({ seen: base.seen, held: base.contents }));
    const whole = checkRegistryLists((await one.lists.combined(NOTHING)).text, question());
    expect([...next.contents]).toEqual([...whole.contents]);
    // A number that no list has is answered with the whole list.
    const odd = await one.lists.combined(new Map([['artifacts', 99]]));
    expect(parseRegistryLists(odd.text).lists[1]?.partitions).toHaveLength(1);
    one.stop();
  });

  it('prove what they say of one subject', async () => {
    const ledger = new TestLedger('low');
    ledger.revoke({ subject_type: 'artifact', subject_id: 'aa'.repeat(32), kind: 'revoke' });
    const one = gateway(op1(), ledger);
    const asked = async (subject_id: string): Promise<number | undefined> => {
      const { contents } = checkRegistryLists(await one.lists.proof('artifacts', { subject_id }), question());
      return new ListIndex(contents).entries('artifact', { subject_id })?.length;
    };
    expect([await asked('aa'.repeat(32)), await asked('ab'.repeat(32))]).toEqual([1, 0]);
    one.stop();
  });

  it('are not derived from a mirror whose chain is broken, and are again once it is whole', async () => {
    const ledger = new TestLedger('low');
    ledger.revoke({ subject_type: 'artifact', subject_id: 'aa'.repeat(32), kind: 'revoke' });
    ledger.revoke({ subject_type: 'artifact', subject_id: 'ab'.repeat(32), kind: 'revoke' });
    const whole = [...ledger.revocations];
    ledger.revocations.reverse();
    const one = gateway(op1(), ledger);
    await expect(one.lists.own()).rejects.toMatchObject({ code: 'LIST_CHAIN_BROKEN' });
    ledger.revocations.splice(0, 2, ...whole);
    expect((await one.lists.own()).statement.number).toBe(2);
    one.stop();
  });
});

/** The other operator is asked in the background; this waits for the first answer. */
async function untilTwo(one: Gateway): Promise<{ text: string }> {
  for (;;) {
    const served = await one.lists.combined(NOTHING);
    if (parseRegistryLists(served.text).statements.length === 2) return served;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('token status lists', () => {
  const claimsOf = (ledger: TestLedger, jti: string): TokenClaims =>
    ({
      jti,
      iat: unixNow(),
      exp: unixNow() + 60,
      right_id: ledger.rightDocument.right_id,
      right_version: 1,
      artifact_id: ledger.artifactDocument.artifact_id,
      sub: ledger.holder.id,
      key_version: 1,
      device_id: 'dd'.repeat(32),
      actions: ['execute'],
      purpose: 'deployment',
      domains: [],
    }) as unknown as TokenClaims;

  async function statusOf(one: Gateway, reference: { idx: number; uri: string }): Promise<number> {
    const name = reference.uri.slice(`${URL_OF_OP1}/v1/status-lists/`.length);
    const { token } = await one.statuses.list(name);
    return openStatusList(token, { jwks: op1().jwks, uri: reference.uri, now: unixNow() }).statusAt(
      reference.idx,
    );
  }

  it('follow the ledger', async () => {
    const ledger = new TestLedger('low');
    const one = gateway(op1(), ledger);
    const [first, second] = [
      await one.statuses.assign(claimsOf(ledger, 'a')),
      await one.statuses.assign(claimsOf(ledger, 'b')),
    ].map(({ status_list: place }) => place);
    if (first === undefined || second === undefined) throw new Error('no places');
    expect(first.idx).not.toBe(second.idx);
    expect(await statusOf(one, first)).toBe(0);
    ledger.revoke({ subject_type: 'device', subject_id: 'dd'.repeat(32), kind: 'hold' });
    expect(await statusOf(one, first)).toBe(2);
    ledger.rightDocument = { ...ledger.rightDocument, version: 2 };
    ledger.height += 1;
    expect(await statusOf(one, second)).toBe(1);
    one.stop();
  });

  it('agree with the lists of the scopes, which are of the same height', async () => {
    const ledger = new TestLedger('low');
    const one = gateway(op1(), ledger);
    const { status_list: place } = await one.statuses.assign(claimsOf(ledger, 'c'));
    ledger.revoke({ subject_type: 'actor', subject_id: ledger.holder.id, kind: 'revoke' });
    const { contents } = checkRegistryLists((await one.lists.combined(NOTHING)).text, question());
    const listed = new ListIndex(contents).entries('actor', { subject_id: ledger.holder.id });
    expect([listed?.length, await statusOf(one, place)]).toEqual([1, 2]);
    one.stop();
  });

  it('that no token names are unknown, except the one that runs', async () => {
    const one = gateway(op1(), new TestLedger('low'));
    await expect(one.statuses.list('1-0')).rejects.toMatchObject({ code: 'STATUS_LIST_UNKNOWN' });
    const hour = Math.floor(unixNow() / 3_600);
    expect((await one.statuses.list(`${hour}-0`)).etag).toMatch(/^"[0-9a-f]{64}"$/);
    one.stop();
  });

  it('forget tokens that have expired', async () => {
    const ledger = new TestLedger('low');
    const one = gateway(op1(), ledger);
    const old = { ...claimsOf(ledger, 'd'), iat: 7_200, exp: 7_260 };
    await one.statuses.assign(old);
    expect((await one.statuses.list('2-0')).token).toMatch(/^ey/);
    await one.statuses.assign(claimsOf(ledger, 'e'));
    const { rows } = await postgres.pool.query(`SELECT 1 FROM gateway.token_statuses WHERE list = '2-0'`);
    expect(rows).toEqual([]);
    one.stop();
  });

  it('draw places at random', async () => {
    const ledger = new TestLedger('low');
    const one = gateway(op1(), ledger);
    const places: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      places.push((await one.statuses.assign(claimsOf(ledger, sha256Hex(String(n))))).status_list.idx);
    }
    expect(new Set(places).size).toBe(20);
    const steps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
    expect(new Set(steps).size).toBeGreaterThan(15);
    one.stop();
  });
});
