import { open, rm } from 'node:fs/promises';
import { fileError } from '@maker-registry/sdk';
import { ContainerFile } from '../container/container-file';
import { ContainerReader } from '../container/container-reader';
import { writeFully } from '../container/file-bytes';
import { readContentKeyFile } from '../state/content-key-file';
import { type GuardCommand } from './command';
import { required } from './options';

const OWNER_ONLY = 0o600;

export const unprotect: GuardCommand = {
  summary: 'Decrypt your own container with its key file.',
  help: `guard unprotect --in FILE.mrg --key FILE --out FILE

For makers: decrypts a container with the content key file that protect made, into a new file readable by you alone.
Holders use run instead; nobody hands them the key.`,
  options: { in: 'text', key: 'text', out: 'text' },
  run: async ({ given }, { tell, print }) => {
    const { contentKey, commitment } = await readContentKeyFile(required(given, 'key'));
    const output = required(given, 'out');
    const container = await ContainerFile.open(required(given, 'in'));
    try {
      const reader = new ContainerReader(container, contentKey, commitment);
      const target = await open(output, 'wx', OWNER_ONLY).catch((error: unknown) => {
        throw fileError(error, output, 'FILE_UNWRITABLE');
      });
      try {
        await reader.decryptAll(
          (plaintext, position) => {
            writeFully(target.fd, plaintext, position);
          },
          (done, total) => {
            tell('progress', { done, total });
          },
        );
      } catch (error) {
        // What was written before a tag failed must not pass for the artifact.
        await rm(output, { force: true });
        throw error;
      } finally {
        reader.forget();
        await target.close();
      }
      print({ artifact_id: reader.header.artifact_id, bytes: reader.header.plaintext_size });
      return 0;
    } finally {
      contentKey.fill(0);
      await container.close();
    }
  },
};
