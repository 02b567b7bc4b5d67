import { WatermarkError } from '../errors/watermark-error';
import { decodeVideo } from '../media/decoded-video';
import { probeMedia } from '../media/media-probe';
import { makeMedia, sampleFolder } from '../testing/sample-media';
import { VIDEO_ATTACKS } from './video-attacks';

jest.setTimeout(120_000);

const folder = sampleFolder();
const clip = folder.path('clip.mkv');

beforeAll(() => {
  makeMedia(clip, '-f lavfi -i testsrc2=size=720x540:rate=10 -t 0.8 -c:v libx264 -preset ultrafast');
});
afterAll(folder.remove);

/** Width, height and number of pictures where an attack changes them. */
const CHANGES: Readonly<Record<string, readonly [number, number, number]>> = {
  'resize-0.55': [396, 296, 8],
  'resize-0.71': [510, 382, 8],
  'height-480': [640, 480, 8],
  'height-480-crf-30': [640, 480, 8],
  'crop-0.55': [396, 296, 8],
  'crop-0.71': [510, 382, 8],
  'crop-0.71-crf-30': [510, 382, 8],
  'rotate-90': [540, 720, 8],
  'drop-every-second': [720, 540, 4],
  'duplicate-frames': [720, 540, 16],
  'fps-24-to-30': [720, 540, 24],
};

async function pictures(path: string): Promise<[number, number, number]> {
  const probe = await probeMedia(path);
  let count = 0;
  for await (const picture of decodeVideo(probe)) count += picture.height > 0 ? 1 : 0;
  return [probe.video!.width, probe.video!.height, count];
}

describe('attacks on video', () => {
  it('have names of their own', () => {
    expect(new Set(VIDEO_ATTACKS.map(({ name }) => name)).size).toBe(VIDEO_ATTACKS.length);
    expect(VIDEO_ATTACKS.every(({ medium }) => medium === 'video')).toBe(true);
  });

  it.each(
    VIDEO_ATTACKS.filter(({ name }) => name !== 'cut-first-second').map(
      (attack) => [attack.name, attack] as const,
    ),
  )('%s gives a video of the size and length it says', async (name, attack) => {
    const output = folder.path(`${name}.mkv`);
    await attack.apply(clip, output);
    expect(await pictures(output)).toEqual(CHANGES[name] ?? [720, 540, 8]);
  });

  it('refuse what is no video, and write nothing', async () => {
    const attack = VIDEO_ATTACKS[1];
    await expect(attack.apply(__filename, folder.path('never.mkv'))).rejects.toThrow(WatermarkError);
    await expect(pictures(folder.path('never.mkv'))).rejects.toThrow(WatermarkError);
  });
});
