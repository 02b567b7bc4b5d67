import { execFileSync } from 'node:child_process';
import { createECDH, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  attestationContext,
  checkRevocationList,
  decodeToken,
  deviceId,
  fromHex,
  type JwkSet,
  keyId,
  openJwe,
  parseEnvelope,
  parseJwe,
  publicKeyFromJwk,
  type RiskClass,
  sealJwe,
  uncompressPoint,
  verifyToken,
  RegistryError,
} from '@maker-registry/protocol';
import { keyName, parsePublic, toKeyObject } from '@maker-registry/tpm';
import { pino } from 'pino';
import { migrate } from '../database/migrate';
import { HsmClient } from '../hsm';
import { bundle, type TemporaryToken, temporaryToken } from '../hsm/testing/temporary-token';
import { readAttestationPolicy } from './attestation-policy';
import { type Evidence } from './attest-device';
import { unixNow } from './clock';
import { type ReleaseRequest } from './key-release';
import { authorityInToken } from './testing/certificate-authority';
import { NETWORK, type Party, party, request, TestLedger } from './testing/ledger';
import { Machine } from './testing/machine';
import { temporaryPostgres, type TemporaryPostgres } from './testing/temporary-postgres';
import { type DeviceTrust, type TrustConfig } from './trust-config';
import { openTrustServices, type TrustServices } from './trust-services';

// Real processes on a busy machine.
jest.setTimeout(30_000);

const PIN = '12345678';
const POLICY_FILE = join(__dirname, '../../../policies/attestation.json');

let postgres: TemporaryPostgres;
let token: TemporaryToken;
let worker: string;
let hsm: HsmClient;
let machine: Machine;
/** The machine, enrolled once: devices outlive a scene, for they are in the database. */
let device: string;
let authorities: TrustConfig['certificateAuthorities'];
const stopping = new AbortController();

beforeAll(async () => {
  worker = bundle('hsm-worker.ts');
  token = temporaryToken(worker, 'op1', PIN);
  authorities = { ca: authorityInToken(token, PIN, 'ca'), tlsca: authorityInToken(token, PIN, 'tlsca') };
  [postgres, machine, hsm] = await Promise.all([
    temporaryPostgres(),
    Machine.start(),
    HsmClient.open(token.options),
  ]);
  await migrate(postgres.pool);
  device = await enroll(await scene('high'));
});

afterAll(async () => {
  stopping.abort();
  await Promise.all([postgres.stop(), machine.stop(), hsm.close()]);
  token.remove();
  rmSync(worker);
});

/** Services over a ledger in memory, whose head announces blocks as the mirror does. */
class Head {
  readonly #ledger: TestLedger;
  #wake: (() => void)[] = [];

  constructor(ledger: TestLedger) {
    this.#ledger = ledger;
  }

  get height(): number {
    return this.#ledger.height;
  }

  async waitFor(height: number): Promise<void> {
    while (this.height < height) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  announce(): void {
    this.#wake.splice(0).forEach((wake) => {
      wake();
    });
  }
}

/** A mirror that has everything, until `standsSince` (Unix seconds) says otherwise. */
class Mirror {
  standsSince: number | undefined;

  currentAt(): number {
    return this.standsSince ?? Math.floor(Date.now() / 1_000);
  }

  assertFresh(): void {
    if (this.standsSince !== undefined) throw new RegistryError('MIRROR_BEHIND', 'It stands still.');
  }
}

interface Scene {
  readonly ledger: TestLedger;
  readonly services: TrustServices;
  readonly head: Head;
  readonly mirror: Mirror;
}

async function scene(
  riskClass: RiskClass,
  deviceTrust: DeviceTrust = { mode: 'development' },
): Promise<Scene> {
  const ledger = new TestLedger(riskClass);
  const head = new Head(ledger);
  const mirror = new Mirror();
  const services = await openTrustServices({
    config: {
      mspId: 'Op1MSP',
      network: NETWORK,
      certificateAuthorities: authorities,
      crl: { url: undefined, shards: 1 },
      deviceTrust,
      attestation: readAttestationPolicy('ATTESTATION_POLICY_FILE', POLICY_FILE),
    },
    pool: postgres.pool,
    hsm,
    logger: pino({ level: 'silent' }),
    reads: ledger,
    snapshots: ledger,
    head,
    freshness: mirror,
    stopping: stopping.signal,
  });
  return { ledger, services, head, mirror };
}

