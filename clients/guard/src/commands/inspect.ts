import { ContainerFile } from '../container/container-file';
import { type GuardCommand } from './command';
import { required } from './options';

export const inspect: GuardCommand = {
  summary: 'Show what a container says about itself.',
  help: `guard inspect --in FILE.mrg [--digest]

Prints the header. It needs no key and proves nothing: the header is authenticated only when the container is decrypted.
With --digest also the SHA-256 of the container, to compare with ciphertext_digest on the ledger.`,
  options: { in: 'text', digest: 'switch' },
  run: async ({ given }, { print }) => {
    const container = await ContainerFile.open(required(given, 'in'));
    try {
      const { chunks, bodySize, segments } = container.layout;
      const encrypted = segments.reduce(
        (sum, segment) => sum + (segment.encrypted ? segment.plainEnd - segment.plainStart : 0),
        0,
      );
      print({
        ...container.parsed.header,
        chunks,
        encrypted_bytes: encrypted,
        container_bytes: container.parsed.bodyOffset + bodySize,
        ...(given['digest'] === true ? { ciphertext_digest: await container.digest() } : {}),
      });
      return 0;
    } finally {
      await container.close();
    }
  },
};
