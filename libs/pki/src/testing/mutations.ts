const MAX_CHANGES = 4;
const TAGS = [0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x17, 0x18, 0x30, 0x31, 0x80, 0x82, 0xa0, 0xa1, 0xa2, 0xa3];
const LENGTHS = [0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xff];

/** Numbers that are the same on every machine (xorshift). */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** A variant of DER bytes with a few changes of the kinds that confuse decoders: bytes, tags, lengths, cuts, repetitions. */
export function mutated(original: Uint8Array, random: (below: number) => number): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let left = 1 + random(MAX_CHANGES); left > 0; left -= 1) bytes = change(bytes, random);
  return bytes;
}

function change(bytes: Buffer, random: (below: number) => number): Buffer {
  if (bytes.length === 0) return bytes;
  const at = random(bytes.length);
  const kinds: (() => Buffer)[] = [
    () => replaced(bytes, at, random(256)),
    () => replaced(bytes, at, TAGS[random(TAGS.length)] ?? 0),
    () => replaced(bytes, at, LENGTHS[random(LENGTHS.length)] ?? 0),
    () => bytes.subarray(0, at),
    () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(8))]),
    () => {
      const piece = bytes.subarray(at, at + 1 + random(32));
      return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
    },
  ];
  return (kinds[random(kinds.length)] ?? (() => bytes))();
}

function replaced(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}
