import * as fc from 'fast-check';
import { parseAttest } from './attest';
import { keyName } from './name';
import { isAttestationKey, parsePublic } from './public-area';
import { fixture, forgedKey, patched, pcrValues, PCRS } from './testing/fixtures';
import { type QuoteInput, verifyQuote } from './verify-quote';
import { sized, u32 } from './wire';

const NONCE = fixture('nonce');
const POLICY = { requiredPcrs: { sha256: [...PCRS] } };
const QUOTE = fixture('quote_ecdsa');

const anyKey: QuoteInput = {
  akPublic: fixture('ak_ecdsa'),
  attest: QUOTE,
  signature: fixture('quote_signature_ecdsa'),
  pcrs: pcrValues(),
  qualifyingData: NONCE,
  policy: POLICY,
};

const base: QuoteInput = { ...anyKey, akName: fixture('name_ecdsa'), ekPublic: fixture('ek_rsa') };

// Offsets in the captured TPMS_ATTEST: magic 0, type 4, signer 6+2+34, extra data 42+2+32, then the clock.
const CLOCK = 76;
const RESET = CLOCK + 8;
const RESTART = RESET + 4;
const SAFE = RESTART + 4;
const SELECTION = SAFE + 1 + 8;
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A quote that a forger's key signed: `akName` and `ekPublic` are left out, so that only the mutation can fail. */
function signedByForger(attest: Buffer, change: Partial<QuoteInput> = {}): QuoteInput {
  const key = forgedKey();
  return { ...anyKey, akPublic: key.publicArea, attest, signature: key.sign(attest), ...change };
}

function parts(signature: Buffer): { r: Buffer; s: Buffer } {
  return { r: signature.subarray(6, 38), s: signature.subarray(40) };
}

/** TPMT_SIGNATURE of ECDSA with SHA-256. */
function ecdsaForm(r: Buffer, s: Buffer): Buffer {
  return Buffer.concat([Buffer.from('0018000b', 'hex'), sized(r), sized(s)]);
}

const earlier = (
  change: Partial<NonNullable<QuoteInput['previous']>>,
): NonNullable<QuoteInput['previous']> => ({
  ...parseAttest(QUOTE).clock,
  ...change,
});

