import { createHmac } from 'node:crypto';
import { concatBytes, lp16 } from '@maker-registry/protocol';
import { assertPayload } from '../coding/payload-frame';
import { type WatermarkKey } from '../keys/watermark-key';

const TAG_LABEL = 'text/unicode/tag';
/** Bits of the keyed check behind the payload. */
export const TAG_BITS = 32;
/** Invisible characters that say 0 and 1: zero-width space and zero-width non-joiner. */
const BIT_CHARACTERS = ['\u200b', '\u200c'] as const;
/** In front of each copy, so that stray ones of other texts are not taken for a payload: U+2063, invisible separator. */
const START = '\u2063';
const RUN = /\u2063([\u200b\u200c]+)/g;
const FIRST_WORD = /^\s*\S+/;

/** Whose payload, and under which key its check is. */
export interface UnicodeQuestion {
  readonly key: WatermarkKey;
  readonly schemeId: string;
  readonly payloadBits: number;
}

/** What the runs of invisible characters say. */
export interface UnicodeReading {
  /** Different runs of the right length: what the p-value is corrected for. */
  readonly runs: number;
  /** The payload of most runs whose check is right. */
  readonly payload?: Uint8Array;
  readonly copies: number;
  /** Characters before the first of them. */
  readonly at: number;
}

/**
 * Writes payload and check as invisible characters behind the first word of each paragraph, whole in each; paragraphs are what
 * lines without a word separate. Metadata, no more: whoever copies the characters copies the mark, and every cleaner removes it.
 */
export function withUnicodePayload(text: string, question: UnicodeQuestion, payload: Uint8Array): string {
  assertPayload(payload, question.payloadBits);
  const run = START + Array.from(messageBits(question, payload), (bit) => BIT_CHARACTERS[bit]).join('');
  let isStart = true;
  return text
    .split('\n')
    .map((line) => {
      const first = FIRST_WORD.exec(line)?.[0];
      const marked = isStart && first !== undefined ? first + run + line.slice(first.length) : line;
      isStart = first === undefined;
      return marked;
    })
    .join('\n');
}

/** Reads every run of invisible characters of the right length. */
export function readUnicodePayload(text: string, question: UnicodeQuestion): UnicodeReading {
  const seen = new Map<string, { copies: number; index: number }>();
  for (const match of text.matchAll(RUN)) {
    if (match[1].length !== question.payloadBits + TAG_BITS) continue;
    const known = seen.get(match[1]);
    if (known === undefined) seen.set(match[1], { copies: 1, index: match.index });
    else known.copies += 1;
  }
  let best: { readonly payload: Uint8Array; readonly copies: number; readonly index: number } | undefined;
  for (const [run, { copies, index }] of seen) {
    const payload = payloadOfRun(run, question);
    if (payload !== undefined && (best === undefined || copies > best.copies))
      best = { payload, copies, index };
  }
  if (best === undefined) return { runs: seen.size, copies: 0, at: 0 };
  const at = Array.from(text.slice(0, best.index)).length;
  return { runs: seen.size, payload: best.payload, copies: best.copies, at };
}

function messageBits({ key, schemeId, payloadBits }: UnicodeQuestion, payload: Uint8Array): Uint8Array {
  const tag = createHmac('sha256', key.subkey(TAG_LABEL))
    .update(concatBytes(lp16(schemeId), lp16(payload)))
    .digest();
  const bits = new Uint8Array(payloadBits + TAG_BITS);
  for (let bit = 0; bit < payloadBits; bit += 1) bits[bit] = (payload[bit >> 3] >> (7 - (bit & 7))) & 1;
  for (let bit = 0; bit < TAG_BITS; bit += 1)
    bits[payloadBits + bit] = (tag[bit >> 3] >> (7 - (bit & 7))) & 1;
  return bits;
}

function payloadOfRun(run: string, question: UnicodeQuestion): Uint8Array | undefined {
  const bits = Uint8Array.from(run, (character) => (character === BIT_CHARACTERS[1] ? 1 : 0));
  const payload = new Uint8Array((question.payloadBits + 7) >> 3);
  for (let bit = 0; bit < question.payloadBits; bit += 1) payload[bit >> 3] |= bits[bit] << (7 - (bit & 7));
  return messageBits(question, payload).every((bit, index) => bit === bits[index]) ? payload : undefined;
}
