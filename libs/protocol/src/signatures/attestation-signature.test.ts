import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { p256 } from '@noble/curves/nist';
import { schnorr } from '@noble/curves/secp256k1';
import { concatBytes, fromHex, toHex, utf8 } from '../encoding/bytes';
import { sha256 } from '../encoding/hash';
import { codeOf } from '../test-support/expect-code';
import { ed25519Signer, es256Signer } from '../test-support/software-signer';
import {
  assertAcceptableAttestationKey,
  ATTESTATION_ALGORITHMS,
  ATTESTATION_KEY_BYTES,
  type AttestationAlgorithm,
  verifyAttestation,
  verifyDigestSignature,
} from './attestation-signature';
import { normalizeLowS } from './es256';
import { type SignatureVerdict } from './verify-signature';

interface Case {
  readonly id: number;
  readonly key: string;
  readonly msg: string;
  readonly sig: string;
  readonly result: string;
}

function vectors(name: string): readonly Case[] {
  const text = readFileSync(join(__dirname, '..', '..', 'vectors', name), 'utf8');
  return (JSON.parse(text) as { tests: readonly Case[] }).tests;
}

const HALF_N = p256.Point.Fn.ORDER >> 1n;
const MALFORMED: Readonly<Record<AttestationAlgorithm, string>> = {
  ed25519: 'zz'.repeat(32),
  bip340: 'AA'.repeat(32),
  es256: `04${'11'.repeat(32)}`,
};

/** A signer of each algorithm whose key follows from a name; signs the digest of a payload. */
async function signed(
  alg: AttestationAlgorithm,
  name: string,
  payload: Uint8Array,
): Promise<{ readonly publicKey: string; readonly signature: Uint8Array }> {
  if (alg === 'ed25519') {
    const signer = ed25519Signer(name);
    return { publicKey: signer.publicKey, signature: await signer.sign(sha256(payload)) };
  }
  if (alg === 'es256') {
    const signer = es256Signer(name);
    return { publicKey: signer.publicKey, signature: normalizeLowS(await signer.sign(payload)) };
  }
  const secret = sha256(`bip340:${name}`);
  return {
    publicKey: toHex(schnorr.getPublicKey(secret)),
    signature: schnorr.sign(sha256(payload), secret, new Uint8Array(32)),
  };
}

/** Both ways of asking; they must agree, to the reason. */
function verdict(
  alg: string,
  publicKey: string,
  payload: Uint8Array,
  signature: Uint8Array,
): SignatureVerdict {
  const direct = verifyAttestation({ alg, publicKey, payload, signature });
  expect(verifyDigestSignature({ alg, publicKey, digest: sha256(payload), signature })).toEqual(direct);
  return direct;
}

function keyCode(alg: string, publicKey: string): string {
  return codeOf(() => {
    assertAcceptableAttestationKey(alg, publicKey);
  });
}

