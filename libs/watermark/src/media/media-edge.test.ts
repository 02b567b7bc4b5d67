import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { WatermarkError } from '../errors/watermark-error';
import { makeMedia, sampleFolder } from '../testing/sample-media';
import { withContentFile } from './content-file';
import { decodeAudio, type PcmBlock } from './decoded-audio';
import { decodeVideo, frameBytes, type VideoFrame } from './decoded-video';
import { encodeAudio, encodeVideo } from './media-encoder';
import { MEDIA_LIMITS } from './media-limits';
import { probeMedia } from './media-probe';
import { transcodeMedia } from './media-transcode';

// Programs start slowly on a busy machine.
jest.setTimeout(60_000);

const folder = sampleFolder();
afterAll(folder.remove);

const VIDEO = '-f lavfi -i testsrc2=size=66x50:rate=10:duration=1';
const SOUND = '-f lavfi -i sine=frequency=440:sample_rate=22050:duration=1';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof WatermarkError ? error.code : String(error);
  }
  return 'none';
}

function made(name: string, ffmpegArguments: string): string {
  const path = folder.path(name);
  if (!existsSync(path)) makeMedia(path, ffmpegArguments);
  return path;
}

const both = (): string =>
  made('both.mp4', `${VIDEO} ${SOUND} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac`);

async function decodedFrames(path: string, evenRate = false): Promise<VideoFrame[]> {
  return collect(decodeVideo(await probeMedia(path), { evenRate }));
}

async function decodedBlocks(path: string, sampleBits: 16 | 32 = 16): Promise<PcmBlock[]> {
  return collect(decodeAudio(await probeMedia(path), { sampleBits }));
}

describe('probing', () => {
  it('tells the first video and the first sound', async () => {
    const probe = await probeMedia(both());
    expect(probe.format).toBe('mov');
    expect(probe.video).toMatchObject({ codec: 'h264', width: 66, height: 50, rotation: 0 });
    expect(probe.video!.frameRate.numerator / probe.video!.frameRate.denominator).toBe(10);
    expect(probe.audio).toMatchObject({ codec: 'aac', sampleRate: 22050, channels: 1 });
    expect(probe.seconds).toBeCloseTo(1, 1);
  });

  it('gives the size that is shown where the container asks for a rotation', async () => {
    const turned = folder.path('turned.mp4');
    makeMedia(turned, `-i ${both()} -c copy -metadata:s:v:0 rotate=90`);
    const probe = await probeMedia(turned);
    expect(probe.video).toMatchObject({ width: 50, height: 66 });
    const [frame] = await decodedFrames(turned);
    expect(frame).toMatchObject({ width: 50, height: 66 });
  });

  it('takes a cover picture for no video', async () => {
    const cover = made('cover.png', '-f lavfi -i color=red:size=16x16 -frames:v 1');
    const song = folder.path('song.mp3');
    makeMedia(song, `${SOUND} -i ${cover} -map 0:a -map 1:v -c:a libmp3lame -disposition:v attached_pic`);
    const probe = await probeMedia(song);
    expect(probe.video).toBeUndefined();
    expect(probe.audio?.codec).toBe('mp3');
  });

  it.each([
    ['an empty file', '', 'MEDIA_UNREADABLE'],
    ['one byte', 'x', 'MEDIA_UNSUPPORTED'],
    ['text', 'Once upon a time there was no container here.', 'MEDIA_UNSUPPORTED'],
    ['a head without a body', '\x00\x00\x00\x18ftypmp42', 'MEDIA_UNREADABLE'],
    ['a lying wave file', 'RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff', 'MEDIA_UNREADABLE'],
    ['a Matroska head and noise', `\x1a\x45\xdf\xa3${'\x9b'.repeat(500)}`, 'MEDIA_UNREADABLE'],
  ])('refuses %s', async (_, content, code) => {
    const path = folder.path('bad');
    writeFileSync(path, Buffer.from(content, 'latin1'));
    expect(await codeOf(probeMedia(path))).toBe(code);
  });

  it('refuses folders and what does not exist', async () => {
    mkdirSync(folder.path('dir'), { recursive: true });
    expect(await codeOf(probeMedia(folder.path('dir')))).toBe('MEDIA_UNREADABLE');
    expect(await codeOf(probeMedia(folder.path('nothing.mp4')))).toBe('MEDIA_UNREADABLE');
    expect(await codeOf(probeMedia('/dev/zero'))).toBe('MEDIA_UNREADABLE');
  });

  it.each([
    ['bytes', { maxBytes: 100 }],
    ['seconds', { maxSeconds: 0.5 }],
    ['pixels', { maxPixels: 1000 }],
    ['streams', { maxStreams: 1 }],
    ['channels', { maxChannels: 0 }],
    ['sample rate', { maxSampleRate: 8000 }],
  ])('refuses more %s than allowed before decoding', async (_, limit) => {
    const limits = { ...MEDIA_LIMITS, ...limit };
    expect(await codeOf(probeMedia(both(), { limits }))).toBe('MEDIA_TOO_LARGE');
  });

  it('decodes nothing of a picture far above the limit, not even to tell its size', async () => {
    const bomb = made('bomb.mkv', '-f lavfi -i color=red:size=200x200:rate=1:duration=1 -c:v png');
    const cover = made('bomb.png', '-f lavfi -i color=red:size=200x200 -frames:v 1');
    const limits = { ...MEDIA_LIMITS, maxPixels: 1000 };
    expect(await codeOf(probeMedia(bomb, { limits }))).toBe('MEDIA_UNREADABLE');
    const song = made('bomb.mp3', `${SOUND} -i ${cover} -map 0:a -map 1:v -disposition:v attached_pic`);
    const probe = await probeMedia(song, { limits });
    expect((await collect(decodeAudio(probe, { limits }))).length).toBeGreaterThan(0);
  });
});

