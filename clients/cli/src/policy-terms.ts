import { assertSchema, type JsonSchema, parseStrictJson, type PolicyTerms } from '@maker-registry/protocol';
import { MAX_INPUT_BYTES } from './limits';

/** The two halves of a royalty policy, by their names in files and commitments. */
export const TERMS_MEMBERS = [
  'license_terms',
  'royalty_terms',
] as const satisfies readonly (keyof PolicyTerms)[];

const TERMS: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: TERMS_MEMBERS,
  properties: { license_terms: {}, royalty_terms: {} },
};

/** The terms of a policy from their JSON text. Throws the JSON codes and SCHEMA_VIOLATION. */
export function parsePolicyTerms(bytes: Uint8Array): PolicyTerms {
  const value: unknown = parseStrictJson(bytes, { maxBytes: MAX_INPUT_BYTES });
  assertSchema(TERMS, value);
  return value as PolicyTerms;
}
