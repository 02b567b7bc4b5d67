import { type Preparation } from './manifest';
import { runProgram } from './run-program';

const FRAMES_A_SECOND = 25;
/** Near lossless, so that the first attack is not the preparation. One thread: the same bits on every machine. */
const ENCODING = [
  ...['-c:v', 'libx264', '-preset', 'fast', '-crf', '12', '-threads', '1'],
  ...['-pix_fmt', 'yuv420p', '-bitexact'],
];
const SILENT = ['-an', '-map_metadata', '-1'];

/** H.264 in MP4 of the wanted stretch, with even sides. */
export async function prepareVideo(
  inputs: readonly string[],
  output: string,
  prepare: Preparation,
): Promise<void> {
  const make = { pan, slides, cut }[prepare.made ?? 'cut'];
  await runProgram('ffmpeg', ['-v', 'error', '-y', ...make(inputs, prepare), ...SILENT, ...ENCODING, output]);
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
