import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByteRange, CHUNK_TAG_BYTES, MIN_CHUNK_BYTES } from '@maker-registry/protocol';
import fc from 'fast-check';
import { ContainerFile } from './container-file';
import { ContainerReader } from './container-reader';
import { generateContentKey, protectFile, type ProtectedFile } from './protect-file';

/** The property writes a hundred containers; a busy machine needs longer than Jest's five seconds. */
jest.setTimeout(30_000);

const ARTIFACT = '5a'.repeat(32);
const CHUNK = MIN_CHUNK_BYTES;
const SEALED = CHUNK + CHUNK_TAG_BYTES;
const directory = mkdtempSync(join(tmpdir(), 'guard-container-'));
let count = 0;

afterAll(() => {
  rmSync(directory, { recursive: true });
});

interface Made {
  readonly plaintext: Buffer;
  readonly container: string;
  readonly key: Buffer;
  readonly facts: ProtectedFile;
}

async function protect(plaintext: Buffer, ranges?: readonly ByteRange[]): Promise<Made> {
  count += 1;
  const input = join(directory, `${count}.bin`);
  const container = join(directory, `${count}.mrg`);
  await writeFile(input, plaintext);
  const key = generateContentKey();
  const options = {
    artifactId: ARTIFACT,
    keyVersion: 1,
    chunkSize: CHUNK,
    ...(ranges === undefined ? {} : { ranges }),
  };
  return { plaintext, container, key, facts: await protectFile(input, container, key, options) };
}

async function withReader<T>(made: Made, work: (reader: ContainerReader) => T | Promise<T>): Promise<T> {
  const file = await ContainerFile.open(made.container);
  try {
    return await work(new ContainerReader(file, made.key, made.facts.commitment));
  } finally {
    await file.close();
  }
}

async function decrypted(made: Made): Promise<Buffer> {
  const result = Buffer.alloc(made.plaintext.length, 0xee);
  await withReader(made, async (reader) => {
    await reader.decryptAll((plaintext, position) => {
      result.set(plaintext, position);
    });
  });
  return result;
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'accepted',
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

async function tampered(made: Made, change: (bytes: Buffer) => Buffer): Promise<Made> {
  const container = `${made.container}.tampered`;
  await writeFile(container, change(await readFile(made.container)));
  return { ...made, container };
}

const bodyOffset = (bytes: Buffer): number => 8 + bytes.readUInt32BE(4);

describe('HashedContainer', () => {
  it('shows a clear part that was changed after the container was opened', async () => {
    const made = await protect(randomBytes(3 * CHUNK + 5), [[CHUNK, 2 * CHUNK + 9]]);
    const bytes = await readFile(made.container);
    const digests: string[] = [];
    for (const changed of [false, true]) {
      const file = await ContainerFile.open(made.container);
      const source = file.hashed();
      if (changed) {
        bytes[bodyOffset(bytes)]! ^= 1;
        await writeFile(made.container, bytes);
      }
      const reader = new ContainerReader(source, made.key, made.facts.commitment);
      await reader.decryptAll(() => undefined);
      digests.push(source.digest());
      await file.close();
    }
    expect(digests[0]).toBe(made.facts.ciphertextDigest);
    expect(digests[1]).not.toBe(made.facts.ciphertextDigest);
  });
});

describe('protectFile and ContainerReader', () => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK - 1, 3 * CHUNK, 3 * CHUNK + 1])(
    'give a file of %i bytes back',
    async (size) => {
      const made = await protect(randomBytes(size));
      expect(await decrypted(made)).toEqual(made.plaintext);
      const bytes = await readFile(made.container);
      expect(made.facts.ciphertextDigest).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(made.facts.size).toBe(bytes.length);
      expect(bytes.length).toBe(
        bodyOffset(bytes) + size + Math.max(1, Math.ceil(size / CHUNK)) * CHUNK_TAG_BYTES,
      );
    },
  );

  it('read any byte range of any layout as the plaintext has it', async () => {
    const size = 5 * CHUNK + 77;
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: size }), { minLength: 2, maxLength: 8 });
    const offset = fc.integer({ min: 0, max: size });
    await fc.assert(
      fc.asyncProperty(
        cuts,
        fc.boolean(),
        fc.array(fc.tuple(offset, offset), { maxLength: 6 }),
        async (points, whole, reads) => {
          const sorted = points.sort((a, b) => a - b);
          const ranges: [number, number][] = [];
          for (let i = 0; i + 1 < sorted.length; i += 2) ranges.push([sorted[i]!, sorted[i + 1]!]);
          const made = await protect(randomBytes(size), whole ? undefined : ranges);
          expect(await decrypted(made)).toEqual(made.plaintext);
          await withReader(made, (reader) => {
            for (const [a, b] of reads) {
              const [start, end] = a < b ? [a, b] : [b, a];
              expect(reader.read(start, end)).toEqual(made.plaintext.subarray(start, end));
            }
          });
        },
      ),
      { numRuns: 12 },
    );
  });

  it('leave only what is outside the ranges in clear', async () => {
    const plaintext = Buffer.alloc(4 * CHUNK, 'secret  ');
    const made = await protect(plaintext, [[CHUNK, 2 * CHUNK]]);
    const bytes = await readFile(made.container);
    const body = bytes.subarray(bodyOffset(bytes));
    expect(body.subarray(0, CHUNK)).toEqual(plaintext.subarray(0, CHUNK));
    expect(body.subarray(CHUNK, CHUNK + SEALED).includes('secret')).toBe(false);
  });

  it('never reuse a nonce or key: equal files give unequal containers', async () => {
    const plaintext = Buffer.alloc(CHUNK);
    const [one, two] = [await protect(plaintext), await protect(plaintext)];
    expect(one.facts.header.nonce_prefix).not.toBe(two.facts.header.nonce_prefix);
    expect(one.facts.ciphertextDigest).not.toBe(two.facts.ciphertextDigest);
  });

  it('refuse to overwrite a container and leave none after a failure', async () => {
    const made = await protect(randomBytes(10));
    const options = { artifactId: ARTIFACT, keyVersion: 1 };
    expect(await codeOf(protectFile(made.container, made.container, made.key, options))).toBe('FILE_EXISTS');
    const output = join(directory, 'never.mrg');
    const ranges = [[0, 5_000] as const];
    expect(await codeOf(protectFile(made.container, output, made.key, { ...options, ranges }))).toBe(
      'CONTAINER_MALFORMED',
    );
    expect(await codeOf(protectFile(join(directory, 'none'), output, made.key, options))).toBe(
      'FILE_UNREADABLE',
    );
    expect(await codeOf(access(output))).toBe('ENOENT');
  });

  it('refuse a range beyond the end', async () => {
    const made = await protect(randomBytes(10));
    for (const [start, end] of [
      [0, 11],
      [-1, 2],
      [5, 4],
      [Number.NaN, 2],
    ] as const) {
      expect(await codeOf(withReader(made, (reader) => Promise.resolve(reader.read(start, end))))).toBe(
        'SCHEMA_VIOLATION',
      );
    }
  });
});

