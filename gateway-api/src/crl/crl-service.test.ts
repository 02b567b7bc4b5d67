import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign as softSign, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CertificateRevocation,
  ledgerKeys,
  type LedgerWrite,
  RegistryError,
} from '@maker-registry/protocol';
import { type Crl, parseCrl, shardOf } from '@maker-registry/pki';
import { pino } from 'pino';
import { migrate } from '../database/migrate';
import { HsmClient } from '../hsm';
import { bundle, type TemporaryToken, temporaryToken } from '../hsm/testing/temporary-token';
import { MirrorTables } from '../testing/mirror-tables';
import { unixNow } from '../trust/clock';
import { authorityInToken } from '../trust/testing/certificate-authority';
import { readCertificateAuthority } from './authority';
import { CertificateRows } from './certificate-rows';
import { CrlStore, type CrlKind } from './crl-store';
import { IssuedCrls } from './issued-crls';
import { type NamedAuthority } from './issue';
import { lookAt, type LookDeps, type LookOutcome } from './look';
import { openCrlService } from './open-crl-service';
import { FULL, isInScope, scopesOf, shardScope } from './scope';

// Real processes on a busy machine.
jest.setTimeout(60_000);

const PIN = '12345678';
const MSP = 'Op1MSP';
const URL = 'https://op1.example/v1/crl';

let tables: MirrorTables;
let token: TemporaryToken;
let worker: string;
let hsm: HsmClient;
let folder: string;
let pems = 0;

beforeAll(async () => {
  worker = bundle('hsm-worker.ts');
  token = temporaryToken(worker, 'op1', PIN);
  folder = mkdtempSync(join(tmpdir(), 'crl-'));
  [tables, hsm] = await Promise.all([MirrorTables.start('ab'.repeat(32)), HsmClient.open(token.options)]);
  await migrate(tables.pool);
  await tables.block([]);
});
afterAll(async () => {
  await Promise.all([tables.stop(), hsm.close()]);
  token.remove();
  rmSync(worker);
  rmSync(folder, { recursive: true });
});

/** A CA of its own, whose key is in the token, and what the ledger says of its certificates. */
class Scene {
  readonly pem: string;
  readonly authority: NamedAuthority;
  readonly deps: LookDeps;
  /** Unix seconds; the mirror is complete up to now. */
  now = unixNow();
  #acts = 0;

  constructor(change: Partial<LookDeps> = {}) {
    pems += 1;
    const name = `ca-${pems}`;
    this.pem = authorityInToken(token, PIN, name);
    this.authority = { name: 'ca', ...readCertificateAuthority(this.pem) };
    this.deps = {
      hsm,
      store: new CrlStore(tables.pool),
      rows: new CertificateRows(tables.pool, MSP),
      scopes: scopesOf(1),
      url: URL,
      logger: pino({ level: 'silent' }),
      now: () => this.now,
      ...change,
    };
  }

