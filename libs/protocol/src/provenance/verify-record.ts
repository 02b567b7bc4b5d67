import { type Model } from '../domain/model';
import { type GenerationRecord } from '../domain/record';
import { type Scheme } from '../domain/scheme';
import { isRegistryError } from '../errors/registry-error';
import { ATTESTATION_VERSION, ZERO_HASH } from './attestation';
import { judgeDefinition } from './judge-definition';
import { judgeContent, judgeDetection } from './judge-detection';
import { judgeLineage } from './judge-lineage';
import { judgeSignature, rebuildAttestation } from './judge-signature';
import { type RecordFindings } from './record-findings';
import { type RecordRisk, recordRisks } from './record-risks';
import { modelReference, schemeReference } from './reference';
import { type Finding, finding } from './verification-check';
import { type CheckCode } from './verification-checks';
import { recordSubjectName } from './verification-report';
import {
  type RecordVerdict,
  type VerificationAnchors,
  type VerificationEvidence,
} from './verification-result';
import { type VerificationStatus } from './verification-status';

/** A record whose model and scheme may be missing. */
interface Claimed {
  readonly record: GenerationRecord;
  readonly model: Model | undefined;
  readonly scheme: Scheme | undefined;
}

/**
 * The verdict on what was found (docs/specification/provenance.md, Verifying). Checks come in the protocol's order: version,
 * record, model, scheme, definition, binding, signature, lineage, content and detector, risks. The first failure names
 * the status, and what does not depend on it is still looked at; after SCHEME_MISMATCH nothing is. Without a failure,
 * anything that could not be looked at makes it INCONCLUSIVE. Never throws for documents of these types, whatever stands in
 * them: what a source made up gets a status.
 */
export function verifyRecord(findings: RecordFindings): RecordVerdict {
  const known = resolve(findings);
  const list = known === undefined ? withoutRecord(findings) : withRecord(findings, known);
  const risks = known === undefined ? [] : risksOf(known);
  const riskFindings = risks.map((risk) => finding(`risk.${risk}`, subjectOf(findings)));
  return {
    status: statusOf(list),
    checks: [...list, ...riskFindings].map(({ check }) => check),
    risks,
    refs: {
      model_ref: known?.record.model_ref ?? null,
      scheme_ref: known?.record.scheme_ref ?? null,
    },
    anchors: anchorsOf(findings, known?.record),
    evidence: evidenceOf(findings, known?.record, list),
  };
}

/** The first failure; without one, what was left open; else VALID. */
function statusOf(findings: readonly Finding[]): VerificationStatus {
  const failed = findings.find(({ check }) => check.severity === 'failure');
  const open = findings.find(({ status }) => status !== undefined);
  return failed?.status ?? open?.status ?? 'VALID';
}

function resolve({ record, model, scheme }: RecordFindings): Claimed | undefined {
  return record?.schema_version === ATTESTATION_VERSION ? { record, model, scheme } : undefined;
}

function subjectOf({ record, content }: RecordFindings): string {
  if (record !== undefined) return recordSubjectName(record);
  return content.kind === 'hashed' ? `content:${content.content_hash}` : 'record:unknown';
}

/** Neither a missing record nor one of an unknown version hides what the detector saw. */
function withoutRecord(findings: RecordFindings): Finding[] {
  const { record, schema_version: version = record?.schema_version } = findings;
  const subject = subjectOf(findings);
  const first =
    version === undefined
      ? finding('record.missing', subject)
      : finding('version.unsupported', subject, { detail: `It says ${version}.` });
  const { detection, content, scheme } = findings;
  if (detection.kind !== 'ran') return [first];
  const weights = { record: undefined, scheme, content, defined: true, attributed: false };
  return [first, judgeDetection(detection, weights)];
}

function withRecord(findings: RecordFindings, claimed: Claimed): Finding[] {
  const { record } = claimed;
  const subject = recordSubjectName(record);
  const found = [finding('version.supported', subject), finding('record.found', subject)];
  if (findings.others > 0) found.push(finding('record.ambiguous', subject));
  const model = judgeModel(claimed);
  const scheme = judgeScheme(claimed);
  const resolved = {
    record,
    model: isSuccess(model) ? claimed.model : undefined,
    scheme: isSuccess(scheme) ? claimed.scheme : undefined,
  };
  const definition = judgeDefinition(record, resolved.scheme, findings.params);
  const before = [...found, model, scheme, definition];
  if (definition.status === 'SCHEME_MISMATCH') return [...before, finding('verification.stopped', subject)];
  const signature = judgeSignature(record, resolved.model);
  const binding = judgeBinding(resolved);
  return [
    ...before,
    binding,
    ...signature,
    judgeLineage(record, findings.parent, findings.parents),
    judgeContent(record, findings.content),
    judgeDetection(findings.detection, {
      record,
      scheme: resolved.scheme,
      content: findings.content,
      defined: definition.check.code === 'definition.match',
      attributed: [model, scheme, binding, ...signature].every(isSuccess),
    }),
  ];
}

