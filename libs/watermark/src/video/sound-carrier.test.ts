import { existsSync, readFileSync } from 'node:fs';
import { type ParamsDocument } from '@maker-registry/protocol';
import { AUDIO_SCHEME } from '../audio/audio-scheme';
import { WatermarkError } from '../errors/watermark-error';
import { WatermarkKey } from '../keys/watermark-key';
import { transcodeMedia } from '../media/media-transcode';
import { schemeOf } from '../scheme/scheme-table';
import { makeMedia, sampleFolder } from '../testing/sample-media';
import { videoParams } from './video-params';
import { VIDEO_SCHEME } from './video-scheme';

jest.setTimeout(120_000);

const folder = sampleFolder();
afterAll(folder.remove);

const DOCUMENT = JSON.parse(
  readFileSync('libs/watermark/schemes/video-fourier-audio-v1.json', 'utf8'),
) as ParamsDocument;
const KEY = new WatermarkKey(new Uint8Array(32).fill(8));
const PAYLOAD = Uint8Array.from([9, 8, 7, 6, 5, 4, 3, 2]);
const PICTURES = '-f lavfi -i testsrc2=size=128x96:rate=5';
const CODERS = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a flac';

async function embed(source: string, output: string): Promise<unknown> {
  return VIDEO_SCHEME.embed!({
    document: DOCUMENT,
    key: KEY,
    payload: PAYLOAD,
    content: { path: source },
    output: folder.path(output),
  });
}

describe('the sound of a video as second carrier', () => {
  it('says by itself that the mark is there when the pictures are replaced', async () => {
    const clip = folder.path('clip.mkv');
    makeMedia(
      clip,
      `${PICTURES} -f lavfi -i anoisesrc=color=pink:sample_rate=44100:amplitude=0.5:seed=4 -t 24 ${CODERS}`,
    );
    expect(await embed(clip, 'marked.mkv')).toMatchObject({ payload_bits: 64, audio_payload_bits: 64 });
    const found = await VIDEO_SCHEME.detect({
      document: DOCUMENT,
      key: KEY,
      content: { path: folder.path('marked.mkv') },
    });
    expect(found).toMatchObject({ decision: 'detected', payload: Buffer.from(PAYLOAD).toString('hex') });
    expect(found.local.some(({ place }) => place === 'audio')).toBe(true);

    const black = folder.path('black.mkv');
    await transcodeMedia(folder.path('marked.mkv'), black, [
      ...['-vf', 'drawbox=c=black:t=fill', '-c:v', 'ffv1', '-c:a', 'copy'],
    ]);
    const heard = await VIDEO_SCHEME.detect({ document: DOCUMENT, key: KEY, content: { path: black } });
    expect(heard.decision).toBe('inconclusive');
    const [sound] = heard.local;
    expect(sound.place).toBe('audio');
    expect(Number(sound.p_value)).toBeLessThan(1e-6);
  });

  it('goes along as it is where it is silent, and may be missing', async () => {
    const silent = folder.path('silent.mkv');
    makeMedia(silent, `${PICTURES} -f lavfi -i anullsrc=r=8000 -t 2 ${CODERS}`);
    expect(await embed(silent, 'silent-marked.mkv')).toMatchObject({ audio_payload_bits: 0 });
    const mute = folder.path('mute.mkv');
    makeMedia(mute, `${PICTURES} -t 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p`);
    expect(await embed(mute, 'mute-marked.mkv')).toMatchObject({ audio_payload_bits: 0 });
    expect(existsSync(folder.path('mute-marked.mkv'))).toBe(true);
  });

  it('says nothing where it cannot be decoded, and the pictures are judged all the same', async () => {
    const broken = folder.path('broken.mkv');
    makeMedia(
      broken,
      `${PICTURES} -f lavfi -i anullsrc=r=8000 -t 2 -af atrim=end_sample=0 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_s16le`,
    );
    await expect(
      AUDIO_SCHEME.detect({
        document: JSON.parse(
          readFileSync('libs/watermark/schemes/audio-patchwork-v1.json', 'utf8'),
        ) as ParamsDocument,
        key: KEY,
        content: { path: broken },
      }),
    ).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE' });
    const found = await VIDEO_SCHEME.detect({ document: DOCUMENT, key: KEY, content: { path: broken } });
    expect(found.decision).toBe('not-detected');
    expect(found.local.filter(({ place }) => place.startsWith('audio'))).toEqual([]);
  });

  it('carries no more bits than the pictures, and its parameters are checked', () => {
    const sound = videoParams(DOCUMENT).audio!;
    const longer = { ...DOCUMENT, params: { ...DOCUMENT.params, audio: { ...sound, payload_bits: 96 } } };
    expect(() => VIDEO_SCHEME.payloadBits(longer as unknown as ParamsDocument)).toThrow(WatermarkError);
    const unknown = { ...DOCUMENT, params: { ...DOCUMENT.params, audio: { loud: true } } };
    expect(() => schemeOf(unknown as unknown as ParamsDocument)).toThrow(WatermarkError);
    expect(AUDIO_SCHEME.name).toBe('audio-patchwork');
  });
});
