import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParamsDocument } from '@maker-registry/protocol';
import { WatermarkKey } from '../keys/watermark-key';
import { schemeDocumentOf, schemeOf } from '../scheme/scheme-table';
import { type Detection } from '../scheme/watermark-scheme';
import { Tokenizer } from './tokenizer';

const SCHEMES = join(__dirname, '..', '..', 'schemes');
const LICENSE = join(__dirname, '..', '..', '..', '..', 'LICENSE');
const KEY = new WatermarkKey(new Uint8Array(32).fill(9));
const PAYLOAD = Buffer.from('c0ffee11', 'hex');

let folder: string;
let list: ParamsDocument;
let multibit: ParamsDocument;

const read = async (name: string): Promise<ParamsDocument> =>
  schemeDocumentOf(JSON.parse(await readFile(join(SCHEMES, `${name}.json`), 'utf8')));
const withCode = (code: string): unknown => expect.objectContaining({ name: 'WatermarkError', code });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-schemes-'));
  list = await read('text-green-list-v1');
  multibit = await read('text-green-multibit-v1');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function embed(document: ParamsDocument, payload: Uint8Array, name: string): Promise<string> {
  const output = join(folder, name);
  await schemeOf(document).embed?.({ document, key: KEY, content: { path: LICENSE }, payload, output });
  return output;
}

const detect = (document: ParamsDocument, content: string | Uint8Array, key = KEY): Promise<Detection> =>
  schemeOf(document).detect({
    document,
    key,
    content: typeof content === 'string' ? { bytes: Buffer.from(content) } : { bytes: content },
  });

function changed(document: ParamsDocument, params: Record<string, unknown>): ParamsDocument {
  return { ...document, params: { ...document.params, ...params } } as ParamsDocument;
}

describe('the green list', () => {
  it('is written into a new text and found in it, as text and as token ids', async () => {
    const output = join(folder, 'list.txt');
    const task = { document: list, key: KEY, content: { path: LICENSE }, payload: new Uint8Array(0) };
    const report = await schemeOf(list).embed?.({ ...task, output });
    expect(report).toMatchObject({ payload_bits: 0, generated_tokens: 400 });
    expect(report?.['note']).toMatch(/new text was written/);
    const text = await readFile(output, 'utf8');
    const found = await detect(list, text);
    expect(found).toMatchObject({
      decision: 'detected',
      bits: 0,
      corrected: 0,
      log10_p: report?.['log10_p'],
    });
    expect(found.payload).toBeUndefined();
    expect(found.local[0].place).toMatch(/^tokens \d+-\d+ characters \d+-\d+$/);
    const ids = await embed(list, new Uint8Array(0), 'list.json');
    const byIds = await schemeOf(list).detect({ document: list, key: KEY, content: { path: ids } });
    expect(byIds).toMatchObject({ decision: 'detected', raw_matches: found.raw_matches });
    expect(byIds.local[0].place).toMatch(/^tokens \d+-\d+$/);
    expect(Tokenizer.named('o200k_base').decode(JSON.parse(await readFile(ids, 'utf8')) as number[])).toBe(
      text,
    );
  });

  it('is found in a span pasted into other text, and there only', async () => {
    const marked = await readFile(await embed(list, new Uint8Array(0), 'span.txt'), 'utf8');
    const around = await readFile(LICENSE, 'utf8');
    const text = `${around.slice(0, 4000)}\n${marked}\n${around.slice(4000, 8000)}`;
    const found = await detect(list, text);
    expect(found.decision).toBe('detected');
    for (const { place } of found.local) {
      const [, from, to] = /characters (\d+)-(\d+)$/.exec(place) ?? [];
      expect(Number(from)).toBeGreaterThan(3600);
      expect(Number(to)).toBeLessThan(4400 + marked.length);
    }
  });

  it.each(['ﬀ', 'b', ' '])('is not found in text that says nothing but "%s"', async (word) => {
    expect((await detect(list, `${word} `.repeat(3000))).decision).toBe('not-detected');
  });

  it('is not found with another key, nor in the text learned from', async () => {
    const text = await readFile(await embed(list, new Uint8Array(0), 'key.txt'), 'utf8');
    const other = await detect(list, text, new WatermarkKey(new Uint8Array(32).fill(8)));
    expect(other).toMatchObject({ decision: 'not-detected', local: [] });
    expect((await detect(list, await readFile(LICENSE))).decision).toBe('not-detected');
  });

  it('is of the key and not of the scheme: one key for two schemes is found in both', async () => {
    const text = await readFile(await embed(list, new Uint8Array(0), 'id.txt'), 'utf8');
    expect(await detect({ ...list, scheme_id: 'another' }, text)).toEqual(await detect(list, text));
  });

  it('counts a repeated phrase once', async () => {
    const text = await readFile(await embed(list, new Uint8Array(0), 'once.txt'), 'utf8');
    const sentence = text.slice(0, 90);
    const once = await detect(list, sentence);
    const often = await detect(list, sentence.repeat(40));
    expect(often.raw_total).toBeLessThan(once.raw_total + 20);
    expect(often.decision).not.toBe('detected');
  });
});

