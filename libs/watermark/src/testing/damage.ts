import { type KeyedStream } from '../keys/keyed-stream';

type Damage = (bytes: Uint8Array, noise: KeyedStream) => Uint8Array;

/** The numbers that break what counts with them. */
const NASTY_NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
/** Most of what a parser believes stands at the beginning. */
const HEADER_BYTES = 96;

function somewhere(bytes: Uint8Array, noise: KeyedStream): number {
  return noise.below(noise.bit() === 0 ? bytes.length : Math.min(bytes.length, HEADER_BYTES));
}

const DAMAGES: readonly Damage[] = [
  (bytes, noise) => bytes.subarray(0, somewhere(bytes, noise)),
  (bytes, noise) => bytes.subarray(somewhere(bytes, noise)),
  (bytes, noise) =>
    changed(bytes, (copy) => {
      copy[somewhere(bytes, noise)] ^= 1 << noise.below(8);
    }),
  (bytes, noise) =>
    changed(bytes, (copy) => {
      for (let count = 0; count < 20; count += 1) copy[somewhere(bytes, noise)] = noise.byte();
    }),
  (bytes, noise) =>
    changed(bytes, (copy) => {
      copy.fill(noise.byte(), somewhere(bytes, noise), somewhere(bytes, noise));
    }),
  (bytes, noise) =>
    changed(bytes, (copy) => {
      writeNasty(copy, somewhere(bytes, noise), noise);
    }),
  (bytes, noise) => {
    const at = somewhere(bytes, noise);
    return Buffer.concat([bytes.subarray(0, at), noise.bytes(1 + noise.below(40)), bytes.subarray(at)]);
  },
  (bytes, noise) => {
    const [from, to] = [somewhere(bytes, noise), somewhere(bytes, noise)];
    return Buffer.concat([bytes.subarray(0, Math.min(from, to)), bytes.subarray(Math.max(from, to))]);
  },
  (bytes) => Buffer.concat([bytes, bytes]),
];

function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = Uint8Array.from(bytes);
  change(copy);
  return copy;
}

function writeNasty(copy: Uint8Array, at: number, noise: KeyedStream): void {
  const number = NASTY_NUMBERS[noise.below(NASTY_NUMBERS.length)];
  const view = new DataView(copy.buffer);
  if (at + 4 <= copy.length) view.setUint32(at, number, noise.bit() === 1);
}

/** The bytes as a bad disk, a broken program or an attacker leaves them. The kind of damage goes round with `index`. */
export function damaged(bytes: Uint8Array, index: number, noise: KeyedStream): Uint8Array {
  return DAMAGES[index % DAMAGES.length](bytes, noise);
}
