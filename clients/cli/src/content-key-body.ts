import { type ContentKeyBody, RegistryError } from '@maker-registry/protocol';
import { ContainerFile, readContentKeyFile, readKeyShareFile } from '@maker-registry/guard';
import { combineShares, sharingOf } from '@maker-registry/sdk';

/**
 * What the ledger is told of a content key, the container it encrypts and, where it is split, its shares. Throws
 * CONTENT_KEY_MISMATCH when they do not belong together.
 */
export async function contentKeyBody(
  keyFile: string,
  containerFile: string,
  shareFile?: string,
): Promise<ContentKeyBody> {
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
      ...(shareFile === undefined ? {} : { sharing: await sharingIn(shareFile, artifactId, commitment) }),
    };
  } finally {
    await container.close();
  }
}

/** The split as the ledger is told it, after trying that the first shares make the key: a mistake shows now, not to a buyer. */
async function sharingIn(
  shareFile: string,
  artifactId: string,
  commitment: string,
): Promise<NonNullable<ContentKeyBody['sharing']>> {
  const file = await readKeyShareFile(shareFile);
  try {
    const sharing = sharingOf(artifactId, file.threshold, file.shares);
    const first = file.shares.slice(0, file.threshold);
    (await combineShares({ artifactId, commitment, sharing }, first)).fill(0);
    return sharing;
  } finally {
    for (const { share } of file.shares) share.fill(0);
  }
}
