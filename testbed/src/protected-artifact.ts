import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  artifactId,
  licenseId,
  requiredKeyThreshold,
  rightId,
  type LicenseTerms,
  type RiskClass,
} from '@maker-registry/protocol';
import { generateContentKey, parseJwks, protectFile } from '@maker-registry/guard';
import {
  depositWithOperators,
  generateActorKey,
  sharingOf,
  splitContentKey,
  writeActorKeyFile,
  type DepositTarget,
  type KeyShare,
  type RegistryClient,
  type SoftwareActorKey,
} from '@maker-registry/sdk';
import { runGuard } from './guarded-run';
import type { RunningNetwork } from './network-file';
import { ownSite, type OperatorSite } from './operator-site';

const TERMS: LicenseTerms = {
  actions: ['execute', 'resell'],
  purposes: ['research', 'deployment'],
  limits: {},
  transfer: { resale: true, gift: true, bequest: true },
  resale_royalty_bps: 500,
  obligations: [],
};

/** A site as the maker deposits with it; the wrapping key is taken unseen, as tests may. */
async function depositTarget({ mspId, client }: OperatorSite): Promise<DepositTarget> {
  const wrapKey = parseJwks(await client.trust.jwks()).find((key) => key.use === 'wrap');
  if (wrapKey === undefined) throw new Error(`${mspId} publishes no wrapping key`);
  return { operator: mspId, client, wrapKey };
}

/** An artifact that a maker has registered, encrypted and entrusted to operators, with a folder for its files. */
export class ProtectedArtifact {
  readonly folder: string;
  readonly container: string;
  readonly state: string;
  readonly maker: SoftwareActorKey;
  readonly id: string;
  readonly licenseId: string;
  /** The version in force; 0 before the first. */
  keyVersion = 0;
  /** The operators' shares of the key in force; none where it is not split. */
  shares: readonly KeyShare[] = [];
  #sites: readonly OperatorSite[] = [];
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

  /**
   * Encrypts the content, puts the key on the ledger and deposits it with the operators of `sites`: the whole key with each,
   * or, where the class asks for it, to each its share. A second call rotates the key: the container is a new one.
   */
  async protect(sites: readonly OperatorSite[] = [ownSite(this.#network)]): Promise<void> {
    this.#sites = sites;
    this.keyVersion += 1;
    const contentKey = generateContentKey();
    rmSync(this.container, { force: true });
    const made = await protectFile(join(this.folder, 'plain'), this.container, contentKey, {
      artifactId: this.id,
      keyVersion: this.keyVersion,
    });
    const threshold = await this.#threshold();
    const operators = sites.map(({ mspId }) => mspId);
    this.shares = threshold > 1 ? await splitContentKey(contentKey, threshold, operators) : [];
    const { block } = await this.#client.submitIntent(
      this.keyVersion === 1 ? 'key.commit' : 'key.rotate',
      {
        artifact_id: this.id,
        commitment: made.commitment,
        ciphertext_digest: made.ciphertextDigest,
        format: 'mrg1',
        ...(threshold > 1 ? { sharing: sharingOf(this.id, threshold, this.shares) } : {}),
      },
      this.maker,
    );
    await Promise.all(sites.map(({ client }) => client.read.contentKeys(this.id, { minHeight: block })));
    const secretOf = (operator: string): Uint8Array =>
      this.shares.find((one) => one.operator === operator)?.share ?? contentKey;
    const outcomes = await depositWithOperators(
      this.maker,
      { artifactId: this.id, version: this.keyVersion, secretOf },
      await Promise.all(sites.map(depositTarget)),
    );
    const failed = outcomes.find(({ status }) => status === 'failed');
    if (failed !== undefined) throw new Error(`A deposit failed: ${JSON.stringify(failed)}`);
  }

  async #threshold(): Promise<number> {
    const [artifact, parameters] = await Promise.all([
      this.#client.read.artifact(this.id),
      this.#client.read.parameters(),
    ]);
    return requiredKeyThreshold(parameters, artifact.risk.class);
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
    const id = rightId(issued.intent_id ?? '');
    const minHeight = issued.block;
    await Promise.all(this.#sites.map(({ client }) => client.read.right(id, { minHeight })));
    return { key, keyFile, rightId: id };
  }

  /** Pins the operators' keys for guards that use this artifact's state folder. */
  async pin(): Promise<void> {
    for (const { network, mspId } of this.#sites) {
      const args = ['pin', '--operator', mspId, '--trust-first', '--state', this.state];
      const exit = await runGuard(network, args);
      if (exit.code !== 0) throw new Error(`guard pin failed: ${exit.stderr}`);
    }
  }

  /** Enrols a machine with every operator, as the same device; keys and pins go to `state`. */
  async enroll(tcti: string, state = this.state, more: readonly string[] = []): Promise<void> {
    for (const { network, mspId } of this.#sites) {
      const args = ['enroll', '--operator', mspId, '--trust-first', '--state', state, ...more];
      const exit = await runGuard(network, args, { TPM2TOOLS_TCTI: tcti });
      if (exit.code !== 0) throw new Error(`guard enroll failed at ${mspId}: ${exit.stderr}`);
    }
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
