import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { NgramModel } from './ngram-model';
import { generateText, type GenerationTask } from './text-generator';
import { Tokenizer } from './tokenizer';

const KEY = new WatermarkKey(new Uint8Array(32).fill(1));
const TOKENIZER = Tokenizer.named('o200k_base');
const SOURCE = TOKENIZER.encode(
  'The cat sat on the mat. The dog sat on the cat. A bird saw the dog and the cat, and the mat was red. '.repeat(
    3,
  ),
);

function task(extras: Partial<GenerationTask> = {}): GenerationTask {
  return {
    tokenizer: TOKENIZER,
    source: SOURCE,
    generation: { tokens: 300, entropy_bits: 3 },
    stream: new KeyedStream(KEY, 'sampler'),
    weight: { numerator: 7_389_056, denominator: 1_000_000 },
    contextWidth: 1,
    favoured: () => true,
    ...extras,
  };
}

describe('the n-gram model', () => {
  it('states the entropy of what it draws', () => {
    const model = new NgramModel(Uint32Array.from([1, 2, 1, 3, 1, 2, 1, 3]), () => true);
    model.tune(0);
    const stream = new KeyedStream(KEY, 'draws');
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 20_000; draw += 1) {
      const id = model.draw(stream, 3, 1);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const chances = [...counts.values()].map((count) => count / 20_000);
    const measured = chances.reduce((sum, chance) => sum - chance * Math.log2(chance), 0);
    expect(model.entropy(3, 1)).toBeCloseTo(measured, 1);
  });

  it('is tuned to more entropy by forgetting contexts', () => {
    const model = new NgramModel(SOURCE, () => true);
    model.tune(0);
    const least = model.entropy(SOURCE[3], SOURCE[4]);
    model.tune(16);
    expect(model.entropy(SOURCE[3], SOURCE[4])).toBeGreaterThan(least);
  });

  it('refuses to learn from nothing', () => {
    const refusal = expect.objectContaining({ name: 'WatermarkError', code: 'MEDIA_TOO_SMALL' }) as Error;
    expect(() => new NgramModel(new Uint32Array(0), () => true)).toThrow(refusal);
    expect(() => new NgramModel(Uint32Array.of(1, 2), () => false)).toThrow(refusal);
  });
});

describe('the generator', () => {
  it('writes text that has the tokens it was made of', () => {
    const { ids, entropy } = generateText(task());
    expect(ids).toHaveLength(300);
    expect(Array.from(TOKENIZER.encode(TOKENIZER.decode(ids)))).toEqual(ids);
    expect(entropy).toBeGreaterThan(2);
  });

  it('writes the same text from the same stream', () => {
    expect(generateText(task())).toEqual(generateText(task()));
    expect(generateText(task({ stream: new KeyedStream(KEY, 'another') })).ids).not.toEqual(
      generateText(task()).ids,
    );
  });

  it('favours as softmax with raised logits does', () => {
    // Even ids are favoured. Without context every token comes from one list, so the share is known.
    const flat = Uint32Array.from({ length: 400 }, (_, index) => SOURCE[index % SOURCE.length]);
    const isEven = (ids: readonly number[]): boolean => (ids.at(-1) ?? 1) % 2 === 0;
    const generation = { tokens: 3000, entropy_bits: 16 };
    const plain = generateText(task({ source: flat, generation, contextWidth: 5000, favoured: isEven })).ids;
    const raised = generateText(task({ source: flat, generation, favoured: isEven })).ids;
    const share = (ids: readonly number[]): number => ids.filter((id) => id % 2 === 0).length / ids.length;
    const odds = (part: number): number => part / (1 - part);
    const factor = odds(share(raised)) / odds(share(plain));
    expect(factor).toBeGreaterThan(5.8);
    expect(factor).toBeLessThan(9.2);
  });

  it('goes on where a text leaves one token only', () => {
    const one = TOKENIZER.encode(' a');
    const { ids, entropy } = generateText(task({ source: one, favoured: () => false }));
    expect(new Set(ids)).toEqual(new Set(one));
    expect(entropy).toBeCloseTo(0, 9);
  });
});
