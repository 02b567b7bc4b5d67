import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContentKeyVersion } from '@maker-registry/protocol';
import { combineShares, splitContentKey, writeActorKeyFile, type RegistryClient } from '@maker-registry/sdk';
import {
  fabricIdentity,
  ProtectedArtifact,
  registryClient,
  runGuard,
  runningNetwork,
  startOperatorSites,
  startTpmSimulator,
  type GuardExit,
  type OperatorSite,
  type TpmSimulator,
} from '@maker-registry/testbed';
import { Client } from 'pg';
import { registry } from './support/commands';
import { http } from './support/http';
import { refused } from './support/refused';

const network = runningNetwork();
const SECRET = 'weights that no single operator may release';
const SHOW = ['cat', '{}'];
const REFUSED = 120;
const PORTS = { op1: 10_820, op2: 10_821, op3: 10_822 } as const;

function toldCode(exit: GuardExit): string | undefined {
  return exit.stderr
    .split('\n')
    .flatMap((line) => /"code":"([A-Z0-9_]+)"/.exec(line)?.[1] ?? [])
    .at(-1);
}

/** Operators that released to a guarded run, in order. */
function releasedBy(exit: GuardExit): string[] {
  return exit.stderr
    .split('\n')
    .filter((line) => line.includes('"event":"key-released"'))
    .map((line) => String((JSON.parse(line) as { operator?: string }).operator));
}

async function recordOf(site: OperatorSite): Promise<Record<string, unknown>[]> {
  const database = new Client(site.databaseUrl);
  await database.connect();
  try {
    const { rows } = await database.query<Record<string, unknown>>(
      'SELECT outcome, code, operator, stage, artifact_id, key_version, policy FROM gateway.releases ORDER BY at',
    );
    return rows;
  } finally {
    await database.end();
  }
}

