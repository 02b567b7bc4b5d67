import {
  assertSchema,
  ATTESTATION_VERSION,
  type GenerationRecord,
  type JsonSchema,
  type Model,
  type RecordKey,
  type Scheme,
} from '@maker-registry/protocol';
import { ANY_RECORD, MODEL, RECORD, SCHEME } from './document-schemas';
import { quote } from './quote';
import { type FoundRecord } from './record-source';
import { VerifierError } from './verifier-error';

/** A document of the ledger as some source gave it: its form is checked here, its truth by the decision rule. */
function readDocument(schema: JsonSchema, value: unknown, what: string): void {
  try {
    assertSchema(schema, value);
  } catch (error) {
    throw new VerifierError('SOURCE_MALFORMED', `The ${what} is not one: ${quote(error)}`, {
      subject: what,
      cause: error,
    });
  }
}

/** A record; of an unknown version only its key. Throws SOURCE_MALFORMED. */
export function readRecord(value: unknown): FoundRecord {
  readDocument(ANY_RECORD, value, 'record');
  const { schema_version, model_ref, content_hash } = value as RecordKey & {
    readonly schema_version: number;
  };
  const found = { key: { model_ref, content_hash }, schema_version };
  if (schema_version !== ATTESTATION_VERSION) return found;
  readDocument(RECORD, value, 'record');
  return { ...found, record: value as GenerationRecord };
}

/** Throws SOURCE_MALFORMED. */
export function readModel(value: unknown): Model {
  readDocument(MODEL, value, 'model');
  return value as Model;
}

/** Throws SOURCE_MALFORMED. */
export function readScheme(value: unknown): Scheme {
  readDocument(SCHEME, value, 'scheme');
  return value as Scheme;
}
