import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import { type HsmOptions } from '../hsm-client';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const ROOT = join(__dirname, '../../../..');

export interface TemporaryToken {
  readonly options: HsmOptions;
  readonly directory: string;
  readonly conf: string;
  /** Deletes the token's directory. */
  remove(): void;
}

/** Builds a program of this folder for a test run; it stays under the repository, so that pkcs11js resolves. */
export function bundle(source: string): string {
  const folder = join(ROOT, '.cache/hsm-worker');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${basename(source, '.ts')}-${process.pid}.cjs`);
  buildSync({
    entryPoints: [join(__dirname, '..', source)],
    outfile,
    bundle: true,
    platform: 'node',
    external: ['pkcs11js'],
    logLevel: 'error',
  });
  return outfile;
}

/** A fresh SoftHSM token in a directory of its own, with a configuration file of its own. */
export function temporaryToken(workerPath: string, label = 'op1', pin = '12345678'): TemporaryToken {
  const directory = mkdtempSync(join(tmpdir(), 'hsm-test-'));
  const conf = join(directory, 'softhsm2.conf');
  mkdirSync(join(directory, 'tokens'));
  writeFileSync(conf, `directories.tokendir = ${directory}/tokens\nlog.level = ERROR\n`);
  const environment = { SOFTHSM2_CONF: conf };
  execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', pin], {
    env: { ...process.env, ...environment },
  });
  const pinFile = join(directory, 'pin');
  writeFileSync(pinFile, `${pin}\n`, { mode: 0o600 });
  return {
    options: { module: MODULE, token: label, pinFile, environment, workerPath },
    directory,
    conf,
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
