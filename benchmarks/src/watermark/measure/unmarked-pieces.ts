import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { type PreparedContent } from '../corpus/corpus';
import { exists } from '../corpus/packages';
import { runProgram } from '../corpus/run-program';
import { UNMARKED_SECONDS, UNMARKED_SIDE } from '../limits';

/** Seconds of film that are looked at. */
const FILM_SECONDS = 2;
const TEXT_CHARACTERS = 1200;
/** Words become token ids below this, for detectors that take ids only. */
const VOCABULARY = 4096;

/** Short unmarked pieces of corpus contents of one medium; made once. */
export async function unmarkedPieces(
  folder: string,
  contents: readonly PreparedContent[],
  asTokens: boolean,
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const pieces = [];
  for (const content of contents) {
    const name = basename(content.path).replace(/\.[a-z0-9]+$/, '');
    const file = join(
      folder,
      `${name}-${content.sha256.slice(0, 8)}${asTokens ? '.json' : endingOf(content)}`,
    );
    if (!(await exists(file))) await MAKERS[content.medium](content.path, file);
    pieces.push(file);
  }
  return pieces;
}

function endingOf({ path }: PreparedContent): string {
  return /\.[a-z0-9]+$/.exec(path)?.[0] ?? '';
}

const MAKERS: Readonly<Record<PreparedContent['medium'], (input: string, output: string) => Promise<void>>> =
  {
    image: cutPicture,
    audio: (input, output) => cutStream(input, output, UNMARKED_SECONDS, ['-c:a', 'pcm_s16le']),
    video: (input, output) =>
      cutStream(input, output, FILM_SECONDS, ['-c:v', 'libx264', '-crf', '16', '-an']),
    text: cutText,
  };

async function cutPicture(input: string, output: string): Promise<void> {
  const { width, height } = await sharp(input).metadata();
  const size = { width: Math.min(width, UNMARKED_SIDE), height: Math.min(height, UNMARKED_SIDE) };
  const left = (width - size.width) >> 1;
  const top = (height - size.height) >> 1;
  await sharp(input)
    .extract({ left, top, ...size })
    .png()
    .toFile(output);
}

async function cutStream(
  input: string,
  output: string,
  seconds: number,
  coding: readonly string[],
): Promise<void> {
  await runProgram('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-ss',
    '1',
    '-i',
    input,
    '-t',
    String(seconds),
    ...coding,
    output,
  ]);
}

async function cutText(input: string, output: string): Promise<void> {
  const text = (await readFile(input, 'utf8')).slice(0, TEXT_CHARACTERS);
  await writeFile(output, output.endsWith('.json') ? JSON.stringify(tokenIds(text)) : text);
}

function tokenIds(text: string): number[] {
  return (text.match(/\S+/g) ?? []).map(
    (word) => createHash('sha256').update(word).digest().readUInt32BE() % VOCABULARY,
  );
}