const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;

async function enroll({ services }: Scene): Promise<string> {
  const challenge = await services.devices.enroll(machine.createKeys());
  const { device_id: id } = await services.devices.activate(
    challenge.enrollment_id,
    machine.activate(challenge),
  );
  return id;
}

function wrapKey(jwks: JwkSet): { kid: string; point: Uint8Array } {
  const jwk = jwks.keys.find(({ use }) => use === 'wrap')!;
  return { kid: jwk.kid!, point: uncompressPoint(fromHex(publicKeyFromJwk(jwk).publicKey)) };
}

function jweOf(scene: Scene, key: Uint8Array, change: { kid?: string; point?: Uint8Array } = {}): string {
  const { kid, point } = wrapKey(scene.services.jwks);
  const ephemeralPrivate = randomBytes(32);
  ephemeralPrivate[0]! &= 0x7f;
  return sealJwe({
    recipientPublic: change.point ?? point,
    ephemeralPrivate,
    iv: randomBytes(12),
    plaintext: key,
    kid: change.kid ?? kid,
  });
}

async function deposit(scene: Scene, who: Party = scene.ledger.maker, change: object = {}): Promise<unknown> {
  const body = {
    artifact_id: scene.ledger.artifactDocument.artifact_id,
    version: 1,
    operator: 'Op1MSP',
    jwe: jweOf(scene, scene.ledger.contentKeyBytes),
    ...change,
  };
  return scene.services.contentKeys.deposit(await request(who, 'key.deposit', body));
}

async function tokenFor(scene: Scene, device?: string, who: Party = scene.ledger.holder): Promise<string> {
  const body = {
    right_id: scene.ledger.rightDocument.right_id,
    ...(device === undefined ? {} : { device_id: device }),
  };
  return (await scene.services.tokens.issue(await request(who, 'token.request', body))).token;
}

interface Attempt {
  /** Changes the context that is quoted over. */
  readonly context?: Partial<Parameters<typeof attestationContext>[0]>;
  readonly pcrs?: readonly number[];
  readonly attributes?: string;
  readonly evidence?: (evidence: Evidence) => Partial<ReleaseRequest>;
  readonly who?: Party;
  readonly challengeId?: string;
}

/** A release that is refused before anybody looks at evidence. */
async function releaseUnseen(
  { ledger, services }: Scene,
  token: string,
  who = ledger.holder,
): Promise<unknown> {
  const challenge = await services.challenges.issue('key-release');
  const envelope = await request(who, 'key.release', {
    right_id: ledger.rightDocument.right_id,
    challenge_id: challenge.challenge_id,
    release_key: softwareReleaseKey().publicArea,
  });
  return services.keyRelease.release({ token, request: parseEnvelope(envelope) });
}

/** A release key in memory: TPM2B_PUBLIC in hex and the private scalar. */
function softwareReleaseKey(): { publicArea: string; privateKey: Buffer } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { d, x, y } = privateKey.export({ format: 'jwk' });
  const coordinate = (text = ''): string => `0020${Buffer.from(text, 'base64url').toString('hex')}`;
  const area = `0023000b0002004000000010001000030010${coordinate(x)}${coordinate(y)}`;
  const size = (area.length / 2).toString(16).padStart(4, '0');
  return { publicArea: size + area, privateKey: Buffer.from(d!, 'base64url') };
}

