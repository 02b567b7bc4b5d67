import { concatBytes, fromHex, lp16, lp8, utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { sha256Hex } from '../encoding/hash';
import { parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { ID_BYTES } from '../identifiers';
import { encodeReference, type Reference } from './reference';

const LONE_SURROGATE = /\p{Surrogate}/u;

/** The two halves of a royalty policy; each is free JSON to the commitment. */
export interface PolicyTerms {
  readonly license_terms: unknown;
  readonly royalty_terms: unknown;
}

/**
 * UTF-8 of the canonical form (RFC 8785). Read back strictly: a value that the strict parser refuses (a number beyond
 * 2^53−1) would have a commitment here and none at a party that was sent the text.
 */
function canonicalBytes(document: unknown): Uint8Array {
  const text = canonicalize(document);
  parseStrictJson(text);
  return utf8(text);
}

/**
 * H(lp8("WM_SCHEME_V1") ‖ encode_ref(model_ref) ‖ lp16(scheme_id) ‖ JCS(params)). Every part before the document has a
 * fixed or a written length, so that no end of one can pass for the start of the next. Hex.
 */
export function schemeCommitment(modelRef: Reference, schemeId: string, params: unknown): string {
  return sha256Hex(
    concatBytes(lp8('WM_SCHEME_V1'), encodeReference(modelRef), lp16(schemeId), canonicalBytes(params)),
  );
}

/** H(lp8("WM_POLICY_V1") ‖ encode_ref(model_ref) ‖ content_hash ‖ JCS({license_terms, royalty_terms})). Hex. */
export function policyCommitment(modelRef: Reference, contentHash: string, terms: PolicyTerms): string {
  const { license_terms, royalty_terms } = terms;
  return sha256Hex(
    concatBytes(
      lp8('WM_POLICY_V1'),
      encodeReference(modelRef),
      fromHex(contentHash, ID_BYTES),
      canonicalBytes({ license_terms, royalty_terms }),
    ),
  );
}

/**
 * H(lp8("WM_CONTEXT_V1") ‖ policy_commitment ‖ lp16(context)); no context is a context of length 0. Text counts as
 * UTF-8. Hex. Throws TOO_LARGE above 65535 bytes.
 */
export function contextHash(policyCommitmentHex: string, context: string | Uint8Array = ''): string {
  if (typeof context === 'string' && LONE_SURROGATE.test(context)) {
    throw new RegistryError('JSON_LONE_SURROGATE', 'The context holds half a surrogate pair.');
  }
  return sha256Hex(concatBytes(lp8('WM_CONTEXT_V1'), fromHex(policyCommitmentHex, ID_BYTES), lp16(context)));
}
