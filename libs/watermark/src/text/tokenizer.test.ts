import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { encodeBytePairs } from './byte-pairs';
import { isSettled, settled } from './settled-characters';
import { readText } from './text-normalization';
import { Tokenizer } from './tokenizer';
import { TOKENIZERS } from './tokenizer-table';

/** What tiktoken says, from vectors/tokenizers. */
const { cases } = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'vectors', 'tokenizers', 'tiktoken.json'), 'utf8'),
) as { readonly cases: readonly Readonly<Record<string, unknown>>[] };
const withCode = (code: string): Error => expect.objectContaining({ name: 'WatermarkError', code }) as Error;

/** The merge rule as it is told: the pair of the smallest id, leftmost first, by looking at all pairs each time. */
function slowPairs(piece: string, vocabulary: ReadonlyMap<string, number>): number[] {
  const parts = Array.from(piece);
  for (;;) {
    let best = -1;
    let bestId = Infinity;
    for (let index = 0; index + 1 < parts.length; index += 1) {
      const id = vocabulary.get(parts[index] + parts[index + 1]) ?? Infinity;
      if (id < bestId) [best, bestId] = [index, id];
    }
    if (best < 0) return parts.map((part) => vocabulary.get(part)!);
    parts.splice(best, 2, parts[best] + parts[best + 1]);
  }
}

describe.each(TOKENIZERS.map(({ name }) => name))('%s', (name) => {
  const tokenizer = Tokenizer.named(name);

  it('cuts texts as tiktoken does', () => {
    for (const each of cases) expect([...tokenizer.encode(each['text'] as string)]).toEqual(each[name]);
  });

  it('gives back the text of its tokens', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'B', ' ', '\n', '7', 'é', '漢', '😀', "'s", '\u0301')),
        (parts) => {
          const text = parts.join('');
          expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
        },
      ),
    );
  });

  it('takes no quadratic time for one long word', () => {
    for (const piece of ['a'.repeat(60_000), '漢'.repeat(20_000), '-='.repeat(30_000)]) {
      expect(tokenizer.decode(tokenizer.encode(piece))).toBe(piece);
    }
    const cut = [...tokenizer.encode('b'.repeat(4096)), ...tokenizer.encode('b'.repeat(100))];
    expect([...tokenizer.encode('b'.repeat(4196))]).toEqual(cut);
  });

  it('refuses a word that the engine has no memory to look back over', () => {
    for (const word of ['ж'.repeat(4_500_000), '\u0301'.repeat(4_500_000)]) {
      expect(() => tokenizer.encode(word)).toThrow(withCode('MEDIA_TOO_LARGE'));
    }
  });

  it.each([-1, 0.5, 300_000, Number.NaN])('has no token %d', (id) => {
    expect(() => tokenizer.decode([id])).toThrow(withCode('MEDIA_UNREADABLE'));
  });
});

it('knows no other tokenizer', () => {
  expect(() => Tokenizer.named('gpt9')).toThrow(withCode('PARAMS_OUT_OF_RANGE'));
});

describe('byte pairs', () => {
  const vocabulary = new Map(
    ['a', 'b', 'c', 'bc', 'ab', 'aa', 'abc', 'aab', 'cab', 'bcab'].map((text, id) => [text, id]),
  );

  it('join in the order that the rule tells', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 }), (letters) => {
        const piece = letters.join('');
        const ids: number[] = [];
        encodeBytePairs(piece, vocabulary, ids);
        const whole = vocabulary.get(piece);
        expect(ids).toEqual(whole === undefined ? slowPairs(piece, vocabulary) : [whole]);
      }),
    );
  });

  it('need every byte', () => {
    expect(() => {
      encodeBytePairs('xa', vocabulary, []);
    }).toThrow(RangeError);
  });
});

describe('readings', () => {
  it.each([
    ['letters of Unicode 15.0', 'aʔж漢👍', 'aʔж漢👍'],
    ['a letter of Unicode 16.0', 'a\u1c89b', 'a\ufffdb'],
    ['a script of Unicode 16.0', '\u{16d40}', '\ufffd'],
    ['U+0295, which became another kind of letter', 'ʕ', '\ufffd'],
    ['a noncharacter', '\uffff', '\ufffd'],
  ])('settle %s', (_, text, expected) => {
    expect(settled(text)).toBe(expected);
  });

  it('know ranges by their ends', () => {
    for (const codePoint of [0, 0x377, 0x37a, 0x294, 0x296, 0x10fffd])
      expect(isSettled(codePoint)).toBe(true);
    for (const codePoint of [0x378, 0x379, 0x380, 0x2fe0, 0x10fffe, 0x10ffff])
      expect(isSettled(codePoint)).toBe(false);
  });

  it('are exact but for normal form and line ends', () => {
    expect(readText('e\u0301\r\nA\rB  “x”\u200b ', 'exact')).toBe('é\nA\nB  “x”\u200b ');
  });

  it('are cleaned of what nobody sees', () => {
    expect(readText('“It’s\u200b a \u00a0 te\u00adst”\nof wrap \n\nnext\ufe0f', 'cleaned')).toBe(
      '"It\'s a test" of wrap\n\nnext',
    );
    expect(readText('Тhе соpу іs Latin', 'cleaned')).toBe('The copy is Latin');
    expect(readText('Это русский текст, not Latin', 'cleaned')).toBe('Это русский текст, not Latin');
  });

  it('refuse marks without end, which take an engine hours to put in order', () => {
    const marks = (count: number): string => `a${'\u0301'.repeat(count)}`;
    expect(readText(marks(1024), 'exact')).toHaveLength(1024);
    expect(readText(`${marks(1000)}\u034f${marks(1000)}`, 'cleaned').length).toBeGreaterThan(1000);
    const astral = '\u{1e000}';
    expect(readText(`a${astral.repeat(1024)}`, 'cleaned')).toHaveLength(2049);
    const hostile = marks(2_000_000) + '\u0323'.repeat(2_000_000);
    const joined = `${marks(1000)}\u034f${'\u0323'.repeat(1000)}`;
    for (const text of [marks(1025), hostile, `a${astral.repeat(1025)}`, joined]) {
      expect(() => readText(text, 'cleaned')).toThrow(withCode('MEDIA_UNSUPPORTED'));
    }
  });

  it('are the same when read again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', ' ', '\n', '\r', '\u00a0', 'о', '“', '\u0301', '\u200b', '\t')),
        (parts) => {
          for (const reading of ['exact', 'cleaned'] as const) {
            const once = readText(parts.join(''), reading);
            expect(readText(once, reading)).toBe(once);
          }
        },
      ),
    );
  });
});
