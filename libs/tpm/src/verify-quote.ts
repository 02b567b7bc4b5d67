import { type Attest, ATTEST_TYPE, type ClockInfo, parseAttest } from './attest';
import { equalBytes, statementChecks } from './attest-checks';
import { attestationKey, type AttestationKey, type AttestationKeySource } from './attestation-key';
import { clockChecks, type PreviousClock } from './clock-checks';
import { eventLogChecks } from './event-log-checks';
import { MIN_CHALLENGE_BYTES } from './limits';
import { keyName, qualifiedNameUnderEndorsementKey } from './name';
import { pcrChecks } from './pcr-checks';
import { type PcrValues } from './pcr';
import { parsePublic, type TpmPublicKey } from './public-area';
import { type QuotePolicy, shortfall } from './quote-policy';
import { parseSignature, type TpmSignature } from './signature';
import { type Check, check, judge, notChecked, passed, type Verdict, warned } from './verdict';

export interface QuoteInput {
  readonly akPublic: AttestationKeySource;
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
  readonly previous?: PreviousClock | undefined;
  /** The firmware's log in its crypto-agile form. */
  readonly eventLog?: Uint8Array | undefined;
}

/** Verdict with what the caller stores for the next time. */
export interface QuoteVerdict extends Verdict {
  readonly clock?: ClockInfo;
  /** 16 hex digits. */
  readonly firmware?: string;
}

/**
 * Verifies a quote completely: key attributes and Name, signature over the raw bytes, magic and type, place in the TPM's
 * hierarchy, freshness, clock, firmware, exact PCR selection, digest recomputed from the given values, accepted values, and
 * the event log. Checks go on after a failure, so that the result says everything; the verdict never improves by that.
 */
export function verifyQuote(input: QuoteInput): QuoteVerdict {
  let attest: Attest | undefined;
  const verdict = judge('QUOTE_MALFORMED', () => {
    const key = attestationKey(input.akPublic);
    const signature = parseSignature(input.signature);
    attest = parseAttest(input.attest);
    return [
      ...statementChecks({ key, bytes: input.attest, attest, signature, type: ATTEST_TYPE.quote }),
      ...identityChecks(input, key, attest),
      freshnessCheck(input, attest),
      ...clockChecks(attest.clock, input.previous, input.policy),
      firmwareCheck(attest, input.policy),
      ...machineChecks(input, attest, signature),
    ];
  });
  if (attest === undefined) return verdict;
  return { ...verdict, clock: attest.clock, firmware: attest.firmware };
}

function identityChecks(input: QuoteInput, { tpm }: AttestationKey, attest: Attest): Check[] {
  const checks: Check[] = [];
  if (input.akName !== undefined) {
    const same = tpm !== undefined && equalBytes(keyName(tpm), input.akName);
    checks.push(check('ak-name', same, 'QUOTE_AK_ATTRIBUTES', 'the attestation key is not the enrolled one'));
  }
  if (input.ekPublic === undefined) {
    checks.push(notChecked('qualified-signer', 'the endorsement key is not given'));
    return checks;
  }
  const expected = tpm && expectedSigner(tpm, input.ekPublic);
  checks.push(
    check(
      'qualified-signer',
      expected !== undefined && equalBytes(attest.qualifiedSigner, expected),
      'QUOTE_AK_ATTRIBUTES',
      'the signer is no child of the enrolled endorsement key',
    ),
  );
  return checks;
}

/** The name under the endorsement key that a key was last seen with: a device keeps both. */
const signers = new WeakMap<TpmPublicKey, { readonly ekPublic: Buffer; readonly name: Buffer }>();

function expectedSigner(tpm: TpmPublicKey, ekPublic: Uint8Array): Buffer {
  const known = signers.get(tpm);
  if (known?.ekPublic.equals(ekPublic) === true) return known.name;
  const name = qualifiedNameUnderEndorsementKey(tpm, parsePublic(ekPublic));
  signers.set(tpm, { ekPublic: Buffer.from(ekPublic), name });
  return name;
}

/**
 * A recorded quote replays wherever the verifier forgets to ask for something fresh, so an empty challenge fails even
 * where the quote has none either; a short one may come round again.
 */
function freshnessCheck(input: QuoteInput, attest: Attest): Check {
  const { qualifyingData } = input;
  if (qualifyingData.length === 0 || !equalBytes(attest.extraData, qualifyingData)) {
    return check('nonce', false, 'QUOTE_NONCE', 'the quote does not answer this challenge');
  }
  if (qualifyingData.length < MIN_CHALLENGE_BYTES) {
    return warned('nonce', 'QUOTE_NONCE', `the challenge has fewer than ${MIN_CHALLENGE_BYTES} bytes`);
  }
  return passed('nonce');
}

function firmwareCheck(attest: Attest, policy: QuotePolicy): Check {
  if (policy.firmware === undefined) return notChecked('firmware', 'no accepted firmware is listed');
  if (policy.firmware.includes(attest.firmware)) return passed('firmware');
  return shortfall(policy, 'firmware', 'QUOTE_FIRMWARE', "the TPM's firmware version is not accepted");
}

function machineChecks(
  input: QuoteInput,
  { quote, clock }: Attest,
  signature: TpmSignature,
): readonly Check[] {
  if (quote === undefined) return [];
  const { pcrs, policy, previous, eventLog } = input;
  const { checks, quoted } = pcrChecks({ quote, pcrs, signatureHash: signature.hash, policy });
  if (quoted === undefined) return checks;
  return [...checks, ...eventLogChecks({ eventLog, quoted, clock, previous, policy })];
}
