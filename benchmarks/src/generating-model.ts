import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  idReference,
  modelReference,
  schemeCommitment,
  schemeReference,
  toHex,
  type IntentBodies,
  type LedgerIntentType,
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
import { PREPARATION_PAUSE_MS, PREPARATION_TRIES } from './limits';
import { LedgerActor, type FabricClient, type RunningNetwork } from '@maker-registry/testbed';

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
  readonly owner: LedgerActor;
  readonly modelRef: string;
  readonly schemeRef: string;
  readonly #key = generateAttestationKey();
  readonly #client: FabricClient;

  private constructor(network: RunningNetwork, client: FabricClient, modelId: string) {
    this.owner = new LedgerActor(network);
    this.#client = client;
    this.modelRef = modelReference(this.owner.id, modelId);
    this.schemeRef = schemeReference(this.modelRef, SCHEME_ID);
  }

  static async register(network: RunningNetwork, client: FabricClient): Promise<GeneratingModel> {
    const modelId = 'bench-model';
    const model = new GeneratingModel(network, client, modelId);
    const { owner, modelRef } = model;
    await owner.register(client);
    await model.#act('model.register', {
      ...(await attestationKeyBody(modelRef, model.#key)),
      model_id: modelId,
      model_version: '1',
      risk_class: 'low',
      updatable: true,
      recorders: [],
    });
    await model.#act('scheme.register', {
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
    await this.#act('record.register', { records });
  }

  async policy(key: RecordKey, royaltyTerms: RoyaltyTerms): Promise<void> {
    const setting = {
      rightsOwner: this.owner.id,
      licenseUri: 'https://licenses.example/by.txt',
      licenseTerms: {},
      royaltyTerms,
    };
    await this.#act('policy.set', policyBody(key, setting));
  }

  /**
   * Acts when enough endorsers have what the act needs. A commit is awaited at one peer; on a busy machine the others
   * may be a block behind, and refuse until they have caught up. Preparation is not what is measured.
   */
  async #act<Type extends LedgerIntentType>(type: Type, body: IntentBodies[Type]): Promise<void> {
    for (let left = PREPARATION_TRIES; ; left -= 1) {
      try {
        await this.owner.act(this.#client, type, body);
        return;
      } catch (error) {
        if (left <= 1) throw error;
        await sleep(PREPARATION_PAUSE_MS);
      }
    }
  }
}
