import {
  assertParamsDocument,
  type CommittedParams,
  type DetectionFinding,
  type DetectorName,
  type ParamsDocument,
  readDetectorOutcome,
  type Scheme,
} from '@maker-registry/protocol';
import { type Detector } from './detector';
import { DETECTOR_TIMEOUT_MS } from './limits';
import { quote } from './quote';
import { type VerifyOptions } from './verification';

/** The content that detectors look at. */
export interface DetectorInput {
  readonly bytes: Uint8Array;
  readonly mediaType?: string | undefined;
}

/** The installed detector of a name and version; both must be the same, letter for letter. */
export function findDetector(installed: readonly Detector[], wanted: DetectorName): Detector | undefined {
  return installed.find(({ name, version }) => name === wanted.name && version === wanted.version);
}

/** The document of a scheme, and the installed detector that it names. Throws where the document is none of this scheme. */
export function openScheme(
  { scheme_id: schemeId }: Scheme,
  committed: unknown,
  installed: readonly Detector[],
): { readonly document: ParamsDocument; readonly detector: Detector | undefined } {
  const document = assertParamsDocument(committed, schemeId);
  return { document, detector: findDetector(installed, document.detector_spec) };
}

/**
 * Runs the detector that the committed document names. Whatever goes wrong inside it becomes part of the finding: a
 * plugin must not decide whether there is a verdict.
 */
export async function runDetector(
  scheme: Scheme,
  params: CommittedParams,
  input: DetectorInput,
  { detectors = [], detectorTimeoutMs = DETECTOR_TIMEOUT_MS }: VerifyOptions,
): Promise<DetectionFinding> {
  if (params.kind !== 'committed') {
    return { kind: 'not-run', reason: 'Its parameters are not the committed ones.' };
  }
  try {
    const { document, detector } = openScheme(scheme, params.document, detectors);
    const { name, version } = document.detector_spec;
    if (detector === undefined) return { kind: 'unsupported', detector: { name, version } };
    const answer = await withinTime(detectorTimeoutMs, (signal) =>
      detector.detect(input.bytes, document, {
        modelRef: scheme.model_ref,
        schemeRef: scheme.scheme_ref,
        ...(input.mediaType === undefined ? {} : { mediaType: input.mediaType }),
        signal,
      }),
    );
    return { kind: 'ran', detector: { name, version }, outcome: readDetectorOutcome(answer) };
  } catch (error) {
    return { kind: 'broken', detector: scheme.detector, reason: `It says: ${quote(error)}` };
  }
}

/** A detector that waits for something is left behind when its time is over; one that computes cannot be stopped here. */
async function withinTime<Answer>(
  timeoutMs: number,
  act: (signal: AbortSignal) => Answer | Promise<Answer>,
): Promise<Answer> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs} ms`));
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([act(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
