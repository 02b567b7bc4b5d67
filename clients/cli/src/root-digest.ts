import { createHash } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ClientError, fileError } from '@maker-registry/sdk';
import { fileDigest } from './file-digest';
import { MAX_WALK_DEPTH } from './limits';

export interface RootDigest {
  /** Hex. */
  readonly root_digest: string;
  readonly files: readonly { readonly name: string; readonly digest: string }[];
}

/**
 * The root digest of OpenSSF Model Signing v1.0 of a folder or a file: SHA-256 over the concatenated SHA-256 digests of all
 * files, sorted by name. `.git*` at the top of a folder does not count. Symbolic links are refused, since what they point
 * to can change without the model.
 *
 * @throws ClientError FILE_UNREADABLE, USAGE
 */
export async function rootDigest(path: string): Promise<RootDigest> {
  const names = (await isFolder(path)) ? await filesOf(path, '', 0) : [''];
  const sorted = names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const files: { name: string; digest: string }[] = [];
  const root = createHash('sha256');
  for (const name of sorted) {
    const digest = await fileDigest(join(path, name));
    root.update(digest);
    files.push({ name: name === '' ? '.' : name, digest: digest.toString('hex') });
  }
  if (files.length === 0) throw new ClientError('USAGE', `${path} holds no file.`, { subject: path });
  return { root_digest: root.digest('hex'), files };
}

async function filesOf(root: string, folder: string, depth: number): Promise<string[]> {
  if (depth > MAX_WALK_DEPTH)
    throw new ClientError('USAGE', `${root} is nested too deeply.`, { subject: root });
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const names: string[] = [];
  for (const entry of entries) {
    if (folder === '' && entry.name.startsWith('.git')) continue;
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) names.push(...(await filesOf(root, name, depth + 1)));
    else if (entry.isFile()) names.push(name);
    else throw refused(join(root, name));
  }
  return names;
}

async function isFolder(path: string): Promise<boolean> {
  const facts = await lstat(path).catch((error: unknown) => {
    throw fileError(error, path, 'FILE_UNREADABLE');
  });
  if (!facts.isDirectory() && !facts.isFile()) throw refused(path);
  return facts.isDirectory();
}

function refused(path: string): ClientError {
  return new ClientError(
    'USAGE',
    `${path} is a symbolic link or a special file; a digest takes plain files only.`,
    {
      subject: path,
    },
  );
}
