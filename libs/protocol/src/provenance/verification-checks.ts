import { type RecordRisk } from './record-risks';
import { type VerificationStatus } from './verification-status';

export type CheckSeverity = 'success' | 'informational' | 'failure';

/** What a code of the table means. */
export interface CheckEntry {
  readonly severity: CheckSeverity;
  /** The status that it asks for; null where it leaves the verdict alone. */
  readonly status: VerificationStatus | null;
  /** Nearest status code of C2PA (2.2, §15.2); null where C2PA looks at no such thing. */
  readonly c2pa: string | null;
  /** Why that one. */
  readonly reason: string;
  readonly explanation: string;
}

function success(c2pa: string | null, reason: string, explanation: string): CheckEntry {
  return { severity: 'success', status: null, c2pa, reason, explanation };
}

function note(c2pa: string | null, reason: string, explanation: string): CheckEntry {
  return { severity: 'informational', status: null, c2pa, reason, explanation };
}

/** Something that could not be looked at: nothing speaks against the record, and it cannot be called valid. */
function open(c2pa: string | null, reason: string, explanation: string): CheckEntry {
  return { severity: 'informational', status: 'INCONCLUSIVE', c2pa, reason, explanation };
}

function failure(
  status: VerificationStatus,
  c2pa: string | null,
  reason: string,
  explanation: string,
): CheckEntry {
  return { severity: 'failure', status, c2pa, reason, explanation };
}

const ONLY_VIOLATION = 'C2PA has a code for the violation only.';
const NO_SOFT_BINDING = 'C2PA has no status for soft bindings.';
const FOLLOWS = 'Follows from an earlier finding, which has a code.';

const RECORD_CHECKS = {
  'version.supported': success(null, ONLY_VIOLATION, 'The claim is of a version that this verifier knows.'),
  'version.unsupported': failure(
    'UNSUPPORTED_SCHEMA_VERSION',
    'manifest.unknownProvenance',
    'A manifest that this version of the software cannot interpret.',
    'The claim is of a version that this verifier does not know; nothing after the version can be read.',
  ),
  'record.found': success(
    'assertion.accessible',
    'What is stored elsewhere could be obtained.',
    'A generation record was found.',
  ),
  'record.missing': failure(
    'NOT_FOUND',
    'claim.missing',
    'The claim cannot be found.',
    'No generation record was found. That proves nothing about the content: most content has none.',
  ),
  'record.ambiguous': note(
    'claim.multiple',
    'More than one claim is there.',
    'Several records fit. The verdict is about the one that is earliest on the ledger.',
  ),
  'model.found': success(
    'signingCredential.trusted',
    'The signer is one that the validator knows from its list, here the ledger.',
    'The record’s model is registered.',
  ),
  'model.missing': failure(
    'MODEL_UNKNOWN',
    'signingCredential.untrusted',
    'The signer is not on the validator’s list.',
    'The record’s model could not be resolved.',
  ),
  'model.mismatch': failure(
    'MODEL_UNKNOWN',
    'signingCredential.invalid',
    'The credential is not one for this signer.',
    'The model that was given is not the one that the record names: its reference does not follow from its owner and name.',
  ),
  'scheme.found': success(
    'assertion.accessible',
    'What is stored elsewhere could be obtained.',
    'The record’s watermark scheme is registered.',
  ),
  'scheme.missing': failure(
    'SCHEME_UNKNOWN',
    'assertion.missing',
    'Something that the claim lists is not there.',
    'The record’s watermark scheme could not be resolved.',
  ),
  'scheme.mismatch': failure(
    'SCHEME_UNKNOWN',
    'hashedURI.mismatch',
    'What was obtained under a hash does not have it.',
    'The scheme that was given is not the one that the record names: its reference does not follow from its model and name.',
  ),
} as const satisfies Readonly<Record<string, CheckEntry>>;

