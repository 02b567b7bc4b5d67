import {
  committedParams,
  type DetectionFinding,
  type GenerationRecord,
  type ParamsFinding,
  type ParentFinding,
  type RecordFindings,
  type Scheme,
  sha256Hex,
  verifyRecord,
  ZERO_HASH,
} from '@maker-registry/protocol';
import { type EarlierRun, findRecord, type Lookup, recordOf, recordsOf } from './find-record';
import { MAX_CONTENT_BYTES, MAX_CONTENT_NAME_LENGTH } from './limits';
import { isAvailable, obtainParams } from './obtain-params';
import { showable } from './quote';
import { type RecordSource, type SourceDescription } from './record-source';
import { type DetectorInput, runDetector } from './run-detector';
import {
  type ContentSummary,
  type DetectionSummary,
  type Subject,
  type Verification,
  VERIFICATION_FORMAT,
  type VerifyOptions,
} from './verification';
import { VerifierError } from './verifier-error';

/** Content that is verified: what the result says of it, and what detectors get. */
interface Content {
  readonly summary: ContentSummary;
  readonly input: DetectorInput;
}

/**
 * Verifies content, or a record alone, against a source: finds the record, resolves what it names, obtains the parameter
 * document, runs the scheme's detector, and applies the protocol's decision rule. All I/O is the source's and the
 * fetcher's, so that this runs wherever the protocol does.
 *
 * @throws VerifierError CONTENT_TOO_LARGE, SOURCE_MALFORMED, SOURCE_LIED, and whatever the source throws; every other
 *   outcome is a status
 */
export async function verify(subject: Subject, options: VerifyOptions): Promise<Verification> {
  // Asked first, so that the facts are at least as new as the height that the result names.
  const source = await options.source.describe();
  if (subject.kind === 'record') {
    const key = { model_ref: subject.modelRef, content_hash: subject.contentHash };
    const found = await recordOf(options.source, key);
    const lookup: Lookup = { found, others: [], by: found === undefined ? null : 'record-key' };
    return resultOf(lookup, undefined, await gather(lookup, undefined, options), { source, at: options.at });
  }
  const content = examine(subject);
  const lookup = await findRecord(content.summary.sha256, content.input, options);
  return resultOf(lookup, content, await gather(lookup, content, options), { source, at: options.at });
}

function examine({ bytes, name, mediaType }: Extract<Subject, { kind: 'bytes' }>): Content {
  if (bytes.length > MAX_CONTENT_BYTES) {
    throw new VerifierError(
      'CONTENT_TOO_LARGE',
      `The content has ${bytes.length} bytes; at most ${MAX_CONTENT_BYTES} are verified.`,
    );
  }
  const shown = name === undefined ? null : showable(name, MAX_CONTENT_NAME_LENGTH);
  return {
    summary: { name: shown, bytes: bytes.length, sha256: sha256Hex(bytes) },
    input: { bytes, mediaType },
  };
}

function resultOf(
  lookup: Lookup,
  content: Content | undefined,
  findings: RecordFindings,
  { source, at }: { readonly source: SourceDescription; readonly at: number },
): Verification {
  const { status, checks, risks, refs, anchors, evidence } = verifyRecord(findings);
  return {
    format: VERIFICATION_FORMAT,
    status,
    content: content?.summary ?? null,
    refs,
    anchors,
    evidence,
    checks,
    risks,
    detection: detectionOf(findings.detection),
    found_by: lookup.by,
    others: lookup.others,
    source,
    verified_at: at,
  };
}

const NO_RECORD: DetectionFinding = { kind: 'not-run', reason: 'No record says which detector to run.' };

/** Everything that the decision rule judges. */
async function gather(
  { found, others, earlier }: Lookup,
  content: Content | undefined,
  options: VerifyOptions,
): Promise<RecordFindings> {
  const { source, parents = 'permissive' } = options;
  const common = {
    ...(found === undefined ? {} : { schema_version: found.schema_version }),
    others: others.length,
    content:
      content === undefined
        ? ({ kind: 'absent' } as const)
        : ({ kind: 'hashed', content_hash: content.summary.sha256 } as const),
    parents,
  };
  const record = found?.record;
  if (record === undefined) {
    return {
      ...common,
      record: undefined,
      model: undefined,
      scheme: earlier?.scheme,
      params: { kind: 'unavailable', reason: 'Without a record there is none to obtain.' },
      parent: { kind: 'missing' },
      detection: earlier?.detection ?? NO_RECORD,
    };
  }
  const [model, scheme, parent] = [
    await source.model(record.model_ref),
    await source.scheme(record.scheme_ref),
    await parentOf(record, source),
  ];
  return {
    ...common,
    record,
    model,
    scheme,
    parent,
    ...(await define(record, scheme, content, options, earlier)),
  };
}

/** The parent that the record means: its named model's, or the earliest record of that content. */
async function parentOf(record: GenerationRecord, source: RecordSource): Promise<ParentFinding> {
  const { parent_hash: hash, parent_model_ref: ref } = record;
  if (hash === ZERO_HASH) return { kind: 'missing' };
  const found =
    ref === undefined
      ? (await recordsOf(source, hash))[0]
      : await recordOf(source, { model_ref: ref, content_hash: hash });
  if (found === undefined) return { kind: 'missing' };
  if (found.record === undefined) {
    return { kind: 'unknown', reason: `It is of version ${found.schema_version}.` };
  }
  return { kind: 'found', record: found.record };
}

interface Definition {
  readonly params: ParamsFinding;
  readonly detection: DetectionFinding;
}

/** The scheme's document and what its detector says, unless both are known from the look-up. */
async function define(
  record: GenerationRecord,
  scheme: Scheme | undefined,
  content: Content | undefined,
  options: VerifyOptions,
  earlier?: EarlierRun,
): Promise<Definition> {
  const notRun = (reason: string): DetectionFinding => ({ kind: 'not-run', reason });
  if (scheme?.scheme_commitment !== record.scheme_commitment) {
    return {
      params: { kind: 'unavailable', reason: 'The scheme that names it was not found.' },
      detection: notRun('The record’s scheme was not found.'),
    };
  }
  if (earlier?.scheme.scheme_commitment === scheme.scheme_commitment) {
    return { params: earlier.params, detection: earlier.detection };
  }
  const params = await obtainParams(scheme, options);
  if (content === undefined) return { params, detection: notRun('No content was given.') };
  if (!isAvailable(params)) return { params, detection: notRun('Its parameters could not be obtained.') };
  return {
    params,
    detection: await runDetector(scheme, committedParams(scheme, params), content.input, options),
  };
}

/** Members in one order, whatever order the detector wrote them in. */
function detectionOf(detection: DetectionFinding): DetectionSummary | null {
  if (detection.kind !== 'ran') return null;
  const { name, version } = detection.detector;
  const { decision, confidence, p_value, payload, payload_bits, local } = detection.outcome;
  return {
    name,
    version,
    decision,
    confidence,
    ...(p_value === undefined ? {} : { p_value }),
    ...(payload === undefined ? {} : { payload }),
    ...(payload_bits === undefined ? {} : { payload_bits }),
    ...(local === undefined
      ? {}
      : {
          local: local.map(({ place, confidence: local_confidence }) => ({
            place,
            confidence: local_confidence,
          })),
        }),
  };
}