describe('quotes of a TPM', () => {
  it.each(['ecdsa', 'rsassa', 'rsapss'] as const)('are affirmed: %s', (scheme) => {
    const verdict = verifyQuote({
      ...base,
      akPublic: fixture(`ak_${scheme}`),
      akName: fixture(`name_${scheme}`),
      attest: fixture(`quote_${scheme}`),
      signature: fixture(`quote_signature_${scheme}`),
    });
    expect(verdict).toMatchObject({ verdict: 'affirming', code: 'OK', firmware: '2019102300163636' });
    expect(verdict.checks.filter(({ result }) => result !== 'passed').map(({ name }) => name)).toEqual([
      'clock',
      'firmware',
      'pcr-reference',
      'event-log-present',
    ]);
  });

  it('are affirmed after a restart, with the counters of before', () => {
    const previous = parseAttest(QUOTE).clock;
    const later = { ...base, attest: fixture('quote_later'), signature: fixture('quote_signature_later') };
    const verdict = verifyQuote({ ...later, pcrs: pcrValues('pcr_values_later'), previous });
    expect(verdict.verdict).toBe('affirming');
    expect(verdict.clock!.clock > previous.clock).toBe(true);
    // The machine was restarted without what had been measured: the old values no longer hash to its digest.
    expect(verifyQuote({ ...later, previous })).toMatchObject({ code: 'QUOTE_PCR_DIGEST' });
  });

  it('are affirmed with the high s that a TPM may give: it does not know of the rule for Fabric', () => {
    const key = forgedKey();
    const { r, s } = parts(key.sign(QUOTE));
    const value = BigInt(`0x${s.toString('hex')}`);
    const other = Buffer.from((P256_ORDER - value).toString(16).padStart(64, '0'), 'hex');
    for (const either of [s, other]) {
      const signature = ecdsaForm(r, either);
      expect(verifyQuote({ ...anyKey, akPublic: key.publicArea, signature }).verdict).toBe('affirming');
    }
  });

  it('are affirmed with the leading zeros that a TPM may leave out of r', () => {
    const key = forgedKey();
    let { r, s } = parts(key.sign(QUOTE));
    // One of 256 begins with a zero; signatures have random nonces.
    while (r[0] !== 0) ({ r, s } = parts(key.sign(QUOTE)));
    const signature = ecdsaForm(r.subarray(1), s);
    expect(verifyQuote({ ...anyKey, akPublic: key.publicArea, signature }).verdict).toBe('affirming');
  });

  it('warn of a challenge that is short enough to come round again', () => {
    const short = Buffer.concat([QUOTE.subarray(0, 42), Buffer.of(0, 4, 1, 2, 3, 4), QUOTE.subarray(76)]);
    const verdict = verifyQuote(signedByForger(short, { qualifyingData: Buffer.of(1, 2, 3, 4) }));
    expect(verdict).toMatchObject({ verdict: 'warning', code: 'QUOTE_NONCE' });
  });

  it('warn of an unsafe clock', () => {
    const verdict = verifyQuote(signedByForger(patched(QUOTE, SAFE, [0])));
    expect(verdict).toMatchObject({ verdict: 'warning', code: 'QUOTE_CLOCK' });
  });

  it('accept the forger’s key where nothing but the key is wrong: enrolment must bind it', () => {
    expect(verifyQuote(signedByForger(QUOTE)).verdict).toBe('affirming');
    expect(verifyQuote(signedByForger(QUOTE, { akName: fixture('name_ecdsa') })).code).toBe(
      'QUOTE_AK_ATTRIBUTES',
    );
    expect(verifyQuote(signedByForger(QUOTE, { ekPublic: fixture('ek_rsa') })).code).toBe(
      'QUOTE_AK_ATTRIBUTES',
    );
  });

  const withPcr = (pcr: string, value: string): QuoteInput['pcrs'] => ({
    sha256: { ...base.pcrs['sha256'], [pcr]: value },
  });
  const withoutSeven = Object.fromEntries(
    Object.entries(base.pcrs['sha256']!).filter(([pcr]) => pcr !== '7'),
  );

  it.each<[string, QuoteInput, string]>([
    ['another nonce', { ...base, qualifyingData: Buffer.alloc(32, 1) }, 'QUOTE_NONCE'],
    ['a prefix of the nonce', { ...base, qualifyingData: NONCE.subarray(0, 31) }, 'QUOTE_NONCE'],
    [
      'an empty challenge, quoted with none',
      {
        ...base,
        attest: fixture('quote_bare'),
        signature: fixture('quote_signature_bare'),
        qualifyingData: new Uint8Array(),
      },
      'QUOTE_NONCE',
    ],
    [
      'a quote without nonce',
      { ...base, attest: fixture('quote_bare'), signature: fixture('quote_signature_bare') },
      'QUOTE_NONCE',
    ],
    ['a wrong magic', signedByForger(patched(QUOTE, 0, [0xff, 0x54, 0x43, 0x48])), 'QUOTE_MAGIC'],
    [
      'a certification',
      { ...base, attest: fixture('certify_attest'), signature: fixture('certify_signature') },
      'QUOTE_TYPE',
    ],
    [
      'a time attestation',
      { ...base, attest: fixture('time_attest'), signature: fixture('time_signature') },
      'QUOTE_TYPE',
    ],
    ['a type no TPM knows', signedByForger(patched(QUOTE, 4, [0x80, 0x99])), 'QUOTE_TYPE'],
    [
      'a signature of another quote',
      { ...base, signature: fixture('quote_signature_bare') },
      'QUOTE_SIGNATURE',
    ],
    ['another attestation key', { ...base, akPublic: forgedKey().publicArea }, 'QUOTE_SIGNATURE'],
    ['an RSA key with an ECDSA signature', { ...base, akPublic: fixture('ak_rsassa') }, 'QUOTE_SIGNATURE'],
    [
      'an ECC key with an RSA signature',
      { ...base, signature: fixture('quote_signature_rsassa') },
      'QUOTE_SIGNATURE',
    ],
    [
      'RSAPSS under an RSASSA key',
      {
        ...base,
        akPublic: fixture('ak_rsassa'),
        attest: fixture('quote_rsapss'),
        signature: fixture('quote_signature_rsapss'),
      },
      'QUOTE_SIGNATURE',
    ],
    [
      'a signature that names SHA-384',
      { ...base, signature: patched(fixture('quote_signature_ecdsa'), 2, [0, 0x0c]) },
      'QUOTE_SIGNATURE',
    ],
    [
      'a signature that names SHA-1',
      { ...base, signature: patched(fixture('quote_signature_ecdsa'), 2, [0, 4]) },
      'QUOTE_SIGNATURE',
    ],
    [
      'r and s of zero',
      { ...base, signature: Buffer.from('0018000b000100000100', 'hex') },
      'QUOTE_SIGNATURE',
    ],
    [
      'r and s of no bytes',
      { ...base, signature: Buffer.from('0018000b00000000', 'hex') },
      'QUOTE_SIGNATURE',
    ],
    [
      'r of 33 bytes',
      {
        ...base,
        signature: Buffer.concat([
          Buffer.from('0018000b0021', 'hex'),
          Buffer.alloc(33, 1),
          Buffer.from('000101', 'hex'),
        ]),
      },
      'QUOTE_SIGNATURE',
    ],
    [
      'r beyond the order',
      {
        ...base,
        signature: Buffer.concat([
          Buffer.from('0018000b0020', 'hex'),
          Buffer.alloc(32, 255),
          Buffer.from('000101', 'hex'),
        ]),
      },
      'QUOTE_SIGNATURE',
    ],
    [
      'an unknown signature algorithm',
      { ...base, signature: patched(fixture('quote_signature_ecdsa'), 0, [0, 5]) },
      'QUOTE_MALFORMED',
    ],
    [
      'bytes after the signature',
      { ...base, signature: Buffer.concat([base.signature, Buffer.of(0)]) },
      'QUOTE_MALFORMED',
    ],
    ['bytes after the quote', signedByForger(Buffer.concat([QUOTE, Buffer.of(0)])), 'QUOTE_MALFORMED'],
    ['a truncated quote', signedByForger(QUOTE.subarray(0, QUOTE.length - 1)), 'QUOTE_MALFORMED'],
    ['an empty quote', signedByForger(Buffer.alloc(0)), 'QUOTE_MALFORMED'],
    ['2^32 − 1 selections', signedByForger(patched(QUOTE, SELECTION, u32(0xffff_ffff))), 'QUOTE_MALFORMED'],
    ['a safe flag of 2', signedByForger(patched(QUOTE, SAFE, [2])), 'QUOTE_MALFORMED'],
    [
      'a subset of the PCRs',
      { ...base, attest: fixture('quote_subset'), signature: fixture('quote_signature_subset') },
      'QUOTE_PCR_SELECTION',
    ],
    [
      'a superset of the PCRs',
      { ...base, policy: { requiredPcrs: { sha256: [0, 1, 2, 3, 4] } } },
      'QUOTE_PCR_SELECTION',
    ],
    [
      'no PCR required and none quoted',
      signedByForger(patched(QUOTE, SELECTION + 7, [0, 0, 0]), { policy: { requiredPcrs: { sha256: [] } } }),
      'QUOTE_PCR_SELECTION',
    ],
    ['an empty selection', signedByForger(patched(QUOTE, SELECTION + 7, [0, 0, 0])), 'QUOTE_PCR_SELECTION'],
    [
      'the SHA-1 bank',
      { ...base, attest: fixture('quote_sha1'), signature: fixture('quote_signature_sha1') },
      'QUOTE_PCR_SELECTION',
    ],
    [
      'two banks',
      { ...base, attest: fixture('quote_two'), signature: fixture('quote_signature_two') },
      'QUOTE_PCR_SELECTION',
    ],
    ['no PCR required at all', { ...base, policy: { requiredPcrs: {} } }, 'QUOTE_PCR_SELECTION'],
    [
      'PCRs required of SHA-1',
      { ...base, policy: { requiredPcrs: { sha1: [...PCRS] } } },
      'QUOTE_PCR_SELECTION',
    ],
    [
      'PCRs required of two banks',
      { ...base, policy: { requiredPcrs: { sha256: [...PCRS], sha384: [0] } } },
      'QUOTE_PCR_SELECTION',
    ],
    [
      'the same bank selected twice',
      signedByForger(
        Buffer.concat([
          QUOTE.subarray(0, SELECTION),
          Buffer.from('00000002000b039f0000000b039f0000', 'hex'),
          QUOTE.subarray(SELECTION + 10),
        ]),
      ),
      'QUOTE_PCR_SELECTION',
    ],
    [
      'the values in another order than their numbers',
      {
        ...base,
        pcrs: {
          sha256: { ...base.pcrs['sha256'], 0: base.pcrs['sha256']!['4']!, 4: base.pcrs['sha256']!['0']! },
        },
      },
      'QUOTE_PCR_DIGEST',
    ],
    ['a value not quoted', { ...base, pcrs: withPcr('8', '00'.repeat(32)) }, 'QUOTE_PCR_SELECTION'],
    ['a value missing', { ...base, pcrs: { sha256: withoutSeven } }, 'QUOTE_PCR_SELECTION'],
    ['values of another bank', { ...base, pcrs: { sha384: base.pcrs['sha256']! } }, 'QUOTE_PCR_SELECTION'],
    ['a changed value', { ...base, pcrs: withPcr('4', '00'.repeat(32)) }, 'QUOTE_PCR_DIGEST'],
    ['a value cut short', { ...base, pcrs: withPcr('4', '00'.repeat(31)) }, 'QUOTE_MALFORMED'],
    ['a value in capitals', { ...base, pcrs: withPcr('4', 'AB'.repeat(32)) }, 'QUOTE_MALFORMED'],
    [
      'a PCR number with a leading zero',
      { ...base, pcrs: withPcr('07', '00'.repeat(32)) },
      'QUOTE_MALFORMED',
    ],
    ['values of two banks', { ...base, pcrs: { ...base.pcrs, sha512: {} } }, 'QUOTE_PCR_SELECTION'],
    ['no values', { ...base, pcrs: {} }, 'QUOTE_PCR_SELECTION'],
    [
      'a digest of another length',
      signedByForger(
        Buffer.concat([
          QUOTE.subarray(0, QUOTE.length - 34),
          Buffer.from('001f', 'hex'),
          QUOTE.subarray(QUOTE.length - 31),
        ]),
      ),
      'QUOTE_PCR_DIGEST',
    ],
    [
      'a value the policy does not know',
      { ...base, policy: { ...POLICY, referenceValues: { 4: ['00'.repeat(32)] } } },
      'QUOTE_PCR_DIGEST',
    ],
    ['a fallen reset count', { ...base, previous: earlier({ resetCount: 9 }) }, 'QUOTE_CLOCK'],
    ['a fallen restart count', { ...base, previous: earlier({ restartCount: 9 }) }, 'QUOTE_CLOCK'],
    ['a clock that went back', { ...base, previous: earlier({ clock: 10n ** 12n }) }, 'QUOTE_CLOCK'],
    [
      'a clock that went back over a reset',
      { ...base, previous: earlier({ clock: 10n ** 12n, resetCount: 0 }) },
      'QUOTE_CLOCK',
    ],
    [
      'firmware that is not listed',
      { ...base, policy: { ...POLICY, firmware: ['0000000000000001'] } },
      'QUOTE_FIRMWARE',
    ],
    ['no firmware listed', { ...base, policy: { ...POLICY, firmware: [] } }, 'QUOTE_FIRMWARE'],
    ['a Name that is another key’s', { ...base, akName: fixture('name_rsassa') }, 'QUOTE_AK_ATTRIBUTES'],
    ['an endorsement key of another TPM', { ...base, ekPublic: fixture('ek_ecc') }, 'QUOTE_AK_ATTRIBUTES'],
    [
      'a public area that does not parse',
      { ...base, akPublic: fixture('ak_ecdsa').subarray(1) },
      'QUOTE_MALFORMED',
    ],
  ])('are refused: %s', (_name, input, code) => {
    const verdict = verifyQuote(input);
    expect(verdict.verdict).toBe('contraindicated');
    expect(verdict.code).toBe(code);
  });

  it('never say what would have been accepted', () => {
    const text = JSON.stringify(
      verifyQuote({
        ...base,
        qualifyingData: Buffer.alloc(32, 0xab),
        policy: { ...POLICY, firmware: ['1234567890abcdef'] },
      }).checks,
    );
    expect(text).not.toContain('abab');
    expect(text).not.toContain('1234567890abcdef');
  });

  it.each([
    ['not restricted', 0x0001_0000],
    ['not signing', 0x0004_0000],
    ['not fixed to its TPM', 0x0000_0002],
    ['not fixed to its parent', 0x0000_0010],
    ['of imported secrets', 0x0000_0020],
  ])('of a key that is %s are refused', (_name, bit) => {
    const area = fixture('ak_ecdsa');
    const loose = patched(area, 6, u32((area.readUInt32BE(6) & ~bit) >>> 0));
    const key = forgedKey(loose);
    const verdict = verifyQuote({ ...anyKey, akPublic: key.publicArea, signature: key.sign(QUOTE) });
    expect(verdict.code).toBe('QUOTE_AK_ATTRIBUTES');
  });

  it('of a key that also decrypts are refused', () => {
    const area = fixture('ak_ecdsa');
    const both = patched(area, 6, u32(area.readUInt32BE(6) | 0x0002_0000));
    expect(isAttestationKey(parsePublic(both).area)).toBe(false);
  });

  it('do not crash on any bytes, and no changed byte of a signed quote is affirmed', () => {
    fc.assert(
      fc.property(fc.nat(QUOTE.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const attest = patched(QUOTE, at, [(QUOTE[at] ?? 0) ^ flip]);
        expect(verifyQuote({ ...base, attest }).verdict).toBe('contraindicated');
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.uint8Array({ maxLength: 100 }),
        (attest, signature) => {
          expect(verifyQuote({ ...base, attest, signature }).verdict).toBe('contraindicated');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('names', () => {
  it.each(['ecdsa', 'rsassa', 'rsapss'] as const)('are those the TPM computed: %s', (scheme) => {
    expect(keyName(parsePublic(fixture(`ak_${scheme}`)))).toEqual(fixture(`name_${scheme}`));
  });
});
