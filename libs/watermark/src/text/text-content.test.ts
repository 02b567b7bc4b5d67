import fc from 'fast-check';
import { readTokens } from './text-content';
import { Tokenizer } from './tokenizer';
import { TOKENIZERS } from './tokenizer-table';

const [{ name, vocabularySha256, vocabularySize }] = TOKENIZERS;
const PARAMS = {
  tokenizer: { name, vocabulary_sha256: vocabularySha256, vocabulary_size: vocabularySize },
  readings: ['exact', 'cleaned'],
  context_width: 1,
} as const;

describe('places of tokens in a text', () => {
  it('are counted in characters, also where a token is a part of one', () => {
    const parts = fc.array(fc.constantFrom('word ', 'é', '漢', '😀', '𓀀', '\n', '7', 'ж'), { minLength: 4 });
    fc.assert(
      fc.property(parts, (text) => {
        const bytes = Buffer.from(`two words ${text.join('')}`);
        for (const { ids, charactersBefore } of readTokens({ bytes, isIdList: false }, PARAMS)) {
          for (let token = 0; token <= ids.length; token += 1) {
            const before = Tokenizer.named(name).bytesOf(ids.subarray(0, token));
            const begun = before.filter((byte) => byte < 0x80 || byte >= 0xc0).length;
            expect(charactersBefore?.(token)).toBe(begun);
          }
          const all = Tokenizer.named(name).decode(ids);
          expect(charactersBefore?.(ids.length)).toBe(Array.from(all).length);
        }
      }),
    );
  });

  it('are not counted where the content is ids', () => {
    const [reading] = readTokens({ bytes: Buffer.from('[1,2,3]'), isIdList: true }, PARAMS);
    expect(Array.from(reading.ids)).toEqual([1, 2, 3]);
    expect(reading.charactersBefore).toBeUndefined();
  });
});
