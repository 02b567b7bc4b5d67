import { hashById } from './algorithms';
import { type Attest, ATTEST_TYPE, type ClockInfo, parseAttest, type QuoteBody } from './attest';
import { equalBytes, statementChecks } from './attest-checks';
import { keyName, qualifiedNameUnderEndorsementKey } from './name';
import {
  bankValues,
  isExactSelection,
  pcrDigest,
  type PcrSet,
  type PcrValues,
  singleBank,
  sortedPcrs,
} from './pcr';
import { parsePublic, type TpmPublicKey } from './public-area';
import { parseSignature } from './signature';
import { type Check, check, judge, passed, type Verdict, warned } from './verdict';

/** What a machine must show. */
export interface QuotePolicy {
  /** Exactly the PCRs that the quote covers, of one bank. */
  readonly requiredPcrs: PcrSet;
  /** Accepted values in hex by PCR number; a PCR that is not named may have any value. */
  readonly referenceValues?: Readonly<Record<string, readonly string[]>>;
  /** Accepted firmware versions, 16 hex digits each; absent: any. */
  readonly firmware?: readonly string[];
}

export interface QuoteInput {
  /** TPM2B_PUBLIC of the attestation key. */
  readonly akPublic: Uint8Array;
  /** Name under which the key was enrolled; the public area must hash to it. */
  readonly akName?: Uint8Array;
  /** TPM2B_PUBLIC of the endorsement key the attestation key was enrolled with. */
  readonly ekPublic?: Uint8Array;
  /** TPMS_ATTEST. */
  readonly attest: Uint8Array;
  /** TPMT_SIGNATURE. */
  readonly signature: Uint8Array;
  readonly pcrs: PcrValues;
  /** What extraData must be: the challenge, or its hash with the context it answers. */
  readonly qualifyingData: Uint8Array;
  readonly policy: QuotePolicy;
  /** Clock of the last quote that was accepted from this key. */
  readonly previous?: Pick<ClockInfo, 'clock' | 'resetCount' | 'restartCount'>;
}

/** Verdict with what the caller stores for the next time. */
export interface QuoteVerdict extends Verdict {
  readonly clock?: ClockInfo;
  /** 16 hex digits. */
  readonly firmware?: string;
}

const MIN_QUALIFYING_BYTES = 16;
const FIRMWARE_DIGITS = 16;
const HEX_RADIX = 16;

/**
 * Verifies a quote completely: key attributes and Name, signature over the raw bytes, magic and type, place in the TPM's
 * hierarchy, freshness, clock, firmware, exact PCR selection, digest recomputed from the given values, and accepted values.
 * Checks go on after a failure, so that the result says everything; the verdict never improves by that.
 */
export function verifyQuote(input: QuoteInput): QuoteVerdict {
  let attest: Attest | undefined;
  const verdict = judge('QUOTE_MALFORMED', () => {
    const key = parsePublic(input.akPublic);
    attest = parseAttest(input.attest);
    return [
      ...statementChecks({
        key,
        bytes: input.attest,
        attest,
        signature: input.signature,
        type: ATTEST_TYPE.quote,
      }),
      ...identityChecks(input, key, attest),
      freshnessCheck(input, attest),
      ...clockChecks(attest.clock, input.previous),
      firmwareCheck(attest, input.policy),
      ...(attest.quote === undefined ? [] : pcrChecks(input, attest.quote)),
    ];
  });
  if (attest === undefined) return verdict;
  return { ...verdict, clock: attest.clock, firmware: firmwareText(attest) };
}

function firmwareText(attest: Attest): string {
  return attest.firmwareVersion.toString(HEX_RADIX).padStart(FIRMWARE_DIGITS, '0');
}

