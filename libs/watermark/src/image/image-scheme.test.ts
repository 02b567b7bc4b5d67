import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type ParamsDocument } from '@maker-registry/protocol';
import { WatermarkKey } from '../keys/watermark-key';
import { committedTo } from '../scheme/commit-document';
import { readSchemeDocument } from '../scheme/read-scheme-document';
import { READY_MADE_FOLDER } from '../scheme/ready-made';
import { drawnImage } from '../testing/drawn-image';
import { IMAGE_SCHEME } from './image-scheme';

// A machine that does much else at once must not make these fail.
jest.setTimeout(120_000);

const KEY = new WatermarkKey(new Uint8Array(32).fill(5));
const OTHER = new WatermarkKey(new Uint8Array(32).fill(6));
const { document: TEMPLATE } = readSchemeDocument(
  readFileSync(join(READY_MADE_FOLDER, 'image-fourier-1.json')),
);
const DOCUMENT = committedTo(TEMPLATE, 'mine-1', KEY);
const PAYLOAD = Buffer.from('0123456789abcdef', 'hex');
const WIDTH = 480;
const HEIGHT = 360;
const RAW = { raw: { width: WIDTH, height: HEIGHT, channels: 3 } } as const;

const withCode = (code: string): Error => expect.objectContaining({ code }) as Error;
const folder = mkdtempSync(join(tmpdir(), 'image-scheme-'));
const at = (name: string): string => join(folder, name);
let marked: Buffer;

interface Changes {
  readonly document?: ParamsDocument;
  readonly key?: WatermarkKey;
  readonly output?: string;
  readonly payload?: Uint8Array;
  readonly signal?: AbortSignal;
}

async function embed(bytes: Uint8Array, changes: Changes = {}): Promise<Record<string, unknown>> {
  const task = { document: DOCUMENT, key: KEY, payload: PAYLOAD, output: at('out.png'), ...changes };
  return await IMAGE_SCHEME.embed!({ ...task, content: { bytes } });
}

async function detect(bytes: Uint8Array, changes: Changes = {}): ReturnType<typeof IMAGE_SCHEME.detect> {
  return await IMAGE_SCHEME.detect({ document: DOCUMENT, key: KEY, ...changes, content: { bytes } });
}

beforeAll(async () => {
  const plain = await sharp(drawnImage(WIDTH, HEIGHT), RAW).png().toBuffer();
  writeFileSync(at('plain.png'), plain);
  const report = await embed(plain, { output: at('marked.png') });
  marked = readFileSync(at('marked.png'));
  expect(report['payload_bits']).toBe(64);
  expect(Number(report['psnr'])).toBeGreaterThanOrEqual(40);
  expect(Number(report['ssim'])).toBeGreaterThanOrEqual(0.985);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a marked image', () => {
  it.each<[string, (image: sharp.Sharp) => Promise<Buffer>]>([
    ['as it is', async () => await Promise.resolve(marked)],
    ['as JPEG 50', async (image) => await image.jpeg({ quality: 50 }).toBuffer()],
    ['as WebP 80', async (image) => await image.webp({ quality: 80 }).toBuffer()],
    ['as AVIF 60', async (image) => await image.avif({ quality: 60, effort: 0 }).toBuffer()],
    [
      'in half its size',
      async (image) =>
        await image
          .resize(WIDTH / 2)
          .png()
          .toBuffer(),
    ],
    [
      'enlarged',
      async (image) =>
        await image
          .resize(WIDTH * 2)
          .png()
          .toBuffer(),
    ],
    ['mirrored', async (image) => await image.flop().png().toBuffer()],
    ['upside down', async (image) => await image.rotate(180).png().toBuffer()],
    ['on its side', async (image) => await image.rotate(90).png().toBuffer()],
    ['turned by 3 degrees', async (image) => await image.rotate(3).png().toBuffer()],
    ['brighter', async (image) => await image.linear(1.2, 0).png().toBuffer()],
    ['as grey', async (image) => await image.greyscale().png().toBuffer()],
    [
      'cropped',
      async (image) => await image.extract({ left: 61, top: 43, width: 340, height: 255 }).png().toBuffer(),
    ],
  ])('is found %s', async (_, attack) => {
    const found = await detect(await attack(sharp(marked)));
    expect(found).toMatchObject({
      decision: 'detected',
      payload: '0123456789abcdef',
      bits: 64,
      raw_total: 512,
    });
    expect(found.log10_p).toBeLessThanOrEqual(-6);
    expect(found.threshold).toEqual({ p_value: '0.000001', met: true });
    expect(found.raw_matches).toBe(512 - found.corrected);
    expect(found.local).toHaveLength(9);
  });

  it('says where the mark is left when a part was painted over', async () => {
    const patch = { create: { width: 160, height: 120, channels: 3, background: '#808080' } } as const;
    const image = sharp(marked).composite([{ input: patch, left: 0, top: 0 }]);
    const { local, decision } = await detect(await image.png().toBuffer());
    expect(decision).toBe('detected');
    expect(local[0]).toEqual({ place: '0,0 160x120', confidence: '0', p_value: '1' });
    expect(local.map(({ place }) => place)[8]).toBe('320,240 160x120');
  });

  it('gives the same evidence twice', async () => {
    const bytes = await sharp(marked).rotate(3).png().toBuffer();
    expect(JSON.stringify(await detect(bytes))).toBe(JSON.stringify(await detect(bytes)));
  });
});