describe('files that name other files', () => {
  // The published weakness of ffmpeg front-ends: an uploaded playlist makes the server read its own files.
  const scripts: [string, (secret: string) => string][] = [
    [
      'playlist.m3u8',
      (secret) => `#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\nfile://${secret}\n#EXT-X-ENDLIST\n`,
    ],
    ['script.ffconcat', (secret) => `ffconcat version 1.0\nfile '${secret}'\n`],
    ['script.concat', (secret) => `file '${secret}'\n`],
    ['frame%03d.png', () => 'not a picture'],
    [
      'session.sdp',
      () => 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n',
    ],
    ['manifest.mpd', (secret) => `<?xml version="1.0"?><MPD><BaseURL>file://${secret}</BaseURL></MPD>`],
    ['playlist.mp4', (secret) => `#EXTM3U\n#EXTINF:1.0,\nconcat:${secret}|${secret}\n#EXT-X-ENDLIST\n`],
  ];

  it.each(scripts)('%s is not opened', async (name, content) => {
    const path = folder.path(name);
    writeFileSync(path, content(both()));
    expect(await codeOf(probeMedia(path))).toBe('MEDIA_UNSUPPORTED');
    expect(await codeOf(transcodeMedia(path, folder.path('leak.mkv'), []))).toBe('MEDIA_UNSUPPORTED');
    expect(existsSync(folder.path('leak.mkv'))).toBe(false);
  });

  it('a playlist behind a forged head is not opened as one either', async () => {
    const path = folder.path('forged.mp4');
    writeFileSync(path, `\x00\x00\x00\x08free#EXTM3U\n#EXTINF:1.0,\nfile://${both()}\n#EXT-X-ENDLIST\n`);
    expect(await codeOf(probeMedia(path))).toBe('MEDIA_UNREADABLE');
  });

  it('a name that is a protocol is only a name', async () => {
    const name = `concat:${both()}|${both()}`;
    expect(await codeOf(probeMedia(name))).toBe('MEDIA_UNREADABLE');
  });
});

describe('decoding sound', () => {
  it('gives every sample of a lossless file as it is', async () => {
    const path = made('tone.wav', `${SOUND} -ac 2 -c:a pcm_s16le`);
    const samples = (await decodedBlocks(path)).flatMap((block) => [...block]);
    const file = readFileSync(path);
    const data = file.subarray(file.indexOf('data') + 8);
    expect(samples).toEqual([
      ...new Int16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length)),
    ]);
    expect(samples.length).toBe(2 * 22050);
  });

  it('comes in blocks of one size, and with 32 bits shifted up', async () => {
    const path = made('tone.flac', `${SOUND} -c:a flac`);
    const [first, second] = await decodedBlocks(path);
    expect([first.length, second.length]).toEqual([16_384, 22_050 - 16_384]);
    const [wide] = await decodedBlocks(path, 32);
    expect([...wide.slice(0, 50)]).toEqual([...first.slice(0, 50)].map((sample) => sample * 65_536));
  });

  it.each(['tone.mp3', 'tone.m4a', 'tone.ogg', 'tone.opus', 'tone.aac', 'tone.aiff', 'tone.caf'])(
    'reads %s',
    async (name) => {
      const probe = await probeMedia(made(name, SOUND));
      const samples = (await collect(decodeAudio(probe))).reduce((sum, block) => sum + block.length, 0);
      expect(samples / probe.audio!.sampleRate).toBeGreaterThan(0.99);
      expect(samples / probe.audio!.sampleRate).toBeLessThan(1.2);
    },
  );

  it('refuses what has no sound', async () => {
    const mute = made('mute.mkv', `${VIDEO} -c:v ffv1`);
    expect(await codeOf(decodedBlocks(mute))).toBe('MEDIA_UNSUPPORTED');
  });

  it('stops a sound that goes on for longer than it declared', async () => {
    const probe = await probeMedia(made('tone.wav', `${SOUND} -ac 2 -c:a pcm_s16le`));
    const limits = { ...MEDIA_LIMITS, maxSeconds: 0.8 };
    expect(await codeOf(collect(decodeAudio(probe, { limits })))).toBe('MEDIA_TOO_LARGE');
  });

  it('is stopped by the caller', async () => {
    const probe = await probeMedia(made('tone.wav', `${SOUND} -ac 2 -c:a pcm_s16le`));
    const controller = new AbortController();
    controller.abort();
    expect(await codeOf(collect(decodeAudio(probe, { signal: controller.signal })))).toBe('ABORTED');
  });
});

