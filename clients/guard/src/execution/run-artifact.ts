import {
  type ContentKeyVersion,
  type ExecutionDecision,
  type Purpose,
  RegistryError,
} from '@maker-registry/protocol';
import { type ActorSigner, ListHolder, type RegistryClient } from '@maker-registry/sdk';
import { ContainerFile, type HashedContainer } from '../container/container-file';
import { ContainerReader } from '../container/container-reader';
import { errorFields, type Tell } from '../events';
import { EXIT_CODES } from '../exit-codes';
import { FRESH_LIST_TRIES } from '../limits';
import { type Device } from '../state/device-store';
import { ExecutionCount } from '../state/execution-count';
import { ListMemory } from '../state/list-memory';
import { SeenListsFile } from '../state/seen-lists-file';
import { type StateDirectory } from '../state/state-directory';
import { type OperatorGateway, type OperatorGateways } from '../trust/operator-gateways';
import { keysFor, listKeys, type PinnedOperators } from '../trust/pinned-operators';
import { markOutputs, type WatermarkedOutputs } from '../watermark/mark-outputs';
import { type Clock, SteadyClock } from './clock';
import { CombinedWatcher } from './combined-watcher';
import { type CommandOptions, SupervisedCommand } from './command';
import { type ListSource, ListWatcher } from './list-watcher';
import { isSwapActive, MemoryFile } from './memory-file';
import { obtainContentKey } from './obtain-content-key';
import { releaseFromOperator } from './release-from-operator';
import { TokenKeeper, type TokenSource, type TokenWish } from './token-keeper';
import { isStale, type StopReason, Watch } from './watch';

/** Everything one guarded execution needs. */
export interface RunRequest {
  readonly gateways: OperatorGateways;
  readonly state: StateDirectory;
  readonly pinned: PinnedOperators;
  readonly holder: ActorSigner;
  readonly device: Device | undefined;
  readonly tcti: string;
  readonly pcrs: readonly number[];
  readonly artifact: string;
  /** Either a token at hand, or the right to ask one for. */
  readonly token: string | undefined;
  readonly rightId: string | undefined;
  /** Purpose of this execution; that of the token when absent. */
  readonly purpose: Purpose | undefined;
  readonly command: Omit<CommandOptions, 'descriptor'>;
  /** Outputs to be marked when the command has ended well. */
  readonly outputs: WatermarkedOutputs | undefined;
  readonly tell: Tell;
}

/** Signals to the guard that are meant for the command. */
const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a command on a protected artifact while the registry permits it: token, list, key, attestation, decryption into
 * memory, command, and then the same questions again at every news until the command ends.
 *
 * @returns the exit code, see exit-codes.ts
 * @throws RegistryError when the execution is refused before it starts; ClientError when something is missing or broken
 */
export async function runArtifact(request: RunRequest): Promise<number> {
  const container = await ContainerFile.open(request.artifact);
  try {
    const exitCode = await new GuardedRun(request, container).run();
    return exitCode === 0 ? await afterwards(request) : exitCode;
  } finally {
    await container.close();
  }
}

/** The plaintext is wiped by now. What a failed or stopped command left is no output. */
async function afterwards({ outputs, tell }: RunRequest): Promise<number> {
  if (outputs === undefined) return 0;
  // The first signal ends marking in order; it is nobody's to forward any more. A second one ends the process.
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
  };
  for (const signal of FORWARDED) process.once(signal, stop);
  try {
    return (await markOutputs(outputs, tell, controller.signal)) ? 0 : EXIT_CODES.failed;
  } finally {
    for (const signal of FORWARDED) process.off(signal, stop);
  }
}

class GuardedRun {
  readonly #request: RunRequest;
  readonly #container: ContainerFile;

  constructor(request: RunRequest, container: ContainerFile) {
    this.#request = request;
    this.#container = container;
  }

