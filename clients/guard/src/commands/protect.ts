import { rm } from 'node:fs/promises';
import {
  type ByteRange,
  MAX_CHUNK_BYTES,
  MAX_KEY_VERSIONS,
  MIN_CHUNK_BYTES,
  RegistryError,
} from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import {
  generateContentKey,
  protectFile,
  type ProtectedFile,
  type ProtectOptions,
} from '../container/protect-file';
import { writeContentKeyFile } from '../state/content-key-file';
import { type GuardCommand } from './command';
import { optional, required, wholeNumber } from './options';

const RANGE = /^(\d+)-(\d+)$/;
const HEX_ID = /^[0-9a-f]{64}$/;

export const protect: GuardCommand = {
  summary: 'Encrypt an artifact into a container.',
  help: `guard protect --in FILE --out FILE.mrg --artifact ID --key-version N --key-out FILE
              [--ranges A-B,C-D] [--chunk-size BYTES]

Encrypts FILE with a fresh content key (AES-256-GCM in chunks, any part readable alone). The key goes into the new
file --key-out, readable by you alone: whoever has it has the artifact. With --ranges only bytes A to B−1 and so on are
encrypted. Prints the commitment and the container's digest, which key.commit puts on the ledger.`,
  options: {
    in: 'text',
    out: 'text',
    artifact: 'text',
    'key-version': 'text',
    'key-out': 'text',
    ranges: 'text',
    'chunk-size': 'text',
  },
  run: async ({ given }, { tell, print }) => {
    const artifactId = required(given, 'artifact');
    if (!HEX_ID.test(artifactId))
      throw new ClientError('USAGE', '--artifact is not an id.', { subject: 'artifact' });
    const bounds = { min: 1, max: MAX_KEY_VERSIONS };
    const keyVersion = wholeNumber(required(given, 'key-version'), 'key-version', bounds);
    const chunkSize = optional(given, 'chunk-size');
    const ranges = optional(given, 'ranges');
    const options = {
      artifactId,
      keyVersion,
      ...(ranges === undefined ? {} : { ranges: parseRanges(ranges) }),
      ...(chunkSize === undefined
        ? {}
        : {
            chunkSize: wholeNumber(chunkSize, 'chunk-size', { min: MIN_CHUNK_BYTES, max: MAX_CHUNK_BYTES }),
          }),
      onProgress: (done: number, total: number): void => {
        tell('progress', { done, total });
      },
    };
    const made = await protectWithNewKey(
      { input: required(given, 'in'), output: required(given, 'out'), keyFile: required(given, 'key-out') },
      options,
    );
    print({
      artifact_id: artifactId,
      key_version: keyVersion,
      commitment: made.commitment,
      ciphertext_digest: made.ciphertextDigest,
      format: 'mrg1',
      bytes: made.size,
    });
    return 0;
  },
};

interface ProtectPaths {
  readonly input: string;
  readonly output: string;
  readonly keyFile: string;
}

async function protectWithNewKey(paths: ProtectPaths, options: ProtectOptions): Promise<ProtectedFile> {
  const contentKey = generateContentKey();
  try {
    // The key first: a container without its key would be lost work.
    await writeContentKeyFile(paths.keyFile, { ...options, contentKey });
    try {
      return await protectFile(paths.input, paths.output, contentKey, options);
    } catch (error) {
      await rm(paths.keyFile, { force: true });
      throw error;
    }
  } finally {
    contentKey.fill(0);
  }
}

/** `0-4096,8192-9000` as half-open ranges, sorted, with touching ones joined. Throws USAGE. */
export function parseRanges(text: string): ByteRange[] {
  const ranges = text.split(',').map((part): [number, number] => {
    const [, start, end] = RANGE.exec(part.trim()) ?? [];
    if (start === undefined || end === undefined || Number(start) >= Number(end)) {
      throw new ClientError('USAGE', `"${part}" is not a byte range like 0-4096.`, { subject: 'ranges' });
    }
    return [Number(start), Number(end)];
  });
  const joined: [number, number][] = [];
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last === undefined || start > last[1]) joined.push([start, end]);
    else if (start === last[1]) last[1] = end;
    else {
      throw new RegistryError('CONTAINER_MALFORMED', `The ranges overlap at byte ${start}.`, {
        subject: 'ranges',
      });
    }
  }
  return joined;
}
