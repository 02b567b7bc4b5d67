import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Results by what they are of, on disk: an interrupted run goes on, and what did not change is not measured again. */
export class ResultStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The kept result, or undefined. A damaged file counts as none. */
  async get<Result>(key: string): Promise<Result | undefined> {
    try {
      return JSON.parse(await readFile(this.#file(key), 'utf8')) as Result;
    } catch {
      return undefined;
    }
  }

  async put(key: string, result: unknown): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const file = this.#file(key);
    await writeFile(`${file}.${process.pid}`, JSON.stringify(result));
    await rename(`${file}.${process.pid}`, file);
  }

  #file(key: string): string {
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  }
}
