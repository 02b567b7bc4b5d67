import { ATTEST_TYPE, parseAttest } from './attest';
import { equalBytes, statementChecks } from './attest-checks';
import { type AttestationKeySource, attestationKey } from './attestation-key';
import { keyName } from './name';
import { isReleaseKey, parsePublic } from './public-area';
import { parseSignature } from './signature';
import { check, judge, type Verdict } from './verdict';

export interface CertifyInput {
  readonly akPublic: AttestationKeySource;
  /** TPMS_ATTEST of TPM2_Certify. */
  readonly attest: Uint8Array;
  /** TPMT_SIGNATURE. */
  readonly signature: Uint8Array;
  /** TPM2B_PUBLIC of the key that is certified. */
  readonly keyPublic: Uint8Array;
}

/**
 * Verifies that the attestation key's TPM holds this release key: a P-256 key that was made there, can't be moved, and
 * only derives. A content key encrypted to it is usable in that TPM alone. Freshness is the quote's part: it is taken over
 * the release key's Name.
 */
export function verifyCertify(input: CertifyInput): Verdict {
  return judge('TPM_STRUCTURE_MALFORMED', () => {
    const key = attestationKey(input.akPublic);
    const released = parsePublic(input.keyPublic);
    const attest = parseAttest(input.attest);
    const name = attest.certify?.name ?? Buffer.alloc(0);
    return [
      ...statementChecks({
        key,
        bytes: input.attest,
        attest,
        signature: parseSignature(input.signature),
        type: ATTEST_TYPE.certify,
      }),
      check(
        'certified-name',
        equalBytes(name, keyName(released)),
        'CERTIFY_NAME',
        'another key was certified',
      ),
      check(
        'release-key-attributes',
        isReleaseKey(released.area),
        'RELEASE_KEY_ATTRIBUTES',
        'the key is not a P-256 key that only derives and that cannot leave its TPM',
      ),
    ];
  });
}
