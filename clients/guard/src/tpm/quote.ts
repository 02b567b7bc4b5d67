import { ClientError } from '@maker-registry/sdk';
import { type Attestation } from './release-key';
import { type TpmSequence } from './tpm-tools';

/** A quote and the PCR values it covers. */
export interface Quote extends Attestation {
  /** PCR index → value in hex, of the SHA-256 bank. */
  readonly pcrs: Readonly<Record<string, string>>;
}

const DIGEST_BYTES = 32;

/**
 * The AK's statement of this machine's PCRs over `qualification` (TPM2_Quote); needs `loadDeviceKeys` first. `pcrs` are
 * ascending indexes of the SHA-256 bank.
 */
export async function quote(
  tpm: TpmSequence,
  pcrs: readonly number[],
  qualification: Uint8Array,
): Promise<Quote> {
  await tpm.run(
    'quote',
    ...['-c', 'ak.ctx', '-l', `sha256:${pcrs.join(',')}`, '-q', Buffer.from(qualification).toString('hex')],
    ...['-m', 'quote.attest', '-s', 'quote.sig', '-o', 'quote.pcrs', '-F', 'values', '-g', 'sha256'],
  );
  const values = await tpm.read('quote.pcrs');
  if (values.length !== pcrs.length * DIGEST_BYTES) {
    throw new ClientError('TPM_FAILED', 'The TPM has not all of the asked PCRs in its SHA-256 bank.');
  }
  return {
    attest: await tpm.read('quote.attest'),
    signature: await tpm.read('quote.sig'),
    pcrs: Object.fromEntries(
      pcrs.map((pcr, i) => [String(pcr), values.toString('hex', i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES)]),
    ),
  };
}