const DEFINITION_CHECKS = {
  'definition.match': success(
    'assertion.hashedURI.match',
    'The document’s hash is the one in the claim.',
    'The parameter document is the one that the scheme was registered with.',
  ),
  'definition.changed': failure(
    'SCHEME_MISMATCH',
    'hashedURI.mismatch',
    'What is found under a reference is not what was hashed.',
    'The scheme’s commitment is not the one that the record was made under.',
  ),
  'definition.mismatch': failure(
    'SCHEME_MISMATCH',
    'assertion.hashedURI.mismatch',
    'The document’s hash is not the one in the claim.',
    'The parameter document is not the one that the scheme was registered with.',
  ),
  'definition.malformed': failure(
    'SCHEME_MISMATCH',
    'assertion.json.invalid',
    'The document is not valid JSON.',
    'What was obtained as parameter document is not acceptable JSON, so it is not the registered one.',
  ),
  'definition.unavailable': open(
    'assertion.inaccessible',
    'What is stored elsewhere could not be obtained.',
    'The parameter document could not be obtained, so its commitment is unchecked and no detector may run.',
  ),
  'definition.not-checked': note(null, FOLLOWS, 'Without the scheme there is no commitment to check.'),
  'verification.stopped': note(
    null,
    FOLLOWS,
    'Verification stops here: without the committed definition, no later check would mean anything.',
  ),
  'binding.match': success(null, ONLY_VIOLATION, 'The scheme belongs to the record’s model.'),
  'binding.mismatch': failure(
    'SCHEME_MODEL_MISMATCH',
    'assertion.outsideManifest',
    'What the claim lists belongs to another one.',
    'The scheme belongs to another model than the record.',
  ),
  'binding.not-checked': note(null, FOLLOWS, 'Without the scheme there is no binding to check.'),
} as const satisfies Readonly<Record<string, CheckEntry>>;

const SIGNATURE_CHECKS = {
  'signature.valid': success(
    'claimSignature.validated',
    'The same statement.',
    'The claim is signed by the model’s key of the version that the record names.',
  ),
  'signature.invalid': failure(
    'INVALID_SIG',
    'claimSignature.mismatch',
    'The same statement.',
    'The signature does not verify: the model’s key did not sign this claim.',
  ),
  'signature.key-unknown': failure(
    'INVALID_SIG',
    'signingCredential.invalid',
    'The credential is not one that may sign this.',
    'The record names a key version that its model never had.',
  ),
  'signature.claim-malformed': failure(
    'INVALID_SIG',
    'claim.malformed',
    'The same statement.',
    'The record’s members make no claim that anybody could have signed.',
  ),
  'signature.digest-mismatch': failure(
    'INVALID_SIG',
    'claimSignature.mismatch',
    'What was signed is not what is shown.',
    'The digest in the record is not that of its members.',
  ),
  'signature.cosigned': success(
    'claimSignature.validated',
    'The same statement about a second signature.',
    'The claim entered late, and the key that was current then has signed the same digest.',
  ),
  'signature.cosignature-invalid': failure(
    'INVALID_SIG',
    'claimSignature.mismatch',
    'The same statement about a second signature.',
    'The claim entered late, and the second signature that this takes is missing or does not verify.',
  ),
  'signature.not-checked': note(null, FOLLOWS, 'Without the model there is no key to check with.'),
} as const satisfies Readonly<Record<string, CheckEntry>>;

const LINEAGE_CHECKS = {
  'lineage.none': success(null, ONLY_VIOLATION, 'The record claims no parent.'),
  'lineage.found': success(
    'ingredient.manifest.validated',
    'The ingredient has provenance of its own.',
    'The parent that the record names is registered.',
  ),
  'lineage.invalid': failure(
    'PARENT_INVALID',
    'ingredient.manifest.mismatch',
    'The ingredient is not the one that the claim means.',
    'The parent cannot be one.',
  ),
  'lineage.missing': failure(
    'PARENT_NOT_FOUND',
    'ingredient.manifest.missing',
    'The ingredient’s provenance was not found.',
    'No record of the parent was found, and this network’s rules ask for one.',
  ),
  'lineage.unregistered': note(
    'ingredient.unknownProvenance',
    'The ingredient has no provenance.',
    'No record of the parent was found, which this network’s rules permit: the lineage is not fully traceable.',
  ),
  'lineage.unchecked': note(
    'ingredient.unknownProvenance',
    'Nothing is known of the ingredient’s provenance.',
    'Whether the parent is registered could not be asked.',
  ),
  'lineage.cycle': note(
    'ingredient.unknownProvenance',
    'Nothing reliable is known of the ingredient’s provenance.',
    'The parent names this content as its own parent. One of the two claims is wrong; which one, nothing here tells.',
  ),
} as const satisfies Readonly<Record<string, CheckEntry>>;

