import fc from 'fast-check';
import { codeOf, subjectOf } from '../test-support/expect-code';
import { utf8 } from './bytes';
import { canonicalize } from './canonical-json';
import { parseStrictJson } from './strict-json';

/** Values that I-JSON can carry. */
const iJson = fc
  .jsonValue({ noUnicodeString: false })
  .filter((value) => JSON.stringify(value) === JSON.stringify(JSON.parse(JSON.stringify(value))))
  .filter(
    (value) => !/-0(?![.0-9])|\d{16,}|e[+]?\d/i.test(JSON.stringify(value)) && !hasLoneSurrogate(value),
  );

function hasLoneSurrogate(value: unknown): boolean {
  return /\\ud[89ab]|\\ud[c-f]/i.test(JSON.stringify(value));
}

describe('parseStrictJson', () => {
  it('agrees with JSON.parse on what I-JSON can carry', () => {
    fc.assert(
      fc.property(iJson, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
        expect(parseStrictJson(utf8(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('takes nothing that JSON.parse refuses', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '1',
      '-',
      '0',
      '.',
      'e',
      'true',
      'nul',
      ' ',
      '\\u00',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
        const text = fragments.join('');
        const code = codeOf(() => parseStrictJson(text));
        if (code === 'none') expect(() => JSON.parse(text) as unknown).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  it('round-trips through the canonical form', () => {
    fc.assert(
      fc.property(iJson, (value) => {
        const text = canonicalize(JSON.parse(JSON.stringify(value)));
        expect(canonicalize(parseStrictJson(text))).toBe(text);
      }),
    );
  });

  it.each([
    ['', 'JSON_MALFORMED'],
    [' ', 'JSON_MALFORMED'],
    ['{} {}', 'JSON_MALFORMED'],
    ['{}x', 'JSON_MALFORMED'],
    ['\ufeff{}', 'JSON_MALFORMED'],
    ['{"a":1,}', 'JSON_MALFORMED'],
    ['{,}', 'JSON_MALFORMED'],
    ['[1,]', 'JSON_MALFORMED'],
    ['[1 2]', 'JSON_MALFORMED'],
    ["{'a':1}", 'JSON_MALFORMED'],
    ['{a:1}', 'JSON_MALFORMED'],
    ['{"a" 1}', 'JSON_MALFORMED'],
    ['"a', 'JSON_MALFORMED'],
    ['"\\', 'JSON_MALFORMED'],
    ['"\\x41"', 'JSON_MALFORMED'],
    ['"\\u12"', 'JSON_MALFORMED'],
    ['"\\u12g4"', 'JSON_MALFORMED'],
    ['"a\nb"', 'JSON_MALFORMED'],
    ['"\u0000"', 'JSON_MALFORMED'],
    ['01', 'JSON_MALFORMED'],
    ['1.', 'JSON_MALFORMED'],
    ['.5', 'JSON_MALFORMED'],
    ['+1', 'JSON_MALFORMED'],
    ['0x10', 'JSON_MALFORMED'],
    ['NaN', 'JSON_MALFORMED'],
    ['Infinity', 'JSON_MALFORMED'],
    ['True', 'JSON_MALFORMED'],
    ['nul', 'JSON_MALFORMED'],
    ['// c\n1', 'JSON_MALFORMED'],
    ['\u00a01', 'JSON_MALFORMED'],
    ['{"a":1,"a":1}', 'JSON_DUPLICATE_KEY'],
    ['{"a":1,"\\u0061":2}', 'JSON_DUPLICATE_KEY'],
    ['{"x":{"b":1,"c":2,"b":3}}', 'JSON_DUPLICATE_KEY'],
    ['{"__proto__":1,"__proto__":2}', 'JSON_DUPLICATE_KEY'],
    ['-0', 'JSON_NUMBER_OUT_OF_RANGE'],
    ['-0.0', 'JSON_NUMBER_OUT_OF_RANGE'],
    ['-0e5', 'JSON_NUMBER_OUT_OF_RANGE'],
    ['9007199254740992', 'JSON_NUMBER_OUT_OF_RANGE'],
    ['-9007199254740992', 'JSON_NUMBER_OUT_OF_RANGE'],
    ['9007199254740993', 'JSON_NUMBER_OUT_OF_RANGE'],
    ['1e400', 'JSON_NUMBER_OUT_OF_RANGE'],
    ['1e16', 'JSON_NUMBER_OUT_OF_RANGE'],
    ['1e-400', 'JSON_NUMBER_OUT_OF_RANGE'],
    ['"\\ud800"', 'JSON_LONE_SURROGATE'],
    ['"\\udc00"', 'JSON_LONE_SURROGATE'],
    ['"\\udc00\\ud800"', 'JSON_LONE_SURROGATE'],
    ['"a\ud800b"', 'JSON_LONE_SURROGATE'],
    ['{"\\ud800":1}', 'JSON_LONE_SURROGATE'],
  ])('refuses %j as %s', (text, code) => {
    expect(codeOf(() => parseStrictJson(text))).toBe(code);
  });

  it('takes the numbers at the edge', () => {
    expect(parseStrictJson('[9007199254740991,-9007199254740991,0,1.5,1E2,5e-324,0e9]')).toEqual([
      9007199254740991, -9007199254740991, 0, 1.5, 100, 5e-324, 0,
    ]);
  });

  it('joins surrogate pairs and knows all escapes', () => {
    expect(parseStrictJson('"\\ud83d\\ude00\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041"')).toBe('😀"\\/\b\f\n\r\tA');
  });

  it.each([
    ['overlong', [0x22, 0xc0, 0x80, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a truncated sequence', [0x22, 0xe2, 0x82, 0x22]],
    ['a stray byte', [0x22, 0xff, 0x22]],
    ['beyond Unicode', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
  ])('refuses bytes that are not UTF-8: %s', (_name, bytes) => {
    expect(codeOf(() => parseStrictJson(Uint8Array.from(bytes)))).toBe('JSON_MALFORMED');
  });

  it('keeps __proto__ as a member', () => {
    const value = parseStrictJson('{"__proto__":{"polluted":true}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(canonicalize(value)).toBe('{"__proto__":{"polluted":true}}');
  });

  it('takes members that every object inherits', () => {
    expect(canonicalize(parseStrictJson('{"toString":1,"constructor":2,"hasOwnProperty":3}'))).toBe(
      '{"constructor":2,"hasOwnProperty":3,"toString":1}',
    );
  });

  it('keeps to its bounds', () => {
    expect(codeOf(() => parseStrictJson('[['.repeat(17)))).toBe('JSON_TOO_DEEP');
    expect(codeOf(() => parseStrictJson('['.repeat(500_000)))).toBe('JSON_TOO_DEEP');
    expect(codeOf(() => parseStrictJson('[1,2,3]', { maxValues: 3 }))).toBe('JSON_TOO_MANY_VALUES');
    expect(codeOf(() => parseStrictJson('"éé"', { maxBytes: 5 }))).toBe('TOO_LARGE');
    expect(codeOf(() => parseStrictJson('"éé"', { maxBytes: 6 }))).toBe('none');
    expect(codeOf(() => parseStrictJson('{"a":[]}', { maxDepth: 1 }))).toBe('JSON_TOO_DEEP');
  });

  it('reads long strings without exhausting the regular expression engine', () => {
    const long = 'x'.repeat(20_000_000);
    expect(parseStrictJson(`["${long}"]`, { maxBytes: 30_000_000 })).toEqual([long]);
  });

  it('says where', () => {
    expect(subjectOf(() => parseStrictJson('{"a":tru}'))).toBe('5');
    expect(subjectOf(() => parseStrictJson('{"a":1,"a":2}'))).toBe('7');
  });
});
