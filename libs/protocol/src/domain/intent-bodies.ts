import { type SignatureAlgorithm } from '../signatures/algorithms';
import { type ArtifactKind, type Parent } from './artifact';
import { type LicenseAction, type Money, type Purpose, type RiskClass, type UsageLimits } from './common';
import { type LicenseTerms } from './license';

export interface ContentKeyBody {
  readonly artifact_id: string;
  readonly commitment: string;
  readonly ciphertext_digest: string;
  readonly format: 'mrg1';
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
