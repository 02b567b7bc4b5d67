import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { parsePublic, toKeyObject } from './public-area';
import { ecdsaSignature, fixture, pcrValues, PCRS } from './testing/fixtures';
import { type QuoteInput, verifyQuote } from './verify-quote';

function pem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'spki' }).toString();
}

function pemOf(name: Parameters<typeof fixture>[0]): string {
  return pem(toKeyObject(parsePublic(fixture(name)).area));
}

function quoteBy(scheme: 'ecdsa' | 'rsassa' | 'rsapss', change: Partial<QuoteInput> = {}): QuoteInput {
  return {
    akPublic: pemOf(`ak_${scheme}`),
    attest: fixture(`quote_${scheme}`),
    signature: fixture(`quote_signature_${scheme}`),
    pcrs: pcrValues(),
    qualifyingData: fixture('nonce'),
    policy: { requiredPcrs: { sha256: [...PCRS] } },
    ...change,
  };
}

describe('keys without a public area', () => {
  it.each(['ecdsa', 'rsassa', 'rsapss'] as const)(
    'verify, and say that attributes were not checked: %s',
    (scheme) => {
      const { verdict, checks } = verifyQuote(quoteBy(scheme));
      expect(verdict).toBe('affirming');
      expect(checks[0]).toMatchObject({ name: 'ak-attributes', result: 'not-checked' });
    },
  );

  it.each<[string, QuoteInput, string]>([
    ['of another family', quoteBy('ecdsa', { akPublic: pemOf('ak_rsassa') }), 'QUOTE_SIGNATURE'],
    ['of another owner', quoteBy('rsassa', { akPublic: pemOf('ak_rsapss') }), 'QUOTE_SIGNATURE'],
    ['where a Name is enrolled', quoteBy('ecdsa', { akName: fixture('name_ecdsa') }), 'QUOTE_AK_ATTRIBUTES'],
    ['where an endorsement key is', quoteBy('ecdsa', { ekPublic: fixture('ek_rsa') }), 'QUOTE_AK_ATTRIBUTES'],
    ['that are not PEM', quoteBy('ecdsa', { akPublic: '-----BEGIN nothing' }), 'QUOTE_MALFORMED'],
    [
      'that are garbage in PEM',
      quoteBy('ecdsa', { akPublic: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n' }),
      'QUOTE_MALFORMED',
    ],
    [
      'of 1024 bits',
      quoteBy('rsassa', { akPublic: pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey) }),
      'QUOTE_MALFORMED',
    ],
    [
      'of exponent 3',
      quoteBy('rsassa', {
        akPublic: pem(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).publicKey),
      }),
      'QUOTE_MALFORMED',
    ],
    [
      'of Ed25519',
      quoteBy('ecdsa', { akPublic: pem(generateKeyPairSync('ed25519').publicKey) }),
      'QUOTE_MALFORMED',
    ],
    [
      'on another curve',
      quoteBy('ecdsa', { akPublic: pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey) }),
      'QUOTE_MALFORMED',
    ],
    [
      'that are private',
      quoteBy('ecdsa', {
        akPublic: generateKeyPairSync('ec', { namedCurve: 'P-256' })
          .privateKey.export({ format: 'pem', type: 'pkcs8' })
          .toString(),
      }),
      'QUOTE_MALFORMED',
    ],
  ])('are refused: %s', (_name, input, code) => {
    expect(verifyQuote(input)).toMatchObject({ verdict: 'contraindicated', code });
  });

  it('leave the hash to the list of accepted ones', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const attest = fixture('quote_ecdsa');
    const signed = (hash: number): QuoteInput =>
      quoteBy('ecdsa', { akPublic: pem(publicKey), signature: ecdsaSignature(privateKey, attest, hash) });
    expect(verifyQuote(signed(0x000b)).verdict).toBe('affirming');
    // SHA-1, SHA3-256, none.
    for (const hash of [0x0004, 0x0027, 0x0010])
      expect(verifyQuote(signed(hash)).code).toBe('QUOTE_SIGNATURE');
  });
});