describe('nothing is found', () => {
  it('with another key', async () => {
    const { document } = { document: committedTo(TEMPLATE, 'mine-1', OTHER) };
    const found = await detect(marked, { document, key: OTHER });
    expect(found.decision).toBe('not-detected');
    expect(found).not.toHaveProperty('payload');
  });

  it('under another scheme id', async () => {
    const found = await detect(marked, { document: committedTo(TEMPLATE, 'mine-2', KEY) });
    expect(found.decision).toBe('not-detected');
  });

  it('in the original', async () => {
    expect((await detect(readFileSync(at('plain.png')))).decision).toBe('not-detected');
  });

  it('in one color', async () => {
    const flat = await sharp({ create: { width: 200, height: 100, channels: 3, background: '#3060a0' } })
      .png()
      .toBuffer();
    const found = await detect(flat);
    expect(found).toMatchObject({ decision: 'not-detected', p_value: '1', local: [] });
  });
});

describe('refused', () => {
  const plain = (): Uint8Array => readFileSync(at('plain.png'));
  const drawn = (width: number, height: number): sharp.Sharp =>
    sharp(drawnImage(width, height), { raw: { width, height, channels: 3 } });

  it.each([
    ['MEDIA_TOO_SMALL', 1, 1],
    ['MEDIA_TOO_SMALL', 47, 400],
    ['MEDIA_TOO_SMALL', 1000, 50],
  ])('%s: %d×%d pixels', async (code, width, height) => {
    const bytes = await drawn(width, height).png().toBuffer();
    await expect(detect(bytes)).rejects.toThrow(withCode(code));
    await expect(embed(bytes)).rejects.toThrow(withCode(code));
  });

  it('MEDIA_TOO_SMALL: too few pixels for so many bits, and nothing is written', async () => {
    const tiny = await drawn(48, 48).png().toBuffer();
    await expect(embed(tiny, { output: at('tiny.png') })).rejects.toThrow(withCode('MEDIA_TOO_SMALL'));
    expect(readdirSync(folder)).not.toContain('tiny.png');
  });

  it('MEDIA_TOO_SMALL: a stronger mark of the same key is already there, and would be found instead', async () => {
    const strength = { psnr: '32', ssim: '0.9', pilot_gain: '1.8', floor: '0.4' };
    const strong = { ...DOCUMENT, params: { ...DOCUMENT.params, strength } };
    await embed(plain(), { document: strong, output: at('strong.png') });
    const turned = await sharp(at('strong.png')).rotate(90).png().toBuffer();
    const again = { payload: Buffer.from('fedcba9876543210', 'hex'), output: at('again.png') };
    await expect(embed(turned, again)).rejects.toThrow(withCode('MEDIA_TOO_SMALL'));
    expect(readdirSync(folder)).not.toContain('again.png');
  });

  it('KEY_COMMITMENT_MISMATCH: a document of another key', async () => {
    await expect(detect(marked, { key: OTHER })).rejects.toThrow(withCode('KEY_COMMITMENT_MISMATCH'));
    await expect(embed(plain(), { key: OTHER })).rejects.toThrow(withCode('KEY_COMMITMENT_MISMATCH'));
  });

  it('PAYLOAD_MALFORMED: another number of bits', async () => {
    await expect(embed(plain(), { payload: new Uint8Array(7) })).rejects.toThrow(
      withCode('PAYLOAD_MALFORMED'),
    );
  });

  it('MEDIA_UNSUPPORTED: an ending of no image', async () => {
    await expect(embed(plain(), { output: at('out.gif') })).rejects.toThrow(withCode('MEDIA_UNSUPPORTED'));
  });

  it('ABORTED: when the caller stops, with nothing left behind', async () => {
    const stopped = { signal: AbortSignal.abort(), output: at('aborted.png') };
    await expect(embed(plain(), stopped)).rejects.toThrow(withCode('ABORTED'));
    await expect(detect(plain(), stopped)).rejects.toThrow(withCode('ABORTED'));
    expect(readdirSync(folder).filter((name) => name.startsWith('aborted'))).toEqual([]);
  });

  it.each([
    ['another area', { frame: { area: 1, luma: 'bt601' } }],
    ['fewer hypotheses than are tried', { hypotheses: 1 }],
    ['a weak threshold', { threshold: { p_value: '0.01', inconclusive_p_value: '0.01' } }],
    ['no strength', { strength: {} }],
    ['a quality of words', { strength: { psnr: 'high', ssim: '0.99', pilot_gain: '1.8', floor: '0.4' } }],
    ['a code of another length', { code: { type: 'polar', length: 256, check_bits: 16, list_size: 8 } }],
    ['a member of no meaning', { secret: 1 }],
  ])('PARAMS_OUT_OF_RANGE: %s', (_, changes) => {
    const document = { ...TEMPLATE, params: { ...TEMPLATE.params, ...changes } };
    expect(() => readSchemeDocument(Buffer.from(JSON.stringify(document)))).toThrow(
      withCode('PARAMS_OUT_OF_RANGE'),
    );
  });
});
