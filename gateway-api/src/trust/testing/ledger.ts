import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Actor,
  appendRevocation,
  actorId,
  type Artifact,
  buildIntent,
  type ContentKey,
  contentKeyCommitment,
  type IntentBodies,
  keyId,
  type License,
  type Parameters,
  RegistryError,
  type RequestType,
  type Revocation,
  type RevocationHead,
  type Right,
  type RiskClass,
  serializeEnvelope,
  signIntent,
  type Signer,
  type SupersededRight,
} from '@maker-registry/protocol';
import { type LedgerSnapshot, type SnapshotSource } from '../lists/ledger-snapshot';
import { type RevocationSnapshot, type TrustReads } from '../ledger-reads';
import { unixNow } from '../clock';

export const NETWORK = 'ab'.repeat(32);
const ED25519_SPKI_PREFIX = 12;
const PLACE = { tx_id: 'cd'.repeat(32), at: 1_700_000_000 };
const REQUEST_LIFETIME_S = 60;

/** A party with a key in memory. */
export interface Party {
  readonly id: string;
  readonly signer: Signer;
  readonly actor: Actor;
}

export function party(): Party {
  const pair = generateKeyPairSync('ed25519');
  const raw = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(ED25519_SPKI_PREFIX);
  const publicKey = raw.toString('hex');
  const privateKey = createPrivateKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const signer: Signer = { alg: 'ed25519', publicKey, sign: (message) => sign(null, message, privateKey) };
  const id = actorId('ed25519', publicKey);
  const key = {
    version: 1,
    alg: 'ed25519',
    public_key: publicKey,
    keyid: keyId('ed25519', publicKey),
  } as const;
  return {
    id,
    signer,
    actor: {
      actor_id: id,
      keys: [{ ...key, status: 'current', since: PLACE }],
      status: 'active',
      bans: [],
      registered: PLACE,
    },
  };
}

/** A signed request as it travels. */
export async function request<Type extends RequestType>(
  who: Party,
  type: Type,
  body: IntentBodies[Type],
  change: { network?: string; expiresAt?: number; signer?: Signer } = {},
): Promise<Uint8Array> {
  const payload = buildIntent({
    network: change.network ?? NETWORK,
    type,
    actor: who.id,
    nonce: randomBytes(16).toString('hex'),
    expires_at: change.expiresAt ?? unixNow() + REQUEST_LIFETIME_S,
    body,
  });
  return Buffer.from(serializeEnvelope(await signIntent(payload, change.signer ?? who.signer)));
}

const ARTIFACT_ID = '22'.repeat(32);
const LICENSE_ID = '11'.repeat(32);

function license(licensor: string): License {
  return {
    license_id: LICENSE_ID,
    licensor,
    name: 'Test',
    terms: {
      actions: ['execute'],
      purposes: ['deployment'],
      limits: {},
      transfer: { resale: true, gift: false, bequest: false },
      resale_royalty_bps: 0,
      obligations: ['attribution'],
    },
    defined: PLACE,
  };
}

function artifact(maker: string, riskClass: RiskClass): Artifact {
  return {
    artifact_id: ARTIFACT_ID,
    maker,
    kind: 'model',
    name: 'model',
    version: '1.0.0',
    root_digest: '33'.repeat(32),
    parents: [],
    license_id: LICENSE_ID,
    risk: { class: riskClass, declared_class: riskClass, domains: [], declaration: 'x' },
    state: 'active',
    approved: true,
    reviews: [],
    restrictions: [],
    registered: PLACE,
  };
}

function right(maker: string, holder: string): Right {
  return {
    right_id: '44'.repeat(32),
    artifact_id: ARTIFACT_ID,
    license_id: LICENSE_ID,
    maker,
    holder,
    actions: ['execute'],
    purpose: 'deployment',
    limits: {},
    version: 1,
    status: 'active',
    restrictions: [],
    transfers: 0,
    last_transfer_at: PLACE.at,
    issued: PLACE,
  };
}

function contentKey(maker: string, key: Uint8Array): ContentKey {
  return {
    artifact_id: ARTIFACT_ID,
    maker,
    current: 1,
    versions: [
      {
        version: 1,
        commitment: contentKeyCommitment(ARTIFACT_ID, key),
        ciphertext_digest: '55'.repeat(32),
        format: 'mrg1',
        status: 'current',
        restrictions: [],
        committed: PLACE,
      },
    ],
  };
}

