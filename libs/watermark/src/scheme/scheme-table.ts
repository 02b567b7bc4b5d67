import {
  assertParamsDocument,
  assertSchema,
  isRegistryError,
  type ParamsDocument,
} from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';
import { AUDIO_SCHEME } from '../audio/audio-scheme';
import { IMAGE_SCHEME } from '../image/image-scheme';
import { TEXT_GREEN_LIST } from '../text/green-list-scheme';
import { TEXT_GREEN_MULTIBIT } from '../text/green-multibit-scheme';
import { TEXT_SYNTHID } from '../text/synthid-scheme';
import { TEXT_UNICODE_METADATA } from '../text/unicode-scheme';
import { VIDEO_SCHEME } from '../video/video-scheme';
import { WEIGHTS_PROJECTION } from '../weights/weights-scheme';
import { type WatermarkScheme } from './watermark-scheme';

/** Every scheme of this package. */
export const SCHEMES: readonly WatermarkScheme[] = [
  AUDIO_SCHEME,
  IMAGE_SCHEME,
  TEXT_GREEN_LIST,
  TEXT_GREEN_MULTIBIT,
  TEXT_SYNTHID,
  TEXT_UNICODE_METADATA,
  WEIGHTS_PROJECTION,
  VIDEO_SCHEME,
];

/**
 * The scheme that a document names, after its parameters have passed.
 *
 * @throws WatermarkError SCHEME_UNKNOWN_DETECTOR, PARAMS_OUT_OF_RANGE with the JSON pointer as subject
 */
export function schemeOf(
  document: ParamsDocument,
  schemes: readonly WatermarkScheme[] = SCHEMES,
): WatermarkScheme {
  const { name, version } = document.detector_spec;
  const scheme = schemes.find((known) => known.name === name && known.version === version);
  if (scheme === undefined) {
    const known = schemes.map((each) => `${each.name} ${each.version}`).join(', ');
    throw new WatermarkError(
      'SCHEME_UNKNOWN_DETECTOR',
      `No detector ${name} ${version} is installed; known are: ${known}.`,
      { subject: '/detector_spec' },
    );
  }
  inRange(() => {
    assertSchema(scheme.paramsSchema, document.params, '/params');
  });
  return scheme;
}

/** The parsed JSON of a scheme document. Throws WatermarkError PARAMS_OUT_OF_RANGE. */
export function schemeDocumentOf(value: unknown): ParamsDocument {
  return inRange(() => assertParamsDocument(value));
}

function inRange<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    throw new WatermarkError('PARAMS_OUT_OF_RANGE', error.message, {
      cause: error,
      ...(error.subject === undefined ? {} : { subject: error.subject }),
    });
  }
}
