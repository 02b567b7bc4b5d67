import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type ParamsDocument } from '@maker-registry/protocol';
import { WatermarkKey } from '../keys/watermark-key';
import { detectorsFor } from '../scheme/detectors';
import { schemeDocumentOf, schemeOf } from '../scheme/scheme-table';
import { type Detection, type EmbedReport } from '../scheme/watermark-scheme';
import { readText } from './text-normalization';
import { readUnicodePayload, withUnicodePayload } from './unicode-layer';

const KEY = new WatermarkKey(new Uint8Array(32).fill(3));
const OTHER_KEY = new WatermarkKey(new Uint8Array(32).fill(4));
const PAYLOAD = Buffer.from('0123456789abcdef', 'hex');
const TEXT = 'A first paragraph\nof two lines.\n\n  And a second one.\n \nA third.\n';
const QUESTION = { key: KEY, schemeId: 'u-1', payloadBits: 64 };
const withCode = (code: string): unknown => expect.objectContaining({ name: 'WatermarkError', code });

let folder: string;
let document: ParamsDocument;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unicode-layer-'));
  const path = join(__dirname, '..', '..', 'schemes', 'text-unicode-metadata-v1.json');
  document = schemeDocumentOf(JSON.parse(await readFile(path, 'utf8')));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const detect = (text: string | Uint8Array, key = KEY, of = document): Promise<Detection> =>
  schemeOf(of).detect({ document: of, key, content: { bytes: Buffer.from(text) } });

async function embed(
  text: string,
  payload: Uint8Array = PAYLOAD,
): Promise<{ readonly report: EmbedReport | undefined; readonly marked: string }> {
  const output = join(folder, 'marked.txt');
  const content = { bytes: Buffer.from(text) };
  const report = await schemeOf(document).embed?.({ document, key: KEY, content, payload, output });
  return { report, marked: await readFile(output, 'utf8') };
}

describe('the Unicode metadata layer', () => {
  it('carries the payload in every paragraph, unseen', async () => {
    const { report, marked } = await embed(TEXT);
    expect(report).toMatchObject({ payload_bits: 64, added_characters: 3 * 97 });
    expect(marked.replace(/[\u2063\u200b\u200c]/g, '')).toBe(TEXT);
    expect(await detect(marked)).toMatchObject({
      decision: 'detected',
      payload: '0123456789abcdef',
      local: [
        { place: 'metadata of invisible characters, 3 times, first after character 1', confidence: '0' },
      ],
    });
    const last = marked.slice(marked.lastIndexOf('A'));
    expect(await detect(last)).toMatchObject({ decision: 'detected', payload: '0123456789abcdef' });
  });

  it('is labelled as no robust mark, and no verifier takes it as evidence', async () => {
    expect(schemeOf(document).robust).toBe(false);
    const committed = { ...document, key_commitment: KEY.commitment() };
    const detector = detectorsFor([KEY]).find(({ name }) => name === 'text-unicode-metadata');
    const { signal } = new AbortController();
    const run = detector?.detect(Buffer.from((await embed(TEXT)).marked), committed, { signal });
    await expect(run).rejects.toEqual(withCode('SCHEME_NO_EVIDENCE'));
  });

  it('is gone after cleaning', async () => {
    const { marked } = await embed(TEXT);
    for (const cleaned of [readText(marked, 'cleaned'), marked.replace(/\p{Cf}/gu, '')]) {
      expect(await detect(cleaned)).toMatchObject({ decision: 'not-detected', p_value: '1', local: [] });
    }
  });

  it('is not found with another key or scheme, cut short or changed by one character', async () => {
    const { marked } = await embed('One paragraph only.');
    const nothing = { decision: 'not-detected', p_value: '1' };
    expect(await detect(marked, OTHER_KEY)).toMatchObject(nothing);
    expect(await detect(marked, KEY, { ...document, scheme_id: 'another' })).toMatchObject(nothing);
    expect(await detect(marked.replace('\u200b', ''))).toMatchObject(nothing);
    expect(await detect(marked.replace('\u200b', '\u200c'))).toMatchObject(nothing);
    expect(await detect('Persian می\u200cخواهم and \u2063\u200b\u200c')).toMatchObject(nothing);
  });

  it('corrects for runs that are only there to be tried', () => {
    const forged = Array.from(
      { length: 200 },
      (_, index) =>
        `\u2063${Array.from({ length: 96 }, (__, bit) => '\u200b\u200c'[(index >> (bit % 8)) & 1]).join('')}`,
    );
    expect(readUnicodePayload(`${forged.join(' ')} ${forged.join(' ')}`, QUESTION)).toEqual({
      runs: 200,
      copies: 0,
      at: 0,
    });
  });

  it('gives back any payload from any text with a word', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        fc.array(fc.constantFrom('a', ' ', '\n', 'é', '\u2063', '\u200b', '\u200c', '\u{1f600}')),
        (payload, text) => {
          const marked = withUnicodePayload(`${text.join('')}\nword`, QUESTION, payload);
          expect(readUnicodePayload(marked, QUESTION).payload).toEqual(payload);
        },
      ),
    );
  });

  it.each([
    ['nothing', '', 'MEDIA_TOO_SMALL'],
    ['spaces', ' \n\n ', 'MEDIA_TOO_SMALL'],
    ['no UTF-8', Uint8Array.of(0xff, 0x41), 'MEDIA_UNREADABLE'],
    ['more than the limit', new Uint8Array(10_000_001), 'MEDIA_TOO_LARGE'],
  ])('refuses %s', async (_, text, code) => {
    await expect(detect(text)).rejects.toEqual(withCode(code));
  });

  it('refuses a payload of another size', async () => {
    await expect(embed(TEXT, PAYLOAD.subarray(0, 7))).rejects.toEqual(withCode('PAYLOAD_MALFORMED'));
  });
});
