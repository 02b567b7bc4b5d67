import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { DETECTOR_DECISIONS, type JsonValue, type ParamsDocument } from '@maker-registry/protocol';
import { WATERMARK_ERROR_CODES, WatermarkError } from './errors/watermark-error';
import { KeyedStream } from './keys/keyed-stream';
import { WatermarkKey } from './keys/watermark-key';
import { schemeDocumentOf, schemeOf, SCHEMES } from './scheme/scheme-table';
import { type Medium } from './scheme/watermark-scheme';
import { damaged } from './testing/damage';
import { readVectors } from './testing/test-vectors';

/** Thousands of detections; nothing may hang, but a busy machine takes its time. */
jest.setTimeout(180_000);

/** Of the damage; each content is looked at with the key of its own mark. */
const DAMAGE_KEY = new WatermarkKey(Buffer.alloc(32, 0x42));
/** Damaged copies of each content: as many as a medium's detector is quick. */
const DAMAGED_COPIES: Readonly<Record<Medium, number>> = {
  image: 9,
  audio: 9,
  video: 5,
  text: 27,
  weights: 180,
};

/** One content with a mark, of each scheme that has published one. */
const samples = SCHEMES.flatMap((scheme) => {
  const named = readVectors().find(({ vector }) => {
    const { name, version } = (vector.document as ParamsDocument).detector_spec;
    const { decision } = vector.evidence as { decision?: string };
    return name === scheme.name && version === scheme.version && decision === 'detected';
  });
  if (named === undefined) return [];
  const content = readFileSync(join(named.folder, named.vector.content));
  const document = schemeDocumentOf(named.vector.document);
  const key = new WatermarkKey(Buffer.from(named.vector.key, 'hex'));
  return [{ scheme, document, key, content, ending: extname(named.vector.content) }];
});
const bySample = samples.map((sample) => [`${sample.scheme.name} ${sample.scheme.version}`, sample] as const);

/** A decision or a WatermarkError with a code of the table; whatever else is thrown fails the test. */
async function outcomeOf(work: () => Promise<{ readonly decision: string }>): Promise<string> {
  try {
    const { decision } = await work();
    expect(DETECTOR_DECISIONS).toContain(decision);
    return decision;
  } catch (error) {
    if (!(error instanceof WatermarkError)) throw error;
    expect(Object.keys(WATERMARK_ERROR_CODES)).toContain(error.code);
    expect(error.message).not.toBe('');
    return error.code;
  }
}

function codeThrown(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof WatermarkError) return error.code;
    throw error;
  }
  return 'nothing';
}

