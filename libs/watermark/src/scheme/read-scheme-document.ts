import { type ParamsDocument, parseParamsDocument } from '@maker-registry/protocol';
import { schemeDocumentOf, schemeOf, SCHEMES } from './scheme-table';
import { type WatermarkScheme } from './watermark-scheme';

/** A scheme document that this package can work with, and what works with it. */
export interface OpenedScheme {
  readonly document: ParamsDocument;
  readonly scheme: WatermarkScheme;
}

/**
 * The scheme document in a file's bytes: strict JSON of the registry's form, of a scheme that is installed here, its
 * `params` within bounds.
 *
 * @throws RegistryError PARAMS_INVALID for too many bytes, and the JSON_ codes; WatermarkError SCHEME_UNKNOWN_DETECTOR,
 *   PARAMS_OUT_OF_RANGE
 */
export function readSchemeDocument(
  bytes: Uint8Array,
  schemes: readonly WatermarkScheme[] = SCHEMES,
): OpenedScheme {
  const document = schemeDocumentOf(parseParamsDocument(bytes));
  return { document, scheme: schemeOf(document, schemes) };
}
