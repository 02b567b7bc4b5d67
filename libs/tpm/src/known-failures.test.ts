import { fixture, forgedKey, patched, pcrValues, PCRS } from './testing/fixtures';
import { heading, le32, log } from './testing/log-builder';
import { quoteOver } from './testing/quote-builder';
import { type QuoteInput, type QuoteVerdict, verifyQuote } from './verify-quote';
import { sized, u32 } from './wire';

/*
 * Failures of other verifiers that were published, each as a case against ours. Those of enrolment are beside the gateway's
 * devices (gateway-api/src/trust/known-failures.test.ts).
 */

const GOOD: QuoteInput = {
  akPublic: fixture('ak_ecdsa'),
  attest: fixture('quote_ecdsa'),
  signature: fixture('quote_signature_ecdsa'),
  pcrs: pcrValues(),
  qualifyingData: fixture('nonce'),
  policy: { requiredPcrs: { sha256: [...PCRS] } },
};
const SELECTION = 101;

function refused(verdict: QuoteVerdict, code: string): void {
  expect(verdict).toMatchObject({ verdict: 'contraindicated', code });
}

/** A statement that a key in software signed: what no TPM would sign. */
function forged(attest: Buffer, change: Partial<QuoteInput> = {}): QuoteVerdict {
  const key = forgedKey();
  return verifyQuote({ ...GOOD, akPublic: key.publicArea, attest, signature: key.sign(attest), ...change });
}

describe('failures of go-attestation', () => {
  it('CVE-2022-0317: a quote over no PCR, with values that nobody vouches for', () => {
    const none = patched(fixture('quote_ecdsa'), SELECTION + 7, [0, 0, 0]);
    refused(forged(none), 'QUOTE_PCR_SELECTION');
    refused(forged(none, { pcrs: {} }), 'QUOTE_PCR_SELECTION');
    refused(forged(none, { policy: { requiredPcrs: {} } }), 'QUOTE_PCR_SELECTION');
  });

  it('CVE-2022-0317: a quote over some PCRs, with the values of more', () => {
    const some = { attest: fixture('quote_subset'), signature: fixture('quote_signature_subset') };
    refused(verifyQuote({ ...GOOD, ...some }), 'QUOTE_PCR_SELECTION');
    refused(
      verifyQuote({ ...GOOD, ...some, policy: { requiredPcrs: { sha256: [0, 1] } } }),
      'QUOTE_PCR_SELECTION',
    );
  });

  it('#486: an event whose size wraps around 32 bits', () => {
    const event = Buffer.concat([le32(0), le32(4), le32(0xffff_ffff)]);
    refused(
      verifyQuote({ ...quoteOver({}), eventLog: Buffer.concat([heading(), event]) }),
      'EVENT_LOG_MALFORMED',
    );
  });

  it('#490, #500, #506, #513: a log of sizes and counts that promise more than there is', () => {
    for (const at of [28, 32 + 24]) {
      refused(
        verifyQuote({ ...quoteOver({}), eventLog: patched(heading(), at, [255, 255, 255, 255]) }),
        'EVENT_LOG_MALFORMED',
      );
    }
    const many = Array.from({ length: 5_000 }, () => ({ pcr: 0, type: 4 }));
    refused(verifyQuote({ ...quoteOver({}), eventLog: log(...many) }), 'EVENT_LOG_MALFORMED');
  });

  it('#509: an attestation key on a weak curve', () => {
    // TPM_ECC_NIST_P192 and TPM_ECC_NIST_P224 in place of P-256.
    const area = fixture('ak_ecdsa');
    for (const curve of [1, 2])
      refused(verifyQuote({ ...GOOD, akPublic: patched(area, 19, [curve]) }), 'QUOTE_MALFORMED');
  });

  it('#515: no signature', () => {
    refused(verifyQuote({ ...GOOD, signature: Buffer.alloc(0) }), 'QUOTE_MALFORMED');
    refused(verifyQuote({ ...GOOD, signature: Buffer.from('0010', 'hex') }), 'QUOTE_MALFORMED');
  });
});

describe('failures of Keylime', () => {
  it('CVE-2023-3674: a signature that does not hold is a refusal, not a line in a log', () => {
    refused(verifyQuote({ ...GOOD, signature: fixture('quote_signature_bare') }), 'QUOTE_SIGNATURE');
  });

  it('CVE-2022-3500: what aborts the check is a refusal, never the state of before', () => {
    for (const part of ['akPublic', 'attest', 'signature'] as const) {
      for (const bytes of [Buffer.alloc(0), Buffer.alloc(1), Buffer.alloc(8192, 255)]) {
        expect(verifyQuote({ ...GOOD, [part]: bytes }).verdict).toBe('contraindicated');
      }
    }
  });

  it('quotes as zip bombs (2022): what is read is bounded, and nothing is unpacked', () => {
    refused(verifyQuote({ ...GOOD, attest: Buffer.alloc(5_000) }), 'QUOTE_MALFORMED');
    refused(verifyQuote({ ...GOOD, eventLog: Buffer.alloc(2_000_000) }), 'EVENT_LOG_MALFORMED');
    refused(forged(patched(fixture('quote_ecdsa'), SELECTION, u32(0xffff_ffff))), 'QUOTE_MALFORMED');
  });

  it('statements that no TPM generated, and statements of another type', () => {
    refused(forged(patched(fixture('quote_ecdsa'), 0, [0])), 'QUOTE_MAGIC');
    const certification = { attest: fixture('certify_attest'), signature: fixture('certify_signature') };
    refused(verifyQuote({ ...GOOD, ...certification }), 'QUOTE_TYPE');
  });
});

describe('failures of others', () => {
  it('kairos#4828: a quote over no nonce, which can be one recorded long ago', () => {
    const bare = { attest: fixture('quote_bare'), signature: fixture('quote_signature_bare') };
    refused(verifyQuote({ ...GOOD, ...bare }), 'QUOTE_NONCE');
    refused(verifyQuote({ ...GOOD, ...bare, qualifyingData: Buffer.alloc(0) }), 'QUOTE_NONCE');
  });

  it('tpm2-tools#2132: an RSAPSS signature with bytes behind it', () => {
    const scheme = { akPublic: fixture('ak_rsapss'), attest: fixture('quote_rsapss') };
    const signature = fixture('quote_signature_rsapss');
    expect(verifyQuote({ ...GOOD, ...scheme, signature }).verdict).toBe('affirming');
    refused(
      verifyQuote({ ...GOOD, ...scheme, signature: Buffer.concat([signature, Buffer.of(0)]) }),
      'QUOTE_MALFORMED',
    );
    const longer = Buffer.concat([
      signature.subarray(0, 4),
      sized(Buffer.concat([signature.subarray(6), Buffer.of(0)])),
    ]);
    refused(verifyQuote({ ...GOOD, ...scheme, signature: longer }), 'QUOTE_SIGNATURE');
  });
});
