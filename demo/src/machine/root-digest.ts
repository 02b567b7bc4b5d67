import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * Root digest of a folder as OpenSSF Model Signing 1.0 defines it: SHA-256 over the SHA-256 digests of its files in the
 * order of their names (POSIX paths, by code units). Names at the top that begin with `.git` are left out. Hex.
 */
export async function rootDigest(folder: string): Promise<string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => !name.startsWith('.git'))
    .sort((left, right) => (left < right ? -1 : 1));
  const root = createHash('sha256');
  for (const name of names) root.update(await fileDigest(join(folder, name)));
  return root.digest('hex');
}

async function fileDigest(file: string): Promise<Buffer> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest();
}
