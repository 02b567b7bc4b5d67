import crypto, { createECDH } from 'node:crypto';
import fc from 'fast-check';
import { fromBase64Url, fromHex, toBase64Url, toHex, utf8 } from '../encoding/bytes';
import { sha256 } from '../encoding/hash';
import { codeOf } from '../test-support/expect-code';
import { ed25519Signer, es256Signer } from '../test-support/software-signer';
import { compactJwe, concatKdf, flattenJwe, openJwe, parseJwe, sealJwe } from './jwe';
import {
  compressPoint,
  ecJwk,
  jwkFromPublicKey,
  jwkThumbprint,
  publicKeyFromJwk,
  uncompressPoint,
} from './jwk';

const bob = es256Signer('bob');
const bobPoint = fromHex(bob.publicKey);
const seal = (
  plaintext: Uint8Array,
  extra: { kid?: string; apu?: Uint8Array; apv?: Uint8Array; contentEncryptionKey?: Uint8Array } = {},
): string =>
  sealJwe({
    recipientPublic: bobPoint,
    ephemeralPrivate: sha256('ephemeral'),
    iv: sha256('iv').slice(0, 12),
    plaintext,
    ...extra,
  });

function publicPoint(privateKey: Uint8Array): Uint8Array {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(privateKey);
  return new Uint8Array(ecdh.getPublicKey());
}

describe('JWE', () => {
  it('derives the key of RFC 7518, appendix C', () => {
    const z = Uint8Array.of(
      ...[158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156],
      ...[251, 49, 110, 163, 218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196],
    );
    const key = concatKdf(z, 'A128GCM', { apu: utf8('Alice'), apv: utf8('Bob') }, 128);
    expect(toBase64Url(key)).toBe('VqqN6vgjbSBcIijNcacQGg');
  });

  it('round-trips', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array({ maxLength: 40 }), (plaintext, apv) => {
        const jwe = seal(plaintext, { kid: 'k', apv });
        expect(openJwe({ jwe, privateKey: bob.privateKey })).toEqual({ plaintext, kid: 'k' });
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['direct', undefined],
    ['wrapped', sha256('cek')],
  ])('leaves no key of its own in memory (%s)', (_name, contentEncryptionKey) => {
    const spies = [jest.spyOn(crypto, 'createCipheriv'), jest.spyOn(crypto, 'createDecipheriv')];
    const jwe = seal(utf8('plain'), contentEncryptionKey === undefined ? {} : { contentEncryptionKey });
    expect(openJwe({ jwe, privateKey: bob.privateKey }).plaintext).toEqual(utf8('plain'));
    const keys = spies.flatMap(({ mock }) => mock.calls.map(([, key]) => key as Uint8Array));
    for (const spy of spies) spy.mockRestore();
    const own = keys.filter((key) => key !== contentEncryptionKey);
    expect(own).toHaveLength(contentEncryptionKey === undefined ? 2 : 3);
    for (const key of own) expect(Buffer.from(key)).toEqual(Buffer.alloc(32));
  });

  it('with a wrapped key is what another implementation makes of the same keys', () => {
    // Made with Python's cryptography (ConcatKDFHash, aes_key_wrap, AESGCM) from RFC 7516, RFC 7518 §4.6 and RFC 3394.
    const jwe =
      'eyJhbGciOiJFQ0RILUVTK0EyNTZLVyIsImFwdiI6IlkyaGhiR3hsYm1kbCIsImVuYyI6IkEyNTZHQ00iLCJlcGsiOnsiY3J2IjoiUC0yNTYiLCJr' +
      'dHkiOiJFQyIsIngiOiJtbmdjcHRCVnBfTU5ESl80ZVRiSE9mYUJidlgxNXl0TGxHUUVzS0dvT3lvIiwieSI6IndaLUVLVVhxS19aYW9XU2JLd0xf' +
      'ZVlWTWpWN1B6VUE0WXVpcGZxWnNjY0UifX0.FY2Z1RA06wLhjtG9v-C7PpyLCBeOTR7gRDXW3hSYeUfYDuz1UohyKg.CrMGgjA1Zhu426Ic.' +
      'rTxrIldmCBp755aM-w.zJsJdHUKh-H7XHVIRXw3lA';
    const made = sealJwe({
      recipientPublic: compressPoint(publicPoint(sha256('recipient'))),
      ephemeralPrivate: sha256('ephemeral'),
      iv: sha256('iv').slice(0, 12),
      contentEncryptionKey: sha256('cek'),
      apv: utf8('challenge'),
      plaintext: utf8('a content key'),
    });
    expect(made).toBe(jwe);
    expect(openJwe({ jwe, privateKey: sha256('recipient') }).plaintext).toEqual(utf8('a content key'));
  });

  it('with a wrapped key is refused after any change, and survives the flattened form', () => {
    const jwe = seal(utf8('share'), { apv: utf8('c'), contentEncryptionKey: sha256('cek') });
    for (let at = 0; at < jwe.length; at += 1) {
      const changed = jwe.slice(0, at) + (jwe[at] === 'A' ? 'B' : 'A') + jwe.slice(at + 1);
      expect(['JWE_MALFORMED', 'JWE_DECRYPTION_FAILED']).toContain(
        codeOf(() => openJwe({ jwe: changed, privateKey: bob.privateKey })),
      );
    }
    const flat = flattenJwe(jwe);
    expect(compactJwe(JSON.parse(JSON.stringify(flat)))).toBe(jwe);
    for (const wrong of [null, [], { ...flat, aad: 'x' }, { ...flat, tag: 1 }, { ...flat, iv: 'a.b' }, {}]) {
      expect(codeOf(() => compactJwe(wrong))).toBe('JWE_MALFORMED');
    }
  });

  it('takes the recipient’s point in either form', () => {
    const request = { ephemeralPrivate: sha256('e'), iv: new Uint8Array(12), plaintext: utf8('key') };
    expect(sealJwe({ ...request, recipientPublic: uncompressPoint(bobPoint) })).toBe(
      sealJwe({ ...request, recipientPublic: bobPoint }),
    );
  });

  it('is refused after any change, and for another key', () => {
    const jwe = seal(utf8('content key'), { apu: utf8('op1') });
    for (let at = 0; at < jwe.length; at += 1) {
      const changed = jwe.slice(0, at) + (jwe[at] === 'A' ? 'B' : 'A') + jwe.slice(at + 1);
      expect(['JWE_MALFORMED', 'JWE_DECRYPTION_FAILED']).toContain(
        codeOf(() => openJwe({ jwe: changed, privateKey: bob.privateKey })),
      );
    }
    const eve = es256Signer('eve').privateKey;
    expect(codeOf(() => openJwe({ jwe, privateKey: eve }))).toBe('JWE_DECRYPTION_FAILED');
    expect(codeOf(() => openJwe({ jwe, sharedSecret: new Uint8Array(32) }))).toBe('JWE_DECRYPTION_FAILED');
  });

  const header = (changes: object): string => {
    const base = { alg: 'ECDH-ES', enc: 'A256GCM', epk: ecJwk(bobPoint) };
    return `${toBase64Url(utf8(JSON.stringify({ ...base, ...changes })))}..${'A'.repeat(16)}.AA.${'A'.repeat(22)}`;
  };

  it.each<[string, string]>([
    ['nothing', ''],
    ['four parts', 'a.b.c.d'],
    ['an encrypted key', header({}).replace('..', '.AA.')],
    ['key wrapping without a wrapped key', header({ alg: 'ECDH-ES+A256KW' })],
    [
      'a wrapped key of another length',
      header({ alg: 'ECDH-ES+A256KW' }).replace('..', `.${'A'.repeat(43)}.`),
    ],
    ['another algorithm', header({ alg: 'ECDH-ES+A128KW' })],
    ['another encryption', header({ enc: 'A128GCM' })],
    ['a critical extension', header({ crit: ['x'], x: 1 })],
    ['compression', header({ zip: 'DEF' })],
    ['no ephemeral key', header({ epk: undefined })],
    ['another curve', header({ epk: { ...ecJwk(bobPoint), crv: 'P-384' } })],
    ['a point off the curve', header({ epk: { ...ecJwk(bobPoint), y: ecJwk(bobPoint).x } })],
    ['the point zero', header({ epk: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } })],
    ['a header that is a list', `${toBase64Url(utf8('[]'))}..${'A'.repeat(16)}.AA.${'A'.repeat(22)}`],
    [
      'a header with a key twice',
      `${toBase64Url(utf8('{"alg":"x","alg":"y"}'))}..${'A'.repeat(16)}.AA.${'A'.repeat(22)}`,
    ],
    ['a short tag', header({}).slice(0, -2)],
    ['a kid that is a number', header({ kid: 1 })],
  ])('with %s is malformed', (_name, jwe) => {
    expect(codeOf(() => parseJwe(jwe))).toBe('JWE_MALFORMED');
  });

  it('is not sealed to a point off the curve, nor with key material of another length', () => {
    const request = {
      recipientPublic: bobPoint,
      ephemeralPrivate: sha256('e'),
      iv: new Uint8Array(12),
      plaintext: utf8('x'),
    };
    const off = uncompressPoint(bobPoint);
    off[64] = off[64]! ^ 1;
    expect(codeOf(() => sealJwe({ ...request, recipientPublic: off }))).toBe('KEY_INVALID');
    expect(codeOf(() => sealJwe({ ...request, iv: new Uint8Array(16) }))).toBe('KEY_INVALID');
    expect(codeOf(() => sealJwe({ ...request, ephemeralPrivate: new Uint8Array(31) }))).toBe('KEY_INVALID');
    expect(codeOf(() => sealJwe({ ...request, contentEncryptionKey: new Uint8Array(16) }))).toBe(
      'KEY_INVALID',
    );
  });
});

