import { MAX_EXTRA_DATA_BYTES, MAX_PCR_SELECTIONS, MAX_SELECT_BYTES } from './limits';
import { TpmFormatError } from './tpm-format-error';
import { WireReader } from './wire';

/** TPM_GENERATED_VALUE: begins everything a restricted key signs that the TPM made itself. */
export const TPM_GENERATED = 0xff54_4347;

export const ATTEST_TYPE = { certify: 0x8017, quote: 0x8018 } as const;

/** Algorithm id and the largest digest. */
const MAX_NAME_BYTES = 66;
const MAX_DIGEST_BYTES = 64;
const BITS_PER_BYTE = 8;
const FIRMWARE_BYTES = 8;

export interface ClockInfo {
  /** Milliseconds the TPM has been powered, over its whole life. */
  readonly clock: bigint;
  readonly resetCount: number;
  readonly restartCount: number;
  /** False when the clock may have gone back since it was last saved. */
  readonly safe: boolean;
}

export interface PcrSelection {
  /** TPM_ALG_ID of the bank. */
  readonly hash: number;
  /** Selected PCRs, ascending. */
  readonly pcrs: readonly number[];
}

export interface QuoteBody {
  readonly selections: readonly PcrSelection[];
  readonly pcrDigest: Buffer;
}

export interface CertifyBody {
  readonly name: Buffer;
  readonly qualifiedName: Buffer;
}

/** A parsed TPMS_ATTEST. The body of a type that is not understood is absent. */
export interface Attest {
  readonly magic: number;
  readonly type: number;
  readonly qualifiedSigner: Buffer;
  readonly extraData: Buffer;
  readonly clock: ClockInfo;
  /** The maker's version of the TPM's firmware, 16 hex digits. */
  readonly firmware: string;
  readonly quote?: QuoteBody;
  readonly certify?: CertifyBody;
}

/**
 * Parses TPMS_ATTEST. Magic and type are given as found, for the verifier to judge; a known type's body must end with
 * the bytes. Throws TpmFormatError.
 */
export function parseAttest(bytes: Uint8Array): Attest {
  const reader = new WireReader(bytes);
  const heading = {
    magic: reader.u32('the magic value'),
    type: reader.u16('the attestation type'),
    qualifiedSigner: reader.sized('the signer', MAX_NAME_BYTES),
    extraData: reader.sized('the extra data', MAX_EXTRA_DATA_BYTES),
    clock: parseClock(reader),
    firmware: reader.take(FIRMWARE_BYTES, 'the firmware version').toString('hex'),
  };
  if (heading.type === ATTEST_TYPE.quote) return { ...heading, quote: parseQuote(reader) };
  if (heading.type === ATTEST_TYPE.certify) return { ...heading, certify: parseCertify(reader) };
  return heading;
}

function parseClock(reader: WireReader): ClockInfo {
  const clock = reader.u64('the clock');
  const resetCount = reader.u32('the reset count');
  const restartCount = reader.u32('the restart count');
  const safe = reader.u8('the safe flag');
  if (safe > 1) throw new TpmFormatError('the safe flag is neither 0 nor 1');
  return { clock, resetCount, restartCount, safe: safe === 1 };
}

function parseQuote(reader: WireReader): QuoteBody {
  const count = reader.u32('the number of selections');
  if (count > MAX_PCR_SELECTIONS) throw new TpmFormatError('there are too many PCR selections');
  const selections = Array.from({ length: count }, () => parseSelection(reader));
  const pcrDigest = reader.sized('the PCR digest', MAX_DIGEST_BYTES);
  reader.end('the quote');
  return { selections, pcrDigest };
}

function parseSelection(reader: WireReader): PcrSelection {
  const hash = reader.u16('the PCR bank');
  const size = reader.u8('the size of a selection');
  if (size > MAX_SELECT_BYTES) throw new TpmFormatError('a PCR selection is too long');
  const bitmap = reader.take(size, 'a selection');
  const pcrs: number[] = [];
  for (let pcr = 0; pcr < size * BITS_PER_BYTE; pcr += 1) {
    if (((bitmap[pcr >> 3] ?? 0) & (1 << (pcr & 7))) !== 0) pcrs.push(pcr);
  }
  return { hash, pcrs };
}

function parseCertify(reader: WireReader): CertifyBody {
  const name = reader.sized('the certified name', MAX_NAME_BYTES);
  const qualifiedName = reader.sized('the qualified name', MAX_NAME_BYTES);
  reader.end('the certification');
  return { name, qualifiedName };
}