describe('a tampered container', () => {
  const three = (): Promise<Made> => protect(randomBytes(3 * CHUNK));

  it('that is cut anywhere is refused as truncated', async () => {
    const made = await three();
    const { length } = await readFile(made.container);
    for (const end of [0, 3, 7, 20, length - SEALED, length - 1]) {
      const cut = await tampered(made, (bytes) => bytes.subarray(0, end));
      expect(await codeOf(decrypted(cut))).toBe('CIPHERTEXT_TRUNCATED');
    }
  });

  it('with bytes added is refused', async () => {
    const made = await three();
    expect(
      await codeOf(decrypted(await tampered(made, (bytes) => Buffer.concat([bytes, Buffer.of(0)])))),
    ).toBe('CONTAINER_MALFORMED');
  });

  it('with two chunks exchanged is refused as reordered', async () => {
    const swapped = await tampered(await three(), (bytes) => {
      const start = bodyOffset(bytes);
      const chunk = (n: number): Buffer => bytes.subarray(start + n * SEALED, start + (n + 1) * SEALED);
      return Buffer.concat([bytes.subarray(0, start), chunk(1), chunk(0), chunk(2)]);
    });
    expect(await codeOf(decrypted(swapped))).toBe('CIPHERTEXT_REORDERED');
  });

  it('with any bit of its body changed is refused as corrupt', async () => {
    const made = await three();
    await fc.assert(
      fc.asyncProperty(fc.nat(3 * SEALED - 1), fc.nat(7), async (at, bit) => {
        const changed = await tampered(made, (bytes) => {
          const place = bodyOffset(bytes) + at;
          bytes[place] = bytes[place]! ^ (1 << bit);
          return bytes;
        });
        expect(await codeOf(decrypted(changed))).toBe('CIPHERTEXT_CORRUPT');
      }),
      { numRuns: 30 },
    );
  });

  it.each<[string, string, string, string]>([
    ['another key version', '"key_version":1', '"key_version":2', 'CIPHERTEXT_CORRUPT'],
    ['another artifact', ARTIFACT, '5b'.repeat(32), 'CONTENT_KEY_MISMATCH'],
    ['another chunk size', '"chunk_size":4096', '"chunk_size":6144', 'CIPHERTEXT_TRUNCATED'],
    ['a member in another order', '"v":1', '"w":1', 'CONTAINER_MALFORMED'],
    ['another version', '"v":1', '"v":2', 'CONTAINER_MALFORMED'],
    ['another magic', 'MRG1', 'MRG2', 'CONTAINER_MALFORMED'],
  ])('with %s in its header is refused', async (_what, from, to, code) => {
    const made = await three();
    const changed = await tampered(made, (bytes) => {
      const start = bodyOffset(bytes);
      const header = bytes.subarray(0, start).toString('latin1').replace(from, to);
      return Buffer.concat([Buffer.from(header, 'latin1'), bytes.subarray(start)]);
    });
    const verdict = await codeOf(decrypted(changed));
    // A larger chunk needs fewer tags, so the file is then too long instead.
    expect([code, 'CONTAINER_MALFORMED']).toContain(verdict);
    if (code !== 'CIPHERTEXT_TRUNCATED') expect(verdict).toBe(code);
  });

  it('is not opened by another key', async () => {
    const made = await three();
    expect(await codeOf(decrypted({ ...made, key: generateContentKey() }))).toBe('CONTENT_KEY_MISMATCH');
    expect(await codeOf(decrypted({ ...made, key: made.key.subarray(1) }))).toBe('CONTENT_KEY_MISMATCH');
  });

  it('whose clear part was changed has another digest than the ledger knows', async () => {
    const made = await protect(randomBytes(3 * CHUNK), [[0, CHUNK]]);
    const changed = await tampered(made, (bytes) => {
      bytes[bytes.length - 1] = bytes.at(-1)! ^ 1;
      return bytes;
    });
    const file = await ContainerFile.open(changed.container);
    expect(await file.digest()).not.toBe(made.facts.ciphertextDigest);
    await file.close();
  });
});