describe('bad input gets a typed error or a decision, never a crash', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bad-input-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is tried on every scheme', () => {
    const tried = samples.map(({ scheme }) => scheme.name);
    expect(SCHEMES.map(({ name }) => name).filter((name) => !tried.includes(name))).toEqual([]);
  });

  it.each(bySample)('%s: damaged content', async (_name, { scheme, document, key, content, ending }) => {
    const noise = new KeyedStream(DAMAGE_KEY, `damage ${scheme.name}`);
    for (let index = 0; index < DAMAGED_COPIES[scheme.medium]; index += 1) {
      const bytes = damaged(content, index, noise);
      const path = join(folder, `damaged${ending}`);
      writeFileSync(path, bytes);
      // Programs and uploads hand over files or bytes; the way in alternates.
      const source = index % 2 === 0 ? { path } : { bytes };
      await outcomeOf(() => scheme.detect({ document, key, content: source }));
    }
  });

  it.each(bySample)('%s: content of other kinds', async (_name, { scheme, document, key }) => {
    const noise = new KeyedStream(DAMAGE_KEY, 'garbage');
    const contents = [
      Buffer.alloc(0),
      Buffer.alloc(1),
      Buffer.alloc(4096),
      Buffer.from('just words'),
      Buffer.from('[[[[[[[[[[]]]]]]]]]]'),
      Buffer.from('{"a":1}'),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      Buffer.from('RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0', 'latin1'),
      Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\0\0\0', 'latin1'),
      Buffer.from('\xff\xd8\xff\xe0', 'latin1'),
      Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0', 'latin1'),
      Buffer.from('\xff\xff\xff\xff\xff\xff\xff\xff{}', 'latin1'),
      noise.bytes(10_000),
    ];
    for (const bytes of contents) {
      const found = await outcomeOf(() => scheme.detect({ document, key, content: { bytes } }));
      expect(found).not.toBe('detected');
    }
  });

  it.each(bySample)('%s: files that are none', async (_name, { scheme, document, key }) => {
    const pipe = join(folder, 'pipe');
    if (!existsSync(pipe)) execFileSync('mkfifo', [pipe]);
    for (const path of [folder, join(folder, 'none'), pipe, '/dev/null', '/dev/zero']) {
      const found = await outcomeOf(() => scheme.detect({ document, key, content: { path } }));
      expect(found).toBe('MEDIA_UNREADABLE');
    }
  });

  it.each(bySample)('%s: a key that the document does not commit to', async (_name, sample) => {
    const { scheme, key, content, ending } = sample;
    const document = { ...sample.document, key_commitment: 'ab'.repeat(32) };
    const task = { document, key, content: { bytes: content } };
    await expect(scheme.detect(task)).rejects.toMatchObject({ code: 'KEY_COMMITMENT_MISMATCH' });
    if (scheme.embed === undefined) return;
    const payload = new Uint8Array(Math.ceil(scheme.payloadBits(document) / 8));
    const embed = scheme.embed({ ...task, payload, output: join(folder, `marked${ending}`) });
    await expect(embed).rejects.toMatchObject({ code: 'KEY_COMMITMENT_MISMATCH' });
  });

  it.each(bySample)('%s: a payload of another length', async (_name, sample) => {
    const { scheme, document, key, content, ending } = sample;
    if (scheme.embed === undefined || scheme.payloadBits(document) === 0) return;
    const right = Math.ceil(scheme.payloadBits(document) / 8);
    for (const length of [0, right - 1, right + 1, 4096].filter((each) => each >= 0)) {
      const payload = new Uint8Array(length);
      const output = join(folder, `marked${ending}`);
      const embed = scheme.embed({ document, key, content: { bytes: content }, payload, output });
      await expect(embed).rejects.toMatchObject({ code: 'PAYLOAD_MALFORMED' });
      expect(() => readFileSync(output)).toThrow('ENOENT');
    }
  });

  it.each(bySample)('%s: every parameter bent', async (_name, { scheme, document, key, content }) => {
    let refused = 0;
    for (const params of bent(document.params)) {
      const changed = { ...document, params } as ParamsDocument;
      const found = await outcomeOf(() =>
        Promise.resolve().then(() => {
          const known = schemeOf(schemeDocumentOf(changed));
          expect(known.payloadBits(changed)).toBeGreaterThanOrEqual(0);
          return known.detect({ document: changed, key, content: { bytes: content } });
        }),
      );
      if (found === 'PARAMS_OUT_OF_RANGE') refused += 1;
    }
    expect(refused).toBeGreaterThan(20);
    expect(scheme.paramsSchema).toMatchObject({ additionalProperties: false });
  });

  it.each(bySample)('%s: an unknown name or version', (_name, { document }) => {
    const spec = document.detector_spec;
    for (const change of [{ version: '0' }, { version: '999' }, { name: 'unknown' }, { name: '__proto__' }]) {
      const other = { ...document, detector_spec: { ...spec, ...change } };
      expect(codeThrown(() => schemeOf(other))).toBe('SCHEME_UNKNOWN_DETECTOR');
    }
  });

  it('documents that are none', () => {
    const values: unknown[] = [
      null,
      1,
      'text',
      [],
      {},
      { scheme_id: 'x' },
      { ...samples[0].document, extra: 1 },
    ];
    for (const value of values) {
      expect(codeThrown(() => schemeDocumentOf(value))).toBe('PARAMS_OUT_OF_RANGE');
    }
  });
});

const WRONG_VALUES: readonly JsonValue[] = [null, -1, 0, 1e9, 1.5, '', 'x', '0.1', [], {}, true];

/** The parameters with each member, at any depth, replaced by each wrong value, left out, or accompanied by another. */
function* bent(params: Readonly<Record<string, JsonValue>>): Generator<Record<string, JsonValue>> {
  yield { ...params, unheard_of: 1 };
  for (const [name, value] of Object.entries(params)) {
    if (name === 'robustness') continue;
    const rest = Object.fromEntries(Object.entries(params).filter(([other]) => other !== name));
    yield rest;
    for (const wrong of WRONG_VALUES) yield { ...rest, [name]: wrong };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    for (const inner of bent(value)) yield { ...rest, [name]: inner };
  }
}
