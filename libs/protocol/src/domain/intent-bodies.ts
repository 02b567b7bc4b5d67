import { type SignatureAlgorithm } from '../signatures/algorithms';
import { type ArtifactKind, type Parent } from './artifact';
import { type LicenseAction, type Money, type Purpose, type RiskClass, type UsageLimits } from './common';
import { type KeySharing } from './content-key';
import { type JsonValue } from '../encoding/strict-json';
import { type LicenseTerms } from './license';
import { type ModelBody, type ModelRotationBody, type ModelUpdateBody } from './model-bodies';
import { type PolicyBody } from './policy-body';
import { type RecordClaim, type RecordKey } from './record';
import { type StreamOpening, type WindowBody } from './stream-bodies';
import { type SettlementRequest, type SuspenseRelease } from './settlement-request';
import { type PolicyStatus } from './royalty-policy';
import { type SchemeStatus } from './scheme';

export interface ContentKeyBody {
  readonly artifact_id: string;
  readonly commitment: string;
  readonly ciphertext_digest: string;
  readonly format: 'mrg1';
  /** How the key is split among operators; required where the class has a `key_threshold`. */
  readonly sharing?: KeySharing;
}

export interface RightReasonBody {
  readonly right_id: string;
  readonly reason_code: string;
}

/** What each ledger intent says; the schemas in schemas/intent-bodies.ts give the exact bounds. */
export interface LedgerIntentBodies {
  readonly 'actor.register': {
    readonly alg: SignatureAlgorithm;
    readonly public_key: string;
    readonly name?: string;
  };
  readonly 'actor.rotate': {
    readonly alg: SignatureAlgorithm;
    readonly public_key: string;
    readonly reason: 'rotation' | 'compromise';
  };
  readonly 'artifact.register': {
    readonly kind: ArtifactKind;
    readonly name: string;
    readonly version: string;
    readonly root_digest: string;
    readonly parents: readonly Parent[];
    readonly license_id: string;
    readonly risk: {
      readonly class: RiskClass;
      readonly domains: readonly string[];
      readonly declaration: string;
    };
  };
  readonly 'artifact.revoke': {
    readonly artifact_id: string;
    readonly kind: 'hold' | 'restrict' | 'downgrade' | 'revoke';
    readonly reason_code: string;
    readonly note?: string;
    readonly limits?: UsageLimits;
  };
  readonly 'artifact.release': { readonly artifact_id: string };
  readonly 'license.define': { readonly name: string; readonly terms: LicenseTerms };
  readonly 'right.issue': {
    readonly artifact_id: string;
    readonly license_id: string;
    readonly holder: string;
    readonly actions: readonly LicenseAction[];
    readonly purpose: Purpose;
    readonly limits: UsageLimits;
    readonly device_id?: string;
    readonly not_before?: number;
    readonly expires_at?: number;
    readonly price?: Money;
  };
  readonly 'right.transfer': { readonly right_id: string; readonly to: string };
  readonly 'right.gift': { readonly right_id: string; readonly to: string };
  readonly 'right.sell': { readonly right_id: string; readonly buyer: string; readonly price: Money };
  readonly 'right.bequeath': {
    readonly right_id: string;
    readonly beneficiary: string | null;
    readonly waiting_period_s: number;
  };
  readonly 'right.claim': { readonly right_id: string };
  readonly 'right.suspend': RightReasonBody;
  readonly 'right.resume': RightReasonBody;
  readonly 'right.revoke': RightReasonBody;
  readonly 'key.commit': ContentKeyBody;
  readonly 'key.rotate': ContentKeyBody;
  readonly 'key.revoke': {
    readonly artifact_id: string;
    readonly version: number;
    readonly reason_code: string;
  };
  readonly 'model.register': ModelBody;
  readonly 'model.update': ModelUpdateBody;
  readonly 'model.rotate': ModelRotationBody;
  readonly 'model.compromise': {
    readonly model_ref: string;
    readonly key_version: number;
    /** Unix seconds. */
    readonly from: number;
  };
  readonly 'model.freeze': { readonly model_ref: string };
  readonly 'model.disable': { readonly model_ref: string };
  readonly 'model.enable': { readonly model_ref: string };
  readonly 'scheme.register': {
    readonly model_ref: string;
    readonly scheme_id: string;
    readonly params_uri: string;
    readonly scheme_commitment: string;
    readonly params_document: JsonValue;
  };
  readonly 'scheme.mark': { readonly scheme_ref: string; readonly status: Exclude<SchemeStatus, 'active'> };
  readonly 'record.register': { readonly records: readonly RecordClaim[] };
  readonly 'record.backfill': {
    readonly record: RecordClaim;
    readonly key_version: number;
    readonly cosignature: string;
  };
  readonly 'policy.set': PolicyBody;
  readonly 'policy.mark': RecordKey & { readonly status: Exclude<PolicyStatus, 'active'> };
  readonly 'policy.freeze': RecordKey;
  readonly 'settlement.settle': SettlementRequest;
  readonly 'suspense.release': SuspenseRelease;
  readonly 'vault.collect': CollectBody;
  readonly 'vault.withdraw': CollectBody & {
    readonly amount: string;
    readonly instruction_commitment: string;
  };
  readonly 'stream.open': StreamOpening;
  readonly 'stream.settle': WindowBody;
  readonly 'stream.close': { readonly stream_id: string };
  readonly 'shares.issue': { readonly name: string; readonly supply: string };
  readonly 'shares.transfer': { readonly shares_id: string; readonly to: string; readonly units: string };
  readonly 'shares.collect': CollectBody & { readonly shares_id: string };
  readonly 'shares.claim': { readonly shares_id: string; readonly currency: string };
}

export interface CollectBody {
  readonly currency: string;
  /** Sources of the credits to collect, by which they are named together with beneficiary and currency. */
  readonly credits: readonly string[];
}

/** Signed requests that a gateway answers and the ledger never sees. */
export interface RequestBodies {
  readonly 'token.request': {
    readonly right_id: string;
    readonly device_id?: string;
    readonly purpose?: Purpose;
  };
  readonly 'key.deposit': {
    readonly artifact_id: string;
    readonly version: number;
    readonly operator: string;
    readonly jwe: string;
  };
  readonly 'key.release': {
    readonly right_id: string;
    readonly challenge_id: string;
    readonly release_key: string;
    /** MSP id of the operator that is asked; one that is not named could pass the request on to another. */
    readonly operator?: string;
  };
}

export interface IntentBodies extends LedgerIntentBodies, RequestBodies {}

export type LedgerIntentType = keyof LedgerIntentBodies;
export type RequestType = keyof RequestBodies;
export type IntentType = keyof IntentBodies;

/** An actor's wish, before it is signed. */
export interface Intent<Type extends IntentType = IntentType> {
  readonly v: 1;
  /** SHA-256 of the genesis block's header, hex. */
  readonly network: string;
  readonly type: Type;
  readonly actor: string;
  readonly nonce: string;
  /** Unix seconds. */
  readonly expires_at: number;
  readonly body: IntentBodies[Type];
}
