import { type JsonValue } from '../encoding/strict-json';
import { type RoyaltyTerms } from '../royalties/terms';

/** A new version of a record's royalty policy. */
export interface PolicyBody {
  readonly model_ref: string;
  readonly content_hash: string;
  /** Who rules from this version on. */
  readonly rights_owner: string;
  readonly license_uri: string;
  readonly license_terms: JsonValue;
  readonly royalty_terms: RoyaltyTerms;
  readonly policy_commitment: string;
  /** Hex of the optional context that the record's context_hash was made with. */
  readonly context?: string;
}
