import { KeyedStream } from '../keys/keyed-stream';
import { type WatermarkKey } from '../keys/watermark-key';
import { type AudioParams } from './audio-params';

/** What each cell (slot · bands + band) of the block, which repeats through the whole content, carries. */
export interface BlockLayout {
  readonly slots: number;
  readonly bands: number;
  /** Cells with known signs, which the place and the speed are found by. */
  readonly pilots: Uint32Array;
  /** Code bit of each cell; −1 for pilots. */
  readonly bitOf: Int16Array;
  /** +1 or −1: what the cell is multiplied by, for a pilot and for the (masked) code bit 0. */
  readonly signs: Int8Array;
}

/** Keyed layout: a permutation of the cells (label `audio-cells`), the first of them pilots, the others dealt to the code bits in turn. */
export function blockLayout(key: WatermarkKey, params: AudioParams): BlockLayout {
  const { slots, bands, pilots } = params.layout;
  const count = slots * bands;
  const order = new KeyedStream(key, 'audio-cells').permutation(count);
  const pilotSigns = new KeyedStream(key, 'audio-pilots');
  const chips = new KeyedStream(key, 'audio-chips');
  const bitOf = new Int16Array(count).fill(-1);
  const signs = new Int8Array(count);
  for (let index = 0; index < count; index += 1) {
    const cell = order[index];
    const stream = index < pilots ? pilotSigns : chips;
    signs[cell] = stream.bit() === 0 ? 1 : -1;
    if (index >= pilots) bitOf[cell] = (index - pilots) % params.code.length;
  }
  return { slots, bands, pilots: order.slice(0, pilots), bitOf, signs };
}

/** The sign that each cell of marked content is pushed by; `word` is the masked code word. */
export function cellPattern(layout: BlockLayout, word: Uint8Array): Int8Array {
  return layout.signs.map((sign, cell) => {
    const bit = layout.bitOf[cell];
    return bit >= 0 && word[bit] === 1 ? -sign : sign;
  });
}