describe('JWK', () => {
  it('has the thumbprint of RFC 8037, appendix A.3', () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    expect(jwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x })).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
    expect(jwkFromPublicKey('ed25519', toHex(fromBase64Url(x)!))).toEqual({ kty: 'OKP', crv: 'Ed25519', x });
  });

  it('round-trips keys, and ignores what is not the key', () => {
    for (const { alg, publicKey } of [
      ed25519Signer('a'),
      es256Signer('a'),
      es256Signer('b'),
      es256Signer('c'),
    ]) {
      const jwk = jwkFromPublicKey(alg, publicKey);
      expect(publicKeyFromJwk(jwk)).toEqual({ alg, publicKey });
      expect(jwkThumbprint({ ...jwk, kid: 'x', use: 'sig' })).toBe(jwkThumbprint(jwk));
    }
  });

  it('compresses and uncompresses points', () => {
    for (const name of ['a', 'b', 'c', 'd']) {
      const compressed = fromHex(es256Signer(name).publicKey);
      expect(compressPoint(uncompressPoint(compressed))).toEqual(compressed);
      expect(uncompressPoint(uncompressPoint(compressed))).toHaveLength(65);
    }
    expect(codeOf(() => compressPoint(new Uint8Array(64)))).toBe('KEY_INVALID');
    expect(codeOf(() => uncompressPoint(Uint8Array.of(2, ...new Uint8Array(32).fill(255))))).toBe(
      'KEY_INVALID',
    );
  });
});
