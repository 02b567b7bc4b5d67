import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { type ParamsDocument } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';
import { WatermarkKey } from '../keys/watermark-key';
import { probeMedia } from '../media/media-probe';
import { transcodeMedia } from '../media/media-transcode';
import { schemeOf } from '../scheme/scheme-table';
import { type Detection } from '../scheme/watermark-scheme';
import { makeMedia, sampleFolder } from '../testing/sample-media';
import { VIDEO_SCHEME } from './video-scheme';

jest.setTimeout(120_000);

const folder = sampleFolder();
afterAll(folder.remove);

const DOCUMENT = JSON.parse(
  readFileSync('libs/watermark/schemes/video-fourier-v1.json', 'utf8'),
) as ParamsDocument;
const KEY = new WatermarkKey(new Uint8Array(32).fill(5));
const PAYLOAD = Uint8Array.from([0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4]);
const PAYLOAD_HEX = 'deadbeef01020304';
const CLIP = '-f lavfi -i mandelbrot=size=256x192:rate=12:start_scale=1.5:end_pts=60';
const SOUND = '-f lavfi -i sine=frequency=440:sample_rate=22050';
const LENGTH = '-t 2.5 -c:v libx264 -preset ultrafast -crf 12 -pix_fmt yuv420p -c:a aac';

function made(name: string, ffmpegArguments: string): string {
  const path = folder.path(name);
  if (!existsSync(path)) makeMedia(path, ffmpegArguments);
  return path;
}

const clip = (): string => made('clip.mp4', `${CLIP} ${SOUND} ${LENGTH}`);

async function embed(
  path: string,
  output: string,
  onProgress?: (part: number) => void,
): ReturnType<typeof report> {
  return report(path, folder.path(output), onProgress);
}

