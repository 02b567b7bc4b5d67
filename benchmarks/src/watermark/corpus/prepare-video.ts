import { type Preparation } from './manifest';
import { runProgram } from './run-program';

const FRAMES_A_SECOND = 25;
/** Near lossless, so that the first attack is not the preparation. One thread: the same bits on every machine. */
const ENCODING = [
  ...['-c:v', 'libx264', '-preset', 'fast', '-crf', '12', '-threads', '1'],
  ...['-pix_fmt', 'yuv420p'],
];
/** AAC of as good as any service keeps. */
const SOUND_ENCODING = ['-c:a', 'aac', '-b:a', '256k', '-ar', '48000', '-ac', '2'];
const BARE = ['-map_metadata', '-1', '-bitexact'];

/** A file whose sound is laid under the pictures, from so many seconds on. */
export interface Track {
  readonly path: string;
  readonly start: number;
}

/** H.264 in MP4 of the wanted stretch, with even sides; silent without a track. */
export async function prepareVideo(
  inputs: readonly string[],
  track: Track | undefined,
  output: string,
  prepare: Preparation,
): Promise<void> {
  const make = { pan, slides, cut }[prepare.made ?? 'cut'];
  const pictures = track === undefined ? output : `${output}.silent.mp4`;
  const drawn = ['-v', 'error', '-y', ...make(inputs, prepare), '-an', ...ENCODING, ...BARE, pictures];
  await runProgram('ffmpeg', drawn);
  if (track === undefined) return;
  const sound = ['-ss', String(track.start), '-i', track.path];
  const both = ['-map', '0:v:0', '-map', '1:a:0', '-c:v', 'copy', ...SOUND_ENCODING, '-shortest', ...BARE];
  await runProgram('ffmpeg', ['-v', 'error', '-y', '-i', pictures, ...sound, ...both, output]);
}

function cut(inputs: readonly string[], { start = 0, seconds = 5, height = 480 }: Preparation): string[] {
  const scale = `scale=-2:${height}:flags=lanczos`;
  return ['-i', inputs[0] ?? '', '-ss', String(start), '-t', String(seconds), '-vf', scale];
}

/** A view of 16:9 that moves over a picture while it comes nearer. */
function pan(inputs: readonly string[], { seconds = 5, height = 480 }: Preparation): string[] {
  const frames = seconds * FRAMES_A_SECOND;
  const width = evenWidth(height);
  const zoom = `zoompan=z='1.2+0.3*on/${frames}':x='(iw-iw/zoom)*on/${frames}':y='(ih-ih/zoom)/2':d=${frames}:s=${width}x${height}:fps=${FRAMES_A_SECOND}`;
  return ['-i', inputs[0] ?? '', '-vf', zoom, '-frames:v', String(frames)];
}

/** Pictures of equal length cut together, each moving a little. */
function slides(inputs: readonly string[], { seconds = 6, height = 480 }: Preparation): string[] {
  const frames = Math.round((seconds * FRAMES_A_SECOND) / inputs.length);
  const size = `${evenWidth(height)}x${height}`;
  const fit = `scale=${evenWidth(height) * 2}:${height * 2}:force_original_aspect_ratio=increase:flags=lanczos,crop=${evenWidth(height) * 2}:${height * 2}`;
  const parts = inputs.map(
    (_, at) =>
      `[${at}:v]format=rgb24,${fit},zoompan=z='1+0.1*on/${frames}':x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2':d=${frames}:s=${size}:fps=${FRAMES_A_SECOND},setsar=1[p${at}]`,
  );
  const joined = `${inputs.map((_, at) => `[p${at}]`).join('')}concat=n=${inputs.length}:v=1[all]`;
  return [
    ...inputs.flatMap((file) => ['-i', file]),
    ...['-filter_complex', [...parts, joined].join(';'), '-map', '[all]'],
  ];
}

function evenWidth(height: number): number {
  return 2 * Math.round((height * 16) / 9 / 2);
}
