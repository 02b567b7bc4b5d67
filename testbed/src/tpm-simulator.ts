import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually';

const START_LIMIT_MS = 10_000;

/** A software TPM (swtpm) of its own in a temporary folder: a simulator, and called one wherever it is shown. */
export interface TpmSimulator {
  /** TCTI string for tpm2-tools. */
  readonly tcti: string;
  readonly stop: () => Promise<void>;
}

export async function startTpmSimulator(): Promise<TpmSimulator> {
  const folder = mkdtempSync(join(tmpdir(), 'tpm-'));
  const socket = join(folder, 'tpm');
  const child = spawn(
    'swtpm',
    [
      ...['socket', '--tpm2', '--tpmstate', `dir=${folder}`, '--flags', 'not-need-init,startup-clear'],
      ...['--server', `type=unixio,path=${socket}`, '--ctrl', `type=unixio,path=${socket}.ctrl`],
    ],
    { stdio: 'ignore' },
  );
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await eventually('swtpm listens', START_LIMIT_MS, () => (existsSync(socket) ? true : undefined));
  return {
    tcti: `swtpm:path=${socket}`,
    stop: async () => {
      child.kill();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
