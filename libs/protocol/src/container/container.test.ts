import fc from 'fast-check';
import { concatBytes, toHex, u32, utf8 } from '../encoding/bytes';
import { sha256, sha256Hex } from '../encoding/hash';
import { contentKeyCommitment } from '../identifiers';
import { codeOf } from '../test-support/expect-code';
import { assertCommittedKey, chunkAad, chunkNonce, containerCipher, openChunk, sealChunk } from './chunks';
import { type ContainerHeader, encodeContainerHeader, parseContainerHeader } from './header';
import { containerChunk, containerLayout } from './layout';

const KEY = sha256('content key');
const HEADER: ContainerHeader = {
  v: 1,
  artifact_id: sha256Hex('artifact'),
  key_version: 1,
  chunk_size: 4096,
  plaintext_size: 10_000,
  nonce_prefix: '0123456789abcdef',
};

/** Encrypts a whole container in memory, as the guard does in a stream. */
function protect(header: ContainerHeader, plaintext: Uint8Array): Uint8Array {
  const cipher = containerCipher(header, KEY);
  const parts = cipher.layout.segments.flatMap((segment) => {
    if (!segment.encrypted) return [plaintext.subarray(segment.plainStart, segment.plainEnd)];
    return Array.from({ length: segment.chunks }, (_, nth) => {
      const chunk = containerChunk(cipher.layout, segment.firstChunk + nth);
      return sealChunk(cipher, chunk, plaintext.subarray(chunk.plainStart, chunk.plainEnd));
    });
  });
  return concatBytes(encodeContainerHeader(header), ...parts);
}

function open(file: Uint8Array, key = KEY): Uint8Array {
  const { header, bodyOffset } = parseContainerHeader(file);
  const cipher = containerCipher(header, key);
  const body = file.subarray(bodyOffset);
  const plaintext = new Uint8Array(header.plaintext_size);
  for (const segment of cipher.layout.segments) {
    if (!segment.encrypted)
      plaintext.set(body.subarray(segment.bodyStart, segment.bodyEnd), segment.plainStart);
  }
  for (let index = 0; index < cipher.layout.chunks; index += 1) {
    const chunk = containerChunk(cipher.layout, index);
    plaintext.set(openChunk(cipher, chunk, body.subarray(chunk.bodyStart, chunk.bodyEnd)), chunk.plainStart);
  }
  return plaintext;
}

const pattern = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, index) => (index * 7) & 0xff);