const CONTENT_CHECKS = {
  'content.match': success(
    'assertion.dataHash.match',
    'The same statement.',
    'The content’s bytes are exactly those that were recorded.',
  ),
  'content.differs': note(
    'assertion.dataHash.mismatch',
    'The same finding, which is a failure there and here a fact to weigh: re-encoding changes every byte.',
    'The content’s bytes are not those that were recorded.',
  ),
  'content.absent': open(
    'claim.hardBindings.missing',
    'Nothing binds the claim to content.',
    'No content was given; only the record was checked.',
  ),
  'detection.found': success(null, NO_SOFT_BINDING, 'The scheme’s detector finds the watermark.'),
  'detection.found-unattributed': note(
    null,
    NO_SOFT_BINDING,
    'The detector finds a watermark, but no authenticated claim stands behind it: watermark evidence without authenticated attribution. Anybody can embed a published scheme’s watermark.',
  ),
  'detection.payload-mismatch': failure(
    'INCONCLUSIVE',
    'assertion.dataHash.mismatch',
    'The content is bound to something else.',
    'The watermark carries the payload of another record.',
  ),
  'detection.unbound': open(
    null,
    NO_SOFT_BINDING,
    'The detector finds the scheme’s watermark, but its payload is too short to name one record, and the bytes differ: the content may be of another record.',
  ),
  'detection.failed': failure(
    'DETECTION_FAILED',
    'assertion.dataHash.mismatch',
    'A content binding that ought to hold does not.',
    'The bytes are those that were recorded, and yet the detector does not find the watermark.',
  ),
  'detection.below-threshold': failure(
    'INCONCLUSIVE',
    'assertion.dataHash.mismatch',
    'No content binding holds.',
    'The record is there, but the detector stays below its threshold and the bytes differ: the content may have been changed, or be another one.',
  ),
  'detection.partial': failure(
    'TAMPER_SUSPECT',
    'assertion.dataHash.mismatch',
    'The content binding holds in a part only.',
    'The detector finds the watermark in parts of the content only, and the bytes differ: it may have been cut, pasted or painted over.',
  ),
  'detection.undecided': open(null, NO_SOFT_BINDING, 'The detector cannot tell from this content.'),
  'detection.unsupported': open(
    'algorithm.unsupported',
    'The same statement.',
    'No detector for this scheme is installed, so the watermark is unchecked.',
  ),
  'detection.broken': open(
    'general.error',
    'An error that no other code names.',
    'The detector did not give an answer that can be used.',
  ),
  'detection.not-run': open(null, NO_SOFT_BINDING, 'No detector was run.'),
} as const satisfies Readonly<Record<string, CheckEntry>>;

const RISK_CHECKS = {
  'risk.key-compromised': note(
    'signingCredential.ocsp.revoked',
    'The signer’s credential was revoked.',
    'The key that signed is reported as compromised from a time before this record: somebody else may have signed.',
  ),
  'risk.scheme-revoked': note(
    'algorithm.deprecated',
    'The algorithm should not be used any more.',
    'The model’s owner has revoked the scheme.',
  ),
  'risk.scheme-deprecated': note(
    'algorithm.deprecated',
    'The same statement.',
    'The model’s owner advises against the scheme.',
  ),
  'risk.model-disabled': note(
    'signingCredential.expired',
    'The credential may sign nothing new.',
    'The model is disabled and makes no new records.',
  ),
  'risk.parent-unregistered': note(
    'ingredient.unknownProvenance',
    'The ingredient has no provenance.',
    'The parent was not registered when the record was made.',
  ),
  'risk.backfilled': note(
    'timeStamp.outsideValidity',
    'The signed time lies outside the key’s time on the ledger.',
    'The record entered the ledger later than its key was in use.',
  ),
} as const satisfies Readonly<Record<`risk.${RecordRisk}`, CheckEntry>>;

/**
 * Every finding of a verifier, in the order of looking. Codes are ours; C2PA’s beside them let its tools sort a report
 * (docs/verifying.md has the table).
 */
export const CHECKS = {
  ...RECORD_CHECKS,
  ...DEFINITION_CHECKS,
  ...SIGNATURE_CHECKS,
  ...LINEAGE_CHECKS,
  ...CONTENT_CHECKS,
  ...RISK_CHECKS,
} as const satisfies Readonly<Record<string, CheckEntry>>;

export type CheckCode = keyof typeof CHECKS;
