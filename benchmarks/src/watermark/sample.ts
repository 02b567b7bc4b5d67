import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Medium } from '@maker-registry/watermark';
import { sha256Of } from './corpus/corpus';
import { type Measured } from './measure/measured';
import { type MeasuredContent } from './measure/measure-content';
import { standingOf } from './measure/tally';

/** Attacks of a sampled run: one or two of each medium, cheap, and survived by anything worth having. */
export const SAMPLE_ATTACKS: Readonly<Record<Medium, readonly string[]>> = {
  image: ['jpeg-75', 'resize-75'],
  audio: ['mp3-128'],
  video: [],
  text: ['substitute-10'],
  weights: ['int8-row'],
};
export const SAMPLE_MEDIA: readonly Medium[] = ['image', 'audio', 'text', 'weights'];
/** Detections on unmarked contents of each medium. */
export const SAMPLE_UNMARKED = 6;

const SIDE = 448;
const SAMPLE_RATE = 44_100;
const SAMPLE_SECONDS = 12;

/** Contents made on the spot, because a test must not hang on packages: two pictures, a sound and a text. */
export async function sampleContents(
  medium: Medium,
  folder: string,
  page: string,
): Promise<MeasuredContent[]> {
  await mkdir(folder, { recursive: true });
  if (medium === 'image') {
    return [
      await made(folder, 'image-made-1.png', await picture(1)),
      await made(folder, 'image-made-2.png', await picture(5)),
    ];
  }
  if (medium === 'audio') return [await made(folder, 'audio-made.wav', sound())];
  if (medium === 'text')
    return [await made(folder, 'text-made.txt', Buffer.from(await readFile(page, 'utf8')))];
  return [];
}

async function made(folder: string, name: string, bytes: Buffer): Promise<MeasuredContent> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { id: name.replace(/\..*$/, ''), kind: 'made', path, sha256: sha256Of(bytes) };
}

/** Hills of several widths with grain: neither flat nor noise. */
async function picture(seed: number): Promise<Buffer> {
  const data = Buffer.alloc(SIDE * SIDE * 3);
  let grain = seed;
  for (let at = 0; at < SIDE * SIDE; at += 1) {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    grain = (Math.imul(grain, 1_103_515_245) + 12_345) >>> 0;
    const wave = Math.sin(x / (9 + seed)) * 22 + Math.cos((x + y * seed) / 31) * 34 + Math.sin(y / 5.5) * 12;
    for (let color = 0; color < 3; color += 1) {
      data[at * 3 + color] = 118 + wave + color * 8 + ((grain >>> 24) - 128) / 9;
    }
  }
  return sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toBuffer();
}

/** Chords with a beat and hiss, as 16-bit WAV. */
function sound(): Buffer {
  const count = SAMPLE_RATE * SAMPLE_SECONDS;
  const bytes = Buffer.alloc(44 + count * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + count * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(SAMPLE_RATE, 24);
  bytes.writeUInt32LE(SAMPLE_RATE * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(count * 2, 40);
  let grain = 1;
  for (let at = 0; at < count; at += 1) {
    const time = at / SAMPLE_RATE;
    grain = (Math.imul(grain, 1_103_515_245) + 12_345) >>> 0;
    const beat = 1 - 0.6 * ((time * 2) % 1);
    const tones = [220, 277.2, 329.6, 1760, 3322].reduce(
      (sum, pitch, voice) => sum + Math.sin(2 * Math.PI * pitch * time) / (voice + 2),
      0,
    );
    bytes.writeInt16LE(Math.round(9000 * beat * tones + ((grain >>> 16) - 32_768) / 14), 44 + at * 2);
  }
  return bytes;
}

/** What is wrong with the figures of a sampled run; nothing if all is sane. */
export function sampleFaults({ contents, unmarked }: Measured): string[] {
  const names = [...new Set(contents.map(({ contestant }) => contestant))];
  const faults = names.flatMap((name) => {
    const standing = standingOf(
      name,
      contents.filter(({ contestant }) => contestant === name),
    );
    const lost = standing.tallies.find(({ attack }) => attack === 'none');
    return [
      ...(lost === undefined || lost.exact < lost.contents ? [`${name} does not find its own mark.`] : []),
      ...((standing.quality['psnr']?.worst ?? Infinity) < 35
        ? [`${name} marks visibly: PSNR below 35 dB.`]
        : []),
      ...((standing.quality['segmental_snr']?.worst ?? Infinity) < 20
        ? [`${name} marks audibly: below 20 dB.`]
        : []),
    ];
  });
  const alarms = unmarked.filter(({ detected }) => detected > 0);
  const none = names.length === 0 ? ['Nothing was measured.'] : [];
  return [
    ...none,
    ...faults,
    ...alarms.map(({ contestant }) => `${contestant} found a mark where there is none.`),
  ];
}
