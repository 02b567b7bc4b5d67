import { WatermarkError } from '../errors/watermark-error';
import { KeyedStream } from '../keys/keyed-stream';
import { isIdListName, readTextBytes, writeTextFile } from '../media/text-file';
import { type Detection, type EmbedReport, type EmbedTask } from '../scheme/watermark-scheme';
import { readTokens } from './text-content';
import { type Favoured, generateText } from './text-generator';
import { type GenerationParams, type TokenParams } from './text-params';
import { Tokenizer } from './tokenizer';
import { TOKEN_IDS } from './tokenizer-table';

/** Label of the stream that the sampler draws from; the marks have others. */
const SAMPLER_LABEL = 'text/sampler';
/** Where the document says nothing. */
const GENERATION: GenerationParams = { tokens: 400, entropy_bits: 4 };

/**
 * Writes a new marked text: the mark is made while text is generated, and there is no language model here but a small one that
 * learns from the input. A name that ends in `.json` gets the token ids, any other one the text.
 *
 * @throws WatermarkError MEDIA_UNSUPPORTED for ids as input or without a tokenizer, MEDIA_TOO_SMALL where the own detector does
 *   not find the mark, and those of reading
 */
export async function embedTokens(
  task: EmbedTask,
  params: TokenParams,
  favoured: Favoured,
  detect: (bytes: Uint8Array) => Detection,
): Promise<EmbedReport> {
  const content = await readTextBytes(task.content, task.signal);
  if (content.isIdList || params.tokenizer.name === TOKEN_IDS) {
    throw new WatermarkError(
      'MEDIA_UNSUPPORTED',
      'The embedder learns from a text and needs its tokenizer. Mark token ids in the generation loop, with the logits processor.',
    );
  }
  const tokenizer = Tokenizer.named(params.tokenizer.name);
  const [source] = readTokens(content, params);
  const { ids, entropy } = generateText({
    tokenizer,
    source: source.ids,
    generation: params.generation ?? GENERATION,
    stream: new KeyedStream(task.key, SAMPLER_LABEL),
    weight: params.bias.weight,
    contextWidth: params.context_width,
    favoured,
  });
  task.onProgress?.(0.8);
  const text = tokenizer.decode(ids);
  const found = detect(Buffer.from(text, 'utf8'));
  assertFound(found);
  await writeTextFile(task.output, isIdListName(task.output) ? `${JSON.stringify(ids)}\n` : text);
  task.onProgress?.(1);
  return {
    payload_bits: found.bits,
    generated_tokens: ids.length,
    entropy_bits_per_token: entropy.toFixed(2),
    log10_p: found.log10_p,
    note: 'A new text was written by a small n-gram model of the input; the input itself carries no mark.',
  };
}

/** A mark that its own detector does not find is no mark: a monotonous text leaves the sampler no choice. */
function assertFound({ decision }: Detection): void {
  if (decision === 'detected') return;
  throw new WatermarkError(
    'MEDIA_TOO_SMALL',
    'The text is too short or too monotonous to learn from: the mark would not be found. Give a longer text, or let more tokens be generated.',
  );
}