describe('published vectors', () => {
  it.each(vectors('wycheproof-es256.json'))(
    'P-256, Wycheproof $id: payload and digest get one verdict',
    ({ key, msg, sig, result }) => {
      const signature = fromHex(sig);
      const isLow = signature.length === 64 && BigInt(`0x${sig.slice(64)}`) <= HALF_N;
      expect(verdict('es256', key, fromHex(msg), signature).valid).toBe(result === 'valid' && isLow);
    },
  );

  // Their messages are of any length, a digest is not: those of 32 bytes are judged by their result, the others refused.
  it.each(vectors('wycheproof-ed25519.json'))('Ed25519, Wycheproof $id', ({ key, msg, sig, result }) => {
    const digest = fromHex(msg);
    const verdictOf = verifyDigestSignature({
      alg: 'ed25519',
      publicKey: key,
      digest,
      signature: fromHex(sig),
    });
    if (digest.length === 32) expect(verdictOf.valid).toBe(result === 'valid');
    else expect(verdictOf).toEqual({ valid: false, reason: 'digest-length' });
  });

  it.each(vectors('bip340.json'))('BIP-340 $id', ({ key, msg, sig, result }) => {
    const digest = fromHex(msg);
    const verdictOf = verifyDigestSignature({
      alg: 'bip340',
      publicKey: key,
      digest,
      signature: fromHex(sig),
    });
    if (digest.length === 32) expect(verdictOf.valid).toBe(result === 'valid');
    else expect(verdictOf).toEqual({ valid: false, reason: 'digest-length' });
    // The library that is asked takes the standard's messages of other lengths too.
    expect(schnorr.verify(fromHex(sig), digest, fromHex(key))).toBe(result === 'valid');
  });

  it('Ed25519 speccheck: X X X V X X X X X X X X', () => {
    const verdicts = vectors('speccheck-ed25519.json').map(({ key, msg, sig }) => {
      const check = { alg: 'ed25519', publicKey: key, digest: fromHex(msg), signature: fromHex(sig) };
      return verifyDigestSignature(check).valid ? 'V' : 'X';
    });
    expect(verdicts.join(' ')).toBe('X X X V X X X X X X X X');
  });

  it('are all there', () => {
    const counts = [
      'bip340.json',
      'speccheck-ed25519.json',
      'wycheproof-ed25519.json',
      'wycheproof-es256.json',
    ].map((name) => vectors(name).length);
    expect(counts.slice(0, 3)).toEqual([19, 12, 150]);
    expect(counts[3]).toBeGreaterThan(250);
    expect(vectors('bip340.json').filter(({ msg }) => msg.length === 64)).toHaveLength(15);
  });
});

describe.each(ATTESTATION_ALGORITHMS)('%s', (alg) => {
  it('takes the signature of an honest signer, by payload and by digest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 50 }), async (payload, name) => {
        const { publicKey, signature } = await signed(alg, String(name), payload);
        expect(publicKey).toHaveLength(ATTESTATION_KEY_BYTES[alg] * 2);
        expect(keyCode(alg, publicKey)).toBe('none');
        expect(verdict(alg, publicKey, payload, signature)).toEqual({ valid: true });
      }),
      { numRuns: 40 },
    );
  });

  it('refuses every flipped bit of key, payload and signature', async () => {
    const payload = utf8('a payload');
    const { publicKey, signature } = await signed(alg, 'a', payload);
    const flip = (bytes: Uint8Array, bit: number): Uint8Array =>
      bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    for (let bit = 0; bit < signature.length * 8; bit += 5) {
      expect(verdict(alg, publicKey, payload, flip(signature, bit)).valid).toBe(false);
    }
    for (let bit = 0; bit < publicKey.length * 4; bit += 5) {
      expect(verdict(alg, toHex(flip(fromHex(publicKey), bit)), payload, signature).valid).toBe(false);
    }
    for (let bit = 0; bit < payload.length * 8; bit += 5) {
      expect(verdict(alg, publicKey, flip(payload, bit), signature).valid).toBe(false);
    }
  });

  it('gives random bytes one verdict by payload and by digest, and never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: ATTESTATION_KEY_BYTES[alg], maxLength: ATTESTATION_KEY_BYTES[alg] }),
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array({ minLength: 62, maxLength: 66 }),
        (key, payload, signature) => {
          expect(verdict(alg, toHex(key), payload, signature).valid).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('names the reason', async () => {
    const payload = utf8('a payload');
    const { publicKey, signature } = await signed(alg, 'a', payload);
    const reason = (key: string, sig: Uint8Array): string => {
      const result = verdict(alg, key, payload, sig);
      return result.valid ? 'valid' : result.reason;
    };
    expect(reason(publicKey, signature)).toBe('valid');
    expect(reason(publicKey, signature.subarray(1))).toBe('signature-length');
    expect(reason(publicKey, concatBytes(signature, Uint8Array.of(0)))).toBe('signature-length');
    expect(reason(publicKey, new Uint8Array())).toBe('signature-length');
    expect(reason(publicKey, new Uint8Array(64))).toBe('mismatch');
    expect(reason(publicKey.slice(2), signature)).toBe('key-form');
    expect(reason(`${publicKey}00`, signature)).toBe('key-form');
    expect(reason(publicKey.toUpperCase(), signature)).toBe('key-form');
    expect(reason(`${publicKey}\n`, signature)).toBe('key-form');
    expect(reason(MALFORMED[alg], signature)).toBe('key-form');
    const digests = [0, 31, 33, 64].map((length) => {
      const digest = new Uint8Array(length);
      return verifyDigestSignature({ alg, publicKey, digest, signature });
    });
    expect(digests).toEqual(digests.map(() => ({ valid: false, reason: 'digest-length' })));
  });

  it('is not fooled by a signature over the payload itself or over the digest’s hex', async () => {
    const payload = utf8('a payload');
    const { publicKey } = await signed(alg, 'a', payload);
    // Each signer hashes what it is given once; what it should be given is the payload.
    for (const wrong of [sha256(payload), utf8(toHex(sha256(payload)))]) {
      const { signature } = await signed(alg, 'a', wrong);
      expect(verdict(alg, publicKey, payload, signature)).toEqual({ valid: false, reason: 'mismatch' });
    }
  });

  it('refuses to register a key of another form', () => {
    const size = ATTESTATION_KEY_BYTES[alg] * 2;
    const keys = ['', '02', 'a'.repeat(size - 2), 'a'.repeat(size + 2), 'F'.repeat(size), MALFORMED[alg]];
    expect(keys.map((key) => keyCode(alg, key))).toEqual(keys.map(() => 'KEY_INVALID'));
  });
});

