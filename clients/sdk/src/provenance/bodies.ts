import { randomBytes } from 'node:crypto';
import {
  assertParamsDocument,
  idReference,
  type IntentBodies,
  type JsonValue,
  policyCommitment,
  type RecordClaim,
  type RecordKey,
  type RoyaltyTerms,
  schemeCommitment,
  toHex,
  ZERO_HASH,
} from '@maker-registry/protocol';

const NONCE_BYTES = 32;
const MS_PER_SECOND = 1_000;

/** The body of scheme.register for a parameter document; its commitment is computed here. Throws PARAMS_INVALID. */
export function schemeBody(
  modelRef: string,
  paramsUri: string,
  document: JsonValue,
): IntentBodies['scheme.register'] {
  const params = assertParamsDocument(document);
  return {
    model_ref: modelRef,
    scheme_id: params.scheme_id,
    params_uri: paramsUri,
    scheme_commitment: schemeCommitment(idReference(modelRef), params.scheme_id, params),
    params_document: document,
  };
}

/** What a policy says; the commitment follows. */
export interface PolicySetting {
  readonly rightsOwner: string;
  readonly licenseUri: string;
  readonly licenseTerms: JsonValue;
  readonly royaltyTerms: RoyaltyTerms;
}

/** The body of policy.set. */
export function policyBody(key: RecordKey, setting: PolicySetting): IntentBodies['policy.set'] {
  const terms = { license_terms: setting.licenseTerms, royalty_terms: setting.royaltyTerms };
  return {
    model_ref: key.model_ref,
    content_hash: key.content_hash,
    rights_owner: setting.rightsOwner,
    license_uri: setting.licenseUri,
    ...terms,
    policy_commitment: policyCommitment(idReference(key.model_ref), key.content_hash, terms),
  };
}

/** Where a content comes from, for a claim about it. */
export interface ClaimSubject {
  readonly modelRef: string;
  readonly schemeRef: string;
  readonly contentHash: string;
  readonly parentHash?: string;
  readonly contextHash?: string;
  /** The nonce whose leading bits the watermark carries; a fresh one unless given. Hex. */
  readonly nonce?: string;
  /** Clock, Unix milliseconds. */
  readonly nowMs?: number;
}

/** A claim to be signed (`signClaim`), of now and with a fresh nonce. */
export function newClaim(subject: ClaimSubject): Omit<RecordClaim, 'signature'> {
  return {
    schema_version: 1,
    model_ref: subject.modelRef,
    scheme_ref: subject.schemeRef,
    content_hash: subject.contentHash,
    parent_hash: subject.parentHash ?? ZERO_HASH,
    timestamp: Math.floor((subject.nowMs ?? Date.now()) / MS_PER_SECOND),
    nonce: subject.nonce ?? toHex(randomBytes(NONCE_BYTES)),
    ...(subject.contextHash === undefined ? {} : { context_hash: subject.contextHash }),
  };
}
