import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

/** Of our package as it is installed here, compiled: results of other code are measured anew. */
export async function watermarkCodeHash(): Promise<string> {
  const folder = dirname(require.resolve('@maker-registry/watermark'));
  return hashOfFiles(folder, (name) => name.endsWith('.js') && !name.endsWith('.test.js'));
}

/** Of what the peers are run with, and of the attacks that their files go through. */
export async function peerCodeHash(): Promise<string> {
  const peers = await hashOfFiles(PEERS_FOLDER, (name) =>
    /image_peers\.py$|requirements-image.*\.txt$/.test(name),
  );
  const attacks = join(dirname(require.resolve('@maker-registry/watermark')), 'attacks');
  const attacking = await hashOfFiles(attacks, (name) => /image-[a-z]+\.js$/.test(name));
  return `${peers} ${attacking}`;
}

export async function textPeerCodeHash(): Promise<string> {
  return hashOfFiles(PEERS_FOLDER, (name) => /text_peers\.py$|requirements-text\.txt$/.test(name));
}

export const PEERS_FOLDER = resolve(__dirname, '../../../watermark/peers');

async function hashOfFiles(folder: string, choose: (name: string) => boolean): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && choose(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${relative(folder, file)}\n`).update(await readFile(file));
  return hash.digest('hex');
}
