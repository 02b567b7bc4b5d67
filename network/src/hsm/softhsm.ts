import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET_BYTES } from '../limits';
import { NetworkError } from '../network-error';
import { type Paths, hsmFolder, logFile, pinFile, softHsmConf } from '../paths';
import { runTool } from '../process/run-tool';
import type { Organization } from '../topology/model';

const LIBRARIES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];

/** The PKCS#11 module; another vendor's by HSM_MODULE. */
export function hsmModule(): string {
  const named = process.env['HSM_MODULE'];
  const found = (named === undefined ? LIBRARIES : [named]).find((file) => existsSync(file));
  if (found === undefined)
    throw new NetworkError('No PKCS#11 module found.', 'Install the package softhsm2, or set HSM_MODULE.');
  return found;
}

export function hsmPin(paths: Paths): string {
  return readFileSync(pinFile(paths), 'utf8').trim();
}

/** Environment that lets a process find the tokens. */
export function hsmEnvironment(paths: Paths): Record<string, string> {
  return { SOFTHSM2_CONF: softHsmConf(paths) };
}

/** Makes one token per organization (label = its name), all under one generated PIN. Returns how many were new. */
export async function ensureTokens(paths: Paths, organizations: readonly Organization[]): Promise<number> {
  prepare(paths);
  const log = logFile(paths, 'hsm');
  const call = { command: 'softhsm2-util', env: hsmEnvironment(paths), log };
  const slots = await runTool({ ...call, args: ['--show-slots'] });
  const missing = organizations.filter(({ name }) => !hasToken(slots.stdout, name));
  // One at a time: --free picks the next slot and two at once would pick the same.
  for (const { name } of missing) {
    const secrets = ['--pin', hsmPin(paths), '--so-pin', randomBytes(SECRET_BYTES).toString('hex')];
    await runTool({
      ...call,
      args: ['--init-token', '--free', '--label', name, ...secrets],
      log: '/dev/null',
    });
  }
  return missing.length;
}

function hasToken(slots: string, label: string): boolean {
  return slots.split('\n').some((line) => new RegExp(`^\\s*Label:\\s+${label}\\s*$`).test(line));
}

function prepare(paths: Paths): void {
  const tokens = join(hsmFolder(paths), 'tokens');
  mkdirSync(tokens, { recursive: true, mode: 0o700 });
  writeFileSync(
    softHsmConf(paths),
    [
      `directories.tokendir = ${tokens}`,
      'objectstore.backend = file',
      'log.level = ERROR',
      'slots.removable = false',
      '',
    ].join('\n'),
  );
  if (!existsSync(pinFile(paths))) {
    writeFileSync(pinFile(paths), `${randomBytes(SECRET_BYTES).toString('hex')}\n`, { mode: 0o600 });
  }
}

/** Fabric's `bccsp` section for keys in an organization's token. */
export function pkcs11Section(paths: Paths, organization: Organization): object {
  return {
    default: 'PKCS11',
    pkcs11: {
      library: hsmModule(),
      label: organization.name,
      pin: hsmPin(paths),
      hash: 'SHA2',
      security: 256,
      filekeystore: { keystore: 'msp/keystore' },
    },
  };
}
