import { createHash } from 'node:crypto';
import { type HashAlgorithm, hashByName } from './algorithms';
import { type PcrSelection } from './attest';
import { TpmFormatError } from './tpm-format-error';

/** PCR numbers of one bank, e.g. { sha256: [0, 1, 2] }. */
export type PcrSet = Readonly<Record<string, readonly number[]>>;

/** PCR values of one bank in hex, e.g. { sha256: { "0": "00…" } }. */
export type PcrValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

const MAX_PCR = 31;
const HEX = /^[0-9a-f]+$/;
const INDEX = /^(?:0|[1-9]\d?)$/;

/** The single bank that a set or table of values names; undefined for several, none, or one that is not of SHA-2. */
export function singleBank(banks: Readonly<Record<string, unknown>>): HashAlgorithm | undefined {
  const [name, ...others] = Object.keys(banks);
  return name === undefined || others.length > 0 ? undefined : hashByName(name);
}

/** PCR numbers in ascending order; throws TpmFormatError for duplicates and numbers no TPM has. */
export function sortedPcrs(pcrs: readonly number[]): readonly number[] {
  const sorted = [...pcrs].sort((a, b) => a - b);
  if (
    !sorted.every((pcr, i) => Number.isInteger(pcr) && pcr >= 0 && pcr <= MAX_PCR && pcr !== sorted[i - 1])
  ) {
    throw new TpmFormatError('PCR numbers are distinct and between 0 and 31');
  }
  return sorted;
}

/** Values of one bank in hex by PCR number, checked for form. */
export function bankValues(values: PcrValues, hash: HashAlgorithm): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const [index, value] of Object.entries(values[hash.name] ?? {})) {
    if (!INDEX.test(index) || Number(index) > MAX_PCR) throw new TpmFormatError('a PCR number is malformed');
    if (value.length !== 2 * hash.size || !HEX.test(value))
      throw new TpmFormatError(`PCR ${index} is malformed`);
    found.set(Number(index), value);
  }
  return found;
}

/** Whether the quote covers exactly these PCRs of this bank: no fewer, no more, no second bank. */
export function isExactSelection(
  selections: readonly PcrSelection[],
  hash: HashAlgorithm,
  pcrs: readonly number[],
): boolean {
  const [selection] = selections;
  if (selection === undefined || selections.length !== 1 || selection.hash !== hash.id) return false;
  return selection.pcrs.length === pcrs.length && selection.pcrs.every((pcr, i) => pcr === pcrs[i]);
}

/** Digest of a quote: the values (hex) in ascending order of their numbers, under the signing scheme's hash. */
export function pcrDigest(values: readonly string[], hash: HashAlgorithm): Buffer {
  return createHash(hash.name).update(values.join(''), 'hex').digest();
}