describe('algorithms and keys', () => {
  it.each(['rsa', '', 'Ed25519', 'toString', '__proto__', 'ecdsa'])('refuses the algorithm %j', (alg) => {
    const { publicKey } = ed25519Signer('a');
    const signature = new Uint8Array(64);
    expect(verdict(alg, publicKey, new Uint8Array(), signature)).toEqual({
      valid: false,
      reason: 'algorithm',
    });
    expect(keyCode(alg, publicKey)).toBe('KEY_INVALID');
  });

  it('refuses the high form of an es256 signature, by payload and by digest', async () => {
    const payload = utf8('a payload');
    const { publicKey, signature } = await signed('es256', 'a', payload);
    const s = BigInt(`0x${toHex(signature.subarray(32))}`);
    const high = (p256.Point.Fn.ORDER - s).toString(16).padStart(64, '0');
    const twin = concatBytes(signature.subarray(0, 32), fromHex(high));
    expect(verdict('es256', publicKey, payload, twin)).toEqual({ valid: false, reason: 'mismatch' });
  });

  it('registers about half of all x as bip340 keys, and none at or above p', () => {
    const p = 2n ** 256n - 2n ** 32n - 977n;
    const hex = (x: bigint): string => x.toString(16).padStart(64, '0');
    const codes = Array.from({ length: 60 }, (_, x) => keyCode('bip340', hex(BigInt(x))));
    expect(codes[0]).toBe('KEY_INVALID');
    expect(codes.filter((code) => code === 'none').length).toBeGreaterThan(15);
    expect(codes.filter((code) => code === 'KEY_INVALID').length).toBeGreaterThan(15);
    for (let x = p; x < 2n ** 256n; x += 2n ** 27n) expect(keyCode('bip340', hex(x))).toBe('KEY_INVALID');
    for (let x = 0n; x < 20n; x += 1n) expect(keyCode('bip340', hex(p + x))).toBe('KEY_INVALID');
  });

  it('does not take a key of one algorithm for another’s', async () => {
    const payload = utf8('a payload');
    for (const alg of ATTESTATION_ALGORITHMS) {
      const { publicKey, signature } = await signed(alg, 'a', payload);
      for (const other of ATTESTATION_ALGORITHMS.filter((name) => name !== alg)) {
        expect(verdict(other, publicKey, payload, signature).valid).toBe(false);
      }
    }
  });
});
