import { ALG } from '../algorithms';
import { MAX_LOG_ALGORITHMS, MAX_LOG_DIGEST_BYTES } from '../limits';
import { TpmFormatError } from '../tpm-format-error';
import { LogReader } from './log-reader';

/** A digest algorithm of a log. */
export interface LogAlgorithm {
  /** TPM_ALG_ID; may be one that is not understood, whose digests are skipped by their size. */
  readonly id: number;
  readonly size: number;
}

const SIGNATURE = Buffer.from('Spec ID Event03\0', 'latin1');
/** Platform class, version and errata, size of a UINTN. */
const FIXED_BYTES = 8;
const KNOWN_SIZES: ReadonlyMap<number, number> = new Map([
  [ALG.SHA1, 20],
  [ALG.SHA256, 32],
  [ALG.SHA384, 48],
  [ALG.SHA512, 64],
]);

/** Parses TCG_EfiSpecIDEvent: which digests every event carries, and how long they are. Throws TpmFormatError. */
export function parseSpecification(data: Uint8Array): readonly LogAlgorithm[] {
  const reader = new LogReader(data);
  if (!reader.take(SIGNATURE.length, "the heading's signature").equals(SIGNATURE)) {
    throw new TpmFormatError('the event log is not of the crypto-agile form; SHA-1 logs are not accepted');
  }
  reader.take(FIXED_BYTES, "the heading's version");
  const count = reader.u32('the number of algorithms');
  if (count === 0 || count > MAX_LOG_ALGORITHMS) {
    throw new TpmFormatError(`a log has 1 to ${MAX_LOG_ALGORITHMS} algorithms`);
  }
  const algorithms = Array.from({ length: count }, () => parseAlgorithm(reader));
  reader.take(reader.u8("the size of the maker's words"), "the maker's words");
  if (!reader.ended) throw new TpmFormatError('bytes follow the heading');
  if (new Set(algorithms.map(({ id }) => id)).size !== count) {
    throw new TpmFormatError('the heading names an algorithm twice');
  }
  return algorithms;
}

function parseAlgorithm(reader: LogReader): LogAlgorithm {
  const id = reader.u16("an algorithm's id");
  const size = reader.u16("an algorithm's digest size");
  if (size === 0 || size > MAX_LOG_DIGEST_BYTES || size !== (KNOWN_SIZES.get(id) ?? size)) {
    throw new TpmFormatError("an algorithm's digest size is wrong");
  }
  return { id, size };
}
