import { WatermarkError } from '../errors/watermark-error';
import { MersenneTwister } from './mersenne-twister';
import { stepLow } from './synthid-hash';
import { type SamplingTable } from './synthid-params';

/**
 * The table of random bits, one element of 0 or 1 for each place.
 *
 * @throws WatermarkError PARAMS_OUT_OF_RANGE where given bits are not as many as the table has places
 */
export function samplingTable(params: SamplingTable): Uint8Array {
  if (params.source === 'mt19937') {
    const generator = new MersenneTwister(params.seed);
    return Uint8Array.from({ length: params.size }, () => generator.uint32() & 1);
  }
  const bytes = Buffer.from(params.bits, 'base64');
  if (bytes.length * 8 !== params.size || bytes.toString('base64') !== params.bits) {
    throw new WatermarkError(
      'PARAMS_OUT_OF_RANGE',
      `The table of ${params.size} bits must be given as Base64 of ${params.size / 8} bytes.`,
      { subject: '/params/sampling_table/bits' },
    );
  }
  return Uint8Array.from({ length: params.size }, (_, place) => (bytes[place >> 3] >> (7 - (place & 7))) & 1);
}

/**
 * The table behind the last step of the hash: the bit of an n-gram of hash h in the layer of key k is element
 * (h + k) mod size of it.
 */
export function layerTable(table: Uint8Array): Uint8Array {
  const mask = table.length - 1;
  return Uint8Array.from({ length: table.length }, (_, value) => table[stepLow(value, 0) & mask]);
}