/** A release as the guard performs it; gives the content key that arrived. */
async function release(scene: Scene, token: string, attempt: Attempt = {}): Promise<Uint8Array> {
  const { ledger, services } = scene;
  const challenge = await services.challenges.issue('key-release');
  const releaseKey = machine.createReleaseKey(attempt.attributes);
  const rightId = ledger.rightDocument.right_id;
  const context = {
    nonce: fromHex(challenge.nonce),
    rightId,
    releaseKeyName: keyName(parsePublic(releaseKey)),
  };
  const evidence = machine.attest(attestationContext({ ...context, ...attempt.context }), attempt.pcrs);
  const envelope = await request(attempt.who ?? ledger.holder, 'key.release', {
    right_id: rightId,
    challenge_id: attempt.challengeId ?? challenge.challenge_id,
    release_key: releaseKey.toString('hex'),
  });
  const released = await services.keyRelease.release({
    token,
    request: parseEnvelope(envelope),
    ...evidence,
    ...attempt.evidence?.(evidence),
  });
  const sharedSecret = machine.agree(parseJwe(released.jwe).ephemeralPublic);
  return openJwe({ jwe: released.jwe, sharedSecret }).plaintext;
}

async function lastRelease(): Promise<Record<string, unknown>> {
  const { rows } = await postgres.pool.query<Record<string, unknown>>(
    'SELECT * FROM gateway.releases ORDER BY at DESC, release_id LIMIT 1',
  );
  return rows[0]!;
}

describe('devices', () => {
  it('enrol by opening a credential, under the id of their endorsement key', async () => {
    const world = await scene('high');
    const keys = machine.createKeys();
    const challenge = await world.services.devices.enroll(keys);
    const activated = await world.services.devices.activate(
      challenge.enrollment_id,
      machine.activate(challenge),
    );
    expect(activated).toEqual({
      device_id: deviceId(parsePublic(Buffer.from(keys.ek_public, 'hex')).bytes),
      trust: 'development',
    });
    // The same TPM with a new attestation key is the same device.
    expect(device).toBe(activated.device_id);
  });

  it('have one try, and lapsed or unknown enrolments have none', async () => {
    const { devices } = (await scene('high')).services;
    const first = await devices.enroll(machine.createKeys());
    await expect(devices.activate(first.enrollment_id, randomBytes(32))).rejects.toThrow(
      code('ENROLLMENT_SECRET'),
    );
    await expect(devices.activate(first.enrollment_id, machine.activate(first))).rejects.toThrow(
      code('ENROLLMENT_UNKNOWN'),
    );
    const late = await devices.enroll(machine.createKeys());
    await postgres.pool.query(`UPDATE gateway.enrollments SET expires_at = now() - interval '1 s'`);
    await expect(devices.activate(late.enrollment_id, machine.activate(late))).rejects.toThrow(
      code('ENROLLMENT_UNKNOWN'),
    );
  });

  it('keep no secret in the database', async () => {
    const { devices } = (await scene('high')).services;
    const challenge = await devices.enroll(machine.createKeys());
    const secret = machine.activate(challenge);
    const { rows } = await postgres.pool.query('SELECT * FROM gateway.enrollments');
    const stored = JSON.stringify(rows, (_key, value: unknown) =>
      Buffer.isBuffer(value) ? value.toString('hex') : value,
    );
    expect(stored).not.toContain(secret.toString('hex'));
  });

  it('are refused with keys that are not for it', async () => {
    const { devices } = (await scene('high')).services;
    const { ek_public, ak_public } = machine.createKeys();
    const release = machine.createReleaseKey().toString('hex');
    await expect(devices.enroll({ ek_public: ak_public, ak_public })).rejects.toThrow(code('EK_UNTRUSTED'));
    await expect(devices.enroll({ ek_public, ak_public: release })).rejects.toThrow(
      code('QUOTE_AK_ATTRIBUTES'),
    );
    await expect(devices.enroll({ ek_public: 'ffff', ak_public })).rejects.toThrow(
      code('TPM_STRUCTURE_MALFORMED'),
    );
    await expect(devices.find('00'.repeat(32))).rejects.toThrow(code('DEVICE_UNKNOWN'));
  });

  it('need a certificate of a pinned TPM maker, for this very key, unless in development', async () => {
    const { devices } = (await scene('high', { mode: 'certified', authorities: [authorities.ca] })).services;
    const keys = machine.createKeys();
    await expect(devices.enroll(keys)).rejects.toThrow(code('EK_UNTRUSTED'));
    const other = new X509Certificate(authorities.ca).raw.toString('hex');
    await expect(devices.enroll({ ...keys, ek_certificate: other })).rejects.toThrow(code('EK_UNTRUSTED'));
    await expect(devices.enroll({ ...keys, ek_certificate: '3000' })).rejects.toThrow(code('EK_UNTRUSTED'));
  });
});

