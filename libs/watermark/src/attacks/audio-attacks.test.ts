import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readSound } from '../media/audio-file';
import { probeMedia } from '../media/media-probe';
import { drawnSound, waveFile } from '../testing/drawn-sound';
import { makeMedia, sampleFolder } from '../testing/sample-media';
import { AUDIO_ATTACKS } from './audio-attacks';

// Programs are started, and machines may be busy.
jest.setTimeout(60_000);

const RATE = 16_000;
const files = sampleFolder();
afterAll(files.remove);
const plain = files.path('plain.wav');
writeFileSync(plain, waveFile(drawnSound(2, RATE, 1), RATE));

async function samplesOf(path: string): Promise<number[]> {
  const samples: number[] = [];
  for await (const { channels } of readSound(await probeMedia(path))) samples.push(...channels[0]);
  return samples;
}

async function attacked(name: string, output = `${name}.wav`): Promise<number[]> {
  await AUDIO_ATTACKS.find((attack) => attack.name === name)!.apply(plain, files.path(output));
  return samplesOf(files.path(output));
}

function energy(samples: readonly number[]): number {
  return samples.reduce((sum, value) => sum + value * value, 0);
}

describe('attacks on sound', () => {
  it('have names of their own and are all of sound', () => {
    expect(new Set(AUDIO_ATTACKS.map(({ name }) => name)).size).toBe(AUDIO_ATTACKS.length);
    expect(AUDIO_ATTACKS.every(({ medium }) => medium === 'audio')).toBe(true);
  });

  it.each([
    ['noise-20db', 20],
    ['noise-30db', 30],
  ])('add noise that lies as far below the sound as they say: %s', async (name, decibels) => {
    const before = await samplesOf(plain);
    const after = await attacked(name);
    const noise = after.map((value, index) => value - before[index]);
    expect(10 * Math.log10(energy(before) / energy(noise))).toBeCloseTo(decibels, 0);
  });

  it('add the same noise again', async () => {
    await attacked('pink-noise-0.01');
    await attacked('pink-noise-0.01', 'again.wav');
    expect(
      readFileSync(files.path('again.wav')).equals(readFileSync(files.path('pink-noise-0.01.wav'))),
    ).toBe(true);
  });

  it('cut off the part that they say', async () => {
    const before = await samplesOf(plain);
    expect(await attacked('crop-start-30')).toEqual(before.slice(Math.floor(before.length * 0.3)));
    expect(await attacked('crop-end-30')).toEqual(before.slice(0, Math.floor(before.length * 0.7)));
  });

  it.each([
    ['speed-1.25', 1.25],
    ['speed-0.95', 0.95],
    ['tempo-1.05', 1.05],
  ])('change the length as much as they say: %s', async (name, factor) => {
    const { length } = await attacked(name);
    expect(Math.abs(length - (2 * RATE) / factor)).toBeLessThan(0.03 * RATE);
  });

  it('cut off at full scale and never wrap around', async () => {
    const before = await samplesOf(plain);
    const after = await attacked('boost-10');
    expect(after.every((value, index) => value * before[index] >= 0)).toBe(true);
    expect(Math.max(...after)).toBe(32_767 / 32_768);
  });

  it.each(['noise-20db', 'lowpass-500', 'crop-30-speed-1.03-mp3-64'])(
    'refuse content without sound, and write nothing: %s',
    async (name) => {
      const mute = files.path('mute.mkv');
      if (!existsSync(mute)) makeMedia(mute, '-f lavfi -i testsrc2=size=64x64:rate=5 -t 1 -c:v ffv1');
      const attack = AUDIO_ATTACKS.find((one) => one.name === name)!;
      await expect(attack.apply(mute, files.path('never.wav'))).rejects.toMatchObject({
        code: 'MEDIA_UNSUPPORTED',
      });
      expect(existsSync(files.path('never.wav'))).toBe(false);
    },
  );
});
