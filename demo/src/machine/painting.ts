import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

/** Pixels of a side. */
const DEFAULT_SIDE = 512;
const CHANNELS = 3;
/** Cells of the coarsest lattice; each next octave has twice as many. */
const FIRST_CELLS = 4;
const OCTAVES = 8;
/** Weight of an octave, as a part of that of the one before: 0.5 would be fog, 1 noise. */
const ROUGHNESS = 0.72;
const TOTAL_WEIGHT = (1 - ROUGHNESS ** OCTAVES) / (1 - ROUGHNESS);
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** IHDR's last five bytes: 8 bits a sample, RGB, and the only compression, filter and interlacing that matter. */
const EIGHT_BIT_RGB = [8, 2, 0, 0, 0];

/**
 * A painted sky in place of a generating model's work: clouds of eight octaves of value noise over a gradient, as PNG. The same
 * name gives the same picture.
 */
export function painting(name: string, side = DEFAULT_SIDE): Buffer {
  const [red, green, blue] = ['red', 'green', 'blue'].map((channel) => clouds(`${name} ${channel}`, side));
  const light = clouds(`${name} light`, side);
  const samples = Buffer.alloc(side * side * CHANNELS);
  for (let pixel = 0; pixel < side * side; pixel += 1) {
    const height = Math.floor(pixel / side) / side;
    for (const [channel, tint] of [red, green, blue].entries()) {
      const sky =
        0.45 + 0.2 * (height - 0.5) + 1.2 * ((light[pixel] ?? 0) - 0.5) + 0.7 * ((tint?.[pixel] ?? 0) - 0.5);
      samples[pixel * CHANNELS + channel] = Math.max(8, Math.min(247, Math.round(sky * 255)));
    }
  }
  return png(samples, side);
}

/** Noise from 0 to 1 for each pixel. */
function clouds(seed: string, side: number): Float64Array {
  const sum = new Float64Array(side * side);
  let weight = 1 / TOTAL_WEIGHT;
  for (let octave = 0; octave < OCTAVES; octave += 1) {
    addOctave(sum, lattice(`${seed} ${octave}`, FIRST_CELLS << octave), FIRST_CELLS << octave, weight);
    weight *= ROUGHNESS;
  }
  return sum;
}

function lattice(seed: string, cells: number): Uint8Array {
  const values = Buffer.alloc((cells + 1) * (cells + 1));
  for (let at = 0, block = 0; at < values.length; block += 1) {
    at += createHash('sha256').update(`${seed} ${block}`).digest().copy(values, at);
  }
  return values;
}

function addOctave(sum: Float64Array, values: Uint8Array, cells: number, weight: number): void {
  const side = Math.sqrt(sum.length);
  const value = (column: number, row: number): number => (values[row * (cells + 1) + column] ?? 0) / 255;
  const places = Array.from({ length: side }, (_, pixel) => placeOf((pixel * cells) / side));
  let at = 0;
  for (const { cell: row, part: down } of places) {
    for (const { cell: column, part: right } of places) {
      const upper = value(column, row) * (1 - right) + value(column + 1, row) * right;
      const lower = value(column, row + 1) * (1 - right) + value(column + 1, row + 1) * right;
      sum[at] = (sum[at] ?? 0) + weight * (upper * (1 - down) + lower * down);
      at += 1;
    }
  }
}

/** Cell and smoothed place in it. */
function placeOf(position: number): { readonly cell: number; readonly part: number } {
  const cell = Math.floor(position);
  const part = position - cell;
  return { cell, part: part * part * (3 - 2 * part) };
}

function png(samples: Buffer, side: number): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(side, 0);
  size.writeUInt32BE(side, 4);
  const row = side * CHANNELS;
  // Each row has the number of its filter in front: 0, none.
  const rows = Array.from({ length: side }, (_, y) =>
    Buffer.concat([Buffer.alloc(1), samples.subarray(y * row, (y + 1) * row)]),
  );
  return Buffer.concat([
    PNG_SIGNATURE,
    chunk('IHDR', Buffer.concat([size, Buffer.from(EIGHT_BIT_RGB)])),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
