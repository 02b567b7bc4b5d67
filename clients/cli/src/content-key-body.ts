import { type ContentKeyBody, RegistryError } from '@maker-registry/protocol';
import { ContainerFile, readContentKeyFile } from '@maker-registry/guard';

/** What the ledger is told of a content key and the container it encrypts. Throws CONTENT_KEY_MISMATCH when they do not belong together. */
export async function contentKeyBody(keyFile: string, containerFile: string): Promise<ContentKeyBody> {
  const { artifactId, keyVersion, contentKey, commitment } = await readContentKeyFile(keyFile);
  contentKey.fill(0);
  const container = await ContainerFile.open(containerFile);
  try {
    const { header } = container.parsed;
    if (header.artifact_id !== artifactId || header.key_version !== keyVersion) {
      throw new RegistryError(
        'CONTENT_KEY_MISMATCH',
        'The key file is not the one this container was encrypted with.',
        {
          subject: containerFile,
        },
      );
    }
    return {
      artifact_id: artifactId,
      commitment,
      ciphertext_digest: await container.digest(),
      format: 'mrg1',
    };
  } finally {
    await container.close();
  }
}
