import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Report } from './measurements';

const ROOT = resolve(__dirname, '..', '..');

/** Puts the chaincode that everything is measured against on the running channel, beside the registry's own. */
export async function deployPlainChaincode(report: Report): Promise<void> {
  report('deploying the plain chaincode beside the registry');
  await promisify(execFile)('npm', ['run', '--silent', 'bundle', '-w', 'benchmarks'], { cwd: ROOT });
  await promisify(execFile)(
    process.execPath,
    ['network/dist/main.js', 'guest', 'assets', 'benchmarks/dist/assets.cjs'],
    { cwd: ROOT },
  );
}
