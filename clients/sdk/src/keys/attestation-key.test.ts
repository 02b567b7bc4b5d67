import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  assertAttestationKey,
  ATTESTATION_ALGORITHMS,
  fromHex,
  modelReference,
  recordAttestation,
  toHex,
  verifyDigestSignature,
} from '@maker-registry/protocol';
import { newClaim } from '../provenance/bodies';
import { attestationKeyBody, signClaim, signDigest } from '../provenance/sign-claim';
import { generateActorKey } from './actor-signer';
import { generateAttestationKey } from './attestation-key';
import { readAttestationKeyFile, writeAttestationKeyFile } from './attestation-key-file';
import { readActorKeyFile, writeActorKeyFile } from './key-file';

const MODEL = modelReference('ab'.repeat(32), 'painter');
let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'registry-key-'));
  path = join(directory, 'model.key.json');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const withCode = (code: string): Error => expect.objectContaining({ code }) as Error;

async function rewritten(change: object): Promise<void> {
  await writeAttestationKeyFile(path, generateAttestationKey('ed25519'));
  const document = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...document, ...change }));
}

describe('attestation keys', () => {
  it.each(ATTESTATION_ALGORITHMS)('of %s sign digests as endorsers verify them', async (alg) => {
    // Half of all secrets of bip340 have a point with an odd y, half of all es256 signatures a high s.
    for (let round = 0; round < 16; round += 1) {
      const key = generateAttestationKey(alg);
      const digest = new Uint8Array(randomBytes(32));
      const signature = fromHex(await signDigest(key, toHex(digest)));
      expect(verifyDigestSignature({ alg, publicKey: key.publicKey, digest, signature })).toEqual({
        valid: true,
      });
    }
  });

  it.each(ATTESTATION_ALGORITHMS)('of %s prove that they are wanted for one model', async (alg) => {
    const { proof, ...key } = await attestationKeyBody(MODEL, generateAttestationKey(alg));
    expect(() => {
      assertAttestationKey(MODEL, key, proof);
    }).not.toThrow();
    expect(() => {
      assertAttestationKey('cd'.repeat(32), key, proof);
    }).toThrow(withCode('INVALID_SIG'));
  });

  it.each(ATTESTATION_ALGORITHMS)('of %s sign claims', async (alg) => {
    const key = generateAttestationKey(alg);
    const claim = await signClaim(newClaim({ modelRef: MODEL, schemeRef: MODEL, contentHash: MODEL }), key);
    const digest = fromHex(recordAttestation(claim).digest);
    const signature = fromHex(claim.signature);
    expect(verifyDigestSignature({ alg, publicKey: key.publicKey, digest, signature }).valid).toBe(true);
  });

  it('do not sign for a public key that is not theirs', async () => {
    const { publicKey } = generateAttestationKey('bip340');
    const key = { ...generateAttestationKey('bip340'), publicKey };
    await expect(signDigest(key, '00'.repeat(32))).rejects.toEqual(withCode('KEY_FILE_MALFORMED'));
  });
});

describe('attestation key files', () => {
  it.each(ATTESTATION_ALGORITHMS)('keep a key of %s', async (alg) => {
    const key = generateAttestationKey(alg);
    await writeAttestationKeyFile(path, key);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const read = await readAttestationKeyFile(path);
    expect([read.alg, read.publicKey]).toEqual([alg, key.publicKey]);
    const digest = new Uint8Array(randomBytes(32));
    const signature = fromHex(await signDigest(read, toHex(digest)));
    expect(verifyDigestSignature({ alg, publicKey: key.publicKey, digest, signature }).valid).toBe(true);
    await expect(writeAttestationKeyFile(path, key)).rejects.toEqual(withCode('FILE_EXISTS'));
  });

  it('are not taken for an actor’s, and the other way round', async () => {
    await writeAttestationKeyFile(path, generateAttestationKey('ed25519'));
    await expect(readActorKeyFile(path)).rejects.toEqual(withCode('KEY_FILE_MALFORMED'));
    const actor = join(directory, 'actor.json');
    await writeActorKeyFile(actor, generateActorKey());
    await expect(readAttestationKeyFile(actor)).rejects.toEqual(withCode('KEY_FILE_MALFORMED'));
  });

  it('are refused when others may read them, or as a link', async () => {
    await writeAttestationKeyFile(path, generateAttestationKey('es256'));
    symlinkSync(path, join(directory, 'link'));
    await expect(readAttestationKeyFile(join(directory, 'link'))).rejects.toEqual(
      withCode('FILE_UNREADABLE'),
    );
    chmodSync(path, 0o640);
    await expect(readAttestationKeyFile(path)).rejects.toEqual(withCode('KEY_FILE_EXPOSED'));
  });

  it.each([
    ['another version', { v: 2 }],
    ['another use', { use: 'actor' }],
    ['an unknown algorithm', { alg: 'rsa' }],
    ['the algorithm of another curve', { alg: 'bip340' }],
    ['another algorithm of the same length', { alg: 'es256' }],
    ['no public key', { public_key: null }],
    ['another public key', { public_key: 'ab'.repeat(32) }],
    ['no private key', { jwk: null }],
    ['a private key that is none', { jwk: { kty: 'OKP' } }],
  ])('are refused with %s', async (_what, change) => {
    await rewritten(change);
    await expect(readAttestationKeyFile(path)).rejects.toEqual(withCode('KEY_FILE_MALFORMED'));
  });

  it('are refused when they are no JSON or too large', async () => {
    writeFileSync(path, '{', { mode: 0o600 });
    await expect(readAttestationKeyFile(path)).rejects.toEqual(withCode('KEY_FILE_MALFORMED'));
    writeFileSync(path, ' '.repeat(16_385));
    await expect(readAttestationKeyFile(path)).rejects.toEqual(withCode('KEY_FILE_MALFORMED'));
  });
});
