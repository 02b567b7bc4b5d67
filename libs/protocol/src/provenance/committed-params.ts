import { type Scheme } from '../domain/scheme';
import { type JsonValue } from '../encoding/strict-json';
import { isRegistryError } from '../errors/registry-error';
import { schemeCommitment } from './commitments';
import { parseParamsDocument } from './params-document';
import { type ParamsFinding } from './record-findings';
import { idReference } from './reference';

/** What comes of holding a document against a scheme's commitment. */
export type CommittedParams =
  | { readonly kind: 'committed'; readonly document: JsonValue }
  /** Another document. */
  | { readonly kind: 'other' }
  /** Not strict JSON of at most 64 KiB, so no document at all. */
  | { readonly kind: 'malformed' };

/** The document if it is the one that the scheme was registered with. Never throws for what a stranger served. */
export function committedParams(
  scheme: Scheme,
  params: Exclude<ParamsFinding, { kind: 'unavailable' }>,
): CommittedParams {
  try {
    const document = params.kind === 'text' ? parseParamsDocument(params.text) : (params.value as JsonValue);
    const commitment = schemeCommitment(idReference(scheme.model_ref), scheme.scheme_id, document);
    return commitment === scheme.scheme_commitment ? { kind: 'committed', document } : { kind: 'other' };
  } catch (error) {
    if (isRegistryError(error)) return { kind: 'malformed' };
    throw error;
  }
}