  async run(): Promise<number> {
    const { gateways, state, pinned, holder, tell } = this.#request;
    const memory = new ListMemory(state, { keys: listKeys(pinned), network: pinned.network });
    const clock = new SteadyClock(await memory.newestTime());
    const trust = { jwks: { keys: keysFor(pinned, 'token') }, network: pinned.network };
    const tokenSource: TokenSource = {
      requestToken: (...wish) => gateways.any(({ trust: source }) => source.requestToken(...wish)),
    };
    const listSource: ListSource = {
      revocationList: (wanted) => gateways.any(({ trust: source }) => source.revocationList(wanted)),
    };
    const tokens = new TokenKeeper(tokenSource, trust, holder, clock, tell);
    const lists = new ListWatcher(listSource, memory, clock, tell);
    const combined = this.#combined(clock);
    await this.#firstToken(tokens);
    await Promise.all([this.#freshList(lists), combined?.fetchNow()]);
    const { claims } = tokens;
    const { deviceId } = this.#request.device ?? {};
    const purpose = this.#request.purpose ?? claims.purpose;
    const { key_version: keyVersion } = this.#container.parsed.header;
    const watch = new Watch({ tokens, lists, combined, clock, tell, deviceId, purpose, keyVersion });
    const counts = new ExecutionCount(state);
    requireAllowed(watch.decide(await counts.of(claims.right_id)));
    this.#checkContainer(tokens);
    const file = await this.#decrypted(tokens);
    try {
      // News may have come while the key was fetched and the artifact decrypted; another guard may have counted.
      await Promise.all([this.#freshList(lists), combined?.fetchNow()]);
      requireAllowed(watch.decide(await counts.add(claims.right_id)));
      return await this.#supervise(file, watch, {
        rightId: claims.right_id,
        deviceId: claims.device_id,
        purpose,
      });
    } finally {
      await file.wipe();
    }
  }

  /** Follows the lists that several operators vouch for, where this machine asks for more than one. */
  #combined(clock: Clock): CombinedWatcher | undefined {
    const { gateways, state, pinned, tell } = this.#request;
    const { network, threshold } = pinned;
    if (threshold === 1) return undefined;
    const trust = { keys: listKeys(pinned), threshold, network };
    const source: Pick<RegistryClient['lists'], 'combined'> = {
      combined: (wanted) => gateways.any(({ lists }) => lists.combined(wanted)),
    };
    const holder = new ListHolder(source, trust, new SeenListsFile(state, network));
    return new CombinedWatcher(holder, clock, tell);
  }

  async #firstToken(tokens: TokenKeeper): Promise<void> {
    const { token, rightId, purpose } = this.#request;
    if (token !== undefined) {
      tokens.take(token);
      if (rightId !== undefined && tokens.claims.right_id !== rightId) {
        throw new RegistryError('TOKEN_NOT_BOUND', 'The token is for another right than the one named.');
      }
      return;
    }
    const wanted = rightId ?? '';
    await tokens.request({ rightId: wanted, deviceId: await this.#deviceFor(wanted), purpose });
  }

  /** The device that the token must be bound to; none where neither the right nor the risk class asks for one. */
  async #deviceFor(rightId: string): Promise<string | undefined> {
    const { gateways, device } = this.#request;
    if (device === undefined) return undefined;
    const { right, artifact, parameters } = await gateways.any(async ({ read }) => {
      const right = await read.right(rightId);
      const [artifact, parameters] = await Promise.all([read.artifact(right.artifact_id), read.parameters()]);
      return { right, artifact, parameters };
    });
    const { attestation_required: isRequired } = parameters.risk_classes[artifact.risk.class];
    return isRequired || right.device_id !== undefined ? device.deviceId : undefined;
  }

  /** Another guard of this machine may accept a newer list between our fetch and our check; then ask again. */
  async #freshList(lists: ListWatcher): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await lists.fetchNow();
        return;
      } catch (error) {
        if (tries === FRESH_LIST_TRIES || errorFields(error).code !== 'LIST_ROLLBACK') throw error;
      }
    }
  }

  #checkContainer(tokens: TokenKeeper): void {
    const { header } = this.#container.parsed;
    const { claims } = tokens;
    if (header.artifact_id !== claims.artifact_id) {
      throw new RegistryError(
        'ARTIFACT_MISMATCH',
        'The container holds another artifact than the token names.',
        {
          subject: header.artifact_id,
        },
      );
    }
    if (claims.key_version !== undefined && header.key_version !== claims.key_version) {
      throw new RegistryError(
        'CONTENT_KEY_MISMATCH',
        `The container is encrypted with key version ${header.key_version}; the token is for ${claims.key_version}.`,
        { subject: header.artifact_id },
      );
    }
  }

  /** The plaintext in a nameless memory file. Nobody else has its descriptor before every tag has been checked. */
  async #decrypted(tokens: TokenKeeper): Promise<MemoryFile> {
    const { tell } = this.#request;
    const { header } = this.#container.parsed;
    const onLedger = await this.#ledgerKey();
    const contentKey = await this.#contentKey(tokens, onLedger);
    if (await isSwapActive())
      tell('warning', { code: 'SWAP_ACTIVE', message: 'Plaintext in memory may be swapped out.' });
    const file = await MemoryFile.create(header.plaintext_size);
    try {
      // Encrypted chunks authenticate themselves; bytes left in clear only through the digest on the ledger.
      const isAllEncrypted = this.#container.layout.segments.every(({ encrypted }) => encrypted);
      const hashed = isAllEncrypted ? undefined : this.#container.hashed();
      const reader = new ContainerReader(hashed ?? this.#container, contentKey, onLedger.commitment);
      try {
        const started = process.cpuUsage();
        await reader.decryptAll(
          (plaintext, position) => {
            file.write(plaintext, position);
          },
          (done, total) => {
            tell('progress', { done, total });
          },
        );
        if (hashed !== undefined) this.#checkDigest(hashed, onLedger);
        const { user, system } = process.cpuUsage(started);
        tell('decrypted', { bytes: header.plaintext_size, cpu_us: user + system });
      } finally {
        reader.forget();
      }
      return file;
    } catch (error) {
      await file.wipe();
      throw error;
    } finally {
      contentKey.fill(0);
    }
  }

  async #ledgerKey(): Promise<ContentKeyVersion> {
    const { artifact_id: artifactId, key_version: version } = this.#container.parsed.header;
    const { versions } = await this.#request.gateways.any(({ read }) => read.contentKeys(artifactId));
    const found = versions.find((one) => one.version === version);
    if (found === undefined) {
      throw new RegistryError(
        'CONTENT_KEY_UNKNOWN',
        `Key version ${version} is not committed on the ledger.`,
        {
          subject: artifactId,
        },
      );
    }
    if (found.status === 'revoked' || found.status === 'held') {
      throw new RegistryError(
        found.status === 'revoked' ? 'REVOKED' : 'EXECUTION_HELD',
        `The content key is ${found.status}.`,
        {
          subject: artifactId,
        },
      );
    }
    return found;
  }

  #checkDigest(read: HashedContainer, onLedger: ContentKeyVersion): void {
    if (read.digest() === onLedger.ciphertext_digest) return;
    throw new RegistryError(
      'CIPHERTEXT_CORRUPT',
      'The container is not the one whose digest is on the ledger.',
      { subject: this.#container.parsed.header.artifact_id },
    );
  }

  async #contentKey(tokens: TokenKeeper, version: ContentKeyVersion): Promise<Buffer> {
    const { gateways, holder, device, tcti, pcrs, tell } = this.#request;
    const { right_id: rightId, artifact_id: artifactId, device_id: boundTo } = tokens.claims;
    const context = {
      ...{ holder, rightId, artifactId, tcti, pcrs, tell },
      keyVersion: version.version,
      // A class that asks for no attestation passes without a TPM; mayExecute has refused the others without a device.
      device: boundTo === undefined ? undefined : device,
      tokenFor: (gateway: OperatorGateway, fresh: boolean) => this.#tokenFor(tokens, gateway, fresh),
    };
    const releaseFrom = (gateway: OperatorGateway): Promise<Uint8Array> =>
      releaseFromOperator(context, gateway);
    return await obtainContentKey({ gateways, artifactId, version, releaseFrom, tell });
  }

  /** Each operator judges by a token of its own: the one at hand where it issued it, else one asked for this release. */
  async #tokenFor(tokens: TokenKeeper, { mspId, client }: OperatorGateway, fresh: boolean): Promise<string> {
    const { gateways, holder } = this.#request;
    const { iss, right_id: rightId, device_id: deviceId, purpose } = tokens.claims;
    const isAtHand = iss === mspId || gateways.all.length === 1;
    if (isAtHand && fresh) await tokens.request({ rightId, deviceId, purpose });
    if (isAtHand && tokens.claims.iss === iss) return tokens.token;
    const token = await client.trust.requestToken(holder, rightId, {
      purpose,
      ...(deviceId === undefined ? {} : { deviceId }),
    });
    const claims = tokens.verify(token);
    if (claims.right_id === rightId && (mspId === undefined || claims.iss === mspId)) return token;
    throw new RegistryError('TOKEN_NOT_BOUND', 'The token is another operator’s, or for another right.', {
      subject: claims.jti,
    });
  }

  async #supervise(file: MemoryFile, watch: Watch, wish: TokenWish): Promise<number> {
    const { command: options, tell } = this.#request;
    const command = await SupervisedCommand.start({ ...options, descriptor: file.descriptor });
    tell('started', { pid: command.pid });
    if (!command.diesWithGuard)
      tell('warning', { code: 'COMMAND_OUTLIVES_GUARD', message: 'setpriv is not installed' });
    const forward = (signal: NodeJS.Signals): void => {
      command.signal(signal);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const controller = new AbortController();
    try {
      const forbidden = watch.untilForbidden(wish, controller.signal);
      const first = await Promise.race([command.ended, forbidden]);
      if (typeof first !== 'number') return await this.#stop(command, first);
      command.endRemaining();
      tell('ended', { exit_code: first });
      return first;
    } finally {
      controller.abort();
      for (const signal of FORWARDED) process.off(signal, forward);
    }
  }

  async #stop(command: SupervisedCommand, { code, message, subject }: StopReason): Promise<number> {
    const { tell } = this.#request;
    const exitCode = isStale({ code, message, subject }) ? EXIT_CODES.stale : EXIT_CODES.revoked;
    tell('stopping', { code, message, subject });
    await command.stop();
    tell('stopped', { code, exit_code: exitCode });
    return exitCode;
  }
}

function requireAllowed(decision: ExecutionDecision): void {
  if (decision.allowed) return;
  throw new RegistryError(decision.code, decision.message, { subject: decision.subject });
}
