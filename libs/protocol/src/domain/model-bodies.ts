import { type AttestationAlgorithm } from '../signatures/attestation-signature';
import { type RiskClass } from './common';

/** A key for attestations with the proof that the signer holds its private half (`attestationKeyProof`). */
export interface AttestationKeyBody {
  readonly alg: AttestationAlgorithm;
  readonly public_key: string;
  readonly proof: string;
}

export interface ModelBody extends AttestationKeyBody {
  readonly model_id: string;
  readonly model_version: string;
  readonly metadata_uri?: string;
  readonly artifact_id?: string;
  readonly risk_class: RiskClass;
  readonly updatable: boolean;
  readonly recorders: readonly string[];
}

/** What is absent stays as it is. */
export interface ModelUpdateBody {
  readonly model_ref: string;
  readonly model_version?: string;
  readonly metadata_uri?: string;
  readonly recorders?: readonly string[];
  /** Only ever to false. */
  readonly updatable?: false;
}

export interface ModelRotationBody extends AttestationKeyBody {
  readonly model_ref: string;
  readonly reason: 'rotation' | 'compromise';
  /** Unix seconds, for reason `compromise`: since when the old key cannot be relied on. */
  readonly compromised_from?: number;
}
