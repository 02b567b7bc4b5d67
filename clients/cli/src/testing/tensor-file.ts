import { createHash } from 'node:crypto';

const FLOAT_BYTES = 4;
/** Uniform parts whose sum is near enough to normal for weights that nobody trained. */
const PARTS = 12;

/** A safetensors file with one F32 tensor of `rows` × `columns` weights that follow from its name. */
export function tensorFile(name: string, rows = 128, columns = 256): Buffer {
  const weights = Buffer.alloc(rows * columns * FLOAT_BYTES);
  let random = Buffer.alloc(0);
  for (let index = 0, block = 0; index < rows * columns; index += 1) {
    if (random.length < PARTS) random = Buffer.concat([random, digest(`${name} ${block++}`)]);
    const sum = random.subarray(0, PARTS).reduce((total, byte) => total + byte / 255, 0);
    random = random.subarray(PARTS);
    weights.writeFloatLE((sum - PARTS / 2) / 20, index * FLOAT_BYTES);
  }
  const entry = { dtype: 'F32', shape: [rows, columns], data_offsets: [0, weights.length] };
  const header = Buffer.from(JSON.stringify({ 'layer.weight': entry }).padEnd(128));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, weights]);
}

function digest(text: string): Buffer {
  return createHash('sha512').update(text).digest();
}
