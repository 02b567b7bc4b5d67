import {
  committedParams,
  type CommittedParams,
  type DetectionFinding,
  type ParamsFinding,
  type Scheme,
} from '@maker-registry/protocol';
import { MAX_CANDIDATE_SCHEMES, MAX_CONSIDERED_SCHEMES, MAX_MATCHES } from './limits';
import { isAvailable, obtainParams } from './obtain-params';
import { type FoundRecord, type RecoveredPayload } from './record-source';
import { type DetectorInput, findDetector, openScheme, runDetector } from './run-detector';
import { type VerifyOptions } from './verification';

/** A detector's run on content that nobody registered, and the records that its payload names. */
export interface Recovered {
  readonly scheme: Scheme;
  readonly params: ParamsFinding;
  readonly detection: DetectionFinding;
  readonly records: readonly FoundRecord[];
}

interface Candidate {
  readonly scheme: Scheme;
  readonly params: ParamsFinding;
  readonly committed: CommittedParams;
}

/**
 * Tries the candidate schemes on the content until the payload of one names a record. Where none does, the run that saw
 * a watermark is kept, so that NOT_FOUND can say so. Schemes of keys that nobody here holds cost no run: in a registry of many
 * makers they would use up all that are allowed.
 */
export async function recoverPayload(
  input: DetectorInput,
  options: VerifyOptions,
): Promise<Recovered | undefined> {
  let seen: Recovered | undefined;
  let runs = 0;
  for (const scheme of await candidateSchemes(options)) {
    if (runs === MAX_CANDIDATE_SCHEMES) break;
    const candidate = await readable(scheme, options);
    if (candidate === undefined) continue;
    runs += 1;
    const recovered = await tryScheme(candidate, input, options);
    if (recovered.records.length > 0) return recovered;
    seen ??= sawWatermark(recovered) ? recovered : undefined;
  }
  return seen;
}

function sawWatermark({ detection }: Recovered): boolean {
  return detection.kind === 'ran' && detection.outcome.decision === 'detected';
}

/** The scheme with its document, unless that cannot be had or is for a key that no detector holds. */
async function readable(scheme: Scheme, options: VerifyOptions): Promise<Candidate | undefined> {
  const params = await obtainParams(scheme, options);
  if (!isAvailable(params)) return undefined;
  const committed = committedParams(scheme, params);
  const candidate = { scheme, params, committed };
  if (committed.kind !== 'committed') return candidate;
  try {
    const { document, detector } = openScheme(scheme, committed.document, options.detectors ?? []);
    return detector?.canRead?.(document) === false ? undefined : candidate;
  } catch {
    // What is wrong with the document is said by the run.
    return candidate;
  }
}

/** The scheme that the caller names, or those of the source whose detector is installed. */
async function candidateSchemes(options: VerifyOptions): Promise<readonly Scheme[]> {
  const { source, schemeRef, modelRef, detectors = [] } = options;
  if (schemeRef !== undefined) {
    const scheme = await source.scheme(schemeRef);
    return scheme === undefined ? [] : [scheme];
  }
  if (detectors.length === 0) return [];
  return (await source.schemes(modelRef))
    .filter(({ detector }) => findDetector(detectors, detector) !== undefined)
    .slice(0, MAX_CONSIDERED_SCHEMES);
}

async function tryScheme(
  { scheme, params, committed }: Candidate,
  input: DetectorInput,
  options: VerifyOptions,
): Promise<Recovered> {
  const detection = await runDetector(scheme, committed, input, options);
  const payload = payloadOf(detection);
  if (payload === undefined) return { scheme, params, detection, records: [] };
  const hits = (await options.source.recordsWith(scheme.scheme_ref, payload)).slice(0, MAX_MATCHES);
  const records = hits.filter(
    ({ key }) => options.modelRef === undefined || key.model_ref === options.modelRef,
  );
  return { scheme, params, detection, records };
}

/** The payload to look up: also one below the threshold, for it may be what is left of a changed content's. */
function payloadOf(detection: DetectionFinding): RecoveredPayload | undefined {
  if (detection.kind !== 'ran' || detection.outcome.decision === 'not-detected') return undefined;
  const { payload, payload_bits: bits } = detection.outcome;
  return payload === undefined || bits === undefined ? undefined : { payload, payload_bits: bits };
}
