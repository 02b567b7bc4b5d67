import { canonicalize } from '../encoding/canonical-json';
import { type JsonValue, parseStrictJson } from '../encoding/strict-json';
import { isRegistryError, RegistryError } from '../errors/registry-error';
import { closedObject, HEX32, type JsonSchema, NAME, TEXT, uniqueList } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';

/** Bytes of a parameter document, as sent and in canonical form. It travels in one transaction, so that chaincode can recompute its commitment. */
export const MAX_PARAMS_BYTES = 65_536;
/** Characters of a media type: RFC 6838 allows 127 for each half; no registered one comes near. */
const MAX_MEDIA_TYPE_LENGTH = 127;
/** Media types of one scheme: a scheme for every common image, audio and video format needs some forty. */
const MAX_MEDIA_TYPES = 64;

/** How a watermark was made and is found: what scheme_commitment is over. The detector's key itself is never in it. */
export interface ParamsDocument {
  readonly scheme_id: string;
  readonly detector_spec: {
    readonly name: string;
    readonly version: string;
    /** What the detector's answer means. */
    readonly output: string;
  };
  readonly params: Readonly<Record<string, JsonValue>>;
  /** Hex, 32 bytes. */
  readonly key_commitment: string;
  /** May have members beside these two. */
  readonly compatibility: Readonly<Record<string, JsonValue>> & {
    readonly media_types: readonly string[];
    readonly preprocessing: string;
  };
}

/** `type/subtype`, `type/*`, or a bare word such as `text`. */
const MEDIA_TYPE: JsonSchema = {
  type: 'string',
  pattern: '^[a-z0-9][a-z0-9!#$&^_.+-]*(/([a-z0-9][a-z0-9!#$&^_.+-]*|\\*))?$',
  maxLength: MAX_MEDIA_TYPE_LENGTH,
};

const PARAMS_DOCUMENT: JsonSchema = closedObject({
  scheme_id: NAME,
  detector_spec: closedObject({ name: NAME, version: NAME, output: TEXT }),
  params: { type: 'object' },
  key_commitment: HEX32,
  compatibility: closedObject(
    { media_types: uniqueList(MEDIA_TYPE, 1, MAX_MEDIA_TYPES), preprocessing: TEXT },
    [],
    { additionalProperties: true },
  ),
});

function invalid(what: string, subject = ''): RegistryError {
  return new RegistryError('PARAMS_INVALID', what, { subject });
}

/**
 * The JSON value of a document's text. Throws PARAMS_INVALID above MAX_PARAMS_BYTES and the codes of parseStrictJson
 * for what is not strict JSON. Any value passes: the commitment of a foreign document can be checked without knowing its
 * form.
 */
export function parseParamsDocument(text: string | Uint8Array): JsonValue {
  const size = typeof text === 'string' ? Buffer.byteLength(text, 'utf8') : text.length;
  if (size > MAX_PARAMS_BYTES) {
    throw invalid(`The document has ${size} bytes; at most ${MAX_PARAMS_BYTES} are accepted.`);
  }
  return parseStrictJson(text, { maxBytes: MAX_PARAMS_BYTES });
}

/**
 * The value as the parameter document of a scheme of this registry; of the scheme `schemeId` where given. Throws
 * PARAMS_INVALID whose `subject` is the JSON pointer of the offending member.
 */
export function assertParamsDocument(value: unknown, schemeId?: string): ParamsDocument {
  try {
    assertSchema(PARAMS_DOCUMENT, value);
  } catch (error) {
    throw isRegistryError(error) ? invalid(error.message, error.subject) : error;
  }
  const document = value as ParamsDocument;
  if (schemeId !== undefined && document.scheme_id !== schemeId) {
    throw invalid('scheme_id is not that of the scheme.', '/scheme_id');
  }
  const size = Buffer.byteLength(canonicalize(document), 'utf8');
  if (size > MAX_PARAMS_BYTES) {
    throw invalid(`The canonical form has ${size} bytes; at most ${MAX_PARAMS_BYTES} are accepted.`);
  }
  return document;
}