/** Ledger state in memory, in place of the mirror; every part may be changed by a test. */
export class TestLedger implements TrustReads, SnapshotSource {
  readonly maker = party();
  readonly holder = party();
  readonly contentKeyBytes = randomBytes(32);
  readonly parametersDocument: Parameters;
  readonly licenseDocument: License;
  artifactDocument: Artifact;
  rightDocument: Right;
  contentKeyDocument: ContentKey | undefined;
  actors: Actor[] = [this.maker.actor, this.holder.actor];
  revocations: Revocation[] = [];
  superseded: SupersededRight[] = [];
  head: RevocationHead | undefined;
  height = 5;

  /** `policy.split`: high classes ask for split keys; else one operator may hold a whole key. */
  constructor(riskClass: RiskClass, policy: { readonly split: boolean } = { split: false }) {
    const file = join(__dirname, '../../../../policies/parameters.json');
    const parameters = JSON.parse(readFileSync(file, 'utf8')) as Parameters;
    this.parametersDocument = {
      ...withThresholds(parameters, policy.split),
      network: NETWORK,
    };
    this.licenseDocument = license(this.maker.id);
    this.artifactDocument = artifact(this.maker.id, riskClass);
    this.rightDocument = right(this.maker.id, this.holder.id);
    this.contentKeyDocument = contentKey(this.maker.id, this.contentKeyBytes);
  }

  right(id: string): Promise<Right> {
    return found(id === this.rightDocument.right_id ? this.rightDocument : undefined, 'RIGHT_UNKNOWN');
  }

  artifact(id: string): Promise<Artifact> {
    return found(
      id === this.artifactDocument.artifact_id ? this.artifactDocument : undefined,
      'ARTIFACT_UNKNOWN',
    );
  }

  license(): Promise<License> {
    return Promise.resolve(this.licenseDocument);
  }

  actor(id: string): Promise<Actor> {
    return found(
      this.actors.find(({ actor_id }) => actor_id === id),
      'ACTOR_UNKNOWN',
    );
  }

  parameters(): Promise<Parameters> {
    return Promise.resolve(this.parametersDocument);
  }

  contentKey(): Promise<ContentKey | undefined> {
    return Promise.resolve(this.contentKeyDocument);
  }

  deviceRevocations(id: string): Promise<readonly Revocation[]> {
    return Promise.resolve(this.revocations.filter(({ subject_id }) => subject_id === id));
  }

  revocationSnapshot(): Promise<RevocationSnapshot> {
    const { height, head, revocations, superseded } = this;
    return Promise.resolve({ height, head, revocations, superseded });
  }

  at<T>(work: (snapshot: LedgerSnapshot) => Promise<T>): Promise<T> {
    const { height, head } = this;
    const right = this.rightDocument;
    const all = [...this.revocations];
    return work({
      position: { height, blockHash: '99'.repeat(32), head },
      revocations: (numbers) => Promise.resolve(all.filter(({ number }) => numbers.includes(number))),
      revocationNumbers: (type, after, limit) =>
        Promise.resolve(
          all
            .filter(({ subject_type, number }) => subject_type === type && number > after)
            .map(({ number }) => number)
            .slice(0, limit),
        ),
      rightVersions: (ids) =>
        Promise.resolve(new Map(ids.includes(right.right_id) ? [[right.right_id, right.version]] : [])),
    });
  }

  /** Adds an entry as the ledger would, one block further. */
  revoke(fields: Pick<Revocation, 'subject_type' | 'subject_id' | 'kind'>): void {
    const { entry, head } = appendRevocation(
      this.head,
      { reason_code: 'key-compromise', by: { msp_id: 'Op1MSP', role: 'ca-admin' }, final: false, ...fields },
      { txId: PLACE.tx_id, at: PLACE.at },
    );
    this.revocations.push(entry);
    this.head = head;
    this.height += 1;
  }
}

/** Parameters in which high classes ask for split keys, or none does. */
function withThresholds(parameters: Parameters, split: boolean): Parameters {
  const { high, critical, ...others } = parameters.risk_classes;
  const thresholds = (key_threshold: number): object => (split ? { key_threshold } : {});
  return {
    ...parameters,
    risk_classes: {
      ...others,
      high: { ...omit(high, 'key_threshold'), ...thresholds(2) },
      critical: { ...omit(critical, 'key_threshold'), ...thresholds(3) },
    },
  };
}

function omit<T extends object, Name extends keyof T & string>(value: T, name: Name): Omit<T, Name> {
  return Object.fromEntries(Object.entries(value).filter(([one]) => one !== name)) as Omit<T, Name>;
}

function found<T>(
  value: T | undefined,
  code: 'RIGHT_UNKNOWN' | 'ARTIFACT_UNKNOWN' | 'ACTOR_UNKNOWN',
): Promise<T> {
  return value === undefined ? Promise.reject(new RegistryError(code, 'Not there.')) : Promise.resolve(value);
}