describe('decoding pictures', () => {
  it('gives every picture with its planes', async () => {
    const frames = await decodedFrames(both());
    expect(frames.length).toBe(10);
    expect(frames[0].bytes.length).toBe(frameBytes(66, 50));
    expect(frames[0].luma.length).toBe(66 * 50);
  });

  it.each([
    ['odd sizes', 'odd.mkv', `-f lavfi -i testsrc=size=33x17:rate=5:duration=1 -c:v ffv1`, 33, 17],
    [
      'one pixel',
      'one.mkv',
      `-f lavfi -i color=gray:size=16x16:rate=5:duration=1 -vf crop=1:1:exact=1,format=gray -c:v ffv1`,
      1,
      1,
    ],
    ['ten bits', 'ten.mkv', `${VIDEO} -c:v ffv1 -pix_fmt yuv420p10le`, 66, 50],
    ['full color', 'full.mkv', `${VIDEO} -c:v ffv1 -pix_fmt bgr0`, 66, 50],
  ])('reads %s', async (_, name, ffmpegArguments, width, height) => {
    const frames = await decodedFrames(made(name, ffmpegArguments));
    expect(frames[0]).toMatchObject({ width, height });
    expect(frames[0].bytes.length).toBe(frameBytes(width, height));
  });

  it('gives uneven pictures once each, or repeated at an even rate', async () => {
    const path = folder.path('uneven.mkv');
    // One argument each: no shell takes the quotes away.
    makeMedia(path, `${VIDEO} -vf select=not(eq(n\\,3)+eq(n\\,4)+eq(n\\,5)) -fps_mode vfr -c:v ffv1`);
    expect((await decodedFrames(path)).length).toBe(7);
    expect((await decodedFrames(path, true)).length).toBeGreaterThan(7);
  });

  it('keeps one size where the size changes in midstream', async () => {
    const small = made('small.ts', '-f lavfi -i testsrc=size=32x32:rate=5:duration=1 -c:v mpeg2video');
    const large = made('large.ts', '-f lavfi -i testsrc=size=96x64:rate=5:duration=1 -c:v mpeg2video');
    const path = folder.path('joined.ts');
    writeFileSync(path, Buffer.concat([readFileSync(small), readFileSync(large)]));
    const frames = await decodedFrames(path);
    expect(frames.length).toBeGreaterThan(6);
    expect(new Set(frames.map((frame) => frame.bytes.length))).toEqual(new Set([frameBytes(32, 32)]));
  });

  it('gives what is left of a truncated file, and an error where nothing is', async () => {
    const path = folder.path('cut.mkv');
    writeFileSync(path, readFileSync(made('mute.mkv', `${VIDEO} -c:v ffv1`)));
    truncateSync(path, Math.floor(readFileSync(path).length / 2));
    const left = (await decodedFrames(path)).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(10);
    truncateSync(path, 700);
    expect(await codeOf(decodedFrames(path))).toBe('MEDIA_UNREADABLE');
  });

  it('refuses what has no video', async () => {
    expect(await codeOf(decodedFrames(made('tone.flac', `${SOUND} -c:a flac`)))).toBe('MEDIA_UNSUPPORTED');
  });

  it('can be left early and stopped in the middle', async () => {
    const probe = await probeMedia(both());
    for await (const frame of decodeVideo(probe)) {
      expect(frame.width).toBe(66);
      break;
    }
    const controller = new AbortController();
    const stopped = async (): Promise<void> => {
      for await (const frame of decodeVideo(probe, { signal: controller.signal })) {
        expect(frame.height).toBe(50);
        controller.abort();
      }
    };
    expect(await codeOf(stopped())).toBe('ABORTED');
  });
});

