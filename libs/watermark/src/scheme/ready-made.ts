import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenedScheme, readSchemeDocument } from './read-scheme-document';

/** Where the documents of this package lie: beside `src` and `dist`. */
export const READY_MADE_FOLDER = join(__dirname, '..', '..', 'schemes');
const ENDING = '.json';

/** A document of this package, by its file's name without ending. */
export interface ReadyMade extends OpenedScheme {
  readonly name: string;
}

/** Every ready-made document, by name in order. */
export async function readyMadeSchemes(folder = READY_MADE_FOLDER): Promise<readonly ReadyMade[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(ENDING)).sort();
  return await Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -ENDING.length),
      ...readSchemeDocument(await readFile(join(folder, file))),
    })),
  );
}