  document(serial: string, change: Partial<CertificateRevocation> = {}): LedgerWrite {
    this.#acts += 1;
    const place = { tx_id: this.#acts.toString(16).padStart(64, '0'), at: this.now };
    const value: CertificateRevocation = {
      msp_id: MSP,
      aki: this.authority.keyId,
      serial,
      state: 'revoked',
      reason: 'keyCompromise',
      revoked: place,
      version: 1,
      updated: place,
      ...change,
    };
    return {
      kind: 'certificate-revocation',
      id: ledgerKeys['certificate-revocation'](value.msp_id, value),
      value,
    };
  }

  /** One block that says this. */
  async say(...documents: LedgerWrite[]): Promise<void> {
    await tables.block(documents);
  }

  async look(deps: Partial<LookDeps> = {}): Promise<LookOutcome> {
    const { changedAt } = await this.deps.rows.news(this.authority.keyId);
    return lookAt(this.authority, this.now, changedAt, { ...this.deps, ...deps });
  }

  /** Looks until nothing is due; fails where something can't be made. */
  async settle(): Promise<void> {
    for (;;) {
      const { moved, failed } = await this.look();
      if (failed > 0) throw new Error('a CRL could not be made');
      if (moved === 0) return;
    }
  }

  async bytes(kind: CrlKind = 'base', scope = FULL): Promise<Buffer> {
    const state = (await this.deps.store.states(this.authority.keyId, this.now))(scope);
    const crl = kind === 'base' ? state.base : state.delta;
    const der = crl && (await this.deps.store.der(this.authority.keyId, scope, kind, crl.number));
    if (der === undefined) throw new Error(`there is no ${kind} of ${scope.name}`);
    return der;
  }

  async crl(kind: CrlKind = 'base', scope = FULL): Promise<Crl> {
    return parseCrl(await this.bytes(kind, scope));
  }

  async count(): Promise<number> {
    const issued = new IssuedCrls(tables.pool);
    const filter = { keyId: this.authority.keyId, scope: undefined, kind: undefined, before: undefined };
    return (await issued.list({ ...filter, limit: 200 })).length;
  }
}

const listed = (crl: Crl): string[] =>
  [...crl.entries()].map(({ serial, reason }) => `${serial} ${reason ?? '-'}`);

/** What openssl says of a CRL's signature. */
function openssl(der: Buffer, pem: string): string {
  const [crl, ca] = [join(folder, 'crl.der'), join(folder, 'ca.pem')];
  writeFileSync(crl, der);
  writeFileSync(ca, pem);
  const args = ['crl', '-inform', 'DER', '-in', crl, '-CAfile', ca, '-noout', '-verify'];
  return execFileSync('sh', ['-c', 'openssl "$@" 2>&1', 'sh', ...args]).toString();
}

describe('what is published', () => {
  it('is an empty list and a delta first, signed by the CA inside the HSM', async () => {
    const scene = new Scene();
    await scene.settle();
    const [base, delta] = [await scene.crl(), await scene.crl('delta')];
    expect(openssl(await scene.bytes(), scene.pem)).toContain('verify OK');
    expect(openssl(await scene.bytes('delta'), scene.pem)).toContain('verify OK');
    expect([base.entryCount, delta.entryCount]).toEqual([0, 0]);
    expect(delta.baseNumber).toBe(base.number);
    expect(delta.number! > base.number!).toBe(true);
  });

  it('says what the organization says of its own CA, and nothing that others say of it', async () => {
    const scene = new Scene();
    await scene.say(
      scene.document('ab', { invalidity_date: scene.now - 60 }),
      scene.document('0102', { reason: 'certificateHold', state: 'held' }),
      scene.document('cc', { msp_id: 'Op2MSP' }),
      scene.document('cd', { aki: 'b2'.repeat(20) }),
    );
    await scene.settle();
    const crl = await scene.crl();
    expect(listed(crl)).toEqual(['ab keyCompromise', '0102 certificateHold']);
    expect(crl.find('ab')?.invalidityDate).toBe(scene.now - 60);
    const text = execFileSync('openssl', ['crl', '-inform', 'DER', '-noout', '-text'], {
      input: await scene.bytes(),
    }).toString();
    expect(text).toContain('Key Compromise');
    expect(text).toContain(`${URL}?authority=ca&delta=true`);
  });

  it('changes with the ledger: full list and delta under one number, greater each time', async () => {
    const scene = new Scene();
    await scene.settle();
    const first = await scene.crl();
    let last = (await scene.crl('delta')).number!;
    for (const serial of ['11', '12']) {
      scene.now += 1;
      await scene.say(scene.document(serial));
      expect(await scene.look()).toEqual({ moved: 1, failed: 0 });
      const [base, delta] = [await scene.crl(), await scene.crl('delta')];
      expect(base.number).toBe(delta.number);
      expect(base.number! > last).toBe(true);
      // Whoever still has the first list is completed, too.
      expect(delta.baseNumber).toBe(first.number);
      last = base.number!;
    }
    expect(listed(await scene.crl('delta'))).toEqual(['11 keyCompromise', '12 keyCompromise']);
  });

  it('takes a lifted hold back, in the delta as removed', async () => {
    const scene = new Scene();
    await scene.settle();
    const held = scene.document('11', { reason: 'certificateHold', state: 'held' });
    await scene.say(held);
    await scene.settle();
    await scene.say(scene.document('11', { reason: 'certificateHold', state: 'released', version: 2 }));
    await scene.settle();
    expect(listed(await scene.crl())).toEqual([]);
    expect(listed(await scene.crl('delta'))).toEqual(['11 removeFromCRL']);
    await scene.say(scene.document('11', { version: 3 }));
    await scene.settle();
    expect(listed(await scene.crl())).toEqual(['11 keyCompromise']);
    expect(listed(await scene.crl('delta'))).toEqual(['11 keyCompromise']);
  });

  it('is renewed although nothing changed, and not before', async () => {
    const scene = new Scene();
    await scene.settle();
    const before = await scene.count();
    scene.now += 1_700;
    expect(await scene.look()).toEqual({ moved: 0, failed: 0 });
    scene.now += 100;
    await scene.settle();
    expect(await scene.count()).toBe(before + 1);
    scene.now += 43_200;
    await scene.settle();
    expect(await scene.count()).toBe(before + 3);
  });

  it('loses an expired certificate after the lookback, once a list has shown it', async () => {
    const scene = new Scene();
    await scene.settle();
    // Revoked just before it expires, while nobody looks for days.
    await scene.say(scene.document('11', { expires_at: scene.now + 1 }));
    scene.now += 20 * 86_400;
    await scene.settle();
    expect(listed(await scene.crl())).toEqual(['11 keyCompromise']);
    scene.now += 86_400;
    await scene.settle();
    expect(listed(await scene.crl())).toEqual([]);
    expect(listed(await scene.crl('delta'))).toEqual([]);
  });

  it('comes in shards whose address the CRL names as critical', async () => {
    const scene = new Scene({ scopes: scopesOf(4) });
    const serials = Array.from({ length: 12 }, (_, index) => (index + 1).toString(16).padStart(2, '0'));
    await scene.say(...serials.map((serial) => scene.document(serial)));
    await scene.settle();
    expect((await scene.crl()).entryCount).toBe(12);
    for (const shard of [0, 1, 2, 3]) {
      const scope = shardScope(shard, 4);
      const crl = await scene.crl('base', scope);
      expect([...crl.entries()].map(({ serial }) => serial)).toEqual(
        serials.filter((serial) => isInScope(serial, scope)),
      );
      const name = crl.scope?.names.map((der) => Buffer.from(der, 'hex').toString('latin1')) ?? [];
      expect(name[0]).toContain(`${URL}?authority=ca&shard=${shard}&shards=4`);
      expect(crl.extensions.filter(({ critical }) => critical)).toHaveLength(1);
      expect((await scene.crl('delta', scope)).scope?.names).toEqual(crl.scope?.names);
    }
    // Only the shard that changed is issued again, and the list of all.
    const before = await scene.count();
    scene.now += 1;
    await scene.say(scene.document('0100'));
    await scene.settle();
    expect(await scene.count()).toBe(before + 4);
  });
});

describe('the rows of some shards', () => {
  it('are those that the rule of the shards names, whatever the serial numbers look like', async () => {
    const scene = new Scene();
    const serials = [
      '01',
      'ff',
      '0100',
      '80000000',
      'ffffffff',
      '0100000000',
      'deadbeefcafe',
      `7f${'ab'.repeat(19)}`,
    ];
    await scene.say(...serials.map((serial) => scene.document(serial)));
    for (const count of [1, 2, 7, 128, 1_024]) {
      for (const serial of serials) {
        const number = shardOf(serial, count);
        const rows = await scene.deps.rows.snapshot((snapshot) =>
          snapshot.shards(scene.authority.keyId, [number], count),
        );
        const expected = serials.filter((other) => shardOf(other, count) === number);
        expect(rows.map((row) => row.serial).sort()).toEqual(expected.sort());
      }
    }
  });
});

describe('what goes wrong', () => {
  it('lets one of two gateways win that issue at once', async () => {
    const scene = new Scene();
    await scene.say(scene.document('11'));
    // Nobody's signature is given out before both have asked for it: both have seen the same head.
    const together = (callers: number): Pick<HsmClient, 'signById'> => {
      let waiting: (() => void)[] = [];
      return {
        signById: async (id, digest) => {
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
            if (waiting.length < callers) return;
            const all = waiting;
            waiting = [];
            all.forEach((go) => {
              go();
            });
          });
          return hsm.signById(id, digest);
        },
      };
    };
    const both = { hsm: together(3) };
    const outcomes = await Promise.all([scene.look(both), scene.look(both), scene.look(both)]);
    expect(outcomes).toEqual(Array(3).fill({ moved: 1, failed: 0 }));
    expect(await scene.count()).toBe(1);
    await scene.settle();
    await scene.say(scene.document('12'));
    const before = await scene.count();
    const two = { hsm: together(2) };
    await Promise.all([scene.look(two), scene.look(two)]);
    expect(await scene.count()).toBe(before + 2);
    expect((await scene.crl()).number).toBe((await scene.crl('delta')).number);
  });

