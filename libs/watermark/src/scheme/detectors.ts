import { type DetectorOutcome, type LocalFinding, type ParamsDocument } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';
import { NO_KEY_COMMITMENT, type WatermarkKey } from '../keys/watermark-key';
import { probabilityOf, atMost, timesHypotheses } from '../statistics/probability';
import { type CommonParams } from './params-schema';
import { schemeOf, SCHEMES } from './scheme-table';
import { type Detection, type LocalEvidence, type WatermarkScheme } from './watermark-scheme';

/** Findings that a verifier takes of one content (libs/protocol, detector-outcome). */
const MAX_LOCAL = 10_000;
/** Characters of a place that a verifier takes, printable ASCII. */
const MAX_PLACE_LENGTH = 200;
/** Places of content that is not marked as a whole count when nobody would see them by accident once in a thousand contents. */
const LOCAL_LEVEL = probabilityOf('0.001');

/** What a verifier tells a detector beside content and document. */
export interface SchemeDetectorContext {
  readonly mediaType?: string;
  readonly signal: AbortSignal;
}

/** A scheme as a verifier plugs it in: the shape of its `Detector`. */
export interface SchemeDetector {
  readonly name: string;
  readonly version: string;
  /** Whether the key that a document commits to is at hand, and its marks are evidence. */
  canRead(params: ParamsDocument): boolean;
  detect(
    content: Uint8Array,
    params: ParamsDocument,
    context: SchemeDetectorContext,
  ): Promise<DetectorOutcome>;
}

/**
 * A detector for every scheme of this package. Each takes, of `keys`, the one that the document commits to. What it throws
 * makes a verdict INCONCLUSIVE:
 *
 * - SCHEME_NO_EVIDENCE: a document that commits to no key, which anybody can mark with; a metadata layer, which
 *   anybody copies from one content to another;
 * - KEY_COMMITMENT_MISMATCH: none of the keys is the document's;
 * - whatever reading and detecting throws.
 */
export function detectorsFor(
  keys: readonly WatermarkKey[],
  schemes: readonly WatermarkScheme[] = SCHEMES,
): readonly SchemeDetector[] {
  const keyOf = new Map(keys.map((key) => [key.commitment(), key]));
  return schemes.map((scheme) => ({
    name: scheme.name,
    version: scheme.version,
    canRead: ({ key_commitment: commitment }) =>
      scheme.robust && commitment !== NO_KEY_COMMITMENT && keyOf.has(commitment),
    detect: async (bytes, document, { mediaType, signal }) => {
      schemeOf(document, [scheme]);
      assertEvidence(scheme, document);
      const key = keyOf.get(document.key_commitment);
      if (key === undefined) throw unknownKey(keys.length);
      const content = { bytes, ...(mediaType === undefined ? {} : { mediaType }) };
      const detection = await scheme.detect({ document, key, content, signal });
      const { threshold } = document.params as unknown as CommonParams;
      return outcomeOf(detection, {
        placesSearched: scheme.placesSearched?.(document),
        inconclusive: threshold.inconclusive_p_value,
      });
    },
  }));
}

function assertEvidence(
  { robust, name }: WatermarkScheme,
  { key_commitment: commitment }: ParamsDocument,
): void {
  if (!robust) {
    throw new WatermarkError(
      'SCHEME_NO_EVIDENCE',
      `${name} is a metadata layer: it is copied and removed with ease, so it proves nothing about content.`,
      { subject: '/detector_spec/name' },
    );
  }
  if (commitment !== NO_KEY_COMMITMENT) return;
  throw new WatermarkError(
    'SCHEME_NO_EVIDENCE',
    'The scheme document commits to no key: anybody could have made such a mark.',
    { subject: '/key_commitment' },
  );
}

function unknownKey(count: number): WatermarkError {
  const given = count === 0 ? 'No watermark key was given.' : `None of ${count} given keys is the one.`;
  return new WatermarkError(
    'KEY_COMMITMENT_MISMATCH',
    `The scheme document commits to a key that is not here. ${given}`,
    { subject: '/key_commitment' },
  );
}

/** What the scheme and its document say of a detection's places. */
export interface PlacesSearched {
  /** Of how many `local` is a choice; 0 where it holds no places. */
  readonly placesSearched?: number | undefined;
  /** At or below it the content as a whole is doubtful. */
  readonly inconclusive: string;
}

/** A detection in the verifier's words. */
export function outcomeOf(detection: Detection, searched: PlacesSearched): DetectorOutcome {
  const { decision, payload, bits, confidence, p_value } = detection;
  const carries = decision === 'detected' && payload !== undefined && bits > 0;
  const local = searched.placesSearched === 0 ? [] : localFindings(detection, searched);
  return {
    decision,
    ...(carries ? { payload, payload_bits: bits } : {}),
    confidence,
    p_value,
    ...(local.length === 0 ? {} : { local }),
  };
}

/**
 * Places that speak for a mark. A verifier takes any place in content that is not marked as a whole as a sign of
 * tampering, so there only places count whose own chance, times the number of places looked at, is small. Where the whole itself
 * is in doubt, places are part of that doubt: a weak mark is no trace of tampering.
 */
function localFindings(
  { decision, local, p_value: whole }: Detection,
  { placesSearched = 0, inconclusive }: PlacesSearched,
): readonly LocalFinding[] {
  const searched = BigInt(Math.max(placesSearched, local.length));
  const isByPlaces =
    decision === 'inconclusive' && !atMost(probabilityOf(whole), probabilityOf(inconclusive));
  const telling = decision === 'detected' ? local : isByPlaces ? local.filter(isTelling) : [];
  return telling
    .slice(0, MAX_LOCAL)
    .map(({ place, confidence }) => ({ place: shortPlace(place), confidence }));

  function isTelling({ p_value }: LocalEvidence): boolean {
    if (p_value === undefined) return false;
    return atMost(timesHypotheses(probabilityOf(p_value), searched), LOCAL_LEVEL);
  }
}

function shortPlace(place: string): string {
  const printable = place.replaceAll(/[^ -~]/g, '?') || '?';
  return printable.length <= MAX_PLACE_LENGTH ? printable : `${printable.slice(0, MAX_PLACE_LENGTH - 3)}...`;
}
