import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkRegistryLists,
  checkRevocationList,
  deriveLists,
  LIST_SCOPES,
  ListIndex,
  listDigest,
  operatorListKeys,
  operatorTokenKeys,
  openStatusList,
  type OperatorsDocument,
  parseOperators,
  parseRegistryLists,
  type Revocation,
  statusName,
  decodeToken,
} from '@maker-registry/protocol';
import { parseJwks } from '@maker-registry/guard';
import { parseCertificate, parseCrl } from '@maker-registry/pki';
import type { RegistryClient } from '@maker-registry/sdk';
import {
  fabricIdentity,
  GuardProcess,
  eventually,
  type OperatorSite,
  organization,
  ProtectedArtifact,
  registryClient,
  runGuard,
  type RunningNetwork,
  runningNetwork,
  startGateway,
  startOperatorSite,
} from '@maker-registry/testbed';
import { registry } from './support/commands';
import { ledgerHeight, ledgerTransactions } from './support/ledger';

jest.setTimeout(180_000);

const network = runningNetwork();
const STOPPED = 121;
const REVOCATION_LIMIT_MS = 3_000;
const SETTLE_MS = 15_000;
const ENDLESS = ['sh', '-c', 'echo running; exec sleep 600'];
const resume = (right: string) => ({ right_id: right, reason_code: 'payment-reversed' });
const now = (): number => Math.floor(Date.now() / 1_000);

interface Operator {
  readonly mspId: string;
  readonly client: RegistryClient;
  readonly network: RunningNetwork;
}

let folder: string;
let operators: OperatorsDocument;
let operatorsFile: string;
let first: Operator;
/** Operators with databases and mirrors of their own: what they state rests on their own peers. */
let third: OperatorSite;
/** Its gateway passes on the statements of op1 and op3. */
let second: OperatorSite;
let client: RegistryClient;
let artifact: ProtectedArtifact;

/** An entry of the document of operators: keys as the gateway publishes them, and where it is. */
async function pinned(mspId: string, name: string, at: RunningNetwork): Promise<object> {
  const asked = registryClient(at);
  try {
    const keys = parseJwks(await asked.trust.jwks());
    const ca = organization(network, name).peer?.tls_ca_cert ?? '';
    return { msp_id: mspId, keys, gateway: { url: at.file.gateway.url, tls_ca: network.path(ca) } };
  } finally {
    asked.close();
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'registry-lists-'));
  first = { mspId: 'Op1MSP', client: registryClient(network), network };
  third = await startOperatorSite(network, 'op3', 10_833);
  const plain = await startGateway(network, 'op2', 10_832);
  const document = {
    v: 1,
    network: network.file.genesis_hash,
    threshold: 2,
    operators: [
      await pinned('Op1MSP', 'op1', network),
      await pinned('Op2MSP', 'op2', plain.network),
      await pinned('Op3MSP', 'op3', third.network),
    ],
  };
  await plain.stop();
  operatorsFile = join(folder, 'operators.json');
  writeFileSync(operatorsFile, JSON.stringify(document));
  operators = parseOperators(JSON.stringify(document));
  second = await startOperatorSite(network, 'op2', 10_832, { OPERATORS_FILE: operatorsFile });
  ({ client } = second);
  artifact = await ProtectedArtifact.register(second.network, client, Buffer.from('weights'));
  await artifact.protect([second]);
});

afterAll(async () => {
  artifact.dispose();
  first.client.close();
  await Promise.all([second.stop(), third.stop()]);
  rmSync(folder, { recursive: true });
});

const question = (threshold = 2) => ({
  keys: operatorListKeys(operators),
  threshold,
  network: operators.network,
  now: now(),
});

