import { utf8 } from '../encoding/bytes';
import { codeOf, subjectOf } from '../test-support/expect-code';
import { assertParamsDocument, MAX_PARAMS_BYTES, parseParamsDocument } from './params-document';

const DOCUMENT = {
  scheme_id: 'dct-qim-v1',
  detector_spec: { name: 'dct-qim', version: '1.0.0', output: 'bits and a binomial p-value' },
  params: { step: 24, nested: { anything: [true, null] } },
  key_commitment: 'ab'.repeat(32),
  compatibility: { media_types: ['image/png', 'video/*', 'text'], preprocessing: 'luma', color: 'srgb' },
};

describe('parseParamsDocument', () => {
  it('takes any JSON value of up to 64 KiB, as text or bytes', () => {
    expect(parseParamsDocument('7')).toBe(7);
    expect(parseParamsDocument(utf8(JSON.stringify(DOCUMENT)))).toEqual(DOCUMENT);
    const largest = JSON.stringify('a'.repeat(MAX_PARAMS_BYTES - 2));
    expect(parseParamsDocument(largest)).toHaveLength(MAX_PARAMS_BYTES - 2);
  });

  it('counts bytes, not characters', () => {
    expect(codeOf(() => parseParamsDocument(' '.repeat(MAX_PARAMS_BYTES + 1)))).toBe('PARAMS_INVALID');
    expect(codeOf(() => parseParamsDocument(new Uint8Array(MAX_PARAMS_BYTES + 1)))).toBe('PARAMS_INVALID');
    const accents = JSON.stringify('é'.repeat(MAX_PARAMS_BYTES / 2));
    expect(codeOf(() => parseParamsDocument(accents))).toBe('PARAMS_INVALID');
  });

  it('repairs nothing', () => {
    expect(codeOf(() => parseParamsDocument('{"a":1,"a":1}'))).toBe('JSON_DUPLICATE_KEY');
    expect(codeOf(() => parseParamsDocument('{"a":NaN}'))).toBe('JSON_MALFORMED');
    expect(codeOf(() => parseParamsDocument('"\\ud800"'))).toBe('JSON_LONE_SURROGATE');
    expect(codeOf(() => parseParamsDocument('1e30'))).toBe('JSON_NUMBER_OUT_OF_RANGE');
    expect(codeOf(() => parseParamsDocument(Uint8Array.of(0x22, 0xff, 0x22)))).toBe('JSON_MALFORMED');
  });
});

describe('assertParamsDocument', () => {
  it('takes a document, of the scheme where one is named', () => {
    expect(assertParamsDocument(DOCUMENT)).toBe(DOCUMENT);
    expect(assertParamsDocument(DOCUMENT, 'dct-qim-v1')).toBe(DOCUMENT);
  });

  it.each<[string, unknown]>([
    ['', null],
    ['', []],
    ['', 'text'],
    ['/note', { ...DOCUMENT, note: 1 }],
    ['/scheme_id', { ...DOCUMENT, scheme_id: ' padded' }],
    ['/scheme_id', { ...DOCUMENT, scheme_id: '' }],
    ['/scheme_id', { ...DOCUMENT, scheme_id: 'another' }],
    ['/detector_spec/name', { ...DOCUMENT, detector_spec: { version: '1', output: 'x' } }],
    ['/detector_spec/url', { ...DOCUMENT, detector_spec: { ...DOCUMENT.detector_spec, url: 'x' } }],
    ['/detector_spec/output', { ...DOCUMENT, detector_spec: { ...DOCUMENT.detector_spec, output: 1 } }],
    ['/params', { ...DOCUMENT, params: [] }],
    ['/params', { ...DOCUMENT, params: null }],
    ['/key_commitment', { ...DOCUMENT, key_commitment: 'AB'.repeat(32) }],
    ['/compatibility/preprocessing', { ...DOCUMENT, compatibility: { media_types: ['text'] } }],
    [
      '/compatibility/media_types',
      { ...DOCUMENT, compatibility: { ...DOCUMENT.compatibility, media_types: [] } },
    ],
    [
      '/compatibility/media_types/0',
      { ...DOCUMENT, compatibility: { ...DOCUMENT.compatibility, media_types: ['image/'] } },
    ],
  ])('refuses a wrong %s', (subject, document) => {
    const check = (): unknown => assertParamsDocument(document, 'dct-qim-v1');
    expect(codeOf(check)).toBe('PARAMS_INVALID');
    expect(subjectOf(check)).toBe(subject);
  });

  it.each(Object.keys(DOCUMENT))('misses %s', (member) => {
    const rest = Object.fromEntries(Object.entries(DOCUMENT).filter(([name]) => name !== member));
    expect(codeOf(() => assertParamsDocument(rest))).toBe('PARAMS_INVALID');
    expect(subjectOf(() => assertParamsDocument(rest))).toBe(`/${member}`);
  });

  it('refuses a canonical form above 64 KiB', () => {
    // 1e-6 becomes 0.000001: the canonical form of a text of permitted size can be larger than the text.
    const steps = Array.from({ length: 9_000 }, () => 0.000001);
    const document = { ...DOCUMENT, params: { steps } };
    const text = JSON.stringify(document).replaceAll('0.000001', '1e-6');
    expect(text.length).toBeLessThan(MAX_PARAMS_BYTES);
    expect(codeOf(() => assertParamsDocument(parseParamsDocument(text)))).toBe('PARAMS_INVALID');
  });

  it('refuses values that no JSON text holds', () => {
    expect(codeOf(() => assertParamsDocument({ ...DOCUMENT, params: { a: undefined } }))).toBe(
      'NOT_CANONICALIZABLE',
    );
    expect(codeOf(() => assertParamsDocument({ ...DOCUMENT, params: { a: 1n } }))).toBe(
      'NOT_CANONICALIZABLE',
    );
  });
});
