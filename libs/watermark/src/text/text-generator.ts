import { type KeyedStream } from '../keys/keyed-stream';
import { NgramModel } from './ngram-model';
import { type Fraction, type GenerationParams } from './text-params';
import { type Tokenizer } from './tokenizer';

/** Tokens before the new one that its text is read together with. */
const TAIL = 8;
/** After so many refusals a token is taken as it is: a small text may leave no better one. */
const MAX_TRIES = 2000;

/** Whether the last token of `ids` is favoured; asked for tokens that have a whole context. */
export type Favoured = (ids: readonly number[]) => boolean;

export interface GeneratedText {
  readonly ids: readonly number[];
  /** Mean entropy of the model's next token, before any bias, in bits. */
  readonly entropy: number;
}

export interface GenerationTask {
  readonly tokenizer: Tokenizer;
  /** What the model learns from. */
  readonly source: Uint32Array;
  readonly generation: GenerationParams;
  readonly stream: KeyedStream;
  /** e^delta. */
  readonly weight: Fraction;
  readonly contextWidth: number;
  readonly favoured: Favoured;
}

/**
 * Writes tokens as a model would whose logits of favoured tokens were raised by delta: a token drawn from the model is taken
 * if it is favoured, and else with chance 1 / e^delta. That is the same distribution, without a pass over the vocabulary.
 * Tokens that would be read as others once they are text are refused, so that the text has the tokens it was made of.
 */
export function generateText(task: GenerationTask): GeneratedText {
  const { tokenizer, stream, generation } = task;
  const model = new NgramModel(task.source, (id) => isWhole(tokenizer, id));
  model.tune(generation.entropy_bits);
  let [beforeLast, last] = model.start(stream);
  const ids: number[] = [];
  let bits = 0;
  for (let index = 0; index < generation.tokens; index += 1) {
    bits += model.entropy(beforeLast, last);
    const id = nextToken(task, model, ids, [beforeLast, last]);
    ids.push(id);
    [beforeLast, last] = [last, id];
  }
  return { ids, entropy: bits / generation.tokens };
}

function nextToken(
  task: GenerationTask,
  model: NgramModel,
  ids: number[],
  context: readonly [number, number],
): number {
  const { stream, weight, contextWidth, favoured, tokenizer } = task;
  let id = 0;
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    id = model.draw(stream, context[0], context[1]);
    const biased = ids.length >= contextWidth;
    ids.push(id);
    const taken = !biased || favoured(ids) || stream.below(weight.numerator) < weight.denominator;
    const readable = taken && readsAsWritten(tokenizer, ids);
    ids.pop();
    if (readable) return id;
  }
  return id;
}

/** Whether the last id comes out again where its text follows the text before it. */
function readsAsWritten(tokenizer: Tokenizer, ids: readonly number[]): boolean {
  const tail = ids.slice(-TAIL - 1);
  const before = tokenizer.encode(tokenizer.decode(tail.slice(0, -1)));
  const after = tokenizer.encode(tokenizer.decode(tail));
  if (after.length !== before.length + 1 || after[before.length] !== tail.at(-1)) return false;
  return before.every((id, index) => after[index] === id);
}

/** Whether the token is text by itself: a part of a character cannot be written alone. */
function isWhole(tokenizer: Tokenizer, id: number): boolean {
  return !tokenizer.decode([id]).includes('\ufffd');
}
