import { createHash } from 'node:crypto';
import {
  attestationKeyDigest,
  fromHex,
  idReference,
  modelReference,
  policyCommitment,
  recordAttestation,
  schemeCommitment,
  schemeReference,
  ZERO_HASH,
  type LedgerIntentBodies,
  type RecordClaim,
  type RecordKey,
  type RoyaltyTerms,
  type SettlementRequest,
} from '@maker-registry/protocol';
import type { ReplayOutcome } from '../determinism/replay';
import { attestationKeyNamed, type TestAttestationKey } from './attestation-key';
import { resultOf } from './expectations';
import { partyNamed, type Party } from './party';
import { callerOf } from './scenario';
import { World } from './world';

/** The hash of a content that a test only names. */
export function contentNamed(name: string): string {
  return createHash('sha256').update(`content:${name}`).digest('hex');
}

/** A parameter document as a scheme of tests commits to it. */
export function paramsOf(schemeId: string): LedgerIntentBodies['scheme.register']['params_document'] {
  return {
    scheme_id: schemeId,
    detector_spec: { name: 'test-detector', version: '1.0.0', output: 'payload' },
    params: { strength: 3, bands: [1, 2, 3] },
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

/** The world with three makers of models and a payer, ready to record and settle. */
export class Studio extends World {
  readonly makers: readonly [Party, Party, Party] = [
    partyNamed('studio one'),
    partyNamed('studio two', 'es256'),
    partyNamed('studio three'),
  ];
  readonly payer: Party = partyNamed('platform');
  readonly key = attestationKeyNamed('model key');
  readonly operator = callerOf('Op1MSP', 'operator-admin');
  #records = 0;

  get owner(): Party {
    return this.makers[0];
  }

  static override async begin(): Promise<Studio> {
    const studio = new Studio();
    await studio.govern();
    await studio.register(studio.maker, studio.holder, studio.buyer, ...studio.makers, studio.payer);
    return studio;
  }

  modelBody(
    owner: Party,
    modelId: string,
    key: TestAttestationKey = this.key,
  ): LedgerIntentBodies['model.register'] {
    const ref = modelReference(owner.actorId, modelId);
    return {
      ...this.keyBody(ref, key),
      model_id: modelId,
      model_version: 'sha256:00ff',
      risk_class: 'low',
      updatable: true,
      recorders: [],
    };
  }

  /** A key with its proof of possession for a model. */
  keyBody(
    modelRef: string,
    key: TestAttestationKey,
  ): Pick<LedgerIntentBodies['model.rotate'], 'alg' | 'public_key' | 'proof'> {
    const body = { alg: key.alg, public_key: key.publicKey };
    return { ...body, proof: key.signDigest(attestationKeyDigest(modelRef, body)) };
  }

  /** Registers a model; returns its reference. */
  async model(owner = this.owner, modelId = 'acme/painter', key = this.key): Promise<string> {
    return resultOf(await this.intent('model.register', owner, this.modelBody(owner, modelId, key))).id;
  }

  schemeBody(modelRef: string, schemeId = 'stripes-v1'): LedgerIntentBodies['scheme.register'] {
    const params = paramsOf(schemeId);
    return {
      model_ref: modelRef,
      scheme_id: schemeId,
      params_uri: 'https://schemes.example/stripes-v1.json',
      scheme_commitment: schemeCommitment(idReference(modelRef), schemeId, params),
      params_document: params,
    };
  }

  /** Registers a scheme; returns its reference. */
  async scheme(modelRef: string, owner = this.owner, schemeId = 'stripes-v1'): Promise<string> {
    return resultOf(await this.intent('scheme.register', owner, this.schemeBody(modelRef, schemeId))).id;
  }

  /** A signed claim of a model with the usual scheme. */
  claim(
    modelRef: string,
    content: string,
    changes: Partial<Omit<RecordClaim, 'signature'>> = {},
    key = this.key,
  ): RecordClaim {
    this.#records += 1;
    const unsigned = {
      schema_version: 1,
      model_ref: modelRef,
      scheme_ref: schemeReference(modelRef, 'stripes-v1'),
      content_hash: contentNamed(content),
      parent_hash: ZERO_HASH,
      timestamp: this.now,
      nonce: createHash('sha256').update(`nonce ${this.#records}`).digest('hex'),
      ...changes,
    };
    // Another version cannot be encoded, nor need it be: it is refused before its signature.
    const version = { ...unsigned, schema_version: 1 };
    return { ...unsigned, signature: key.signDigest(fromHex(recordAttestation(version).digest)) };
  }

  /** Records claims in one transaction. */
  async record(owner: Party, ...records: readonly RecordClaim[]): Promise<ReplayOutcome> {
    return this.intent('record.register', owner, { records });
  }

  /** A model with a scheme and one record; returns the record's key. */
  async recorded(
    content: string,
    {
      owner = this.owner,
      modelId = 'acme/painter',
      parent = ZERO_HASH,
    }: { owner?: Party; modelId?: string; parent?: string } = {},
  ): Promise<RecordKey> {
    const ref = modelReference(owner.actorId, modelId);
    if (!this.#prepared.has(ref)) {
      await this.model(owner, modelId);
      await this.scheme(ref, owner);
      this.#prepared.add(ref);
    }
    const claim = this.claim(ref, content, { parent_hash: parent });
    resultOf(await this.record(owner, claim));
    return { model_ref: ref, content_hash: claim.content_hash };
  }

  readonly #prepared = new Set<string>();

  policyBody(
    key: RecordKey,
    rightsOwner: Party,
    terms: RoyaltyTerms,
    license: LedgerIntentBodies['policy.set']['license_terms'] = { text: 'CC-BY-4.0' },
  ): LedgerIntentBodies['policy.set'] {
    const committed = { license_terms: license, royalty_terms: terms };
    return {
      ...key,
      rights_owner: rightsOwner.actorId,
      license_uri: 'https://licenses.example/by.txt',
      ...committed,
      policy_commitment: policyCommitment(idReference(key.model_ref), key.content_hash, committed),
    };
  }

  /** Sets a policy of a record. */
  async policy(
    key: RecordKey,
    owner = this.owner,
    terms: RoyaltyTerms = termsFor(owner.actorId),
  ): Promise<ReplayOutcome> {
    return this.intent('policy.set', owner, this.policyBody(key, owner, terms));
  }

  request(key: RecordKey, changes: Partial<SettlementRequest> = {}): SettlementRequest {
    return {
      ...key,
      amount: '10000',
      currency: 'EUR',
      settlement_ref: 'invoice-1',
      mode: 'permissive',
      ...changes,
    };
  }

  /** Settles a payment of the payer. */
  async settle(key: RecordKey, changes: Partial<SettlementRequest> = {}): Promise<ReplayOutcome> {
    return this.intent('settlement.settle', this.payer, this.request(key, changes));
  }
}
