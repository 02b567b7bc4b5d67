import { createHash } from 'node:crypto';
import { type QuoteInput } from '../verify-quote';
import { fixture, forgedKey, patched, PCRS } from './fixtures';

const DIGEST_BYTES = 32;

/**
 * A quote over these values of PCR 0, 1, 2, 3, 4 and 7, signed by a key in software that has the attributes of an attestation
 * key; absent values are zero.
 */
export function quoteOver(values: Readonly<Record<number, Buffer>>): QuoteInput {
  const key = forgedKey();
  const valueOf = (pcr: number): Buffer => values[pcr] ?? Buffer.alloc(DIGEST_BYTES);
  const digest = createHash('sha256');
  for (const pcr of PCRS) digest.update(valueOf(pcr));
  const captured = fixture('quote_ecdsa');
  const attest = patched(captured, captured.length - DIGEST_BYTES, digest.digest());
  return {
    akPublic: key.publicArea,
    attest,
    signature: key.sign(attest),
    pcrs: { sha256: Object.fromEntries(PCRS.map((pcr) => [String(pcr), valueOf(pcr).toString('hex')])) },
    qualifyingData: fixture('nonce'),
    policy: { requiredPcrs: { sha256: [...PCRS] } },
  };
}
