import {
  assertSchema,
  isRegistryError,
  type JsonSchema,
  type JsonValue,
  parseStrictJson,
  schemas,
  type Model,
  type Scheme,
} from '@maker-registry/protocol';
import { MAX_BUNDLE_BYTES, MAX_BUNDLE_ENTRIES, MAX_BUNDLE_VALUES } from '../limits';
import { readModel, readRecord, readScheme } from '../read-documents';
import { type FoundRecord } from '../record-source';
import { VerifierError } from '../verifier-error';

export const BUNDLE_FORMAT = 'maker-registry-bundle/v1';

/** What a gateway exports so that a record can be verified without a network. */
export interface Bundle {
  readonly network: string;
  /** Number of the newest block that the exporter had. */
  readonly height: number;
  readonly records: readonly FoundRecord[];
  readonly models: readonly Model[];
  readonly schemes: readonly Scheme[];
  /** Content hash → the model whose record of it is the earliest. */
  readonly contentIndex: Readonly<Record<string, string>>;
  /** Scheme commitment → parameter document. */
  readonly params: Readonly<Record<string, JsonValue>>;
}

const { hex32: HEX32 } = schemas.parts;
const ENTRIES: JsonSchema = { type: 'array', maxItems: MAX_BUNDLE_ENTRIES };

/** Unknown members are refused: a reader must not pass over what a newer exporter found worth saying. */
const BUNDLE: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['format', 'network', 'height', 'records', 'models', 'schemes', 'policies', 'content_index'],
  properties: {
    format: { type: 'string', const: BUNDLE_FORMAT },
    network: HEX32,
    height: { type: 'integer', minimum: 0 },
    records: ENTRIES,
    models: ENTRIES,
    schemes: ENTRIES,
    policies: ENTRIES,
    content_index: { type: 'object', propertyNames: HEX32, additionalProperties: HEX32 },
    params: { type: 'object', propertyNames: HEX32 },
  },
};

interface BundleDocument {
  readonly network: string;
  readonly height: number;
  readonly records: readonly unknown[];
  readonly models: readonly unknown[];
  readonly schemes: readonly unknown[];
  readonly content_index: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, JsonValue>>;
}

/** Reads a bundle. Throws BUNDLE_MALFORMED, and SOURCE_MALFORMED for a document inside it. */
export function parseBundle(text: string | Uint8Array): Bundle {
  const document = readBundle(text);
  return {
    network: document.network,
    height: document.height,
    records: document.records.map(readRecord),
    models: document.models.map(readModel),
    schemes: document.schemes.map(readScheme),
    contentIndex: document.content_index,
    params: document.params ?? {},
  };
}

function readBundle(text: string | Uint8Array): BundleDocument {
  try {
    const value = parseStrictJson(text, { maxBytes: MAX_BUNDLE_BYTES, maxValues: MAX_BUNDLE_VALUES });
    assertSchema(BUNDLE, value);
    return value as unknown as BundleDocument;
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    throw new VerifierError('BUNDLE_MALFORMED', `The bundle is refused: ${error.message}`, {
      ...(error.subject === undefined ? {} : { subject: error.subject }),
      cause: error,
    });
  }
}
