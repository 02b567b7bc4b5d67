import { type ChildProcess, spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { constants as osConstants } from 'node:os';
import { ClientError } from '@maker-registry/sdk';

/** How the plaintext reaches the command: by a path that opens it, or by the number of an open descriptor. */
export type HandOver = 'path' | 'fd';

export interface CommandOptions {
  /** Program and arguments; `{}` stands for the plaintext. */
  readonly command: readonly [string, ...string[]];
  readonly handOver: HandOver;
  /** Descriptor of the plaintext in this process. */
  readonly descriptor: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly graceMs: number;
}

/** Standard streams are 0 to 2; the plaintext is the next. */
const CHILD_DESCRIPTOR = 3;
const PLACEHOLDER = '{}';
/** Exit code of a process ended by signal n, as shells report it. */
const SIGNAL_EXIT_BASE = 128;
const SETPRIV = '/usr/bin/setpriv';
/**
 * A core dump would put the plaintext on a disk. Where dumps are piped to a program (apport, systemd-coredump) the kernel heeds
 * no limit but that of one byte (core(5)), which a shell cannot set; a file of one byte it does not begin either.
 */
const WITHOUT_CORE_DUMPS = '/usr/bin/prlimit --pid $$ --core=1:1 2>/dev/null || ulimit -c 0; exec "$@"';

/** A command that runs in a process group of its own, so that it and its children can be stopped together. */
export class SupervisedCommand {
  readonly #child: ChildProcess;
  readonly #graceMs: number;
  /** Exit code once the command has ended by itself or by a signal (128 + n). */
  readonly ended: Promise<number>;

  /** Whether the kernel kills the command when this process dies. */
  readonly diesWithGuard: boolean;

  private constructor(child: ChildProcess, graceMs: number, diesWithGuard: boolean) {
    this.#child = child;
    this.diesWithGuard = diesWithGuard;
    this.#graceMs = graceMs;
    this.ended = new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        resolve(
          signal === null ? (code ?? SIGNAL_EXIT_BASE) : SIGNAL_EXIT_BASE + osConstants.signals[signal],
        );
      });
    });
  }

  /** Starts the command. Throws USAGE when it cannot be started. */
  static async start(options: CommandOptions): Promise<SupervisedCommand> {
    const diesWithGuard = await hasSetpriv();
    const { program, args } = commandLine(options, diesWithGuard);
    const child = spawn(program, args, {
      detached: true,
      env: { ...options.environment, GUARD_ARTIFACT: plaintextName(options.handOver) },
      stdio: ['inherit', 'inherit', 'inherit', options.descriptor],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        reject(new ClientError('USAGE', `${program} cannot be started: ${error.message}`, { cause: error }));
      });
    });
    return new SupervisedCommand(child, options.graceMs, diesWithGuard);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends a signal to the command and its children. */
  signal(signal: NodeJS.Signals): void {
    this.#signalGroup(signal);
  }

  /** SIGTERM; when the command has ended or the grace time is over, SIGKILL for whatever is left of its group. */
  async stop(): Promise<void> {
    this.#signalGroup('SIGTERM');
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise((resolve) => {
      timer = setTimeout(resolve, this.#graceMs);
    });
    await Promise.race([this.ended, grace]);
    clearTimeout(timer);
    this.#signalGroup('SIGKILL');
    await this.ended;
  }

  /** Ends children that outlive a command that has ended by itself: they may still hold the plaintext. */
  endRemaining(): void {
    this.#signalGroup('SIGKILL');
  }

  #signalGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // ESRCH: no process of the group is left.
    }
  }
}

/** What a command gets in place of `{}`. */
export function plaintextName(handOver: HandOver): string {
  return handOver === 'path' ? `/proc/self/fd/${CHILD_DESCRIPTOR}` : String(CHILD_DESCRIPTOR);
}

function commandLine(options: CommandOptions, withSetpriv: boolean): { program: string; args: string[] } {
  const name = plaintextName(options.handOver);
  const command = options.command.map((argument) => argument.replaceAll(PLACEHOLDER, name));
  const shell = ['/bin/sh', '-c', WITHOUT_CORE_DUMPS, 'guard', ...command];
  // A guard that is killed must not leave its command running unwatched.
  const whole = withSetpriv ? [SETPRIV, '--pdeathsig', 'KILL', '--', ...shell] : shell;
  const [program = SETPRIV, ...args] = whole;
  return { program, args };
}

async function hasSetpriv(): Promise<boolean> {
  try {
    await access(SETPRIV, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