  it('keeps the old list when the HSM dies between digest and publication', async () => {
    const scene = new Scene();
    await scene.settle();
    const [before, count] = [await scene.bytes(), await scene.count()];
    await scene.say(scene.document('11'));
    const dead = { signById: () => Promise.reject(new Error('the token is gone')) };
    expect(await scene.look({ hsm: dead })).toEqual({ moved: 0, failed: 1 });
    expect(await scene.bytes()).toEqual(before);
    expect(await scene.count()).toBe(count);
    await scene.settle();
    expect(listed(await scene.crl())).toEqual(['11 keyCompromise']);
  });

  it('does not publish what another key signed', async () => {
    const scene = new Scene();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const foreign = {
      signById: (_id: string, digest: Uint8Array) =>
        Promise.resolve(softSign('sha256', digest, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
    };
    expect(await scene.look({ hsm: foreign })).toEqual({ moved: 0, failed: 1 });
    expect(await scene.count()).toBe(0);
  });

  it('does not let a revocation vanish with rows of the mirror', async () => {
    const scene = new Scene();
    await scene.say(scene.document('11'), scene.document('12'));
    await scene.settle();
    const before = await scene.bytes();
    await tables.pool.query('DELETE FROM registry.certificate_revocations WHERE aki = $1 AND serial = $2', [
      scene.authority.keyId,
      '11',
    ]);
    scene.now += 43_200;
    expect(await scene.look()).toEqual({ moved: 0, failed: 1 });
    expect(await scene.bytes()).toEqual(before);
  });

  it('does not let a final revocation change its reason or become a hold', async () => {
    const scene = new Scene();
    await scene.say(scene.document('11', { reason: 'superseded' }));
    await scene.settle();
    await scene.say(scene.document('11', { reason: 'certificateHold', state: 'held', version: 2 }));
    expect(await scene.look()).toEqual({ moved: 0, failed: 1 });
    expect(listed(await scene.crl())).toEqual(['11 superseded']);
  });

  it('goes on growing in number when the clock goes back, and never back in time', async () => {
    const scene = new Scene();
    await scene.settle();
    const before = await scene.crl('delta');
    await scene.say(scene.document('11', { revoked: { tx_id: 'ab'.repeat(32), at: scene.now } }));
    scene.now -= 200;
    await scene.settle();
    const after = await scene.crl();
    expect(after.number! > before.number!).toBe(true);
    expect(after.thisUpdate).toBe(before.thisUpdate);
  });

  it('signs nothing by a mirror that stood still too long, nor dated far ahead', async () => {
    const scene = new Scene();
    const count = async (nowOf: number): Promise<LookOutcome> => scene.look({ now: () => nowOf });
    expect(await count(scene.now + 601)).toEqual({ moved: 0, failed: 1 });
    expect(await count(scene.now - 301)).toEqual({ moved: 0, failed: 1 });
    expect(await scene.count()).toBe(0);
    expect(await count(scene.now + 599)).toEqual({ moved: 1, failed: 0 });
  });

  it('takes numbers above those before the move to the ledger', async () => {
    const scene = new Scene();
    const { keyId } = scene.authority;
    await tables.pool.query(
      `INSERT INTO gateway.crl_heads (authority_key_id, scope, last_number, base_number) VALUES ($1, 'full', $2, $2)`,
      [keyId, (1n << 62n).toString()],
    );
    await tables.pool.query(
      `INSERT INTO gateway.crls (authority_key_id, scope, kind, number, height, this_update, next_update, entry_count,
         sha256, der) VALUES ($1, 'full', 'base', $2, 0, $3, $3, 0, $1, '')`,
      [keyId, (1n << 62n).toString(), scene.now - 9],
    );
    const { lastNumber } = (await scene.deps.store.states(keyId, scene.now))(FULL);
    expect(lastNumber).toBe(1n << 62n);
  });
});

describe('the service', () => {
  it('follows the mirror and serves what is published without asking the database', async () => {
    const scene = new Scene();
    const stopping = new AbortController();
    let wake: () => void = () => undefined;
    const head = {
      height: tables.height,
      waitFor: (height: number) =>
        new Promise<void>((resolve) => {
          wake = () => {
            if (head.height >= height) resolve();
          };
          stopping.signal.addEventListener('abort', () => {
            resolve();
          });
        }),
    };
    const service = openCrlService({
      config: {
        mspId: MSP,
        certificateAuthorities: { ca: scene.pem, tlsca: new Scene().pem },
        crl: { url: undefined, shards: 1 },
      },
      pool: tables.pool,
      hsm,
      logger: pino({ level: 'silent' }),
      head,
      freshness: { currentAt: unixNow, assertFresh: () => undefined },
      stopping: stopping.signal,
    });
    await expect(service.current('ca', shardScope(0, 2), 'base')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    service.start();
    const first = await service.current('ca', FULL, 'base');
    expect(first.namesDeltas).toBe(false);
    expect(new X509Certificate(scene.pem).subject).toContain('ca-');
    while ((await service.current('ca', FULL, 'delta').catch(() => undefined)) === undefined) await sleep(50);
    await scene.say(scene.document('11'));
    const started = Date.now();
    head.height = tables.height;
    wake();
    for (;;) {
      const { der } = await service.current('ca', FULL, 'delta');
      if (parseCrl(der).find('11') !== undefined) break;
      if (Date.now() - started > 5_000) throw new Error('the delta is late');
      wake();
      await sleep(20);
    }
    const [item] = await service.issued('ca', { scope: 'full', kind: 'delta', before: undefined, limit: 1 });
    const delta = await service.current('ca', FULL, 'delta');
    expect(item?.number).toBe(delta.number.toString());
    expect(await service.issuedBytes(item?.sha256 ?? '')).toEqual(delta.der);
    await expect(service.issuedBytes('00'.repeat(32))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      service.issued('root', { scope: undefined, kind: undefined, before: undefined, limit: 1 }),
    ).rejects.toBeInstanceOf(RegistryError);
    stopping.abort();
    wake();
  });
});
