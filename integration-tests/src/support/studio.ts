import {
  modelReference,
  schemeReference,
  type IntentBodies,
  type RecordClaim,
  type RecordKey,
  type RoyaltyTerms,
  type SettlementRequest,
} from '@maker-registry/protocol';
import {
  attestationKeyBody,
  generateAttestationKey,
  newClaim,
  policyBody,
  schemeBody,
  signClaim,
  type CommittedOperation,
  type RegistryClient,
  type SoftwareActorKey,
  type SoftwareAttestationKey,
} from '@maker-registry/sdk';
import { sha256 } from './documents';
import { freshName, registeredActor } from './world';

/** The scheme_id of every scheme of a studio. */
export const SCHEME_ID = 'stripes-v1';

/** A parameter document that a scheme commits to. */
export function paramsDocument(schemeId = SCHEME_ID): IntentBodies['scheme.register']['params_document'] {
  return {
    scheme_id: schemeId,
    detector_spec: { name: 'test-detector', version: '1.0.0', output: 'payload' },
    params: { strength: 3 },
    key_commitment: 'aa'.repeat(32),
    compatibility: { media_types: ['image/png'], preprocessing: 'none' },
  };
}

/** Terms that pay one beneficiary everything. */
export function termsFor(beneficiary: string, changes: Partial<RoyaltyTerms> = {}): RoyaltyTerms {
  return {
    beneficiaries: [beneficiary],
    shares_bps: [10_000],
    derivative_royalty_bps: 1_000,
    max_depth: 64,
    ...changes,
  };
}

/** A maker with a model, its attestation key and a scheme, made anew for a test. */
export class Studio {
  readonly client: RegistryClient;
  readonly owner: SoftwareActorKey;
  readonly modelRef: string;
  readonly schemeRef: string;
  key: SoftwareAttestationKey;

  private constructor(
    client: RegistryClient,
    owner: SoftwareActorKey,
    modelId: string,
    key: SoftwareAttestationKey,
  ) {
    this.client = client;
    this.owner = owner;
    this.key = key;
    this.modelRef = modelReference(owner.actorId, modelId);
    this.schemeRef = schemeReference(this.modelRef, SCHEME_ID);
  }

  static async open(client: RegistryClient, alg: SoftwareAttestationKey['alg'] = 'ed25519'): Promise<Studio> {
    const modelId = freshName('model');
    const studio = new Studio(client, await registeredActor(client), modelId, generateAttestationKey(alg));
    await client.submitIntent('model.register', await studio.modelBody(modelId), studio.owner);
    const scheme = schemeBody(studio.modelRef, 'https://schemes.example/v1.json', paramsDocument());
    await client.submitIntent('scheme.register', scheme, studio.owner);
    return studio;
  }

  async modelBody(modelId: string): Promise<IntentBodies['model.register']> {
    return {
      ...(await attestationKeyBody(modelReference(this.owner.actorId, modelId), this.key)),
      model_id: modelId,
      model_version: '1.0.0',
      risk_class: 'low',
      updatable: true,
      recorders: [],
    };
  }

  /** A signed claim about a content that only has a name. */
  async claim(
    content: string,
    changes: Partial<Omit<RecordClaim, 'signature'>> = {},
    key = this.key,
  ): Promise<RecordClaim> {
    const subject = { modelRef: this.modelRef, schemeRef: this.schemeRef, contentHash: sha256(content) };
    return signClaim({ ...newClaim(subject), ...changes }, key);
  }

  async record(...records: readonly RecordClaim[]): Promise<CommittedOperation> {
    return this.client.submitIntent('record.register', { records }, this.owner);
  }

  /** Records a fresh content; gives its key. */
  async recorded(parent?: RecordKey): Promise<RecordKey> {
    const content = freshName('content');
    const changes =
      parent === undefined ? {} : { parent_hash: parent.content_hash, parent_model_ref: parent.model_ref };
    await this.record(await this.claim(content, changes));
    return { model_ref: this.modelRef, content_hash: sha256(content) };
  }

  async policy(key: RecordKey, terms: RoyaltyTerms = termsFor(this.owner.actorId)): Promise<void> {
    const setting = {
      rightsOwner: this.owner.actorId,
      licenseUri: 'https://licenses.example/by.txt',
      licenseTerms: { text: 'CC-BY-4.0' },
      royaltyTerms: terms,
    };
    await this.client.submitIntent('policy.set', policyBody(key, setting), this.owner);
  }

  /** Rotates the model's attestation key; the new one signs from then on. */
  async rotationBody(next: SoftwareAttestationKey): Promise<IntentBodies['model.rotate']> {
    return {
      ...(await attestationKeyBody(this.modelRef, next)),
      model_ref: this.modelRef,
      reason: 'rotation',
    };
  }
}

/** What a payer asks for. */
export function settlementRequest(
  key: RecordKey,
  changes: Partial<SettlementRequest> = {},
): SettlementRequest {
  return {
    model_ref: key.model_ref,
    content_hash: key.content_hash,
    amount: '10000',
    currency: 'EUR',
    settlement_ref: freshName('invoice'),
    mode: 'permissive',
    ...changes,
  };
}
