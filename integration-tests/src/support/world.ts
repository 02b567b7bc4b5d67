import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { artifactId, rightId, type IntentBodies, type RiskClass } from '@maker-registry/protocol';
import {
  generateActorKey,
  RegistryClient,
  type FabricIdentity,
  type SoftwareActorKey,
} from '@maker-registry/sdk';
import { organization, type RunningNetwork } from '@maker-registry/testbed';
import { artifactBody, licenseBody, markedLicenseId } from './documents';

/** A client of the running gateway, with an organisation's TLS certificate when `as` names an identity. */
export function registryClient(
  network: RunningNetwork,
  as?: { operator: string; identity: string },
): RegistryClient {
  const { gateway, genesis_hash: genesisHash, channel, chaincode } = network.file;
  const certificate = as === undefined ? {} : clientCertificate(network, as.operator, as.identity);
  return new RegistryClient({
    baseUrl: gateway.url,
    ca: readFileSync(network.path(gateway.tls_ca_cert)),
    network: genesisHash,
    channel,
    chaincode,
    ...certificate,
  });
}

function clientCertificate(network: RunningNetwork, operator: string, name: string) {
  const identity = organization(network, operator).identities[name];
  if (identity?.tls_cert === undefined || identity.tls_key === undefined) {
    throw new Error(`${operator} has no TLS certificate for ${name}`);
  }
  return {
    clientCert: readFileSync(network.path(identity.tls_cert)),
    clientKey: readFileSync(network.path(identity.tls_key)),
  };
}

/** A Fabric identity whose key stays with the caller, as a reviewer's does. */
export function fabricIdentity(network: RunningNetwork, operator: string, name: string): FabricIdentity {
  const identity = organization(network, operator).identities[name];
  if (identity?.key === undefined) throw new Error(`${operator} has no key in a file for ${name}`);
  return {
    mspId: identity.msp_id,
    certificate: readFileSync(network.path(identity.cert), 'utf8'),
    privateKey: readFileSync(network.path(identity.key), 'utf8'),
  };
}

/** A name that no earlier run used. */
export function freshName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

/** A maker with a license and an artifact, made anew for a test. */
export class Stage {
  readonly client: RegistryClient;
  readonly maker: SoftwareActorKey;
  readonly licenseId: string;
  readonly #mark: string;

  private constructor(client: RegistryClient, maker: SoftwareActorKey, mark: string) {
    this.client = client;
    this.maker = maker;
    this.#mark = mark;
    this.licenseId = markedLicenseId(maker.actorId, mark);
  }

  static async set(client: RegistryClient): Promise<Stage> {
    const stage = new Stage(client, await registeredActor(client), freshName('license'));
    await client.submitIntent('license.define', licenseBody(stage.#mark), stage.maker);
    return stage;
  }

  /** Registers an artifact and returns its id. */
  async artifact(riskClass: RiskClass = 'low'): Promise<string> {
    const name = freshName('artifact');
    await this.client.submitIntent(
      'artifact.register',
      artifactBody(name, this.licenseId, riskClass),
      this.maker,
    );
    return artifactId(this.maker.actorId, name, '1.0.0');
  }

  rightBody(artifact: string, holder: string): IntentBodies['right.issue'] {
    return {
      artifact_id: artifact,
      license_id: this.licenseId,
      holder,
      actions: ['execute', 'resell'],
      purpose: 'research',
      limits: {},
    };
  }

  /** Issues a right on an active artifact and returns its id. */
  async right(artifact: string, holder: string): Promise<string> {
    const operation = await this.client.submitIntent(
      'right.issue',
      this.rightBody(artifact, holder),
      this.maker,
    );
    return rightId(operation.intent_id ?? '');
  }
}

/** A new actor that the ledger knows. */
export async function registeredActor(
  client: RegistryClient,
  alg: 'ed25519' | 'es256' = 'ed25519',
): Promise<SoftwareActorKey> {
  const key = generateActorKey(alg);
  await client.submitIntent('actor.register', { alg, public_key: key.signer.publicKey }, key);
  return key;
}
