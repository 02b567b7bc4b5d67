import { randomBytes } from 'node:crypto';
import {
  idReference,
  modelReference,
  schemeCommitment,
  schemeReference,
  toHex,
  type RecordClaim,
  type RecordKey,
  type RoyaltyTerms,
} from '@maker-registry/protocol';
import {
  attestationKeyBody,
  generateAttestationKey,
  newClaim,
  policyBody,
  signClaim,
} from '@maker-registry/sdk';
import type { ActingParty } from './acting-party';

const SCHEME_ID = 'bench-v1';
const PARAMS = {
  scheme_id: SCHEME_ID,
  detector_spec: { name: 'bench', version: '1.0.0', output: 'payload' },
  params: {},
  key_commitment: '00'.repeat(32),
  compatibility: { media_types: ['image/png'], preprocessing: 'none' },
};
const HASH_BYTES = 32;

/** A registered model with its scheme and key, for loads that record and settle. */
export class GeneratingModel {
  readonly owner: ActingParty;
  readonly modelRef: string;
  readonly schemeRef: string;
  readonly #key = generateAttestationKey();

  private constructor(owner: ActingParty, modelId: string) {
    this.owner = owner;
    this.modelRef = modelReference(this.owner.id, modelId);
    this.schemeRef = schemeReference(this.modelRef, SCHEME_ID);
  }

  /** Registers a model of an actor that is registered. */
  static async register(owner: ActingParty): Promise<GeneratingModel> {
    const modelId = 'bench-model';
    const model = new GeneratingModel(owner, modelId);
    const { modelRef } = model;
    await owner.act('model.register', {
      ...(await attestationKeyBody(modelRef, model.#key)),
      model_id: modelId,
      model_version: '1',
      risk_class: 'low',
      updatable: true,
      recorders: [],
    });
    await owner.act('scheme.register', {
      model_ref: modelRef,
      scheme_id: SCHEME_ID,
      params_uri: 'https://schemes.example/bench-v1.json',
      scheme_commitment: schemeCommitment(idReference(modelRef), SCHEME_ID, PARAMS),
      params_document: PARAMS,
    });
    return model;
  }

  /** A signed claim about a content that nobody has seen. */
  async claim(parentHash?: string): Promise<RecordClaim> {
    const subject = {
      modelRef: this.modelRef,
      schemeRef: this.schemeRef,
      contentHash: toHex(randomBytes(HASH_BYTES)),
    };
    const claim = newClaim(parentHash === undefined ? subject : { ...subject, parentHash });
    return signClaim(claim, this.#key);
  }

  async record(...records: readonly RecordClaim[]): Promise<void> {
    await this.owner.act('record.register', { records });
  }

  async policy(key: RecordKey, royaltyTerms: RoyaltyTerms): Promise<void> {
    const setting = {
      rightsOwner: this.owner.id,
      licenseUri: 'https://licenses.example/by.txt',
      licenseTerms: {},
      royaltyTerms,
    };
    await this.owner.act('policy.set', policyBody(key, setting));
  }
}