describe('the multi-bit mark', () => {
  it('gives its payload back, from text with changed words too', async () => {
    const text = await readFile(await embed(multibit, PAYLOAD, 'multibit.txt'), 'utf8');
    const found = await detect(multibit, text);
    expect(found).toMatchObject({ decision: 'detected', payload: 'c0ffee11', bits: 32 });
    expect(found.corrected).toBeGreaterThan(0);
    let word = 0;
    const edited = text.replace(/\w+/g, (each) => (++word % 20 === 0 ? 'other' : each));
    expect(await detect(multibit, edited)).toMatchObject({ decision: 'detected', payload: 'c0ffee11' });
  });

  it('tells nothing with another key, of another scheme or where nothing is', async () => {
    const text = await readFile(await embed(multibit, PAYLOAD, 'other.txt'), 'utf8');
    const nothing = { decision: 'not-detected', p_value: '1' };
    expect(await detect(multibit, text, new WatermarkKey(new Uint8Array(32).fill(8)))).toMatchObject(nothing);
    const renamed = await detect({ ...multibit, scheme_id: 'another' }, text);
    expect(renamed.payload).toBeUndefined();
    expect(await detect(multibit, await readFile(LICENSE))).toMatchObject(nothing);
  });
});

describe('bad input', () => {
  const cases: readonly (readonly [string, string, Uint8Array])[] = [
    ['nothing', 'MEDIA_TOO_SMALL', new Uint8Array(0)],
    ['one token', 'MEDIA_TOO_SMALL', Buffer.from('word')],
    ['a truncated character', 'MEDIA_UNREADABLE', Uint8Array.of(0x61, 0x62, 0xe2, 0x82)],
    ['a lone surrogate', 'MEDIA_UNREADABLE', Uint8Array.of(0xed, 0xa0, 0x80, 0x61)],
    ['an overlong character', 'MEDIA_UNREADABLE', Uint8Array.of(0xc0, 0xaf)],
    ['UTF-16', 'MEDIA_UNREADABLE', Buffer.from('\ufeffsome words', 'utf16le')],
    ['more than the limit', 'MEDIA_TOO_LARGE', new Uint8Array(10_000_001)],
  ];
  it.each(cases)('%s: %s', async (_, code, bytes) => {
    await expect(detect(list, bytes)).rejects.toEqual(withCode(code));
    await expect(detect(multibit, bytes)).rejects.toEqual(withCode(code));
  });

  it.each([
    ['[1,2,199998]', 'MEDIA_UNREADABLE'],
    ['[1,2,-1]', 'MEDIA_UNREADABLE'],
    ['[1,2.5]', 'MEDIA_UNREADABLE'],
    ['[1,"2"]', 'MEDIA_UNREADABLE'],
    ['{"ids":[1]}', 'MEDIA_UNREADABLE'],
    ['[1,2', 'MEDIA_UNREADABLE'],
    ['some words', 'MEDIA_UNREADABLE'],
    ['[]', 'MEDIA_TOO_SMALL'],
    ['[7]', 'MEDIA_TOO_SMALL'],
  ])('ids %s: %s', async (text, code) => {
    const path = join(folder, 'bad.json');
    await writeFile(path, text);
    await expect(schemeOf(list).detect({ document: list, key: KEY, content: { path } })).rejects.toEqual(
      withCode(code),
    );
  });

  it('a missing file', async () => {
    const content = { path: join(folder, 'none.txt') };
    await expect(schemeOf(list).detect({ document: list, key: KEY, content })).rejects.toEqual(
      withCode('MEDIA_UNREADABLE'),
    );
  });

  it.each([
    ['an unknown tokenizer', { tokenizer: { name: 'gpt9', vocabulary_size: 10 } }],
    ['a vocabulary of another size', { tokenizer: { name: 'cl100k_base', vocabulary_size: 199_998 } }],
    ['gamma of one', { gamma: { numerator: 4, denominator: 4 } }],
    ['gamma in thirds', { gamma: { numerator: 1, denominator: 3 } }],
    ['no context', { context_width: 0 }],
    ['a long context', { context_width: 5 }],
    ['falling windows', { windows: { lengths: [100, 50], stride_divisor: 4, longest_whole: 100 } }],
    ['another function', { prf: 'randperm' }],
    ['a threshold of one in a thousand', { threshold: { p_value: '0.001', inconclusive_p_value: '0.01' } }],
    ['an unknown reading', { readings: ['lower-case'] }],
    ['an unknown member', { more: 1 }],
  ])('parameters with %s', async (_, params) => {
    const run = async (): Promise<unknown> => await detect(changed(list, params), 'some words here');
    await expect(run()).rejects.toEqual(withCode('PARAMS_OUT_OF_RANGE'));
  });

  it.each([
    ['a payload that does not fit', { payload_bits: 250 }],
    ['three colours', { gamma: { numerator: 1, denominator: 8 } }],
    ['hypotheses', { hypotheses: 5 }],
  ])('multi-bit parameters with %s', async (_, params) => {
    const run = async (): Promise<unknown> => await detect(changed(multibit, params), 'some words here');
    await expect(run()).rejects.toEqual(withCode('PARAMS_OUT_OF_RANGE'));
  });

  it('a caller that has stopped', async () => {
    const signal = AbortSignal.abort();
    const task = { key: KEY, content: { path: LICENSE }, signal };
    const output = join(folder, 'stopped.txt');
    for (const document of [list, multibit]) {
      const payload = document === list ? new Uint8Array(0) : PAYLOAD;
      await expect(schemeOf(document).detect({ ...task, document })).rejects.toEqual(withCode('ABORTED'));
      const embedding = schemeOf(document).embed?.({ ...task, document, payload, output });
      await expect(embedding).rejects.toEqual(withCode('ABORTED'));
    }
    expect(await readdir(folder)).not.toContain('stopped.txt');
  });

  it('a key that the document does not commit to', async () => {
    const committed = { ...list, key_commitment: 'ab'.repeat(32) };
    await expect(detect(committed, 'some words')).rejects.toEqual(withCode('KEY_COMMITMENT_MISMATCH'));
  });

  it('leaves nothing where embedding is refused', async () => {
    const output = join(folder, 'refused.txt');
    const task = { document: list, key: KEY, payload: new Uint8Array(0), output };
    const scheme = schemeOf(list);
    for (const text of ['to be or not', '𓀀𓀁𓀂𓀃', '\ufffd\ufffd \ufffd\ufffd']) {
      const embedding = scheme.embed?.({ ...task, content: { bytes: Buffer.from(text) } });
      await expect(embedding).rejects.toEqual(withCode('MEDIA_TOO_SMALL'));
    }
    const ids = { bytes: Buffer.from('[1,2,3]'), mediaType: 'application/json' };
    await expect(scheme.embed?.({ ...task, content: ids })).rejects.toEqual(withCode('MEDIA_UNSUPPORTED'));
    await expect(scheme.embed?.({ ...task, payload: PAYLOAD, content: { path: LICENSE } })).rejects.toEqual(
      withCode('PAYLOAD_MALFORMED'),
    );
    expect((await readdir(folder)).filter((name) => name.includes('refused'))).toEqual([]);
  });
});