describe('endorsement certificates', () => {
  /** A certificate of the machine's endorsement key by a root made for the purpose. */
  const certify = (ekPublic: string, name: string): { root: string; certificate: string } => {
    const directory = mkdtempSync(join(tmpdir(), 'trust-ek-'));
    try {
      const openssl = (...args: string[]): Buffer =>
        execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
      const key = toKeyObject(parsePublic(Buffer.from(ekPublic, 'hex')).area);
      writeFileSync(join(directory, 'ek.pem'), key.export({ format: 'pem', type: 'spki' }));
      const fresh = ['-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
      openssl(
        'req',
        '-x509',
        ...fresh,
        '-keyout',
        'root.key',
        '-out',
        'root.pem',
        '-subj',
        `/CN=${name}`,
        '-days',
        '30',
      );
      const usage = 'basicConstraints=CA:FALSE\nkeyUsage=keyAgreement\nextendedKeyUsage=2.23.133.8.1\n';
      writeFileSync(join(directory, 'ek.ext'), usage);
      openssl('req', ...fresh, '-keyout', 'ee.key', '-out', 'ee.csr', '-subj', '/CN=ek');
      openssl(
        ...[
          'x509',
          '-req',
          '-in',
          'ee.csr',
          '-force_pubkey',
          'ek.pem',
          '-CA',
          'root.pem',
          '-CAkey',
          'root.key',
        ],
        ...['-outform', 'DER', '-out', 'ek.der', '-days', '30', '-CAcreateserial', '-extfile', 'ek.ext'],
      );
      const certificate = readFileSync(join(directory, 'ek.der')).toString('hex');
      return { root: readFileSync(join(directory, 'root.pem'), 'utf8'), certificate };
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };

  // What else is refused: endorsement-certificate.test.ts.
  it('of a pinned root let a device enrol as certified', async () => {
    const keys = machine.createKeys();
    const { root, certificate } = certify(keys.ek_public, 'TPM maker');
    const { devices } = (await scene('high', { mode: 'certified', authorities: [authorities.ca, root] }))
      .services;
    const challenge = await devices.enroll({ ...keys, ek_certificate: certificate });
    const activated = await devices.activate(challenge.enrollment_id, machine.activate(challenge));
    expect(activated.trust).toBe('certified');
    expect((await devices.find(activated.device_id)).trust).toBe('certified');
    await postgres.pool.query(`UPDATE gateway.devices SET trust = 'development'`);
    // The operator no longer takes simulated TPMs: those that enrolled before are refused too.
    await expect(devices.find(activated.device_id)).rejects.toThrow(code('EK_UNTRUSTED'));
  });
});

describe('challenges', () => {
  it('are unique, answered once and only in time', async () => {
    const { challenges } = (await scene('high')).services;
    const issued = await Promise.all(Array.from({ length: 20 }, () => challenges.issue('key-release')));
    expect(new Set(issued.map(({ nonce }) => nonce)).size).toBe(20);
    const [first, second] = issued;
    expect(Buffer.from(await challenges.take(first!.challenge_id, 'key-release')).toString('hex')).toBe(
      first!.nonce,
    );
    await expect(challenges.take(first!.challenge_id, 'key-release')).rejects.toThrow(code('CHALLENGE_USED'));
    await postgres.pool.query(`UPDATE gateway.challenges SET expires_at = now() - interval '1 s'`);
    await expect(challenges.take(second!.challenge_id, 'key-release')).rejects.toThrow(
      code('CHALLENGE_UNKNOWN'),
    );
    await expect(challenges.take('nonsense', 'key-release')).rejects.toThrow(code('CHALLENGE_UNKNOWN'));
    const [third] = await Promise.all([challenges.issue('key-release')]);
    const takes = await Promise.allSettled(
      Array.from({ length: 8 }, () => challenges.take(third.challenge_id, 'key-release')),
    );
    expect(takes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('tokens', () => {
  it('are signed in the HSM, bound to key and device, and say what the ledger says', async () => {
    const world = await scene('high');
    const jwt = await tokenFor(world, device);
    const { claims, header } = verifyToken(jwt, {
      jwks: world.services.jwks,
      network: NETWORK,
      now: unixNow(),
    });
    expect(world.services.jwks.keys.find(({ kid }) => kid === header.kid)?.use).toBe('token');
    expect(claims).toMatchObject({
      iss: 'Op1MSP',
      sub: world.ledger.holder.id,
      right_version: 1,
      device_id: device,
      key_version: 1,
      gate: { attestation_required: true, fail_closed: true },
    });
  });

  it('are refused to anybody and anything else', async () => {
    const world = await scene('high');
    const { ledger, services } = world;
    const stranger = party();
    const issue = (envelope: Uint8Array): Promise<unknown> => services.tokens.issue(envelope);
    const body = { right_id: ledger.rightDocument.right_id, device_id: device };
    const holder = ledger.holder;
    await expect(tokenFor(world, device, stranger)).rejects.toThrow(code('ACTOR_UNKNOWN'));
    await expect(tokenFor(world, device, ledger.maker)).rejects.toThrow(code('NOT_HOLDER'));
    await expect(tokenFor(world)).rejects.toThrow(code('ATTESTATION_REQUIRED'));
    await expect(tokenFor(world, '00'.repeat(32))).rejects.toThrow(code('DEVICE_UNKNOWN'));
    await expect(
      issue(await request(holder, 'token.request', { ...body, right_id: '00'.repeat(32) })),
    ).rejects.toThrow(code('RIGHT_UNKNOWN'));
    await expect(
      issue(await request(holder, 'token.request', body, { network: '00'.repeat(32) })),
    ).rejects.toThrow(code('INTENT_WRONG_NETWORK'));
    await expect(
      issue(await request(holder, 'token.request', body, { expiresAt: unixNow() - 1 })),
    ).rejects.toThrow(code('INTENT_EXPIRED'));
    await expect(
      issue(await request(holder, 'token.request', body, { signer: stranger.signer })),
    ).rejects.toThrow(code('KEY_NOT_CURRENT'));
    await expect(
      issue(
        await request(holder, 'key.release', {
          right_id: body.right_id,
          challenge_id: 'x',
          release_key: '00',
        }),
      ),
    ).rejects.toThrow(code('INTENT_TYPE_MISMATCH'));
    const once = await request(holder, 'token.request', body);
    await issue(once);
    await expect(issue(once)).rejects.toThrow(code('INTENT_REPLAYED'));
  });

  it('are refused once right, artifact or device is restricted', async () => {
    const world = await scene('high');
    const { ledger } = world;
    const { rightDocument, artifactDocument } = ledger;
    ledger.rightDocument = { ...rightDocument, status: 'suspended' };
    await expect(tokenFor(world, device)).rejects.toThrow(code('RIGHT_NOT_ACTIVE'));
    ledger.rightDocument = rightDocument;
    ledger.artifactDocument = { ...artifactDocument, approved: false };
    await expect(tokenFor(world, device)).rejects.toThrow(code('ARTIFACT_NOT_ACTIVE'));
    ledger.artifactDocument = artifactDocument;
    ledger.revoke({ subject_type: 'device', subject_id: device, kind: 'revoke' });
    await expect(tokenFor(world, device)).rejects.toThrow(code('REVOKED'));
  });
});

describe('deposits of content keys', () => {
  it('rest only as they came, wrapped for the HSM', async () => {
    const world = await scene('high');
    expect(await deposit(world)).toMatchObject({ version: 1, operator: 'Op1MSP' });
    const { rows } = await postgres.pool.query('SELECT jwe FROM gateway.deposited_keys');
    expect(JSON.stringify(rows)).not.toContain(world.ledger.contentKeyBytes.toString('base64url'));
  });

  it('are refused when they are not the maker’s, not for us or not the committed key', async () => {
    const world = await scene('high');
    const { ledger } = world;
    const stranger = createECDH('prime256v1').generateKeys();
    await expect(deposit(world, ledger.holder)).rejects.toThrow(code('NOT_MAKER'));
    await expect(deposit(world, ledger.maker, { operator: 'Op2MSP' })).rejects.toThrow(code('NOT_OPERATOR'));
    await expect(deposit(world, ledger.maker, { version: 2 })).rejects.toThrow(code('CONTENT_KEY_UNKNOWN'));
    await expect(deposit(world, ledger.maker, { jwe: jweOf(world, randomBytes(32)) })).rejects.toThrow(
      code('CONTENT_KEY_MISMATCH'),
    );
    await expect(
      deposit(world, ledger.maker, { jwe: jweOf(world, ledger.contentKeyBytes, { kid: 'other' }) }),
    ).rejects.toThrow(code('KEY_INVALID'));
    await expect(
      deposit(world, ledger.maker, { jwe: jweOf(world, ledger.contentKeyBytes, { point: stranger }) }),
    ).rejects.toThrow(code('JWE_DECRYPTION_FAILED'));
    await expect(deposit(world, ledger.maker, { jwe: 'a..b.c.d' })).rejects.toThrow(code('JWE_MALFORMED'));
    ledger.contentKeyDocument = undefined;
    await expect(deposit(world)).rejects.toThrow(code('CONTENT_KEY_UNKNOWN'));
  });
});

describe('releases of content keys', () => {
  let world: Scene;
  let jwt: string;
  beforeAll(async () => {
    world = await scene('high');
    // Other tests made attestation keys that were never activated: the registered one has to be in the TPM.
    device = await enroll(world);
    jwt = await tokenFor(world, device);
    await deposit(world);
  });

  it('reach the attested TPM, and are on record', async () => {
    expect(Buffer.from(await release(world, jwt))).toEqual(world.ledger.contentKeyBytes);
    expect(await lastRelease()).toMatchObject({
      outcome: 'released',
      code: null,
      key_version: 1,
      holder: world.ledger.holder.id,
      policy: { risk_class: 'high', device_trust: 'development', height: 5 },
    });
  });

  it.each<[string, Attempt, string]>([
    ['over another nonce', { context: { nonce: Buffer.alloc(32) } }, 'QUOTE_NONCE'],
    ['over another right', { context: { rightId: '99'.repeat(32) } }, 'QUOTE_NONCE'],
    ['over another key', { context: { releaseKeyName: Buffer.alloc(34) } }, 'QUOTE_NONCE'],
    ['of fewer PCRs', { pcrs: [0, 1] }, 'QUOTE_PCR_SELECTION'],
    [
      'with other PCR values',
      {
        evidence: ({ quote }) => ({
          quote: { ...quote, pcrs: { sha256: { ...quote.pcrs.sha256, '0': 'ff'.repeat(32) } } },
        }),
      },
      'QUOTE_PCR_DIGEST',
    ],
    [
      'with a changed signature',
      {
        evidence: ({ quote }) => ({
          quote: {
            ...quote,
            signature: quote.signature.replace(/..$/, (end) => (end === '00' ? '01' : '00')),
          },
        }),
      },
      'QUOTE_SIGNATURE',
    ],
    [
      'with the certification as quote',
      { evidence: ({ quote, certification }) => ({ quote: { ...certification, pcrs: quote.pcrs } }) },
      'QUOTE_TYPE',
    ],
    [
      'with the quote as certification',
      { evidence: ({ quote: { attest, signature } }) => ({ certification: { attest, signature } }) },
      'QUOTE_TYPE',
    ],
    [
      'to a key that may leave the TPM',
      { attributes: 'sensitivedataorigin|userwithauth|decrypt' },
      'RELEASE_KEY_ATTRIBUTES',
    ],
    ['to an unknown challenge', { challengeId: '00000000-0000-0000-0000-000000000000' }, 'CHALLENGE_UNKNOWN'],
  ])('are refused for a quote %s', async (_name, attempt, expected) => {
    await expect(release(world, jwt, attempt)).rejects.toThrow(code(expected));
    expect(await lastRelease()).toMatchObject({ outcome: 'refused', code: expected });
  });

  it('are refused without evidence, and the challenge is spent by the attempt', async () => {
    const challenge = await world.services.challenges.issue('key-release');
    const attempt = async (): Promise<unknown> => {
      const envelope = await request(world.ledger.holder, 'key.release', {
        right_id: world.ledger.rightDocument.right_id,
        challenge_id: challenge.challenge_id,
        release_key: softwareReleaseKey().publicArea,
      });
      return world.services.keyRelease.release({ token: jwt, request: parseEnvelope(envelope) });
    };
    await expect(attempt()).rejects.toThrow(code('ATTESTATION_REQUIRED'));
    await expect(attempt()).rejects.toThrow(code('CHALLENGE_USED'));
  });

  it('are refused where the maker has deposited nothing', async () => {
    const bare = await scene('low');
    await postgres.pool.query('DELETE FROM gateway.deposited_keys');
    await expect(releaseUnseen(bare, await tokenFor(bare))).rejects.toThrow(
      code('CONTENT_KEY_NOT_DEPOSITED'),
    );
    await deposit(world);
  });

  it('are refused with the token of another, forged or altered', async () => {
    await expect(releaseUnseen(world, jwt, world.ledger.maker)).rejects.toThrow(code('TOKEN_NOT_BOUND'));
    await expect(releaseUnseen(world, `${jwt}x`)).rejects.toThrow(code('TOKEN_MALFORMED'));
    const signature = jwt.split('.')[2]!;
    const altered = jwt.replace(signature, (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1));
    await expect(releaseUnseen(world, altered)).rejects.toThrow(code('TOKEN_SIGNATURE_INVALID'));
  });

  it('are out of reach while the mirror stands still, for no token is issued from old state', async () => {
    const world = await scene('low');
    world.mirror.standsSince = Math.floor(Date.now() / 1_000) - 100;
    await expect(tokenFor(world)).rejects.toEqual(code('MIRROR_BEHIND'));
  });

  it('are refused once the ledger has changed its mind, whatever the token says', async () => {
    const { ledger } = world;
    const { rightDocument, artifactDocument, contentKeyDocument } = ledger;
    const restriction = {
      number: 1,
      kind: 'revoke',
      reason_code: 'key-compromise',
      by: { actor: 'x' },
      final: true,
    } as const;
    const attempts: [string, () => void][] = [
      [
        'TOKEN_SUPERSEDED',
        () => (ledger.rightDocument = { ...rightDocument, version: 2, holder: ledger.maker.id }),
      ],
      ['RIGHT_NOT_ACTIVE', () => (ledger.rightDocument = { ...rightDocument, status: 'revoked' })],
      ['REVOKED', () => (ledger.artifactDocument = { ...artifactDocument, restrictions: [restriction] })],
      [
        'EXECUTION_HELD',
        () =>
          (ledger.artifactDocument = {
            ...artifactDocument,
            restrictions: [{ ...restriction, kind: 'hold' }],
          }),
      ],
      ['CONTENT_KEY_UNKNOWN', () => (ledger.contentKeyDocument = undefined)],
      [
        'REVOKED',
        () =>
          (ledger.contentKeyDocument = {
            ...contentKeyDocument!,
            versions: contentKeyDocument!.versions.map((version) => ({
              ...version,
              status: 'revoked',
              restrictions: [restriction],
            })),
          }),
      ],
      [
        'REVOKED',
        () => {
          ledger.revoke({
            subject_type: 'device',
            subject_id: decodeToken(jwt).claims.device_id!,
            kind: 'revoke',
          });
        },
      ],
    ];
    for (const [expected, change] of attempts) {
      change();
      await expect(releaseUnseen(world, jwt)).rejects.toThrow(code(expected));
      Object.assign(ledger, { rightDocument, artifactDocument, contentKeyDocument, revocations: [] });
    }
    expect(await release(world, jwt)).toHaveLength(32);
  });

  it('notice a TPM whose clock went back', async () => {
    await postgres.pool.query('UPDATE gateway.devices SET reset_count = reset_count + 1');
    await expect(release(world, jwt)).rejects.toThrow(code('QUOTE_CLOCK'));
    await postgres.pool.query('UPDATE gateway.devices SET reset_count = reset_count - 1');
  });

  it('go to a key in software where the class asks for no attestation', async () => {
    const low = await scene('low');
    await deposit(low);
    const jwtOfLow = await tokenFor(low);
    const challenge = await low.services.challenges.issue('key-release');
    const { publicArea, privateKey } = softwareReleaseKey();
    const envelope = await request(low.ledger.holder, 'key.release', {
      right_id: low.ledger.rightDocument.right_id,
      challenge_id: challenge.challenge_id,
      release_key: publicArea,
    });
    const released = await low.services.keyRelease.release({
      token: jwtOfLow,
      request: parseEnvelope(envelope),
    });
    const opened = openJwe({ jwe: released.jwe, privateKey });
    expect(Buffer.from(opened.plaintext)).toEqual(low.ledger.contentKeyBytes);
  });
});

describe('revocation lists', () => {
  const verified = ({ services }: Scene, text: string): ReturnType<typeof checkRevocationList> => {
    const jwk = services.jwks.keys.find(({ use }) => use === 'list')!;
    const { alg, publicKey } = publicKeyFromJwk(jwk);
    const key = { keyid: keyId(alg, publicKey), alg, publicKey, issuer: 'Op1MSP' };
    return checkRevocationList(Buffer.from(text), {
      keys: [key],
      network: NETWORK,
      now: unixNow(),
      maxAgeS: 30,
    });
  };

  it('carry what the ledger restricts, are verified, and are kept while nothing changes', async () => {
    const world = await scene('high');
    world.ledger.revoke({ subject_type: 'artifact', subject_id: '22'.repeat(32), kind: 'hold' });
    world.ledger.superseded = [{ right_id: '44'.repeat(32), version: 2 }];
    const first = await world.services.lists.latest();
    expect(verified(world, first.text).list).toMatchObject({
      number: 1,
      height: 6,
      issuer: 'Op1MSP',
      entries: [{ number: 1, kind: 'hold' }],
      superseded: [{ version: 2 }],
    });
    expect((await world.services.lists.latest()).text).toBe(first.text);
    world.ledger.height += 1;
    expect((await world.services.lists.latest()).list.height).toBe(7);
  });

  it('wake who waits as soon as the ledger restricts something', async () => {
    const world = await scene('high');
    const gone = new AbortController().signal;
    const waiting = Promise.all(Array.from({ length: 20 }, () => world.services.lists.waitFor(0, 5, gone)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const since = performance.now();
    world.ledger.revoke({ subject_type: 'actor', subject_id: world.ledger.holder.id, kind: 'revoke' });
    world.head.announce();
    const lists = await waiting;
    expect(performance.now() - since).toBeLessThan(500);
    expect(new Set(lists.map(({ list }) => list.number))).toEqual(new Set([1]));
    expect(new Set(lists.map(({ text }) => text)).size).toBe(1);
  });

  it('wake who waits when a right changes hands', async () => {
    const world = await scene('high');
    const waiting = world.services.lists.waitFor(0, 5, new AbortController().signal);
    await new Promise((resolve) => setTimeout(resolve, 30));
    world.ledger.superseded = [{ right_id: '44'.repeat(32), version: 2 }];
    world.ledger.height += 1;
    world.head.announce();
    expect((await waiting).list.superseded).toHaveLength(1);
  });

  it('do not claim to be newer than the mirror: what is cut off from the ledger ages', async () => {
    const world = await scene('high');
    world.mirror.standsSince = Math.floor(Date.now() / 1_000) - 100;
    const { list } = await world.services.lists.latest();
    expect(list.this_update).toBe(world.mirror.standsSince);
  });

  it('answer at once what is newer, and in the end what is not', async () => {
    const world = await scene('high');
    world.ledger.revoke({ subject_type: 'right', subject_id: '44'.repeat(32), kind: 'revoke' });
    const gone = new AbortController();
    expect((await world.services.lists.waitFor(0, 5, gone.signal)).list.number).toBe(1);
    const late = await world.services.lists.waitFor(1, 0.05, gone.signal);
    expect(late.list.number).toBe(1);
    const left = world.services.lists.waitFor(1, 30, gone.signal);
    gone.abort();
    expect((await left).list.number).toBe(1);
  });
});