async function report(
  path: string,
  output: string,
  onProgress?: (part: number) => void,
): Promise<Awaited<ReturnType<NonNullable<typeof VIDEO_SCHEME.embed>>>> {
  return VIDEO_SCHEME.embed!({
    document: DOCUMENT,
    key: KEY,
    payload: PAYLOAD,
    content: { path },
    output,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

async function marked(): Promise<string> {
  const path = folder.path('marked.mp4');
  if (!existsSync(path)) await embed(clip(), 'marked.mp4');
  return path;
}

async function detect(path: string, key = KEY): Promise<Detection> {
  return VIDEO_SCHEME.detect({ document: DOCUMENT, key, content: { path } });
}

async function attacked(name: string, ffmpegArguments: string): Promise<Detection> {
  const path = folder.path(name);
  await transcodeMedia(await marked(), path, ffmpegArguments.split(' '));
  return detect(path);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof WatermarkError ? error.code : String(error);
  }
  return 'none';
}

describe('the mark in video', () => {
  it('belongs to the ready-made document', () => {
    expect(schemeOf(DOCUMENT)).toBe(VIDEO_SCHEME);
    expect(VIDEO_SCHEME.payloadBits(DOCUMENT)).toBe(64);
  });

  it('changes pictures no more than it says, keeps size, rate and sound, and tells how far it is', async () => {
    const parts: number[] = [];
    const figures = await embed(clip(), 'again.mp4', (part) => parts.push(part));
    expect(figures.payload_bits).toBe(64);
    expect(Number(figures['psnr'])).toBeGreaterThan(40);
    expect(Number(figures['psnr_lowest'])).toBeGreaterThan(40);
    expect(figures['pictures']).toBe(30);
    expect(parts).toEqual([...parts].sort((one, other) => one - other));
    expect(parts.at(-1)).toBe(1);
    const probe = await probeMedia(folder.path('again.mp4'));
    expect(probe.video).toMatchObject({ width: 256, height: 192 });
    expect(probe.audio?.codec).toBe('aac');
  });

  it('is found with its payload and evidence of every segment', async () => {
    const found = await detect(await marked());
    expect(found).toMatchObject({ decision: 'detected', payload: PAYLOAD_HEX, bits: 64, raw_total: 512 });
    expect(found.threshold.met).toBe(true);
    expect(found.local.map(({ place }) => place)).toEqual(['0.0s-2.5s']);
    expect(Number(found.local[0].p_value)).toBeLessThan(1e-6);
  });

  it('gives the same evidence for a file and for bytes, each time', async () => {
    const path = await marked();
    const bytes = readFileSync(path);
    const again = await VIDEO_SCHEME.detect({ document: DOCUMENT, key: KEY, content: { bytes } });
    expect(again).toEqual(await detect(path));
  });

  it.each([
    ['compression', 'crf.mp4', '-an -c:v libx264 -preset veryfast -crf 30'],
    ['a smaller size', 'small.mp4', '-an -vf scale=192:144 -c:v libx264 -preset veryfast -crf 20'],
    ['every second picture dropped', 'drop.mkv', '-an -vf select=not(mod(n\\,2)) -fps_mode vfr -c:v ffv1'],
    ['repeated pictures', 'twice.mkv', '-an -r 30 -c:v ffv1'],
    ['another container and rate', 'slow.mkv', '-an -vf setpts=PTS*3 -r 5 -c:v ffv1'],
    ['a quarter turn', 'turn.mkv', '-an -vf transpose=1 -c:v ffv1'],
  ])('survives %s', async (_, name, ffmpegArguments) => {
    expect(await attacked(name, ffmpegArguments)).toMatchObject({
      decision: 'detected',
      payload: PAYLOAD_HEX,
    });
  });

  it('is found where only a part of the video is marked', async () => {
    const list = folder.path('parts.mkv');
    const other = made(
      'other.mp4',
      `-f lavfi -i testsrc=size=256x192:rate=12 -t 10 -c:v libx264 -crf 12 -pix_fmt yuv420p`,
    );
    makeMedia(list, `-i ${other} -i ${await marked()} -filter_complex [0:v][1:v]concat=n=2:v=1 -c:v ffv1`);
    const found = await detect(list);
    expect(found).toMatchObject({ decision: 'detected', payload: PAYLOAD_HEX });
    expect(found.local).toHaveLength(2);
    const [without, withMark] = found.local.map((place) => Number(place.p_value));
    expect(without).toBeGreaterThan(0.001);
    expect(withMark).toBeLessThan(1e-6);
  });
});

describe('no mark in video', () => {
  it('is found in what was never marked, nor with another key', async () => {
    expect(await detect(clip())).toMatchObject({ decision: 'not-detected', corrected: 0 });
    const found = await detect(await marked(), new WatermarkKey(new Uint8Array(32).fill(6)));
    expect(found.decision).toBe('not-detected');
    expect(found.payload).toBeUndefined();
  });

  it.each([
    ['black', '-f lavfi -i color=black:size=96x64:rate=5 -t 1'],
    ['one picture', '-f lavfi -i testsrc=size=96x64:rate=5 -frames:v 1'],
    ['ten bits', '-f lavfi -i testsrc=size=96x64:rate=5 -t 1 -pix_fmt yuv420p10le'],
    ['odd sizes', '-f lavfi -i testsrc=size=97x65:rate=5 -t 1 -pix_fmt yuv444p'],
  ])('is found in %s', async (name, source) => {
    const path = made(`${name.replace(' ', '-')}.mkv`, `${source} -c:v ffv1`);
    const found = await detect(path);
    expect(found).toMatchObject({ decision: 'not-detected' });
  });
});

describe('bad input', () => {
  const cases: [string, () => string, string][] = [
    [
      'text',
      () => {
        writeFileSync(folder.path('t.mp4'), 'no video');
        return folder.path('t.mp4');
      },
      'MEDIA_UNSUPPORTED',
    ],
    ['sound only', () => made('sound.wav', `${SOUND} -t 1`), 'MEDIA_UNSUPPORTED'],
    [
      'a file that is cut off',
      () => {
        const path = folder.path('cut.mp4');
        writeFileSync(path, readFileSync(clip()));
        truncateSync(path, Math.floor(statSync(path).size / 3));
        return path;
      },
      'MEDIA_UNREADABLE',
    ],
    [
      'one pixel',
      () =>
        made(
          'pixel.mkv',
          '-f lavfi -i color=gray:size=16x16:rate=5 -t 1 -vf crop=1:1:exact=1,format=gray -c:v ffv1',
        ),
      'MEDIA_TOO_SMALL',
    ],
    [
      'a strip',
      () => made('strip.mkv', '-f lavfi -i color=gray:size=1600x64:rate=5 -t 1 -c:v ffv1'),
      'MEDIA_TOO_SMALL',
    ],
  ];

  it.each(cases)('%s is refused by both and nothing is written', async (_, path, code) => {
    expect(await codeOf(detect(path()))).toBe(code);
    expect(await codeOf(embed(path(), 'never.mp4'))).toBe(code);
    expect(existsSync(folder.path('never.mp4'))).toBe(false);
  });

  it('a payload of other length, another ending or another key is refused', async () => {
    const task = {
      document: DOCUMENT,
      key: KEY,
      payload: PAYLOAD,
      content: { path: clip() },
      output: folder.path('n.mp4'),
    };
    expect(await codeOf(VIDEO_SCHEME.embed!({ ...task, payload: PAYLOAD.subarray(1) }))).toBe(
      'PAYLOAD_MALFORMED',
    );
    expect(await codeOf(VIDEO_SCHEME.embed!({ ...task, output: folder.path('n.gif') }))).toBe(
      'MEDIA_UNSUPPORTED',
    );
    const document = { ...DOCUMENT, key_commitment: 'ab'.repeat(32) };
    expect(await codeOf(VIDEO_SCHEME.embed!({ ...task, document }))).toBe('KEY_COMMITMENT_MISMATCH');
    expect(await codeOf(VIDEO_SCHEME.detect({ ...task, document }))).toBe('KEY_COMMITMENT_MISMATCH');
    expect(existsSync(task.output)).toBe(false);
  });

  it('pictures that cannot carry the payload at the quality asked for are told of', async () => {
    const strength = { psnr: '59.99', flat_change: '0.1', pilot_gain: '1.4' };
    const document = { ...DOCUMENT, params: { ...DOCUMENT.params, strength } };
    const task = {
      document,
      key: KEY,
      payload: PAYLOAD,
      content: { path: clip() },
      output: folder.path('never.mp4'),
    };
    expect(await codeOf(VIDEO_SCHEME.embed!(task))).toBe('MEDIA_TOO_SMALL');
    expect(existsSync(folder.path('never.mp4'))).toBe(false);
  });

  it.each([
    ['/segments/most', { segments: { burst: 24, frames: 96, most: 4000 } }],
    ['/hypotheses', { hypotheses: 1 }],
    ['/strength', { strength: { psnr: '5', flat_change: '2.2', pilot_gain: '1.4' } }],
    ['an unknown member', { more: 1 }],
  ])('a document with %s out of range is refused', (_, change) => {
    const document = { ...DOCUMENT, params: { ...DOCUMENT.params, ...change } };
    expect(() => schemeOf(document)).toThrow(WatermarkError);
  });

  it('stops for the caller', async () => {
    const controller = new AbortController();
    controller.abort();
    const task = { document: DOCUMENT, key: KEY, content: { path: clip() }, signal: controller.signal };
    expect(await codeOf(VIDEO_SCHEME.detect(task))).toBe('ABORTED');
    const output = folder.path('never.mp4');
    expect(await codeOf(VIDEO_SCHEME.embed!({ ...task, payload: PAYLOAD, output }))).toBe('ABORTED');
    expect(existsSync(output)).toBe(false);
  });
});
