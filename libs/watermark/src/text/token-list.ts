import { isRegistryError, parseStrictJson } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';

/** Tokens of one text: a long novel has twice as many, and is judged in parts. */
export const MAX_TOKENS = 65_536;
/** Bytes of a list: ten characters and a comma for each token, and some white space. */
export const MAX_TOKEN_LIST_BYTES = 1_048_576;

/**
 * Token numbers of a text from a JSON list of integers: `[15496,11,995]`.
 *
 * @throws WatermarkError MEDIA_TOO_LARGE above the limits, MEDIA_UNREADABLE for what is no such list or names a token
 *   outside of the vocabulary
 */
export function readTokenList(bytes: Uint8Array, vocabularySize: number): Uint32Array {
  if (bytes.length > MAX_TOKEN_LIST_BYTES) throw tooLarge(`The list has ${bytes.length} bytes`);
  const list = parsed(bytes);
  if (!Array.isArray(list)) throw unreadable('The tokens are no JSON list of integers.');
  return tokensOf(list, vocabularySize);
}

/** The numbers as tokens of a vocabulary, after the same checks. */
export function tokensOf(list: readonly unknown[], vocabularySize: number): Uint32Array {
  if (list.length > MAX_TOKENS) throw tooLarge(`The text has ${list.length} tokens`);
  const wrong = list.findIndex((token) => !isToken(token, vocabularySize));
  if (wrong !== -1) {
    throw unreadable(
      `Token ${wrong} of the list is no integer from 0 to ${vocabularySize - 1}. Is it of another tokenizer?`,
    );
  }
  return Uint32Array.from(list as readonly number[]);
}

function isToken(value: unknown, vocabularySize: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < vocabularySize;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes, {
      maxBytes: MAX_TOKEN_LIST_BYTES,
      maxValues: MAX_TOKEN_LIST_BYTES,
      maxDepth: 2,
    });
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    throw unreadable(`The tokens are no JSON list of integers: ${error.message}`, error);
  }
}

function tooLarge(what: string): WatermarkError {
  return new WatermarkError(
    'MEDIA_TOO_LARGE',
    `${what}; at most ${MAX_TOKENS} tokens are read. Check it in parts.`,
  );
}

function unreadable(message: string, cause?: unknown): WatermarkError {
  return new WatermarkError('MEDIA_UNREADABLE', message, { cause });
}
