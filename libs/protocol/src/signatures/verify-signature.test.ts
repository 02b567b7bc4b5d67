import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { concatBytes, fromHex, toHex } from '../encoding/bytes';
import { codeOf } from '../test-support/expect-code';
import { ed25519Signer, es256Signer } from '../test-support/software-signer';
import { KEY_CACHE_ENTRIES } from '../limits';
import { normalizeLowS } from './es256';
import { importPublicKey } from './key-cache';
import { assertAcceptablePublicKey, verifySignature } from './verify-signature';

interface Vectors {
  readonly tests: readonly {
    readonly id: number;
    readonly key: string;
    readonly msg: string;
    readonly sig: string;
    readonly result: string;
  }[];
}

function vectors(name: string): Vectors['tests'] {
  return (JSON.parse(readFileSync(join(__dirname, '..', '..', 'vectors', name), 'utf8')) as Vectors).tests;
}

// Edwards arithmetic, to make the signatures that an attacker would: affine, slow, and only for these tests.
const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
type Point = readonly [bigint, bigint];
const mod = (a: bigint, m = P): bigint => ((a % m) + m) % m;
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}
const inverse = (a: bigint): bigint => power(a, P - 2n);
function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const t = mod(D * x1 * x2 * y1 * y2);
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + t)), mod((y1 * y2 + x1 * x2) * inverse(1n - t))];
}
function multiply(point: Point, scalar: bigint): Point {
  let result: Point = [0n, 1n];
  let double = point;
  for (let e = scalar; e > 0n; e >>= 1n) {
    if (e & 1n) result = add(result, double);
    double = add(double, double);
  }
  return result;
}
const littleEndian = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0')).reverse();
const scalarOf = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
const encode = ([x, y]: Point): Uint8Array => littleEndian(y | ((x & 1n) << 255n));
function decode(bytes: Uint8Array): Point {
  const raw = scalarOf(bytes);
  const y = mod(raw & (2n ** 255n - 1n));
  const x2 = mod((y * y - 1n) * inverse(D * y * y + 1n));
  let x = power(x2, (P + 3n) / 8n);
  if (mod(x * x) !== x2) x = mod(x * power(2n, (P - 1n) / 4n));
  return [(x & 1n) === raw >> 255n ? x : mod(-x), y];
}
const BASE = decode(fromHex(`58${'66'.repeat(31)}`));
/** A point of order 8. */
const TORSION = decode(fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'));
const challenge = (r: Uint8Array, a: Uint8Array, message: Uint8Array): bigint =>
  mod(scalarOf(new Uint8Array(createHash('sha512').update(r).update(a).update(message).digest())), L);

const SECRET = 123456789n;
const HONEST = multiply(BASE, SECRET);
const MIXED = add(HONEST, TORSION);

/** Signs with a key of the form secret·B + torsion, over the first message whose challenge has the wanted residue mod 8. */
function craft(
  key: Point,
  secret: bigint,
  r: Point,
  rScalar: bigint,
  residue: bigint,
): { message: Uint8Array; signature: Uint8Array } {
  for (let counter = 0; ; counter += 1) {
    const message = Uint8Array.of(counter);
    const h = challenge(encode(r), encode(key), message);
    if (h % 8n === residue) {
      return { message, signature: concatBytes(encode(r), littleEndian(mod(rScalar + h * secret, L))) };
    }
  }
}
const verdict = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  verifySignature({ alg: 'ed25519', publicKey: toHex(key), message, signature }).valid;
/**
 * Whether S·B = R + h·A, which is all that a lax platform asks. Seen here: Node 20.20 and 22.23 accept such signatures
 * with points of small order, Node 24.21 refuses them. Left to the platform, endorsers would disagree.
 */
function satisfiesEquation(key: Point, message: Uint8Array, signature: Uint8Array): boolean {
  const r = signature.slice(0, 32);
  const left = multiply(BASE, scalarOf(signature.subarray(32)));
  const right = add(decode(r), multiply(key, challenge(r, encode(key), message)));
  return toHex(encode(left)) === toHex(encode(right));
}

describe('ed25519, strict', () => {
  it.each(vectors('wycheproof-ed25519.json'))('agrees with Wycheproof $id', ({ key, msg, sig, result }) => {
    const check = { alg: 'ed25519', publicKey: key, message: fromHex(msg), signature: fromHex(sig) };
    expect(verifySignature(check).valid).toBe(result === 'valid');
  });

  it('takes an honest signature made by hand', () => {
    const { message, signature } = craft(HONEST, SECRET, multiply(BASE, 77n), 77n, 0n);
    expect(verdict(encode(HONEST), message, signature)).toBe(true);
  });

  it('refuses a key of small order, under which one signature fits many messages', () => {
    const { message, signature } = craft(TORSION, 0n, multiply(BASE, 77n), 77n, 0n);
    expect(satisfiesEquation(TORSION, message, signature)).toBe(true);
    expect(verdict(encode(TORSION), message, signature)).toBe(false);
  });

  it('refuses R of small order', () => {
    const identity: Point = [0n, 1n];
    const { message, signature } = craft(HONEST, SECRET, identity, 0n, 0n);
    expect(satisfiesEquation(HONEST, message, signature)).toBe(true);
    expect(verdict(encode(HONEST), message, signature)).toBe(false);
  });

  it('refuses what only the cofactored equation takes, and takes what both do', () => {
    const cofactored = craft(MIXED, SECRET, multiply(BASE, 77n), 77n, 1n);
    expect(verdict(encode(MIXED), cofactored.message, cofactored.signature)).toBe(false);
    const both = craft(MIXED, SECRET, multiply(BASE, 77n), 77n, 0n);
    expect(verdict(encode(MIXED), both.message, both.signature)).toBe(true);
  });

  it('refuses S ≥ L', () => {
    const { message, signature } = craft(HONEST, SECRET, multiply(BASE, 77n), 77n, 0n);
    const high = concatBytes(signature.subarray(0, 32), littleEndian(scalarOf(signature.subarray(32)) + L));
    expect(verdict(encode(HONEST), message, high)).toBe(false);
  });

  it('refuses R in a form that is not canonical', () => {
    const noncanonical = littleEndian(P + 1n);
    const message = Uint8Array.of(1);
    const h = challenge(noncanonical, encode(HONEST), message);
    const signature = concatBytes(noncanonical, littleEndian(mod(h * SECRET, L)));
    expect(verdict(encode(HONEST), message, signature)).toBe(false);
  });

  const weakKeys = [
    ...[0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n].map((k) => encode(multiply(TORSION, k))),
    littleEndian(P),
    littleEndian(P + 1n),
    littleEndian(P + 5n),
    littleEndian(2n ** 255n - 1n),
    littleEndian(1n | (1n << 255n)),
    littleEndian((P - 1n) | (1n << 255n)),
  ].map(toHex);

  it.each(weakKeys)('refuses to register the weak key %s', (publicKey) => {
    expect(
      codeOf(() => {
        assertAcceptablePublicKey('ed25519', publicKey);
      }),
    ).toBe('KEY_INVALID');
    const check = { alg: 'ed25519', publicKey, message: new Uint8Array(), signature: new Uint8Array(64) };
    expect(verifySignature(check)).toEqual({ valid: false, reason: 'weak-key' });
  });

  it('refuses to register bytes that are no point, and takes the rest', () => {
    let refused = 0;
    for (let y = 2n; y < 42n; y += 1n) {
      const key = littleEndian(y);
      const onCurve = toHex(encode(decode(key))) === toHex(key) && isOnCurve(decode(key));
      const code = codeOf(() => {
        assertAcceptablePublicKey('ed25519', toHex(key));
      });
      expect(code).toBe(onCurve ? 'none' : 'KEY_INVALID');
      if (!onCurve) refused += 1;
    }
    expect(refused).toBeGreaterThan(10);
  });
});

function isOnCurve([x, y]: Point): boolean {
  return mod(y * y - x * x - 1n - D * x * x * y * y) === 0n;
}

describe('es256, strict', () => {
  const half = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n >> 1n;

  it.each(vectors('wycheproof-es256.json'))(
    'agrees with Wycheproof $id, but for high s',
    ({ key, msg, sig, result }) => {
      const signature = fromHex(sig);
      const isLow = signature.length === 64 && BigInt(`0x${sig.slice(64)}`) <= half;
      const check = { alg: 'es256', publicKey: key, message: fromHex(msg), signature };
      expect(verifySignature(check).valid).toBe(result === 'valid' && isLow);
    },
  );

  it('takes the low form of every valid signature', () => {
    for (const { key, msg, sig, result } of vectors('wycheproof-es256.json')) {
      if (result !== 'valid') continue;
      const signature = normalizeLowS(fromHex(sig));
      expect(verifySignature({ alg: 'es256', publicKey: key, message: fromHex(msg), signature }).valid).toBe(
        true,
      );
    }
  });

  it('refuses zero, n and high s', async () => {
    const signer = es256Signer('a');
    const message = Uint8Array.of(1, 2, 3);
    const low = normalizeLowS(await signer.sign(message));
    const n = half * 2n + 1n;
    const big = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0'));
    const s = BigInt(`0x${toHex(low.subarray(32))}`);
    const bad = [
      concatBytes(low.subarray(0, 32), big(n - s)),
      concatBytes(low.subarray(0, 32), big(0n)),
      concatBytes(big(0n), low.subarray(32)),
      concatBytes(big(n), low.subarray(32)),
      concatBytes(low.subarray(0, 32), big(n)),
      low.subarray(0, 63),
      concatBytes(low, Uint8Array.of(0)),
    ];
    const valid = (signature: Uint8Array): boolean =>
      verifySignature({ alg: 'es256', publicKey: signer.publicKey, message, signature }).valid;
    expect(valid(low)).toBe(true);
    expect(bad.map(valid)).toEqual(bad.map(() => false));
  });

  it('refuses to register a point off the curve, and takes the rest', () => {
    const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
    const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
    const isSquare = (value: bigint): boolean => {
      let result = 1n;
      let square = value % p;
      for (let e = (p - 1n) / 2n; e > 0n; e >>= 1n) {
        if (e & 1n) result = (result * square) % p;
        square = (square * square) % p;
      }
      return result === 1n;
    };
    const codes = Array.from({ length: 20 }, (_, x) => {
      const publicKey = `02${x.toString(16).padStart(64, '0')}`;
      const onCurve = isSquare((BigInt(x) ** 3n + 3n * (p - BigInt(x)) + b) % p);
      return [
        codeOf(() => {
          assertAcceptablePublicKey('es256', publicKey);
        }),
        onCurve ? 'none' : 'KEY_INVALID',
      ];
    });
    expect(codes.map(([actual]) => actual)).toEqual(codes.map(([, expected]) => expected));
    expect(codes.filter(([actual]) => actual === 'KEY_INVALID').length).toBeGreaterThan(3);
  });

  it.each([
    ['x beyond the field', `02${'ff'.repeat(32)}`],
    ['uncompressed prefix', `04${'11'.repeat(32)}`],
    ['upper case', `02${'AA'.repeat(32)}`],
    ['too short', `02${'11'.repeat(31)}`],
  ])('refuses to register a key: %s', (_name, publicKey) => {
    expect(
      codeOf(() => {
        assertAcceptablePublicKey('es256', publicKey);
      }),
    ).toBe('KEY_INVALID');
  });
});

describe('verifySignature', () => {
  const signer = ed25519Signer('a');

  it('names the reason and never throws', () => {
    const message = new Uint8Array();
    const signature = new Uint8Array(64);
    const reason = (alg: string, publicKey: string, sig = signature): string => {
      const result = verifySignature({ alg, publicKey, message, signature: sig });
      return result.valid ? 'valid' : result.reason;
    };
    expect(reason('rsa', signer.publicKey)).toBe('algorithm');
    expect(reason('toString', signer.publicKey)).toBe('algorithm');
    expect(reason('ed25519', 'zz')).toBe('key-form');
    expect(reason('es256', signer.publicKey)).toBe('key-form');
    expect(reason('ed25519', signer.publicKey, new Uint8Array(63))).toBe('signature-length');
    expect(reason('ed25519', signer.publicKey, Uint8Array.of(...new Uint8Array(63), 1))).toBe('mismatch');
  });

  it('forgets keys rather than growing without bound', () => {
    const first = importPublicKey('ed25519', signer.publicKey);
    for (let index = 0; index < KEY_CACHE_ENTRIES + 5; index += 1) {
      importPublicKey('ed25519', toHex(littleEndian(BigInt(index + 2))));
    }
    const again = importPublicKey('ed25519', signer.publicKey);
    expect(again).toBeDefined();
    expect(again).not.toBe(first);
    expect(importPublicKey('ed25519', signer.publicKey)).toBe(again);
  });

  it('is deterministic', async () => {
    const message = Uint8Array.of(5);
    const signature = await signer.sign(message);
    const check = { alg: 'ed25519', publicKey: signer.publicKey, message, signature };
    expect([1, 2, 3].map(() => verifySignature(check).valid)).toEqual([true, true, true]);
  });
});