/** Combined lists once as many operators vouch: another operator may be a block behind. */
async function combined(threshold: number, after = 0): Promise<Uint8Array> {
  const end = Date.now() + SETTLE_MS;
  for (;;) {
    const bytes = await client.lists.combined();
    try {
      const { contents } = checkRegistryLists(bytes, question(threshold));
      const newest = Math.max(...[...contents.values()].map(({ header }) => header.number));
      if (newest >= after) return bytes;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    if (Date.now() > end) throw new Error(`no list ${after} in time`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function hold(subjectId: string, type: 'actor' | 'device' = 'device'): Promise<number> {
  const { result } = await client.performAct(
    'revocation.issue',
    { entries: [{ subject_type: type, subject_id: subjectId, kind: 'hold', reason_code: 'investigation' }] },
    fabricIdentity(network, 'op1', 'caadmin'),
  );
  return (result as unknown as { last_number: number }).last_number;
}

describe('the lists of several operators', () => {
  it('are vouched for by all of them, and derived from the ledger of any peer alike', async () => {
    const number = await hold('a1'.repeat(32));
    const bytes = await combined(3, number);
    const accepted = checkRegistryLists(bytes, question(3));
    expect(accepted.alarms).toEqual([]);
    expect(new ListIndex(accepted.contents).entries('device', { subject_id: 'a1'.repeat(32) })).toHaveLength(
      1,
    );
    // The same from the blocks of op3's peer, without mirror or gateway.
    const transactions = await ledgerTransactions(
      network,
      { from: 0, to: await ledgerHeight(network, 'op3') },
      'op3',
    );
    const entries = transactions
      .flatMap(({ writes }) => writes)
      .filter(({ key }) => key.startsWith('\u0000revocation\u0000'))
      .map(({ value }) => JSON.parse(value) as Revocation);
    // A lifted entry is written again with its mark; its number is the same.
    const byNumber = new Map(entries.map((entry) => [entry.number, entry]));
    const chain = [...byNumber.values()].sort((a, b) => a.number - b.number);
    const derived = deriveLists(operators.network, chain);
    const served = parseRegistryLists(bytes).lists.map(({ header }) => [header.scope, listDigest(header)]);
    expect(served).toEqual(
      LIST_SCOPES.map((scope) => {
        const list = derived.get(scope);
        if (list === undefined) throw new Error(scope);
        return [scope, listDigest(list.header)];
      }),
    );
  });

  it('are the same bytes at the same number from two gateways', async () => {
    const number = await hold('a2'.repeat(32));
    const mine = parseRegistryLists(await combined(2, number));
    const theirs = parseRegistryLists(await first.client.lists.combined());
    expect(mine.lists).toEqual(theirs.lists);
    expect(theirs.statements).toHaveLength(1);
  });

  it('prove what they say of one subject', async () => {
    const subject = { subject_id: 'a1'.repeat(32) };
    const proof = await client.lists.proof('devices', subject);
    const { contents } = checkRegistryLists(proof, question());
    expect(new ListIndex(contents).entries('device', subject)).toHaveLength(1);
    expect(proof.length).toBeLessThan(16_384);
  });
});

describe('the command line', () => {
  const at = (): string[] => ['--at', String(now() + 1)];

  it('accepts fetched lists, and refuses an older one afterwards', async () => {
    const old = join(folder, 'old.json');
    writeFileSync(old, await combined(2));
    const number = await hold('a3'.repeat(32));
    const newest = join(folder, 'new.json');
    writeFileSync(newest, await combined(2, number));
    const state = join(folder, 'state.json');
    const { operators: entries } = JSON.parse(readFileSync(operatorsFile, 'utf8')) as { operators: object[] };
    writeFileSync(
      state,
      JSON.stringify({ v: 1, network: operators.network, operators: entries, threshold: 2 }),
    );
    const verify = (file: string) =>
      registry(network, 'list', 'verify', file, '--state', state, '--write', ...at());
    expect((await verify(old)).json).toMatchObject({ verdict: 'accepted', code: 'OK' });
    expect((await verify(newest)).json).toMatchObject({ verdict: 'accepted', code: 'OK' });
    expect((await verify(old)).json).toMatchObject({ verdict: 'refused', code: 'LIST_ROLLBACK' });
  });

  it('judges a token by combined lists and its status list', async () => {
    const holder = await artifact.holder();
    const token = join(folder, 'token.jwt');
    writeFileSync(token, await client.trust.requestToken(holder.key, holder.rightId));
    const fetched = async (after: number): Promise<string[]> => {
      const names = ['lists', 'status'].map((name) => join(folder, `${name}-${after}.json`));
      const [lists = '', status = ''] = names;
      // Once the gateway's list has the number, so has whatever it derives from the same state.
      writeFileSync(lists, await combined(2, after));
      const done = await registry(second.network, 'list', 'fetch', '--token', token, '--out', status);
      if (done.code !== 0) throw new Error(done.stderr);
      return names.flatMap((name) => ['--list', name]);
    };
    const judge = async (result: unknown): Promise<unknown> => {
      const lists = await fetched((result as { last_number?: number }).last_number ?? 0);
      const options = [...lists, '--operators', operatorsFile, '--threshold', '2', ...at()];
      const { json } = await registry(network, 'verify', 'token', token, ...options);
      return `${String(json['verdict'])} ${String(json['code'])}`;
    };
    expect(await judge({})).toBe('valid OK');
    const suspension = { right_id: holder.rightId, reason_code: 'payment-reversed' };
    const held = await client.submitIntent('right.suspend', suspension, artifact.maker);
    expect(await judge(held.result)).toBe('suspended EXECUTION_HELD');
    const freed = await client.submitIntent('right.resume', resume(holder.rightId), artifact.maker);
    expect(await judge(freed.result)).toBe('valid OK');
    const breach = { right_id: holder.rightId, reason_code: 'license-breach' };
    const revoked = await client.submitIntent('right.revoke', breach, artifact.maker);
    expect(await judge(revoked.result)).toBe('invalid REVOKED');
  });
});

describe('status lists, combined lists and the operator’s own list', () => {
  it('say the same of one token at every step', async () => {
    const holder = await artifact.holder();
    const token = await client.trust.requestToken(holder.key, holder.rightId);
    const { claims } = decodeToken(token);
    const place = claims.status?.status_list;
    if (place === undefined) throw new Error('The token has no status');
    const say = async (after: number): Promise<unknown[]> => {
      const { contents } = checkRegistryLists(await combined(2, after), question());
      const listed = new ListIndex(contents).entries('right', { subject_id: claims.right_id });
      const fetched = await client.trust.revocationList({ after: after - 1 });
      const { list } = checkRevocationList(fetched?.envelope ?? '', question());
      const own = list.entries.filter(({ subject_id }) => subject_id === claims.right_id);
      const status = openStatusList(Buffer.from(await client.lists.statusList(place.uri)).toString('utf8'), {
        jwks: operatorTokenKeys(operators, 'Op2MSP'),
        uri: place.uri,
        now: now(),
      });
      return [
        listed?.map(({ kind }) => kind),
        own.map(({ kind }) => kind),
        statusName(status.statusAt(place.idx)),
      ];
    };
    const number = (result: unknown): number => (result as { last_number: number }).last_number;
    expect(await say(1)).toEqual([[], [], 'valid']);
    const body = { right_id: holder.rightId, reason_code: 'payment-reversed' };
    const held = await client.submitIntent('right.suspend', body, artifact.maker);
    expect(await say(number(held.result))).toEqual([['hold'], ['hold'], 'suspended']);
    const freed = await client.submitIntent('right.resume', resume(holder.rightId), artifact.maker);
    expect(await say(number(freed.result))).toEqual([[], [], 'valid']);
    const revoked = await client.submitIntent(
      'right.revoke',
      { right_id: holder.rightId, reason_code: 'license-breach' },
      artifact.maker,
    );
    expect(await say(number(revoked.result))).toEqual([['revoke'], ['revoke'], 'invalid']);
  });

  it('sends nobody to another host: the status list is asked of the client’s own gateway', async () => {
    const hour = Math.floor(now() / 3_600);
    const bytes = await client.lists.statusList(`https://attacker.example/v1/status-lists/${hour}-0`);
    expect(Buffer.from(bytes).toString('utf8')).toMatch(/^ey/);
  });
});

describe('CRLs, lists of scopes and status lists', () => {
  const SERIALS = ['0a11', '0a12', '0a13'] as const;
  /** Bits of a CRL's number below the ledger's height. */
  const TIME_BITS = 32n;

  it('say of one ledger what the blocks say', async () => {
    const holder = await artifact.holder();
    const token = await client.trust.requestToken(holder.key, holder.rightId);
    const { claims } = decodeToken(token);
    const { idx, uri } = claims.status?.status_list ?? { idx: -1, uri: '' };
    const msp = join(network.folder, 'organizations', 'op2', 'msp', 'cacerts/ca.pem');
    const aki =
      parseCertificate(new X509Certificate(readFileSync(msp)).raw).subjectKeyIdentifier?.toString('hex') ??
      '';
    const admin = fabricIdentity(network, 'op2', 'caadmin');
    const reasons = ['keyCompromise', 'certificateHold', 'certificateHold'] as const;
    const entries = SERIALS.map((serial, n) => ({ aki, serial, reason: reasons[n] ?? 'certificateHold' }));
    await client.performAct('certificate.revoke', { entries }, admin);
    await client.performAct('certificate.release', { entries: [{ aki, serial: SERIALS[2] }] }, admin);
    const suspension = { right_id: holder.rightId, reason_code: 'payment-reversed' };
    const { block, result } = await client.submitIntent('right.suspend', suspension, artifact.maker);
    // One block more, so that the CRL, too, is made of a state that has them all.
    const last = await client.performAct('certificate.revoke', { entries: [{ aki, serial: '0a14' }] }, admin);
    const crl = await eventually('a CRL of this height', SETTLE_MS, async () => {
      const parsed = parseCrl(await client.trust.crl());
      return Number((parsed.number ?? 0n) >> TIME_BITS) >= last.block ? parsed : undefined;
    });
    const { contents, height } = checkRegistryLists(
      await combined(2, (result as unknown as { last_number: number }).last_number),
      question(),
    );
    expect(height).toBeGreaterThanOrEqual(block);
    const listed = new ListIndex(contents).entries('right', { subject_id: holder.rightId });
    expect(listed?.map(({ kind }) => kind)).toEqual(['hold']);
    const status = openStatusList(Buffer.from(await client.lists.statusList(uri)).toString('utf8'), {
      jwks: operatorTokenKeys(operators, 'Op2MSP'),
      uri,
      now: now(),
    });
    expect(statusName(status.statusAt(idx))).toBe('suspended');
    // What the blocks of another operator's peer say of the same certificates and the same right.
    const range = { from: 0, to: last.block + 1 };
    const writes = (await ledgerTransactions(network, range, 'op3')).flatMap((one) => one.writes);
    const newest = new Map(writes.map(({ key, value }) => [key, value]));
    const states = [...newest]
      .filter(([key]) => key.startsWith('\u0000certificate-revocation\u0000Op2MSP'))
      .map(([, value]) => JSON.parse(value) as { serial: string; aki: string; state: string })
      .filter((one) => one.aki === aki);
    expect(states.length).toBeGreaterThanOrEqual(4);
    for (const { serial, state } of states) {
      expect([serial, crl.find(serial) !== undefined]).toEqual([serial, state !== 'released']);
    }
    expect(crl.find(SERIALS[1])?.reason).toBe('certificateHold');
    expect(crl.find(SERIALS[2])).toBeUndefined();
    const right = newest.get(`\u0000right\u0000${holder.rightId}\u0000`) ?? '{}';
    expect((JSON.parse(right) as { status: string }).status).toBe('suspended');
  });
});

describe('a guard that asks for two operators', () => {
  beforeAll(async () => {
    await artifact.pin();
    const state = ['--state', artifact.state, '--trust-first'];
    const exit = await runGuard(network, ['pin', '--operator', 'Op1MSP', '--threshold', '2', ...state]);
    if (exit.code !== 0) throw new Error(exit.stderr);
  });

  it('runs, and stops within seconds when the right is revoked', async () => {
    const holder = await artifact.holder();
    const guard = new GuardProcess(second.network, artifact.runArguments(holder, ENDLESS));
    try {
      await guard.printed('running');
      const sent = Date.now();
      const body = { right_id: holder.rightId, reason_code: 'license-breach' };
      await client.submitIntent('right.revoke', body, artifact.maker);
      const exit = await guard.ended;
      expect(exit.code).toBe(STOPPED);
      expect(exit.at - sent).toBeLessThan(REVOCATION_LIMIT_MS);
      expect(exit.stderr).toContain('"issuer":"combined"');
    } finally {
      guard.kill();
    }
  });
});