describe('a content key that is split among three operators (TPM: swtpm, a simulator)', () => {
  let client: RegistryClient;
  let sites: OperatorSite[] = [];
  let artifact: ProtectedArtifact;
  let holder: Awaited<ReturnType<ProtectedArtifact['holder']>>;
  let tpm: TpmSimulator;
  let otherTpm: TpmSimulator;

  beforeAll(async () => {
    client = registryClient(network);
    [tpm, otherTpm] = await Promise.all([startTpmSimulator(), startTpmSimulator()]);
    // Each with a database, a mirror, an HSM token and a gateway of its own.
    sites = await startOperatorSites(network, PORTS);
    artifact = await ProtectedArtifact.register(network, client, Buffer.from(SECRET), 'high');
    for (const operator of ['op1', 'op2']) {
      await client.performAct(
        'review.decide',
        { artifact_id: artifact.id, decision: 'approve' },
        fabricIdentity(network, operator, 'reviewer'),
      );
    }
    await artifact.protect(sites);
    holder = await artifact.holder();
    await artifact.enroll(tpm.tcti);
  }, 240_000);
  afterAll(async () => {
    await Promise.all(sites.map((site) => site.stop()));
    await Promise.all([tpm.stop(), otherTpm.stop()]);
    artifact.dispose();
    client.close();
  }, 60_000);

  /** A guarded run that names no gateway: the pinned ones are all it has. */
  const run = (which = tpm, state = artifact.state) => {
    const args = artifact.runArguments(holder, SHOW).map((one) => (one === artifact.state ? state : one));
    const nowhere = { ...network, file: { ...network.file, gateway: sites[0]!.network.file.gateway } };
    return runGuard(nowhere, args, { TPM2TOOLS_TCTI: which.tcti });
  };

  it('is committed with its scheme, and never whole: the ledger refuses that in this class', async () => {
    const { versions } = await client.read.contentKeys(artifact.id);
    expect(versions[0]?.sharing).toMatchObject({ threshold: 2 });
    expect(versions[0]?.sharing?.shares.map(({ operator }) => operator)).toEqual([
      'Op1MSP',
      'Op2MSP',
      'Op3MSP',
    ]);
    const whole = client.submitIntent(
      'key.rotate',
      {
        artifact_id: artifact.id,
        commitment: 'ab'.repeat(32),
        ciphertext_digest: 'cd'.repeat(32),
        format: 'mrg1',
      },
      artifact.maker,
    );
    expect(await refused(whole)).toBe('KEY_SHARING_REQUIRED');
  });

  it('comes together on the attested machine from two of them', async () => {
    const exit = await run();
    expect([exit.stdout, exit.code]).toEqual([SECRET, 0]);
    expect(releasedBy(exit)).toEqual(['Op1MSP', 'Op2MSP']);
  });

  it.each([0, 1, 2])(
    'comes together from any two when operator %i is gone',
    async (gone) => {
      await sites[gone]!.stopGateway();
      try {
        const exit = await run();
        expect([exit.stdout, exit.code]).toEqual([SECRET, 0]);
        const others = sites.filter((_, i) => i !== gone).map(({ mspId }) => mspId);
        expect(releasedBy(exit)).toEqual(others);
      } finally {
        await sites[gone]!.startGateway();
      }
    },
    60_000,
  );

  it('does not come from one alone, whichever it is', async () => {
    for (const [alone, site] of sites.entries()) {
      const others = sites.filter((_, i) => i !== alone);
      await Promise.all(others.map((one) => one.stopGateway()));
      try {
        const exit = await run();
        expect([exit.code, exit.stdout]).toEqual([REFUSED, '']);
        expect(toldCode(exit)).toBe('KEY_SHARES_MISSING');
        expect(releasedBy(exit)).toEqual([site.mspId]);
      } finally {
        await Promise.all(others.map((one) => one.startGateway()));
      }
    }
  }, 120_000);

  it('is no use to who steals the HSM of one operator, with or without another’s guess', async () => {
    const { versions } = await client.read.contentKeys(artifact.id);
    const [{ commitment, sharing }] = versions as [Required<ContentKeyVersion>];
    const committed = { artifactId: artifact.id, commitment, sharing };
    const [stolen] = artifact.shares;
    expect(await refused(combineShares(committed, [stolen!]))).toBe('KEY_SHARES_MISSING');
    expect(await refused(combineShares(committed, [stolen!, stolen!]))).toBe('KEY_SHARES_MISSING');
    const forged = { operator: 'Op2MSP', share: randomBytes(33) };
    expect(await refused(combineShares(committed, [stolen!, forged]))).toBe('KEY_SHARE_MISMATCH');
    // Shares of another split of whatever key don't fit either.
    const [, foreign] = await splitContentKey(randomBytes(32), 2, ['Op1MSP', 'Op2MSP']);
    expect(await refused(combineShares(committed, [stolen!, foreign!]))).toBe('KEY_SHARE_MISMATCH');
  });

  it('is refused to the same device’s files on another TPM', async () => {
    const exit = await run(otherTpm);
    expect(exit.code).not.toBe(0);
    expect([exit.stdout, releasedBy(exit)]).toEqual(['', []]);
  });

  it('is refused to a machine that only one operator has verified', async () => {
    const state = join(artifact.folder, 'state-half');
    const [first] = sites as [OperatorSite, OperatorSite, OperatorSite];
    const enrolled = await runGuard(
      first.network,
      ['enroll', '--operator', first.mspId, '--trust-first', '--state', state],
      { TPM2TOOLS_TCTI: otherTpm.tcti },
    );
    expect(enrolled.code).toBe(0);
    for (const { network: where, mspId } of sites.slice(1)) {
      await runGuard(where, ['pin', '--operator', mspId, '--trust-first', '--state', state]);
    }
    const exit = await run(otherTpm, state);
    expect([exit.code, exit.stdout, releasedBy(exit)]).toEqual([REFUSED, '', [first.mspId]]);
    expect(toldCode(exit)).toBe('KEY_SHARES_MISSING');
    expect(exit.stderr).toContain('Op2MSP: DEVICE_UNKNOWN, Op3MSP: DEVICE_UNKNOWN');
  });

  it('is handed over in no session but its own', async () => {
    const [first, second] = sites as [OperatorSite, OperatorSite, OperatorSite];
    const resource = `/kbs/v0/resource/${holder.rightId}/${artifact.id}/1`;
    const body = JSON.stringify({ version: '0.4.0', tee: 'tpm', 'extra-params': '' });
    const { headers, json } = await http(first.network, '/kbs/v0/auth', { body });
    expect(json['nonce']).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    const cookie = String(headers['set-cookie']).split(';')[0]!;
    const code = async (site: OperatorSite, sent?: string): Promise<unknown> =>
      (await http(site.network, resource, sent === undefined ? {} : { headers: { cookie: sent } })).json[
        'code'
      ];
    expect(await code(first)).toBe('SESSION_UNKNOWN');
    expect(await code(first, `kbs-session-id=${'A'.repeat(43)}`)).toBe('SESSION_UNKNOWN');
    expect(await code(second, cookie)).toBe('SESSION_UNKNOWN');
    expect(await code(first, cookie)).toBe('SESSION_NOT_ATTESTED');
  });

  it('is on the record of each operator with the policy that decided', async () => {
    for (const site of sites) {
      const record = await recordOf(site);
      const released = record.filter(({ outcome }) => outcome === 'released');
      expect(released.length).toBeGreaterThan(0);
      for (const one of released) {
        expect(one).toMatchObject({
          operator: site.mspId,
          stage: 'release',
          artifact_id: artifact.id,
          policy: { risk_class: 'high', key_threshold: 2, device_trust: 'development' },
        });
      }
    }
  });

  it('rotates under the same right: split, committed and deposited anew from the command line', async () => {
    const before = readFileSync(artifact.container);
    const keyFile = join(artifact.folder, 'second.key');
    const shareFile = join(artifact.folder, 'second.shares');
    const makerFile = join(artifact.folder, 'maker.json');
    await writeActorKeyFile(makerFile, artifact.maker);
    const second = join(artifact.folder, 'second.mrg');
    const protect = ['--in', join(artifact.folder, 'plain'), '--out', second, '--artifact', artifact.id];
    const made = await runGuard(network, ['protect', ...protect, '--key-version', '2', '--key-out', keyFile]);
    expect(made.code).toBe(0);
    const operators = sites.map(({ mspId }) => mspId).join(',');
    const split = ['--key', keyFile, '--threshold', '2', '--operators', operators, '--out', shareFile];
    expect((await registry(network, 'key', 'split', ...split)).code).toBe(0);
    const rotated = await registry(
      network,
      ...['key', 'rotate', '--key', keyFile, '--container', second, '--shares', shareFile],
      ...['--actor-key', makerFile],
    );
    expect([rotated.code, rotated.stderr]).toEqual([0, '']);
    const minHeight = Number(rotated.json['block']);
    await Promise.all(sites.map((site) => site.client.read.contentKeys(artifact.id, { minHeight })));
    const deposited = await registry(
      network,
      ...['key', 'deposit', '--shares', shareFile, '--state', artifact.state, '--actor-key', makerFile],
    );
    expect([deposited.code, deposited.json['deposits']]).toEqual([
      0,
      sites.map(({ mspId }) => ({ operator: mspId, status: 'deposited' })),
    ]);
    const old = await run();
    expect([old.code, old.stdout, toldCode(old)]).toEqual([REFUSED, '', 'CONTENT_KEY_MISMATCH']);
    writeFileSync(artifact.container, readFileSync(second));
    const fresh = await run();
    expect([fresh.stdout, fresh.code]).toEqual([SECRET, 0]);
    expect(before.equals(readFileSync(artifact.container))).toBe(false);
    // A whole key where a share is due: it is not even sent.
    const wrong = await registry(
      network,
      ...['key', 'deposit', '--key', keyFile, '--state', artifact.state, '--actor-key', makerFile],
    );
    expect([wrong.code, wrong.stderr.includes('KEY_SHARING_REQUIRED')]).toEqual([1, true]);
  }, 60_000);

  it('is released by no operator once its version is revoked', async () => {
    const { block } = await client.submitIntent(
      'key.revoke',
      { artifact_id: artifact.id, version: 2, reason_code: 'maker-request' },
      artifact.maker,
    );
    const file = readFileSync(join(artifact.state, 'device.json'), 'utf8');
    const { device_id: deviceId } = JSON.parse(file) as { device_id: string };
    for (const site of sites) {
      await site.client.read.contentKeys(artifact.id, { minHeight: block });
      const token = site.client.trust.requestToken(holder.key, holder.rightId, { deviceId });
      expect(await refused(token)).toBe('REVOKED');
    }
    const exit = await run();
    expect([exit.code, exit.stdout, toldCode(exit), releasedBy(exit)]).toEqual([REFUSED, '', 'REVOKED', []]);
  });
});

describe('a content key that several operators hold whole', () => {
  it('is released by whichever of them is there', async () => {
    const client = registryClient(network);
    const sites = await startOperatorSites(network, { op2: PORTS.op2, op3: PORTS.op3 });
    const artifact = await ProtectedArtifact.register(network, client, Buffer.from(SECRET));
    try {
      await artifact.protect(sites);
      const holder = await artifact.holder();
      await artifact.pin();
      for (const gone of sites) {
        await gone.stopGateway();
        const exit = await runGuard(sites[0]!.network, artifact.runArguments(holder, SHOW));
        expect([exit.stdout, exit.code]).toEqual([SECRET, 0]);
        expect(releasedBy(exit)).toEqual(sites.filter((one) => one !== gone).map(({ mspId }) => mspId));
        await gone.startGateway();
      }
    } finally {
      artifact.dispose();
      await Promise.all(sites.map((site) => site.stop()));
      client.close();
    }
  }, 240_000);
});
