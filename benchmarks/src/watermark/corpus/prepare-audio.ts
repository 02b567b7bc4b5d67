import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Preparation } from './manifest';
import { plainText } from './prepare-text';
import { runProgram } from './run-program';

/** Headerless recordings say nothing of their coding; ffmpeg must be told. */
const RAW_FORMATS: Readonly<Record<string, readonly string[]>> = { g722: ['-f', 'g722'] };

/** 16-bit WAV of the wanted stretch; several files follow one another. */
export async function prepareAudio(
  inputs: readonly string[],
  output: string,
  prepare: Preparation,
  scratch: string,
): Promise<void> {
  const { start = 0, seconds = 20, rate = 44_100, channels = 2, speak } = prepare;
  const sources = speak === undefined ? inputs : [await spoken(inputs, speak, prepare, scratch)];
  const given = sources.flatMap((file) => [...(RAW_FORMATS[file.split('.').pop() ?? ''] ?? []), '-i', file]);
  const layout = channels === 1 ? 'mono' : 'stereo';
  const parts = sources.map(
    (_, at) => `[${at}:a]aresample=${rate}:resampler=swr,aformat=channel_layouts=${layout}[p${at}]`,
  );
  const joined = `${sources.map((_, at) => `[p${at}]`).join('')}concat=n=${sources.length}:v=0:a=1[all]`;
  await runProgram('ffmpeg', [
    ...['-v', 'error', '-y', '-bitexact', ...given],
    ...['-filter_complex', [...parts, joined].join(';'), '-map', '[all]'],
    ...['-ss', String(start), '-t', String(seconds), '-map_metadata', '-1'],
    ...['-c:a', 'pcm_s16le', '-ar', String(rate), '-ac', String(channels), '-bitexact', output],
  ]);
}

async function spoken(
  inputs: readonly string[],
  voice: string,
  prepare: Preparation,
  scratch: string,
): Promise<string> {
  const text = plainText(await readFile(inputs[0] ?? ''), prepare);
  const wave = join(scratch, 'spoken.wav');
  await runProgram('espeak-ng', ['-v', voice, '-s', '155', '-w', wave, '--stdin'], { input: text });
  return wave;
}
