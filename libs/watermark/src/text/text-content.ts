import { parseStrictJson } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';
import { MAX_TEXT_BYTES, type TextBytes } from '../media/text-file';
import { readText } from './text-normalization';
import { type ReadingParams } from './text-params';
import { Tokenizer } from './tokenizer';
import { TOKEN_IDS } from './tokenizer-table';

/** Ids of a list: more do not fit in a text of the largest size, each with its comma. */
const MAX_TOKENS = MAX_TEXT_BYTES / 2;

/** A text as one reading has it. */
export interface TokenReading {
  readonly ids: Uint32Array;
  /** Characters (code points) of the reading before a token; absent where the content is ids. */
  readonly charactersBefore?: (token: number) => number;
}

/**
 * The readings of a content: text in UTF-8 as the document's tokenizer cuts it, or a JSON array of ids, which is all that the
 * tokenizer `token_ids` takes.
 *
 * @throws WatermarkError MEDIA_UNREADABLE for bytes that are no UTF-8 and for what is no list of ids of the vocabulary;
 *   MEDIA_TOO_SMALL where no token has a whole context
 */
export function readTokens({ bytes, isIdList }: TextBytes, params: ReadingParams): TokenReading[] {
  const asIds = isIdList || params.tokenizer.name === TOKEN_IDS;
  const readings = asIds ? [{ ids: tokenIds(bytes, params) }] : textReadings(decodeText(bytes), params);
  const longest = readings.reduce((length, { ids }) => Math.max(length, ids.length), 0);
  if (longest <= params.context_width) {
    throw new WatermarkError(
      'MEDIA_TOO_SMALL',
      `The text has ${longest} tokens; the first one that can be judged has ${params.context_width} before it.`,
    );
  }
  return readings;
}

/** Text of UTF-8 bytes; a byte order mark in front is no part of it. Throws WatermarkError MEDIA_UNREADABLE. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new WatermarkError('MEDIA_UNREADABLE', 'The text is not UTF-8. Convert it first.', { cause });
  }
}

function textReadings(text: string, params: ReadingParams): TokenReading[] {
  const tokenizer = Tokenizer.named(params.tokenizer.name);
  return params.readings.map((reading) => {
    const ids = tokenizer.encode(readText(text, reading));
    let counts: Uint32Array | undefined;
    return { ids, charactersBefore: (token) => (counts ??= characterCounts(tokenizer, ids))[token] };
  });
}

/** Characters before each token, and in all: counted once, because a long text with many places asks often. */
function characterCounts(tokenizer: Tokenizer, ids: Uint32Array): Uint32Array {
  const counts = new Uint32Array(ids.length + 1);
  for (let token = 0; token < ids.length; token += 1) {
    counts[token + 1] = counts[token] + charactersBegunIn(tokenizer.bytesOf([ids[token]]));
  }
  return counts;
}

/** Bytes that begin a character: all but 10xxxxxx. */
function charactersBegunIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}

function tokenIds(bytes: Uint8Array, params: ReadingParams): Uint32Array {
  const size = params.tokenizer.vocabulary_size;
  const value = parsed(bytes);
  if (!Array.isArray(value)) {
    throw new WatermarkError('MEDIA_UNREADABLE', 'The ids must be one JSON array of integers.');
  }
  return Uint32Array.from(value, (id, index) => tokenId(id, size, index));
}

function tokenId(id: unknown, size: number, index: number): number {
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < size) return id;
  throw new WatermarkError('MEDIA_UNREADABLE', `Token ${index} is no integer from 0 to ${size - 1}.`, {
    subject: `/${index}`,
  });
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes, { maxBytes: MAX_TEXT_BYTES, maxValues: MAX_TOKENS + 1 });
  } catch (cause) {
    throw new WatermarkError('MEDIA_UNREADABLE', 'The list of token ids is not strict JSON.', { cause });
  }
}
