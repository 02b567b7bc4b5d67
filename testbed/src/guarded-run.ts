import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { RunningNetwork } from './network-file';

const GUARD = resolve(__dirname, '..', '..', 'clients/guard/dist/main.js');

export interface GuardEvent {
  readonly event: string;
  readonly [member: string]: unknown;
}

export interface GuardExit {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Unix milliseconds at which the process was seen to have ended. */
  readonly at: number;
}

/** A guard process on this machine, with the running network's gateway in its environment. */
export class GuardProcess {
  readonly #child: ChildProcess;
  readonly ended: Promise<GuardExit>;
  #stdout = '';
  #stderr = '';

  constructor(
    network: RunningNetwork,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    const { gateway, genesis_hash: genesisHash } = network.file;
    const child = spawn(process.execPath, [GUARD, ...args], {
      env: {
        ...process.env,
        REGISTRY_GATEWAY: gateway.url,
        REGISTRY_CA: network.path(gateway.tls_ca_cert),
        REGISTRY_NETWORK: genesisHash,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#child = child;
    this.ended = new Promise((done, failed) => {
      child.once('error', failed);
      child.once('exit', (code) => {
        const at = Date.now();
        child.once('close', () => {
          done({ code, stdout: this.#stdout, stderr: this.#stderr, at });
        });
      });
    });
  }

  /** What the guard and its command have printed so far. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  /** Resolves with the first line of standard output that holds `text`; rejects when the guard ends without it. */
  async printed(text: string): Promise<string> {
    if (this.#child.stdout === null) throw new Error('The guard has no standard output');
    const lines = createInterface({ input: this.#child.stdout });
    try {
      const line = new Promise<string>((found) =>
        lines.on('line', (one) => {
          if (one.includes(text)) found(one);
        }),
      );
      const early = this.ended.then((exit) => {
        throw new Error(`The guard ended with ${exit.code} before it printed ${text}:\n${exit.stderr}`);
      });
      return await Promise.race([line, early]);
    } finally {
      lines.removeAllListeners('line');
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Runs a guard command to its end. */
export function runGuard(
  network: RunningNetwork,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<GuardExit> {
  return new GuardProcess(network, args, environment).ended;
}
