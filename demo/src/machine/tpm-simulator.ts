import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIMULATOR_START_MS } from '../limits';
import type { Closers } from '../play/closers';
import { runOrFail, stopProcess } from './program';
import { until } from './until';

/**
 * A software TPM (swtpm), for machines without one. It speaks the TPM 2.0 protocol and carries an endorsement
 * certificate like a real one, issued by a certificate authority made on this machine: a gateway trusts it only where
 * it is configured to.
 */
export interface TpmSimulator {
  /** TCTI string for tpm2-tools and tpm2-tss. */
  readonly tcti: string;
}

/** Makes a new TPM under `folder` with an endorsement certificate of the authority in `authority`. */
export async function manufactureTpm(folder: string, authority: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  mkdirSync(authority, { recursive: true });
  const options = join(authority, 'localca.options');
  writeFileSync(
    options,
    '--platform-manufacturer MakerRegistry\n--platform-version 1\n--platform-model Simulator\n',
  );
  const issuer = join(authority, 'localca.conf');
  writeFileSync(
    issuer,
    settings({
      statedir: authority,
      signingkey: join(authority, 'signkey.pem'),
      issuercert: join(authority, 'issuercert.pem'),
      certserial: join(authority, 'certserial'),
    }),
  );
  const setup = join(authority, 'setup.conf');
  writeFileSync(
    setup,
    settings({
      create_certs_tool: 'swtpm_localca',
      create_certs_tool_config: issuer,
      create_certs_tool_options: options,
      active_pcr_banks: 'sha256',
    }),
  );
  const args = [
    '--tpm2',
    '--tpm-state',
    folder,
    '--create-ek-cert',
    '--lock-nvram',
    '--overwrite',
    '--config',
    setup,
  ];
  await runOrFail('swtpm_setup', args);
}

/** Starts the TPM of `folder`; it ends with the demonstration. */
export async function startTpm(folder: string, closers: Closers): Promise<TpmSimulator> {
  // A socket's path is limited to 108 characters, which a clone's path may exceed.
  const sockets = mkdtempSync(join(tmpdir(), 'registry-tpm-'));
  const socket = join(sockets, 'tpm');
  const log = openSync(join(folder, 'swtpm.log'), 'a');
  const child = spawn(
    'swtpm',
    [
      'socket',
      '--tpm2',
      ...['--tpmstate', `dir=${folder}`],
      ...['--server', `type=unixio,path=${socket}`],
      ...['--ctrl', `type=unixio,path=${socket}.ctrl`],
      ...['--flags', 'not-need-init,startup-clear'],
    ],
    { stdio: ['ignore', log, log] },
  );
  closeSync(log);
  closers.add(async () => {
    await stopProcess(child);
    rmSync(sockets, { recursive: true, force: true });
  });
  child.once('error', () => undefined);
  await until('the start of swtpm', SIMULATOR_START_MS, () => (existsSync(socket) ? true : undefined));
  return { tcti: `swtpm:path=${socket}` };
}

function settings(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}