function isSuccess({ check }: Finding): boolean {
  return check.severity === 'success';
}

/** References follow from owners and names, so a document that is not the one asked for shows itself. */
function judgeModel({ record, model }: Claimed): Finding {
  const subject = `model:${record.model_ref}`;
  if (model === undefined) return finding('model.missing', subject);
  const isIt =
    model.model_ref === record.model_ref &&
    follows(model.model_ref, () => modelReference(model.owner, model.model_id));
  return finding(isIt ? 'model.found' : 'model.mismatch', subject);
}

function judgeScheme({ record, scheme }: Claimed): Finding {
  const subject = `scheme:${record.scheme_ref}`;
  if (scheme === undefined) return finding('scheme.missing', subject);
  const isIt =
    scheme.scheme_ref === record.scheme_ref &&
    follows(scheme.scheme_ref, () => schemeReference(scheme.model_ref, scheme.scheme_id));
  return finding(isIt ? 'scheme.found' : 'scheme.mismatch', subject);
}

/** Whether a reference is the derived one; what nothing can be derived from is another one. */
function follows(reference: string, derive: () => string): boolean {
  try {
    return derive() === reference;
  } catch (error) {
    if (isRegistryError(error)) return false;
    throw error;
  }
}

function judgeBinding({ record, scheme }: Claimed): Finding {
  const subject = `scheme:${record.scheme_ref}`;
  if (scheme === undefined) return finding('binding.not-checked', subject);
  return finding(scheme.model_ref === record.model_ref ? 'binding.match' : 'binding.mismatch', subject);
}

/** What the ledger says against the record, as far as model and scheme are known. */
function risksOf({ record, model, scheme }: Claimed): RecordRisk[] {
  if (model === undefined || scheme === undefined) return [...record.annotations];
  return recordRisks(record, model, scheme);
}

function anchorsOf({ content }: RecordFindings, record: GenerationRecord | undefined): VerificationAnchors {
  if (record === undefined) {
    return { content_hash: content.kind === 'hashed' ? content.content_hash : null };
  }
  const { model_ref, content_hash, parent_hash } = record;
  return {
    content_hash,
    ...(parent_hash === ZERO_HASH ? {} : { parent_hash }),
    record_key: { model_ref, content_hash },
  };
}

function evidenceOf(
  { detection }: RecordFindings,
  record: GenerationRecord | undefined,
  found: readonly Finding[],
): VerificationEvidence {
  const codes = new Set(found.map(({ check }) => check.code));
  const isSigned = codes.has('signature.valid') && !codes.has('signature.cosignature-invalid');
  const isDetected = codes.has('detection.found') || codes.has('detection.found-unattributed');
  return {
    commitment_verified: codes.has('definition.match'),
    signature_verified: isSigned,
    detection_verified: record !== undefined && isDetected,
    binding_verified: codes.has('binding.match'),
    detection_confidence: detection.kind === 'ran' && isHeard(codes) ? detection.outcome.confidence : null,
    ...recordEvidence(record),
  };
}

/** Whether the detector's answer was taken into account; what was stopped before, or ran with other parameters, was not. */
function isHeard(codes: ReadonlySet<CheckCode>): boolean {
  const isJudged = [...codes].some((code) => code.startsWith('detection.'));
  return isJudged && !codes.has('detection.not-run') && !codes.has('detection.broken');
}

type RecordEvidence = Omit<
  VerificationEvidence,
  | 'commitment_verified'
  | 'signature_verified'
  | 'detection_verified'
  | 'binding_verified'
  | 'detection_confidence'
>;

function recordEvidence(record: GenerationRecord | undefined): RecordEvidence {
  if (record === undefined) {
    return { record_locator: null, payload_digest: null, schema_version: null, timestamp: null, nonce: null };
  }
  return {
    record_locator: { tx_id: record.recorded.tx_id, at: record.recorded.at },
    payload_digest: rebuildAttestation(record)?.digest ?? null,
    schema_version: record.schema_version,
    timestamp: record.timestamp,
    nonce: record.nonce,
    ...(record.context_hash === undefined ? {} : { context_hash: record.context_hash }),
  };
}