function identityChecks(input: QuoteInput, key: TpmPublicKey, attest: Attest): Check[] {
  const checks: Check[] = [];
  if (input.akName !== undefined) {
    const same = equalBytes(keyName(key), input.akName);
    checks.push(check('ak-name', same, 'QUOTE_AK_ATTRIBUTES', 'the attestation key is not the enrolled one'));
  }
  if (input.ekPublic !== undefined) {
    const expected = qualifiedNameUnderEndorsementKey(key, parsePublic(input.ekPublic));
    const same = equalBytes(attest.qualifiedSigner, expected);
    checks.push(
      check(
        'qualified-signer',
        same,
        'QUOTE_AK_ATTRIBUTES',
        'the signer is no child of the enrolled endorsement key',
      ),
    );
  }
  return checks;
}

/** A recorded quote replays wherever the verifier forgets to ask for something fresh, so an empty or short challenge fails. */
function freshnessCheck(input: QuoteInput, attest: Attest): Check {
  const answers =
    input.qualifyingData.length >= MIN_QUALIFYING_BYTES && equalBytes(attest.extraData, input.qualifyingData);
  return check('nonce', answers, 'QUOTE_NONCE', 'the quote does not answer this challenge');
}

function clockChecks(clock: ClockInfo, previous: QuoteInput['previous']): Check[] {
  const safe = clock.safe
    ? passed('clock-safe')
    : warned('clock-safe', 'QUOTE_CLOCK', 'the clock may have gone back');
  if (previous === undefined) return [safe];
  return [
    safe,
    check('clock', !wentBack(clock, previous), 'QUOTE_CLOCK', 'a counter or the clock went back'),
  ];
}

/** Counters say which boot this is; the clock runs on over boots, and may fall back a little only when not safe. */
function wentBack(clock: ClockInfo, previous: NonNullable<QuoteInput['previous']>): boolean {
  if (clock.resetCount !== previous.resetCount) {
    return clock.resetCount < previous.resetCount || (clock.safe && clock.clock < previous.clock);
  }
  if (clock.restartCount !== previous.restartCount) {
    return clock.restartCount < previous.restartCount || (clock.safe && clock.clock < previous.clock);
  }
  return clock.clock < previous.clock;
}

function firmwareCheck(attest: Attest, policy: QuotePolicy): Check {
  const accepted = policy.firmware?.includes(firmwareText(attest)) ?? true;
  return check('firmware', accepted, 'QUOTE_FIRMWARE', "the TPM's firmware version is not accepted");
}

function pcrChecks(input: QuoteInput, quote: QuoteBody): Check[] {
  const hash = singleBank(input.policy.requiredPcrs);
  const required = sortedPcrs(input.policy.requiredPcrs[hash.name] ?? []);
  const values = bankValues(input.pcrs, singleBank(input.pcrs));
  const exact = required.length > 0 && isExactSelection(quote.selections, hash, required);
  const supplied =
    singleBank(input.pcrs).id === hash.id &&
    values.size === required.length &&
    required.every((pcr) => values.has(pcr));
  const ordered = required.map((pcr) => values.get(pcr) ?? Buffer.alloc(0));
  const signatureHash = hashById(parseSignature(input.signature).hash);
  const recomputed =
    signatureHash !== undefined && equalBytes(pcrDigest(ordered, signatureHash), quote.pcrDigest);
  return [
    check(
      'pcr-selection',
      exact,
      'QUOTE_PCR_SELECTION',
      'the quote does not cover exactly the required PCRs',
    ),
    check(
      'pcr-values',
      supplied,
      'QUOTE_PCR_SELECTION',
      'the values given are not those of the required PCRs',
    ),
    check('pcr-digest', recomputed, 'QUOTE_PCR_DIGEST', 'the values given do not hash to the quoted digest'),
    referenceCheck(values, input.policy),
  ];
}

function referenceCheck(values: ReadonlyMap<number, Buffer>, policy: QuotePolicy): Check {
  const strange = Object.entries(policy.referenceValues ?? {})
    .filter(([pcr, accepted]) => !accepted.includes(values.get(Number(pcr))?.toString('hex') ?? ''))
    .map(([pcr]) => pcr);
  const detail = `PCR ${strange.join(', ')} has a value that the policy does not accept`;
  return check('pcr-reference', strange.length === 0, 'QUOTE_PCR_DIGEST', detail);
}
