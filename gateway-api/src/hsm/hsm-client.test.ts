import { createECDH, createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { ensureKeys } from './ensure-keys';
import { HsmClient } from './hsm-client';
import { bundle, type TemporaryToken, temporaryToken } from './testing/temporary-token';

// Real processes on a busy machine.
jest.setTimeout(30_000);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const HALF_ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551') >> 1n;

function publicKeyOf(point: Uint8Array): ReturnType<typeof createPublicKey> {
  const coordinate = (from: number): string =>
    Buffer.from(point.subarray(from, from + 32)).toString('base64url');
  return createPublicKey({
    key: { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) },
    format: 'jwk',
  });
}

function verifies(point: Uint8Array, message: string, signature: Uint8Array): boolean {
  return verify(
    'sha256',
    Buffer.from(message),
    { key: publicKeyOf(point), dsaEncoding: 'ieee-p1363' },
    signature,
  );
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Process id of the client's worker, to do to it what an operating system does. */
function workerPid(client: HsmClient): number {
  return (client as unknown as { worker: { pid: number } }).worker.pid;
}

describe('HsmClient on a SoftHSM token', () => {
  let workerPath: string;
  let token: TemporaryToken;
  let client: HsmClient;

  beforeAll(async () => {
    workerPath = bundle('hsm-worker.ts');
    token = temporaryToken(workerPath);
    client = await HsmClient.open(token.options);
    await client.generateKey('signer', { usage: 'sign' });
    await client.generateKey('wrapper', { usage: 'derive' });
  });

  afterAll(async () => {
    await client.close();
    token.remove();
    rmSync(workerPath);
  });

  it('signs a digest with low s, by label and by id', async () => {
    const point = await client.publicKey('signer');
    const id = Buffer.from('signer').toString('hex');
    expect(await client.publicKeyById(id)).toEqual(point);
    const signatures = await Promise.all(
      Array.from({ length: 32 }, (_, i) =>
        i % 2 === 0
          ? client.sign('signer', digest(`m${i}`))
          : client.signById(id.toUpperCase(), digest(`m${i}`)),
      ),
    );
    signatures.forEach((signature, i) => {
      expect(signature).toHaveLength(64);
      expect(verifies(point, `m${i}`, signature)).toBe(true);
      expect(BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`) <= HALF_ORDER).toBe(true);
    });
  });

  it('derives the secret that the peer derives', async () => {
    const peer = createECDH('prime256v1');
    peer.generateKeys();
    const shared = await client.ecdh('wrapper', peer.getPublicKey());
    expect(Buffer.from(shared)).toEqual(peer.computeSecret(Buffer.from(await client.publicKey('wrapper'))));
  });

  it('makes the trust keys once and finds them again', async () => {
    const first = await ensureKeys(client);
    expect(await ensureKeys(client)).toEqual(first);
  });

  it('keeps private keys inside: the token itself says that they cannot be read', () => {
    const listing = execFileSync(
      'pkcs11-tool',
      [
        '--module',
        token.options.module,
        '--token-label',
        'op1',
        '--login',
        '--pin',
        '12345678',
        '--list-objects',
        '--type',
        'privkey',
      ],
      { env: { ...process.env, SOFTHSM2_CONF: token.conf } },
    ).toString();
    expect(listing).toContain('never extractable');
    expect(listing.match(/Access:\s+sensitive, always sensitive, never extractable, local/g)?.length).toBe(
      listing.match(/Private Key Object/g)?.length,
    );
  });

  it.each([
    ['an unknown label', () => client.sign('nobody', digest('x')), 'HSM_KEY_MISSING'],
    ['an unknown id', () => client.signById('00ff', digest('x')), 'HSM_KEY_MISSING'],
    ['a digest of 31 bytes', () => client.sign('signer', new Uint8Array(31)), 'HSM_BAD_REQUEST'],
    ['a taken label', () => client.generateKey('signer', { usage: 'sign' }), 'HSM_KEY_EXISTS'],
    ['a compressed peer', () => client.ecdh('wrapper', new Uint8Array(33)), 'HSM_BAD_REQUEST'],
    [
      'a peer off the curve',
      () => client.ecdh('wrapper', Buffer.concat([Buffer.of(4), Buffer.alloc(64, 7)])),
      'HSM_BAD_REQUEST',
    ],
    ['signing with a key made for deriving', () => client.sign('wrapper', digest('x')), 'HSM_UNAVAILABLE'],
  ])('refuses %s', async (_name, act, code) => {
    await expect(act()).rejects.toMatchObject({ code });
  });

  it('goes on after a refused operation left its session busy', async () => {
    await Promise.all(
      Array.from({ length: 12 }, () => client.sign('wrapper', digest('x')).catch(() => undefined)),
    );
    await expect(client.sign('signer', digest('after'))).resolves.toHaveLength(64);
  });

  it('replaces a killed worker and fails what it had taken', async () => {
    const lost = Promise.allSettled(Array.from({ length: 8 }, () => client.sign('signer', digest('lost'))));
    process.kill(workerPid(client), 'SIGKILL');
    for (const outcome of await lost) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'HSM_UNAVAILABLE' });
    }
    await sleep(20);
    await expect(client.sign('signer', digest('after'))).resolves.toHaveLength(64);
    expect((await client.counters()).restarts).toBe(1);
  });

  it('ends a worker that hangs', async () => {
    const hasty = await HsmClient.open({ ...token.options, timeoutMs: 200 });
    const pid = workerPid(hasty);
    process.kill(pid, 'SIGSTOP');
    await expect(hasty.sign('signer', digest('x'))).rejects.toMatchObject({ code: 'HSM_TIMEOUT' });
    await sleep(20);
    await expect(hasty.sign('signer', digest('x'))).resolves.toHaveLength(64);
    expect(workerPid(hasty)).not.toBe(pid);
    await hasty.close();
    await expect(hasty.sign('signer', digest('x'))).rejects.toMatchObject({ code: 'HSM_CLOSED' });
  });

  it('starts a worker again until one runs, although nobody asks for anything', async () => {
    const patient = await HsmClient.open(token.options);
    const aside = `${token.options.pinFile}.aside`;
    renameSync(token.options.pinFile, aside);
    process.kill(workerPid(patient), 'SIGKILL');
    // The first new start fails for want of the file.
    await sleep(1_000);
    expect(patient.available).toBe(false);
    renameSync(aside, token.options.pinFile);
    for (let i = 0; i < 50 && !patient.available; i += 1) await sleep(100);
    expect(patient.available).toBe(true);
    await patient.close();
  });

  it('tries a wrong PIN once and never again', async () => {
    const pinFile = `${token.options.pinFile}.wrong`;
    writeFileSync(pinFile, '87654321');
    await expect(HsmClient.open({ ...token.options, pinFile })).rejects.toMatchObject({
      code: 'HSM_PIN_REFUSED',
    });
    await expect(HsmClient.open({ ...token.options, pinFile })).rejects.toThrow(/not tried again/);
    await expect(HsmClient.open({ ...token.options, pinFile })).rejects.not.toThrow(/87654321/);
    expect(readFileSync(pinFile, 'utf8')).toBe('87654321');
  });

  it('refuses to open a token without the mechanisms it needs, and names them', async () => {
    const conf = `${token.conf}.poor`;
    writeFileSync(
      conf,
      `${readFileSync(token.conf, 'utf8')}slots.mechanisms = CKM_ECDSA,CKM_EC_KEY_PAIR_GEN\n`,
    );
    const poor = HsmClient.open({ ...token.options, environment: { SOFTHSM2_CONF: conf } });
    await expect(poor).rejects.toMatchObject({ code: 'HSM_MECHANISM_MISSING' });
    await expect(poor).rejects.toThrow(/lacks CKM_ECDH1_DERIVE$/);
  });

  it.each([
    ['an unknown token', { token: 'op9' }, 'HSM_TOKEN_MISSING'],
    ['an unknown module', { module: '/nonexistent.so' }, 'HSM_UNAVAILABLE'],
    ['a missing PIN file', { pinFile: '/nonexistent.pin' }, 'HSM_UNAVAILABLE'],
    ['no session', { sessions: 0 }, 'HSM_BAD_REQUEST'],
  ])('refuses to open with %s', async (_name, change, code) => {
    await expect(HsmClient.open({ ...token.options, ...change })).rejects.toMatchObject({ code });
  });
});
