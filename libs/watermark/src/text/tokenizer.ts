import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { WatermarkError } from '../errors/watermark-error';
import { encodeBytePairs } from './byte-pairs';
import { TOKENIZERS, type TokenizerSpec } from './tokenizer-table';

/** Pieces whose tokens are remembered: the words of a language recur, and hostile text must not fill the memory. */
const MAX_REMEMBERED = 50_000;
const MAX_REMEMBERED_LENGTH = 64;
/** Bytes of a piece that are encoded at once: a longer word is no language, and would fill the memory with possible joins. */
const MAX_PIECE_BYTES = 4096;

/** Cuts text into tokens and back. The same on every engine for text that readText has passed. */
export class Tokenizer {
  readonly spec: TokenizerSpec;
  readonly #vocabulary: ReadonlyMap<string, number>;
  /** Bytes of each id as characters U+0000 to U+00FF; holes where an id is not used. */
  readonly #tokens: readonly (string | undefined)[];
  readonly #remembered = new Map<string, readonly number[]>();

  private constructor(spec: TokenizerSpec, vocabulary: ReadonlyMap<string, number>) {
    this.spec = spec;
    this.#vocabulary = vocabulary;
    const tokens = new Array<string | undefined>(spec.vocabularySize);
    for (const [bytes, id] of vocabulary) tokens[id] = bytes;
    this.#tokens = tokens;
  }

  static readonly #loaded = new Map<string, Tokenizer>();

  /**
   * A tokenizer by its name, loaded once: some 0.3 s and 60 MB.
   *
   * @throws WatermarkError PARAMS_OUT_OF_RANGE for an unknown name, and where the vocabulary is not the one of that name
   */
  static named(name: string): Tokenizer {
    const known = Tokenizer.#loaded.get(name);
    if (known !== undefined) return known;
    const spec = TOKENIZERS.find((each) => each.name === name);
    if (spec === undefined) {
      const names = TOKENIZERS.map((each) => each.name).join(', ');
      throw new WatermarkError(
        'PARAMS_OUT_OF_RANGE',
        `No tokenizer ${name} is installed; known are: ${names}.`,
        {
          subject: '/params/tokenizer/name',
        },
      );
    }
    const tokenizer = new Tokenizer(spec, loadVocabulary(spec));
    Tokenizer.#loaded.set(name, tokenizer);
    return tokenizer;
  }

  /** @throws WatermarkError MEDIA_TOO_LARGE for a single word of some four million characters */
  encode(text: string): Uint32Array {
    const ids: number[] = [];
    const pieces = text.matchAll(this.spec.pattern);
    for (let piece = nextOf(pieces); piece !== undefined; piece = nextOf(pieces))
      this.#encodePiece(piece, ids);
    return Uint32Array.from(ids);
  }

  /** @throws WatermarkError MEDIA_UNREADABLE for an id that is no token */
  bytesOf(ids: Iterable<number>): Buffer {
    const parts: string[] = [];
    for (const id of ids) {
      const bytes = this.#tokens[id];
      if (bytes === undefined) {
        throw new WatermarkError('MEDIA_UNREADABLE', `${id} is no token of ${this.spec.name}.`);
      }
      parts.push(bytes);
    }
    return Buffer.from(parts.join(''), 'latin1');
  }

  /** Text of tokens; bytes that are no UTF-8 become U+FFFD. Throws WatermarkError MEDIA_UNREADABLE for an id that is no token. */
  decode(ids: Iterable<number>): string {
    return this.bytesOf(ids).toString('utf8');
  }

  #encodePiece(piece: string, ids: number[]): void {
    const plain = this.#vocabulary.get(piece);
    if (plain !== undefined && isAscii(piece)) {
      ids.push(plain);
      return;
    }
    let tokens = this.#remembered.get(piece);
    if (tokens === undefined) {
      const found: number[] = [];
      const bytes = Buffer.from(piece, 'utf8').toString('latin1');
      for (let start = 0; start < bytes.length; start += MAX_PIECE_BYTES) {
        encodeBytePairs(bytes.slice(start, start + MAX_PIECE_BYTES), this.#vocabulary, found);
      }
      tokens = found;
      if (piece.length <= MAX_REMEMBERED_LENGTH) this.#remember(piece, found);
    }
    for (const id of tokens) ids.push(id);
  }

  #remember(piece: string, tokens: readonly number[]): void {
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(piece, tokens);
  }
}

/** The engine remembers every character of a word it may give back, in memory that it bounds; a longer one it refuses. */
function nextOf(pieces: IterableIterator<RegExpMatchArray>): string | undefined {
  try {
    const next = pieces.next();
    return next.done === true ? undefined : next.value[0];
  } catch (cause) {
    throw new WatermarkError('MEDIA_TOO_LARGE', 'The text has a word of millions of characters. Divide it.', {
      cause,
    });
  }
}

function isAscii(piece: string): boolean {
  for (let index = 0; index < piece.length; index += 1) if (piece.charCodeAt(index) > 0x7f) return false;
  return true;
}

/** Lines of base64 bytes, a space and the id. */
function loadVocabulary(spec: TokenizerSpec): ReadonlyMap<string, number> {
  const file = readFileSync(require.resolve(`gpt-tokenizer/data/${spec.name}.tiktoken`));
  if (createHash('sha256').update(file).digest('hex') !== spec.vocabularySha256) {
    throw new WatermarkError(
      'PARAMS_OUT_OF_RANGE',
      `The installed vocabulary is not that of ${spec.name}. Install the version of the tokenizer package that this one names.`,
      { subject: '/params/tokenizer/vocabulary_sha256' },
    );
  }
  const vocabulary = new Map<string, number>();
  for (const line of file.toString('latin1').split('\n')) {
    const space = line.indexOf(' ');
    if (space < 1) continue;
    vocabulary.set(
      Buffer.from(line.slice(0, space), 'base64').toString('latin1'),
      Number(line.slice(space + 1)),
    );
  }
  return vocabulary;
}
