import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withTpm } from '../tpm/tpm-tools';

/** A TPM simulator of its own, on a socket in a temporary directory. */
export interface SimulatedTpm {
  readonly tcti: string;
  /** Ends the simulator and starts it again on the same state: what a reboot is to a TPM. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const TRIES = 100;
const PAUSE_MS = 20;

export async function startSimulatedTpm(): Promise<SimulatedTpm> {
  const directory = mkdtempSync(join(tmpdir(), 'guard-tpm-'));
  const socket = join(directory, 'tpm');
  const tcti = `swtpm:path=${socket}`;
  let process = await start(directory, socket, tcti);
  return {
    tcti,
    restart: async () => {
      await end(process);
      process = await start(directory, socket, tcti);
    },
    stop: async () => {
      await end(process);
      rmSync(directory, { recursive: true });
    },
  };
}

async function start(directory: string, socket: string, tcti: string): Promise<ChildProcess> {
  const child = spawn(
    'swtpm',
    [
      ...['socket', '--tpm2', '--tpmstate', `dir=${directory}`, '--flags', 'not-need-init,startup-clear'],
      ...['--server', `type=unixio,path=${socket}`, '--ctrl', `type=unixio,path=${socket}.ctrl`],
    ],
    { stdio: 'ignore' },
  );
  for (let i = 0; i < TRIES; i += 1) {
    try {
      await withTpm(tcti, (tpm) => tpm.run('getcap', 'properties-fixed'));
      return child;
    } catch {
      await delay(PAUSE_MS);
    }
  }
  throw new Error('swtpm did not start');
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await gone;
}
