import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ClientError } from '@maker-registry/sdk';
import { ABANDONED_AFTER_MS, TPM_COMMAND_TIMEOUT_MS, TPM_MAX_OUTPUT_BYTES } from '../limits';
import { memoryDirectory } from '../memory-directory';
import { isRunning, withFileLock } from '../state/file-lock';

/** Names of the tpm2-tools that the guard calls. */
export type TpmTool =
  | 'activatecredential'
  | 'certify'
  | 'create'
  | 'createak'
  | 'createek'
  | 'createprimary'
  | 'ecdhzgen'
  | 'flushcontext'
  | 'getcap'
  | 'load'
  | 'nvread'
  | 'policysecret'
  | 'quote'
  | 'startauthsession';

const UNREACHABLE = /tcti|connect|No such file or directory.*\/dev\/tpm|Could not load/i;
const DIRECTORY_PREFIX = 'guard-tpm-';
const OWNER_ONLY = 0o600;
const LOCK_NAME_CHARACTERS = 16;

/**
 * One sequence of TPM commands. Its files live in a directory of its own in memory (contexts, and the ECDH secret, which
 * must never reach a disk) that goes when the sequence ends.
 */
export class TpmSequence {
  readonly #tcti: string;
  readonly #directory: string;

  constructor(tcti: string, directory: string) {
    this.#tcti = tcti;
    this.#directory = directory;
  }

  /** Path of a file of this sequence. */
  path(name: string): string {
    return join(this.#directory, name);
  }

  async read(name: string): Promise<Buffer> {
    return await readFile(this.path(name));
  }

  /** Reads a file that holds a secret and removes it. */
  async take(name: string): Promise<Buffer> {
    const data = await this.read(name);
    await rm(this.path(name));
    return data;
  }

  async write(name: string, data: Uint8Array): Promise<void> {
    await writeFile(this.path(name), data, { mode: OWNER_ONLY });
  }

  /**
   * Runs one tool; gives what it prints. Loaded objects are flushed afterwards: a TPM without a resource manager has three
   * slots, and every object of ours is reachable through its saved context. Throws TPM_UNAVAILABLE, TPM_FAILED,
   * TPM_TOOLS_MISSING.
   */
  async run(tool: TpmTool, ...args: readonly string[]): Promise<string> {
    const output = await this.#execute(tool, args);
    if (!hasResourceManager(this.#tcti)) await this.#execute('flushcontext', ['-t']);
    return output;
  }

  /** Flushes sessions that a failed tool has left loaded; they would fill the TPM in time. */
  async end(): Promise<void> {
    if (hasResourceManager(this.#tcti)) return;
    // A TPM that is away has been reported by the command that found out.
    await this.#execute('flushcontext', ['-l']).catch(() => undefined);
  }

  #execute(tool: TpmTool, args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(
        `tpm2_${tool}`,
        [...args],
        {
          cwd: this.#directory,
          env: { PATH: process.env['PATH'], TPM2TOOLS_TCTI: this.#tcti, TSS2_LOG: 'all+ERROR' },
          timeout: TPM_COMMAND_TIMEOUT_MS,
          maxBuffer: TPM_MAX_OUTPUT_BYTES,
        },
        (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(toolError(tool, error, stderr));
        },
      );
    });
  }
}

/**
 * Runs `work` as one sequence on the TPM at `tcti`. Only one sequence of this user uses a TPM at a time. Files go when
 * it ends, however it ends.
 */
export async function withTpm<T>(tcti: string, work: (sequence: TpmSequence) => Promise<T>): Promise<T> {
  return await withFileLock(lockPath(tcti), async () => {
    const memory = await memoryDirectory();
    await removeAbandoned(memory);
    const directory = await mkdtemp(join(memory, `${DIRECTORY_PREFIX}${process.pid}-`));
    const sequence = new TpmSequence(tcti, directory);
    try {
      return await work(sequence);
    } finally {
      await sequence.end().finally(() => rm(directory, { recursive: true, force: true }));
    }
  });
}

/**
 * A guard that was killed in the middle of a sequence could not remove its files, and an ECDH secret may be among them. Only
 * old ones go: a process that looks dead may live in another container with the same memory directory.
 */
async function removeAbandoned(memory: string): Promise<void> {
  for (const name of await readdir(memory)) {
    const pid = name.startsWith(DIRECTORY_PREFIX)
      ? Number.parseInt(name.slice(DIRECTORY_PREFIX.length))
      : NaN;
    if (Number.isNaN(pid) || isRunning(pid)) continue;
    const path = join(memory, name);
    // Another user's directory is that user's matter.
    const facts = await lstat(path).catch(() => undefined);
    if (facts?.uid !== userInfo().uid || Date.now() - facts.mtimeMs < ABANDONED_AFTER_MS) continue;
    await rm(path, { recursive: true, force: true });
  }
}

/** The TPM to use: what TPM2TOOLS_TCTI names, or the kernel's resource manager. */
export function defaultTcti(environment: NodeJS.ProcessEnv): string {
  const named = environment['TPM2TOOLS_TCTI'];
  return named === undefined || named === '' ? 'device:/dev/tpmrm0' : named;
}

/** Two sequences on one TPM would flush each other's objects. */
function lockPath(tcti: string): string {
  const name = createHash('sha256').update(tcti).digest('hex').slice(0, LOCK_NAME_CHARACTERS);
  return join(tmpdir(), `maker-registry-tpm-${userInfo().uid}-${name}.lock`);
}

function hasResourceManager(tcti: string): boolean {
  return tcti.includes('tpmrm') || tcti.startsWith('tabrmd');
}

function toolError(
  tool: TpmTool,
  error: Error & { code?: unknown; killed?: boolean },
  stderr: string,
): ClientError {
  if (error.code === 'ENOENT') {
    return new ClientError(
      'TPM_TOOLS_MISSING',
      `tpm2_${tool} is not installed. Install the package tpm2-tools.`,
      {
        subject: `tpm2_${tool}`,
        cause: error,
      },
    );
  }
  const said = stderr.trim().split('\n').slice(0, 3).join(' ');
  const isAway = error.killed === true || UNREACHABLE.test(said);
  return isAway
    ? new ClientError('TPM_UNAVAILABLE', `The TPM did not answer tpm2_${tool}: ${said}`, {
        subject: `tpm2_${tool}`,
      })
    : new ClientError('TPM_FAILED', `tpm2_${tool} failed: ${said}`, { subject: `tpm2_${tool}` });
}
