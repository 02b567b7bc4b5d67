import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  assertAttestationKey,
  ATTESTATION_ALGORITHMS,
  fromHex,
  recordAttestation,
  verifyDigestSignature,
} from '@maker-registry/protocol';
import { newClaim } from '../provenance/bodies';
import { attestationKeyBody, signClaim } from '../provenance/sign-claim';
import { generateAttestationKey } from './attestation-key';
import { readAttestationKeyFile, writeAttestationKeyFile } from './attestation-key-file';
import { generateActorKey } from './actor-signer';
import { writeActorKeyFile } from './key-file';

const REF = 'ab'.repeat(32);

describe('attestation keys', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'attestation-key-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(ATTESTATION_ALGORITHMS)('of %s sign claims and prove possession', async (alg) => {
    const key = generateAttestationKey(alg);
    const claim = await signClaim(newClaim({ modelRef: REF, schemeRef: REF, contentHash: REF }), key);
    const digest = fromHex(recordAttestation(claim).digest);
    const signature = fromHex(claim.signature);
    expect(verifyDigestSignature({ alg, publicKey: key.publicKey, digest, signature })).toEqual({
      valid: true,
    });
    const body = await attestationKeyBody(REF, key);
    expect(() => {
      assertAttestationKey(REF, body, body.proof);
    }).not.toThrow();
    expect(() => {
      assertAttestationKey('cd'.repeat(32), body, body.proof);
    }).toThrow('proof of possession');
  });

  it.each(ATTESTATION_ALGORITHMS)('of %s survive their file', async (alg) => {
    const path = join(folder, `${alg}.json`);
    const key = generateAttestationKey(alg);
    await writeAttestationKeyFile(path, key);
    const read = await readAttestationKeyFile(path);
    expect([read.alg, read.publicKey]).toEqual([alg, key.publicKey]);
    await expect(writeAttestationKeyFile(path, key)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });

  it('are not read from a file that others can read, that lies, or that is an actor’s', async () => {
    const path = join(folder, 'key.json');
    await writeAttestationKeyFile(path, generateAttestationKey('es256'));
    chmodSync(path, 0o644);
    await expect(readAttestationKeyFile(path)).rejects.toMatchObject({ code: 'KEY_FILE_EXPOSED' });
    chmodSync(path, 0o600);
    const text = readFileSync(path, 'utf8');
    const otherKey = generateAttestationKey('es256').publicKey;
    const { public_key: publicKey } = JSON.parse(text) as { public_key: string };
    for (const forged of [
      text.replace(publicKey, otherKey),
      text.replace('"es256"', '"ed25519"'),
      text.replace('"es256"', '"rsa"'),
      text.slice(1),
      '{}',
    ]) {
      writeFileSync(path, forged);
      await expect(readAttestationKeyFile(path)).rejects.toMatchObject({ code: 'KEY_FILE_MALFORMED' });
    }
    const actor = join(folder, 'actor.json');
    await writeActorKeyFile(actor, generateActorKey());
    await expect(readAttestationKeyFile(actor)).rejects.toMatchObject({ code: 'KEY_FILE_MALFORMED' });
  });
});
