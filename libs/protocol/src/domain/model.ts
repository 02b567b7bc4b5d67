import { type AttestationAlgorithm } from '../signatures/attestation-signature';
import { type LedgerTime, type RiskClass } from './common';

export type ModelKeyStatus = 'current' | 'retired' | 'compromised';

/** A key that signs attestations of a model and the proof that its holder wants it for the model, and nothing else. */
export interface ModelKey {
  /** From 1, in the order of rotation. Records name it. */
  readonly version: number;
  readonly alg: AttestationAlgorithm;
  readonly public_key: string;
  readonly status: ModelKeyStatus;
  readonly since: LedgerTime;
  /** When it stopped being current. */
  readonly until?: LedgerTime;
  /** Unix seconds: records under this key whose timestamp or ledger time is not before it show the risk `key-compromised`. */
  readonly compromised_from?: number;
}

export interface ModelFlags {
  /** Whether the owner may still rotate the key and change descriptive fields. */
  readonly updatable: boolean;
  /** For good: no field changes any more, new records stay possible. */
  readonly frozen: boolean;
  /** No new records; old ones verify, with the risk shown. */
  readonly disabled: boolean;
}

/** A generating model as the provenance registry knows it (P-16). */
export interface Model {
  /** The 32 bytes of its reference of type 0, hex. */
  readonly model_ref: string;
  readonly owner: string;
  readonly model_id: string;
  /** Hash of the weights or of a semantic version, as the owner writes it. */
  readonly model_version: string;
  readonly metadata_uri?: string;
  /** The registered artifact that this model is, where there is one. */
  readonly artifact_id?: string;
  /** Decides the registry's fee on settlements. */
  readonly risk_class: RiskClass;
  readonly keys: readonly ModelKey[];
  readonly flags: ModelFlags;
  /** Actors beside the owner that may submit records: model services, platforms. */
  readonly recorders: readonly string[];
  /** Of this entry; each change adds one, and every version stays readable. */
  readonly version: number;
  readonly registered: LedgerTime;
  readonly updated: LedgerTime;
}
