import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { WatermarkError } from '../errors/watermark-error';
import { type ContentSource } from '../scheme/watermark-scheme';
import { openContent } from './byte-source';
import { writeReplaced } from './replaced-file';

/** Bytes of a text that are read: some two and a half million tokens, a few seconds of work. */
export const MAX_TEXT_BYTES = 10_000_000;
const ID_LIST = 'application/json';

/** A text's bytes, and whether they are a list of token ids and not text. */
export interface TextBytes {
  readonly bytes: Uint8Array;
  readonly isIdList: boolean;
}

/**
 * A whole text. A file whose name ends in `.json` holds token ids, and so do bytes of media type `application/json`.
 *
 * @throws WatermarkError MEDIA_TOO_LARGE above MAX_TEXT_BYTES, MEDIA_UNREADABLE where there is no such file, ABORTED
 */
export async function readTextBytes(content: ContentSource, signal?: AbortSignal): Promise<TextBytes> {
  const source = await openContent(content);
  try {
    if (source.size > MAX_TEXT_BYTES) {
      throw new WatermarkError(
        'MEDIA_TOO_LARGE',
        `The text has ${source.size} bytes; at most ${MAX_TEXT_BYTES} are read. Give parts of it.`,
      );
    }
    const bytes = new Uint8Array(source.size);
    await source.read(0, bytes);
    if (signal?.aborted === true) throw new WatermarkError('ABORTED', 'The work on the text was stopped.');
    return {
      bytes,
      isIdList: 'bytes' in content ? content.mediaType === ID_LIST : isIdListName(content.path),
    };
  } finally {
    await source.close();
  }
}

/** Whether a file of this name holds token ids. */
export function isIdListName(path: string): boolean {
  return extname(path).toLowerCase() === '.json';
}

export async function writeTextFile(output: string, text: string): Promise<void> {
  await writeReplaced(output, (temporary) => writeFile(temporary, text, { encoding: 'utf8', flag: 'wx' }));
}
