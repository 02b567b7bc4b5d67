import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifactId, licenseId, rightId, type LicenseTerms, type RiskClass } from '@maker-registry/protocol';
import { generateContentKey, parseJwks, protectFile } from '@maker-registry/guard';
import {
  generateActorKey,
  wrapContentKey,
  writeActorKeyFile,
  type RegistryClient,
  type SoftwareActorKey,
} from '@maker-registry/sdk';
import { runGuard } from './guarded-run';
import type { RunningNetwork } from './network-file';

const TERMS: LicenseTerms = {
  actions: ['execute', 'resell'],
  purposes: ['research', 'deployment'],
  limits: {},
  transfer: { resale: true, gift: true, bequest: true },
  resale_royalty_bps: 500,
  obligations: [],
};

/** An artifact that a maker has registered, encrypted and entrusted to an operator, with a folder for its files. */
export class ProtectedArtifact {
  readonly folder: string;
  readonly container: string;
  readonly state: string;
  readonly maker: SoftwareActorKey;
  readonly id: string;
  readonly licenseId: string;
  readonly #client: RegistryClient;
  readonly #network: RunningNetwork;

  private constructor(network: RunningNetwork, client: RegistryClient, maker: SoftwareActorKey, id: string) {
    this.#network = network;
    this.#client = client;
    this.maker = maker;
    this.id = id;
    this.licenseId = licenseId(maker.actorId, TERMS);
    this.folder = mkdtempSync(join(tmpdir(), 'protected-'));
    this.container = join(this.folder, 'artifact.mrg');
    this.state = join(this.folder, 'state');
  }

  /** Registers maker, license and artifact; a high class still has to be approved by reviewers. */
  static async register(
    network: RunningNetwork,
    client: RegistryClient,
    content: Buffer,
    riskClass: RiskClass = 'low',
  ): Promise<ProtectedArtifact> {
    const maker = generateActorKey();
    await client.submitIntent(
      'actor.register',
      { alg: 'ed25519', public_key: maker.signer.publicKey },
      maker,
    );
    await client.submitIntent('license.define', { name: 'Test license', terms: TERMS }, maker);
    const name = `protected-${randomBytes(6).toString('hex')}`;
    await client.submitIntent(
      'artifact.register',
      {
        kind: 'model',
        name,
        version: '1.0.0',
        root_digest: createHash('sha256').update(content).digest('hex'),
        parents: [],
        license_id: licenseId(maker.actorId, TERMS),
        risk: { class: riskClass, domains: [], declaration: 'Made for a test.' },
      },
      maker,
    );
    const artifact = new ProtectedArtifact(network, client, maker, artifactId(maker.actorId, name, '1.0.0'));
    writeFileSync(join(artifact.folder, 'plain'), content);
    return artifact;
  }

  /** Encrypts the content, commits the key on the ledger and deposits it at the gateway's operator. */
  async protect(operatorMspId = 'Op1MSP'): Promise<void> {
    const contentKey = generateContentKey();
    const made = await protectFile(join(this.folder, 'plain'), this.container, contentKey, {
      artifactId: this.id,
      keyVersion: 1,
    });
    await this.#client.submitIntent(
      'key.commit',
      {
        artifact_id: this.id,
        commitment: made.commitment,
        ciphertext_digest: made.ciphertextDigest,
        format: 'mrg1',
      },
      this.maker,
    );
    const wrap = parseJwks(await this.#client.trust.jwks()).find((key) => key.use === 'wrap');
    if (wrap === undefined) throw new Error('The operator publishes no wrapping key');
    await this.#client.trust.depositKey(this.maker, {
      artifact_id: this.id,
      version: 1,
      operator: operatorMspId,
      jwe: wrapContentKey(contentKey, wrap),
    });
  }

  /** A new holder with a right to execute; their key lies in a file in the folder. */
  async holder(): Promise<{ key: SoftwareActorKey; keyFile: string; rightId: string }> {
    const key = generateActorKey('es256');
    await this.#client.submitIntent(
      'actor.register',
      { alg: 'es256', public_key: key.signer.publicKey },
      key,
    );
    const keyFile = join(this.folder, `${key.actorId.slice(0, 12)}.json`);
    await writeActorKeyFile(keyFile, key);
    const issued = await this.#client.submitIntent(
      'right.issue',
      {
        artifact_id: this.id,
        license_id: this.licenseId,
        holder: key.actorId,
        actions: ['execute', 'resell'],
        purpose: 'research',
        limits: {},
      },
      this.maker,
    );
    return { key, keyFile, rightId: rightId(issued.intent_id ?? '') };
  }

  /** Pins the operator's keys for guards that use this artifact's state folder. */
  async pin(operatorMspId = 'Op1MSP'): Promise<void> {
    const exit = await runGuard(this.#network, [
      'pin',
      '--operator',
      operatorMspId,
      '--trust-first',
      '--state',
      this.state,
    ]);
    if (exit.code !== 0) throw new Error(`guard pin failed: ${exit.stderr}`);
  }

  /** Arguments of a guarded run of `command` for that holder. */
  runArguments(holder: { keyFile: string; rightId: string }, command: readonly string[]): string[] {
    return [
      'run',
      ...['--artifact', this.container],
      ...['--right', holder.rightId],
      ...['--holder-key', holder.keyFile],
      ...['--state', this.state],
      '--json',
      '--',
      ...command,
    ];
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
