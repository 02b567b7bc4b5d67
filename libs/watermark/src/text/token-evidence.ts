import { confidenceOf, detectionOf } from '../scheme/decide';
import { type Detection, type LocalEvidence } from '../scheme/watermark-scheme';
import { decimalOf } from '../statistics/probability';
import { type GreenListFinding, type TokenPlace } from './green-list';
import { type MultibitFinding } from './green-multibit';
import { type TokenReading } from './text-content';
import { type TokenParams } from './text-params';

/** The evidence of a finding, its places in tokens and, where there is a text, in characters of the reading. */
export function tokenEvidence(
  finding: GreenListFinding & Partial<MultibitFinding>,
  readings: readonly TokenReading[],
  params: TokenParams,
  payloadBits: number,
): Detection {
  const reading = readings[finding.reading];
  const local = finding.places.map((place) => placeEvidence(place, reading, params.context_width));
  const { probability, matches, total, hypotheses, payload, corrected } = finding;
  const detection = detectionOf(
    {
      probability,
      matches,
      total,
      hypotheses,
      payloadBits,
      local,
      ...(payload === undefined ? {} : { payload }),
    },
    params,
  );
  // What was counted are tokens; what error correction puts right are code bits.
  return { ...detection, corrected: corrected ?? 0 };
}

/** `tokens 40-220 characters 182-611`: the tokens of the window with the context of its first one; ends are exclusive. */
function placeEvidence(
  { window, probability }: TokenPlace,
  reading: TokenReading,
  contextWidth: number,
): LocalEvidence {
  const end = window.end + contextWidth;
  const tokens = `tokens ${window.start}-${end}`;
  const before = reading.charactersBefore;
  return {
    place: before === undefined ? tokens : `${tokens} characters ${before(window.start)}-${before(end)}`,
    confidence: confidenceOf(probability),
    p_value: decimalOf(probability),
  };
}
