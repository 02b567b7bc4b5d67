import { KeyedStream } from '../keys/keyed-stream';
import { type WatermarkKey } from '../keys/watermark-key';
import { WatermarkError } from '../errors/watermark-error';
import { type SynthIdParams } from './synthid-params';

const KEYS_LABEL = 'text-synthid/keys';
const TWO_63 = 1n << 63n;

/**
 * The keys of the layers, as `SynthIDTextWatermarkingConfig` of transformers takes them: integers of 64 signed bits,
 * of which the hash uses only as many low ones as the table's size has. `derived`: the first 32-bit integers of the keyed
 * stream `text-synthid/keys`. `list`: the key file is a JSON list of integers.
 *
 * @throws WatermarkError KEY_MALFORMED where the list is none, has another length, or has keys that make equal layers
 */
export function synthIdKeys(key: WatermarkKey, params: SynthIdParams): readonly bigint[] {
  const listed = key.integers();
  if (params.keys === 'derived') {
    if (listed !== undefined) {
      throw malformed('The scheme derives its keys, but the key file is a list of integers.');
    }
    return derivedKeys(key, params.depth);
  }
  if (listed === undefined) throw malformed('The key file of this scheme is a JSON list of integers.');
  assertKeyList(listed, params);
  return listed;
}

function derivedKeys(key: WatermarkKey, depth: number): readonly bigint[] {
  const stream = new KeyedStream(key, KEYS_LABEL);
  return Array.from({ length: depth }, () => BigInt(stream.uint32()));
}

/**
 * Equal layers count one bit several times over, which the p-value of randomly drawn keys knows nothing about: someone
 * who presents a list of one repeated number could make any text look marked.
 */
function assertKeyList(keys: readonly bigint[], { depth, sampling_table }: SynthIdParams): void {
  if (keys.length !== depth) {
    throw malformed(`The list has ${keys.length} keys; the scheme has ${depth} layers.`);
  }
  if (keys.some((each) => each < -TWO_63 || each >= TWO_63)) {
    throw malformed('A key is outside of 64 signed bits.');
  }
  const places = new Set(keys.map((each) => BigInt.asUintN(32, each) % BigInt(sampling_table.size)));
  if (places.size !== keys.length) {
    throw malformed(
      `Two keys are equal modulo ${sampling_table.size}, the size of the table: their layers would be one. Draw keys at random.`,
    );
  }
}

function malformed(message: string): WatermarkError {
  return new WatermarkError('KEY_MALFORMED', message);
}
