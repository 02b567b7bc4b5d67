import { type ParamsDocument } from '@maker-registry/protocol';
import { assertPayload } from '../coding/payload-frame';
import { WatermarkError } from '../errors/watermark-error';
import { type WatermarkKey } from '../keys/watermark-key';
import { schemeOf } from '../scheme/scheme-table';
import { type WatermarkScheme } from '../scheme/watermark-scheme';
import { GreenList } from './green-list';
import { greenListParams, TEXT_GREEN_LIST } from './green-list-scheme';
import { multibitParams, TEXT_GREEN_MULTIBIT } from './green-multibit-scheme';
import { PositionCode } from './position-code';

/** Logits of a whole vocabulary, one for each id from 0 on. */
export type DenseLogits = Float32Array | Float64Array;

/** Logits of some tokens only, such as the likeliest hundred: one for each of `ids`. */
export interface CandidateLogits {
  readonly ids: ArrayLike<number>;
  readonly logits: DenseLogits;
}

/**
 * Marks text while any model generates it: between the model and the sampler, the logits of favoured tokens are raised by delta.
 * Softmax, temperature and sampling are the caller's; the mark is strongest where they come after, at temperature one.
 *
 * ```ts
 * const mark = logitsProcessor(document, key);
 * for (;;) {
 *   const logits = model.next(tokens);     // Float32Array over the vocabulary
 *   mark.process(tokens, logits);          // in place
 *   tokens.push(sample(logits));
 * }
 * ```
 */
export interface LogitsProcessor {
  /** Tokens before the new one that decide what is favoured; with fewer, nothing changes. */
  readonly contextWidth: number;
  /**
   * Adds delta in place to the logits of favoured tokens. `tokens` are all ids so far, the prompt's included; only the last
   * `contextWidth` are looked at. A whole vocabulary of 200,000 takes some 50 ms: give the likeliest candidates where you can.
   *
   * @throws WatermarkError MEDIA_UNREADABLE for an id outside of the vocabulary, or unlike numbers of ids and logits
   */
  process(tokens: ArrayLike<number>, logits: DenseLogits | CandidateLogits): void;
}

/**
 * The embedder of a document's mark for a generation loop; `payload` is for schemes that carry one.
 *
 * @throws WatermarkError SCHEME_NO_EMBEDDER for a document of another scheme, PARAMS_OUT_OF_RANGE, PAYLOAD_MALFORMED,
 *   KEY_COMMITMENT_MISMATCH
 */
export function logitsProcessor(
  document: ParamsDocument,
  key: WatermarkKey,
  payload: Uint8Array = new Uint8Array(0),
): LogitsProcessor {
  const scheme = markedHere(document);
  key.assertCommitted(document.key_commitment);
  if (scheme === TEXT_GREEN_LIST) {
    const params = greenListParams(document);
    assertPayload(payload, 0);
    const list = new GreenList(key, params);
    return new Processor(params, (ngram) => list.isGreen(ngram, 0));
  }
  const params = multibitParams(document);
  assertPayload(payload, params.payload_bits);
  const code = new PositionCode(key, params, document.scheme_id);
  const symbols = code.symbols(payload);
  return new Processor(params, (ngram) => code.isFavoured(ngram, 0, symbols));
}

const MARKED_HERE = [TEXT_GREEN_LIST, TEXT_GREEN_MULTIBIT];

/** The document's scheme, its parameters checked: a loop may be given a document that nobody has looked at. */
function markedHere(document: ParamsDocument): WatermarkScheme {
  const { name, version } = document.detector_spec;
  if (MARKED_HERE.some((known) => known.name === name && known.version === version)) {
    return schemeOf(document, MARKED_HERE);
  }
  throw new WatermarkError('SCHEME_NO_EMBEDDER', `There is no logits processor for ${name} ${version}.`, {
    subject: '/detector_spec',
  });
}

class Processor implements LogitsProcessor {
  readonly contextWidth: number;
  readonly #delta: number;
  readonly #vocabularySize: number;
  /** Of context and token, in this order. */
  readonly #favours: (ngram: Uint32Array) => boolean;

  constructor(params: ReturnType<typeof greenListParams>, favours: (ngram: Uint32Array) => boolean) {
    this.contextWidth = params.context_width;
    this.#delta = Number(params.bias.delta);
    this.#vocabularySize = params.tokenizer.vocabulary_size;
    this.#favours = favours;
  }

  process(tokens: ArrayLike<number>, logits: DenseLogits | CandidateLogits): void {
    const candidates = 'logits' in logits ? logits : undefined;
    if (candidates !== undefined && candidates.ids.length !== candidates.logits.length) {
      throw new WatermarkError(
        'MEDIA_UNREADABLE',
        `${candidates.ids.length} ids have ${candidates.logits.length} logits.`,
      );
    }
    if (tokens.length < this.contextWidth) return;
    const ngram = new Uint32Array(this.contextWidth + 1);
    for (let index = 0; index < this.contextWidth; index += 1) {
      ngram[index] = this.#known(tokens[tokens.length - this.contextWidth + index]);
    }
    if (candidates !== undefined) this.#raiseCandidates(ngram, candidates);
    else this.#raiseAll(ngram, logits as DenseLogits);
  }

  #raiseCandidates(ngram: Uint32Array, { ids, logits }: CandidateLogits): void {
    for (let index = 0; index < logits.length; index += 1) {
      ngram[this.contextWidth] = this.#known(ids[index]);
      if (this.#favours(ngram)) logits[index] += this.#delta;
    }
  }

  /** Logits behind the vocabulary are padding of the model's last layer, and of no token. */
  #raiseAll(ngram: Uint32Array, logits: DenseLogits): void {
    const count = Math.min(logits.length, this.#vocabularySize);
    for (let id = 0; id < count; id += 1) {
      ngram[this.contextWidth] = id;
      if (this.#favours(ngram)) logits[id] += this.#delta;
    }
  }

  #known(id: number): number {
    if (Number.isInteger(id) && id >= 0 && id < this.#vocabularySize) return id;
    throw new WatermarkError('MEDIA_UNREADABLE', `${id} is no id below ${this.#vocabularySize}.`);
  }
}
