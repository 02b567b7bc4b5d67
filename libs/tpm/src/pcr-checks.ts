import { type HashAlgorithm, hashById } from './algorithms';
import { type QuoteBody } from './attest';
import { equalBytes } from './attest-checks';
import { bankValues, isExactSelection, pcrDigest, type PcrValues, singleBank, sortedPcrs } from './pcr';
import { type QuotePolicy, shortfall } from './quote-policy';
import { type Check, check, failed, notChecked, passed } from './verdict';

/** PCR values (hex) that belong to a quote; whether it covers them, the checks say. */
export interface QuotedPcrs {
  readonly hash: HashAlgorithm;
  readonly values: ReadonlyMap<number, string>;
}

export interface PcrEvidence {
  readonly quote: QuoteBody;
  readonly pcrs: PcrValues;
  /** TPM_ALG_ID of the hash that the signature names: the PCR digest is under the same. */
  readonly signatureHash: number;
  readonly policy: QuotePolicy;
}

/**
 * The quote covers exactly the required PCRs of one bank, the values given are those and no others, and they hash to the
 * quoted digest. A value beside the quoted ones would be believed without being vouched for (CVE-2022-0317).
 */
export function pcrChecks(evidence: PcrEvidence): { checks: readonly Check[]; quoted?: QuotedPcrs } {
  const { quote, pcrs, policy } = evidence;
  const hash = singleBank(policy.requiredPcrs);
  const required = sortedPcrs((hash && policy.requiredPcrs[hash.name]) ?? []);
  if (hash === undefined || required.length === 0) {
    return {
      checks: [failed('pcr-selection', 'QUOTE_PCR_SELECTION', 'no PCRs of one SHA-2 bank are required')],
    };
  }
  const values = singleBank(pcrs)?.id === hash.id ? bankValues(pcrs, hash) : new Map<number, string>();
  const supplied = values.size === required.length && required.every((pcr) => values.has(pcr));
  const recomputed = supplied && isDigestOf(required, values, evidence);
  const checks = [
    check(
      'pcr-selection',
      isExactSelection(quote.selections, hash, required),
      'QUOTE_PCR_SELECTION',
      'the quote does not cover exactly the required PCRs of one bank',
    ),
    check(
      'pcr-values',
      supplied,
      'QUOTE_PCR_SELECTION',
      'the values given are not exactly those of the required PCRs',
    ),
    check('pcr-digest', recomputed, 'QUOTE_PCR_DIGEST', 'the values given do not hash to the quoted digest'),
    referenceCheck(values, policy),
  ];
  return { checks, quoted: { hash, values } };
}

function isDigestOf(
  required: readonly number[],
  values: ReadonlyMap<number, string>,
  { quote, signatureHash }: PcrEvidence,
): boolean {
  const ordered = required.map((pcr) => values.get(pcr) ?? '');
  const hash = hashById(signatureHash);
  return hash !== undefined && equalBytes(pcrDigest(ordered, hash), quote.pcrDigest);
}

function referenceCheck(values: ReadonlyMap<number, string>, policy: QuotePolicy): Check {
  if (policy.referenceValues === undefined)
    return notChecked('pcr-reference', 'no accepted values are listed');
  const strange = Object.entries(policy.referenceValues)
    .filter(([pcr, accepted]) => !accepted.includes(values.get(Number(pcr)) ?? ''))
    .map(([pcr]) => pcr);
  if (strange.length === 0) return passed('pcr-reference');
  const detail = `PCR ${strange.join(', ')} has a value that the policy does not accept`;
  return shortfall(policy, 'pcr-reference', 'QUOTE_PCR_DIGEST', detail);
}