describe('mrg1', () => {
  it('round-trips any size and any ranges', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 20_000 }), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.option(cuts), (size, points) => {
        const sorted = (points ?? []).filter((point) => point <= size).sort((a, b) => a - b);
        const ranges: [number, number][] = [];
        for (let i = 0; i + 1 < sorted.length; i += 2) ranges.push([sorted[i]!, sorted[i + 1]!]);
        const header = { ...HEADER, plaintext_size: size, ...(ranges.length === 0 ? {} : { ranges }) };
        const plaintext = pattern(size);
        const file = protect(header, plaintext);
        expect(open(file)).toEqual(plaintext);
        expect(file.length).toBe(parseContainerHeader(file).bodyOffset + containerLayout(header).bodySize);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves clear what is outside the ranges, and only that', () => {
    const plaintext = pattern(10_000);
    const file = protect({ ...HEADER, ranges: [[100, 5000]] }, plaintext);
    const body = file.subarray(parseContainerHeader(file).bodyOffset);
    expect(body.subarray(0, 100)).toEqual(plaintext.subarray(0, 100));
    expect(body.subarray(body.length - 5000)).toEqual(plaintext.subarray(5000));
    expect(Buffer.from(body.subarray(100, -5000)).includes(Buffer.from(plaintext.subarray(100, 132)))).toBe(
      false,
    );
  });

  it('authenticates emptiness', () => {
    const header = { ...HEADER, plaintext_size: 0 };
    expect(containerLayout(header)).toMatchObject({ chunks: 1, bodySize: 16 });
    expect(open(protect(header, new Uint8Array()))).toEqual(new Uint8Array());
  });

  it('knows truncation, reordering, damage and another key apart', () => {
    const file = protect(HEADER, pattern(10_000));
    const { bodyOffset } = parseContainerHeader(file);
    expect(codeOf(() => open(file.subarray(0, file.length - 1)))).toBe('CIPHERTEXT_TRUNCATED');
    expect(codeOf(() => open(file.subarray(0, bodyOffset + 4112)))).toBe('CIPHERTEXT_TRUNCATED');
    const swapped = Uint8Array.from(file);
    swapped.set(file.subarray(bodyOffset + 4112, bodyOffset + 8224), bodyOffset);
    expect(codeOf(() => open(swapped))).toBe('CIPHERTEXT_REORDERED');
    for (const at of [bodyOffset, bodyOffset + 4100, file.length - 1]) {
      const damaged = Uint8Array.from(file);
      damaged[at] = damaged[at]! ^ 1;
      expect(codeOf(() => open(damaged))).toBe('CIPHERTEXT_CORRUPT');
    }
    expect(codeOf(() => open(file, sha256('other')))).toBe('CIPHERTEXT_CORRUPT');
    expect(codeOf(() => open(file, KEY.slice(1)))).toBe('CONTENT_KEY_MISMATCH');
  });

  it('does not let a shorter container pass for a whole one', () => {
    // Cut at a chunk's end, with a header that says so: the last chunk's final flag and every AAD disagree.
    const file = protect(HEADER, pattern(10_000));
    const { bodyOffset } = parseContainerHeader(file);
    const header = encodeContainerHeader({ ...HEADER, plaintext_size: 8192 });
    const cut = concatBytes(header, file.subarray(bodyOffset, bodyOffset + 8224));
    expect(codeOf(() => open(cut))).toBe('CIPHERTEXT_CORRUPT');
  });

  it('never uses a nonce twice under a key: another header is another key', () => {
    const keys = [HEADER, { ...HEADER, key_version: 2 }, { ...HEADER, nonce_prefix: 'f'.repeat(16) }].map(
      (header) => toHex(containerCipher(header, KEY).chunkKey),
    );
    expect(new Set(keys).size).toBe(3);
    expect(toHex(chunkNonce(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 258))).toBe('010203040506070800000102');
    expect(toHex(chunkAad(Uint8Array.of(9), 1, true))).toBe('090000000101');
  });

  it('refuses a chunk of another size and a chunk beyond the end', () => {
    const cipher = containerCipher(HEADER, KEY);
    expect(codeOf(() => sealChunk(cipher, containerChunk(cipher.layout, 0), new Uint8Array(1)))).toBe(
      'CONTAINER_MALFORMED',
    );
    expect(codeOf(() => containerChunk(cipher.layout, 3))).toBe('CONTAINER_MALFORMED');
    expect(codeOf(() => openChunk(cipher, containerChunk(cipher.layout, 2), new Uint8Array(9000)))).toBe(
      'CIPHERTEXT_CORRUPT',
    );
  });

  it.each<[string, Record<string, unknown>]>([
    ['another version', { v: 2 }],
    ['a chunk too small', { chunk_size: 4095 }],
    ['a chunk too large', { chunk_size: 16_777_217 }],
    ['a negative size', { plaintext_size: -1 }],
    ['an unknown member', { extra: 1 }],
    ['a prefix of another length', { nonce_prefix: 'ab' }],
    ['no range', { ranges: [] }],
    ['an empty range', { ranges: [[5, 5]] }],
    ['a range backwards', { ranges: [[6, 5]] }],
    [
      'ranges out of order',
      {
        ranges: [
          [50, 60],
          [0, 10],
        ],
      },
    ],
    [
      'ranges that overlap',
      {
        ranges: [
          [0, 10],
          [5, 20],
        ],
      },
    ],
    [
      'ranges that touch',
      {
        ranges: [
          [0, 10],
          [10, 20],
        ],
      },
    ],
    ['a range beyond the end', { ranges: [[0, 10_001]] }],
    ['a range of three', { ranges: [[0, 1, 2]] }],
  ])('refuses a header with %s', (_name, change) => {
    const json = JSON.stringify({ ...HEADER, ...change });
    const canonical = utf8(json.startsWith('{') ? sortMembers(json) : json);
    const file = concatBytes(utf8('MRG1'), u32(canonical.length), canonical);
    expect(codeOf(() => parseContainerHeader(file))).toBe('CONTAINER_MALFORMED');
    expect(codeOf(() => encodeContainerHeader({ ...HEADER, ...change }))).toBe('CONTAINER_MALFORMED');
  });

  it('refuses files that are none', () => {
    const header = encodeContainerHeader(HEADER);
    expect(codeOf(() => parseContainerHeader(new Uint8Array()))).toBe('CIPHERTEXT_TRUNCATED');
    expect(codeOf(() => parseContainerHeader(header.subarray(0, 20)))).toBe('CIPHERTEXT_TRUNCATED');
    expect(codeOf(() => parseContainerHeader(utf8('GGUF....')))).toBe('CONTAINER_MALFORMED');
    const huge = concatBytes(utf8('MRG1'), u32(0xffffffff));
    expect(codeOf(() => parseContainerHeader(huge))).toBe('CONTAINER_MALFORMED');
    const spaced = utf8(`${Buffer.from(header.subarray(8)).toString()} `);
    expect(codeOf(() => parseContainerHeader(concatBytes(utf8('MRG1'), u32(spaced.length), spaced)))).toBe(
      'CONTAINER_MALFORMED',
    );
    const notJson = concatBytes(utf8('MRG1'), u32(2), utf8('{,'));
    expect(codeOf(() => parseContainerHeader(notJson))).toBe('CONTAINER_MALFORMED');
  });

  it('checks a key against its commitment', () => {
    const commitment = contentKeyCommitment(HEADER.artifact_id, KEY);
    const check = (artifact: string, key: Uint8Array): string =>
      codeOf(() => {
        assertCommittedKey(artifact, key, commitment);
      });
    expect(check(HEADER.artifact_id, KEY)).toBe('none');
    expect(check(HEADER.artifact_id, sha256('other'))).toBe('CONTENT_KEY_MISMATCH');
    expect(check(sha256Hex('other'), KEY)).toBe('CONTENT_KEY_MISMATCH');
  });
});

function sortMembers(json: string): string {
  const value = JSON.parse(json) as Record<string, unknown>;
  return JSON.stringify(
    Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((key) => [key, value[key]]),
    ),
  );
}
