import { type GenerationRecord } from '../domain/record';
import { type Scheme } from '../domain/scheme';
import { type DetectorOutcome } from './detector-outcome';
import { type ContentFinding, type DetectionFinding, type DetectorName } from './record-findings';
import { type Finding, finding } from './verification-check';
import { recordSubjectName } from './verification-report';
import { isPayloadOf } from './watermark-payload';

/**
 * Bits of a payload that ties changed bytes to one record: of a million records under one scheme, a random payload fits
 * one with a chance of 1 in 4 000. A shorter one fits records of strangers.
 */
export const MIN_BINDING_BITS = 32;

/** The content against the record's anchor. */
export function judgeContent(record: GenerationRecord, content: ContentFinding): Finding {
  if (content.kind === 'absent') return finding('content.absent', recordSubjectName(record));
  const subject = `content:${content.content_hash}`;
  return finding(content.content_hash === record.content_hash ? 'content.match' : 'content.differs', subject);
}

/** What the detector's answer is weighed against. */
export interface DetectionWeights {
  readonly record: GenerationRecord | undefined;
  /** Undefined where no scheme was resolved. */
  readonly scheme: Scheme | undefined;
  readonly content: ContentFinding;
  /** Whether the parameters that the detector ran with are the committed ones. */
  readonly defined: boolean;
  /** Whether model, scheme, binding and signature hold, so that a watermark can be attributed. */
  readonly attributed: boolean;
}

/** The detector's answer (P-90, P-101, P-102). */
export function judgeDetection(detection: DetectionFinding, weights: DetectionWeights): Finding {
  switch (detection.kind) {
    case 'not-run':
      return finding('detection.not-run', contentSubject(weights.content), { detail: detection.reason });
    case 'unsupported':
      return finding('detection.unsupported', detectorSubject(detection.detector));
    case 'broken':
      return finding('detection.broken', detectorSubject(detection.detector), { detail: detection.reason });
    case 'ran':
      return judgeRun(detection.detector, detection.outcome, weights);
  }
}

function judgeRun(detector: DetectorName, outcome: DetectorOutcome, weights: DetectionWeights): Finding {
  const subject = detectorSubject(detector);
  const { scheme, defined } = weights;
  if (!defined) {
    return finding('detection.not-run', subject, { detail: 'Its parameters are not the committed ones.' });
  }
  if (scheme !== undefined && detectorSubject(scheme.detector) !== subject) {
    return finding('detection.broken', subject, { detail: 'The scheme names another detector.' });
  }
  return outcome.decision === 'detected'
    ? judgeDetected(subject, outcome, weights)
    : judgeUndetected(subject, outcome, weights);
}

/** A watermark speaks for the record only when bytes or payload tie this content to it. */
function judgeDetected(subject: string, outcome: DetectorOutcome, weights: DetectionWeights): Finding {
  const { record, attributed } = weights;
  const detail = `Confidence ${outcome.confidence}.`;
  if (record === undefined) return finding('detection.found-unattributed', subject, { detail });
  const matches = bytesMatch(weights);
  if (!payloadFits(record, outcome)) {
    return finding('detection.payload-mismatch', subject, matches ? { status: 'DETECTION_FAILED' } : {});
  }
  const isBound = matches || (outcome.payload_bits ?? 0) >= MIN_BINDING_BITS;
  if (!isBound) return finding('detection.unbound', subject);
  return finding(attributed ? 'detection.found' : 'detection.found-unattributed', subject, { detail });
}

function judgeUndetected(subject: string, outcome: DetectorOutcome, weights: DetectionWeights): Finding {
  const detail = `Confidence ${outcome.confidence}.`;
  const { record } = weights;
  if (record === undefined) return finding('detection.undecided', subject, { detail });
  const isPartial = (outcome.local?.length ?? 0) > 0;
  if (bytesMatch(weights)) {
    const isFailure = outcome.decision === 'not-detected';
    return finding(isFailure ? 'detection.failed' : 'detection.undecided', subject, { detail });
  }
  if (isPartial) {
    const places = outcome.local?.map(({ place }) => place).slice(0, SHOWN_PLACES) ?? [];
    return finding('detection.partial', subject, { detail: `Found at: ${places.join('; ')}.` });
  }
  const isBelow = outcome.decision === 'not-detected';
  return finding(isBelow ? 'detection.below-threshold' : 'detection.undecided', subject, { detail });
}

/** Places that an explanation lists; the report has them all. */
const SHOWN_PLACES = 8;

function bytesMatch({ record, content }: DetectionWeights): boolean {
  return content.kind === 'hashed' && content.content_hash === record?.content_hash;
}

/** A detector without a payload contradicts nothing. */
function payloadFits({ nonce }: GenerationRecord, { payload, payload_bits: bits }: DetectorOutcome): boolean {
  return payload === undefined || bits === undefined || isPayloadOf(nonce, payload, bits);
}

function detectorSubject({ name, version }: DetectorName): string {
  return `detector:${name}@${version}`;
}

function contentSubject(content: ContentFinding): string {
  return content.kind === 'hashed' ? `content:${content.content_hash}` : 'content:none';
}
