import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import {
  actorId,
  type Actor,
  fromHex,
  type GenerationRecord,
  keyId,
  type Model,
  type ModelKey,
  modelReference,
  idReference,
  payloadOfNonce,
  type ParamsDocument,
  recordAttestation,
  type Scheme,
  schemeCommitment,
  schemeReference,
  sha256,
  sha256Hex,
  type Signer,
  toHex,
  ZERO_HASH,
} from '@maker-registry/protocol';
import { BUNDLE_FORMAT } from '../sources/parse-bundle';
import { MARK } from './test-detector';

/** Unix seconds at which the fixtures' model was registered; everything else follows. */
export const START = 1_790_000_000;
export const NETWORK = sha256Hex('network of the fixtures');
const HEIGHT = 42;
/** Bits of the fixtures' payloads. */
export const PAYLOAD_BITS = 64;

const PKCS8_ED25519 = '302e020100300506032b657004220420';
const PUBLIC_KEY_BYTES = 32;

/** A key that follows from its name, so that the fixtures are the same wherever they are made. */
export interface FixtureKey extends Signer {
  readonly alg: 'ed25519';
  readonly privateKey: KeyObject;
}

export function fixtureKey(name: string): FixtureKey {
  const der = Buffer.concat([Buffer.from(PKCS8_ED25519, 'hex'), sha256(`verifier fixture ${name}`)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    alg: 'ed25519',
    publicKey: toHex(spki.subarray(-PUBLIC_KEY_BYTES)),
    privateKey,
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

function ledgerTime(name: string, after: number): { tx_id: string; at: number } {
  return { tx_id: sha256Hex(`transaction ${name}`), at: START + after };
}

/** The id of the actor with the key of this name. */
export function fixtureActorId(name: string): string {
  return actorId('ed25519', fixtureKey(name).publicKey);
}

/** The actor of this name as the ledger shows it. */
export function fixtureActor(name: string): Actor {
  const { publicKey } = fixtureKey(name);
  return {
    actor_id: fixtureActorId(name),
    keys: [
      {
        version: 1,
        alg: 'ed25519',
        public_key: publicKey,
        keyid: keyId('ed25519', publicKey),
        status: 'current',
        since: ledgerTime(name, 0),
      },
    ],
    status: 'active',
    bans: [],
    registered: ledgerTime(name, 0),
  };
}

/** Version `version` of a model's keys; the key is named after both. */
export function modelKey(model: string, version: number, changes: Partial<ModelKey> = {}): ModelKey {
  return {
    version,
    alg: 'ed25519',
    public_key: fixtureKey(`${model} ${version}`).publicKey,
    status: 'current',
    since: ledgerTime(`${model} key ${version}`, (version - 1) * 1_000),
    ...changes,
  };
}

export function fixtureModel(name = 'painter', changes: Partial<Model> = {}): Model {
  const owner = fixtureActorId(`${name} owner`);
  return {
    model_ref: modelReference(owner, name),
    owner,
    model_id: name,
    model_version: '1.0.0',
    risk_class: 'low',
    keys: [modelKey(name, 1)],
    flags: { updatable: true, frozen: false, disabled: false },
    recorders: [],
    version: 1,
    registered: ledgerTime(name, 0),
    updated: ledgerTime(name, 0),
    ...changes,
  };
}

/** The parameter document of the fixtures’ schemes. */
export const PARAMS: ParamsDocument = {
  scheme_id: 'marks-1',
  detector_spec: {
    name: 'test-mark',
    version: '1.0.0',
    output: 'Probability that the mark is there; 0.5 is the threshold.',
  },
  params: { threshold: '0.5' },
  key_commitment: sha256Hex('no key'),
  compatibility: { media_types: ['text/plain'], preprocessing: 'none' },
};

export function fixtureScheme(model: Model, changes: Partial<Scheme> = {}): Scheme {
  return {
    scheme_ref: schemeReference(model.model_ref, PARAMS.scheme_id),
    model_ref: model.model_ref,
    scheme_id: PARAMS.scheme_id,
    params_uri: 'https://params.example/marks-1.json',
    params_size: JSON.stringify(PARAMS).length,
    scheme_commitment: schemeCommitment(idReference(model.model_ref), PARAMS.scheme_id, PARAMS),
    detector: { name: 'test-mark', version: '1.0.0' },
    status: 'active',
    version: 1,
    registered: ledgerTime('scheme', 10),
    updated: ledgerTime('scheme', 10),
    ...changes,
  };
}

/** The nonce of the record of this name; its leading bits are the payload. */
export function fixtureNonce(name: string): string {
  return sha256Hex(`nonce ${name}`);
}

/** Content whose last line is what the test detector answers; `{}` changes nothing. */
export function marked(name: string, answer: Readonly<Record<string, unknown>> = {}): string {
  const outcome = {
    decision: 'detected',
    payload: payloadOfNonce(fixtureNonce(name), PAYLOAD_BITS),
    payload_bits: PAYLOAD_BITS,
    confidence: '0.98',
    p_value: '0.000001',
    ...answer,
  };
  return `A drawing of ${name}.\n${MARK}${JSON.stringify(outcome)}\n`;
}

export function attestationSignature(record: GenerationRecord, keyName: string): string {
  const { digest } = recordAttestation(record);
  return toHex(fixtureKey(keyName).sign(fromHex(digest)) as Uint8Array);
}

/** A record of content, signed by version `key_version` of the model's keys. */
export function fixtureRecord(
  name: string,
  content: string,
  scheme: Scheme,
  changes: Partial<GenerationRecord> & { readonly model?: Model } = {},
): GenerationRecord {
  const { model = fixtureModel(), ...members } = changes;
  const unsigned: GenerationRecord = {
    schema_version: 1,
    model_ref: model.model_ref,
    scheme_ref: scheme.scheme_ref,
    content_hash: sha256Hex(content),
    parent_hash: ZERO_HASH,
    timestamp: START + 100,
    nonce: fixtureNonce(name),
    signature: '',
    payload_digest: ZERO_HASH,
    key_version: 1,
    scheme_commitment: scheme.scheme_commitment,
    recorder: model.owner,
    annotations: [],
    recorded: ledgerTime(`record ${name}`, 110),
    ...members,
  };
  const payload_digest = recordAttestation(unsigned).digest;
  const keyName = `${model.model_id} ${unsigned.key_version}`;
  return { ...unsigned, payload_digest, signature: attestationSignature(unsigned, keyName) };
}

/** What a bundle of fixtures holds. */
export interface BundleParts {
  readonly records?: readonly unknown[];
  readonly models?: readonly Model[];
  readonly schemes?: readonly Scheme[];
  readonly content_index?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A bundle as a gateway exports it. */
export function fixtureBundle(parts: BundleParts): Record<string, unknown> {
  const { records = [], models = [], schemes = [], content_index = {}, params } = parts;
  return {
    format: BUNDLE_FORMAT,
    network: NETWORK,
    height: HEIGHT,
    records,
    models,
    schemes,
    policies: [],
    content_index,
    ...(params === undefined ? {} : { params }),
  };
}