describe('writing', () => {
  it('writes pictures and takes the sound along', async () => {
    const probe = await probeMedia(both());
    const output = folder.path('again.mp4');
    const { width, height, frameRate, pixelAspect } = probe.video!;
    await encodeVideo({ output, width, height, frameRate, pixelAspect, soundOf: probe }, async (sink) => {
      for await (const frame of decodeVideo(probe, { evenRate: true })) await sink(frame.bytes);
    });
    const again = await probeMedia(output);
    expect(again.video).toMatchObject({ width: 66, height: 50, codec: 'h264' });
    expect(again.audio).toMatchObject({ codec: 'aac', sampleRate: 22050 });
    expect((await decodedFrames(output)).length).toBe(10);
  });

  it('writes odd sizes with the last row repeated', async () => {
    const output = folder.path('odd.mp4');
    const target = {
      output,
      width: 33,
      height: 17,
      frameRate: { numerator: 5, denominator: 1 },
      pixelAspect: '1:1',
    };
    await encodeVideo(target, (sink) => sink(new Uint8Array(frameBytes(33, 17)).fill(128)));
    expect((await probeMedia(output)).video).toMatchObject({ width: 34, height: 18 });
  });

  it.each([16, 32] as const)('writes samples of %i bits without loss', async (sampleBits) => {
    const output = folder.path(`ramp${sampleBits}.flac`);
    const ramp = Int32Array.from({ length: 3000 }, (_, index) => (index - 1500) * 256 * 256);
    const samples = sampleBits === 16 ? Int16Array.from(ramp, (sample) => sample / 65_536) : ramp;
    await encodeAudio({ output, sampleRate: 8000, channels: 2, sampleBits }, (sink) =>
      sink(new Uint8Array(samples.buffer)),
    );
    const [block] = await decodedBlocks(output, sampleBits);
    expect([...block]).toEqual([...samples]);
  });

  it('leaves nothing behind and an existing file as it was when something fails', async () => {
    const output = folder.path('kept/kept.mkv');
    mkdirSync(dirname(output));
    writeFileSync(output, 'kept');
    const target = {
      output,
      width: 16,
      height: 16,
      frameRate: { numerator: 5, denominator: 1 },
      pixelAspect: '1:1',
    };
    const failing = encodeVideo(target, async (sink) => {
      await sink(new Uint8Array(frameBytes(16, 16)));
      throw new WatermarkError('MEDIA_TOO_SMALL', 'no');
    });
    expect(await codeOf(failing)).toBe('MEDIA_TOO_SMALL');
    expect(readFileSync(output, 'utf8')).toBe('kept');
    expect(readdirSync(dirname(output))).toEqual(['kept.mkv']);
  });

  it.each(['.txt', '', '.exe', '.m3u8', '.concat'])('refuses the ending "%s"', async (ending) => {
    const output = folder.path(`out${ending}`);
    const target = {
      output,
      width: 16,
      height: 16,
      frameRate: { numerator: 5, denominator: 1 },
      pixelAspect: '1:1',
    };
    expect(await codeOf(encodeVideo(target, () => Promise.resolve()))).toBe('MEDIA_UNSUPPORTED');
    const sound = { output, sampleRate: 8000, channels: 1, sampleBits: 16 as const };
    expect(await codeOf(encodeAudio(sound, () => Promise.resolve()))).toBe('MEDIA_UNSUPPORTED');
    expect(existsSync(output)).toBe(false);
  });

  it('refuses a folder that does not exist, and pictures that never came', async () => {
    const target = {
      ...{ width: 16, height: 16, frameRate: { numerator: 5, denominator: 1 }, pixelAspect: '1:1' },
      output: folder.path('none.mp4'),
    };
    const nowhere = { ...target, output: folder.path('no/where.mp4') };
    const gray = new Uint8Array(frameBytes(16, 16));
    expect(await codeOf(encodeVideo(nowhere, (sink) => sink(gray)))).toBe('MEDIA_UNREADABLE');
    expect(await codeOf(encodeVideo(target, (sink) => sink(gray.subarray(0, 5))))).not.toBe('none');
  });
});

describe('content in memory', () => {
  it('gets a file for the time of the work', async () => {
    const bytes = readFileSync(both());
    let seen = '';
    const probe = await withContentFile({ bytes }, (path) => {
      seen = path;
      return probeMedia(path);
    });
    expect(probe.video?.width).toBe(66);
    expect(existsSync(seen)).toBe(false);
  });

  it('is refused when empty or too large', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('not called'));
    expect(await codeOf(withContentFile({ bytes: new Uint8Array(0) }, never))).toBe('MEDIA_UNREADABLE');
    expect(await codeOf(withContentFile({ bytes: new Uint8Array(9) }, never, 8))).toBe('MEDIA_TOO_LARGE');
  });
});
