import { randomBytes } from 'node:crypto';
import { artifactId, rightId, type IntentBodies, type RiskClass } from '@maker-registry/protocol';
import { generateActorKey, type RegistryClient, type SoftwareActorKey } from '@maker-registry/sdk';
import { artifactBody, licenseBody, markedLicenseId } from './documents';

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
