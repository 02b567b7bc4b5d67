import { constants } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isPlainObject, parseStrictJson } from '@maker-registry/protocol';
import { ClientError, systemCode } from '@maker-registry/sdk';
import { MAX_STATE_BYTES } from '../limits';
import { withFileLock } from './file-lock';

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;

/**
 * The guard's own memory on this machine: the device's keys, the operators' keys it trusts, and the newest lists it has
 * seen. A directory only its owner can enter (0700), JSON files of mode 0600, each replaced atomically.
 */
export class StateDirectory {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Opens the directory, making it where it is not there. Throws STATE_MALFORMED when others may enter it. */
  static async open(path: string): Promise<StateDirectory> {
    await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
    const facts = await stat(path);
    if (!facts.isDirectory() || (facts.mode & OTHERS) !== 0) {
      throw new ClientError('STATE_MALFORMED', `${path} can be entered by others. Run: chmod 700 ${path}`, {
        subject: path,
      });
    }
    return new StateDirectory(path);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** The object in a state file, or undefined when the file is not there. Throws STATE_MALFORMED. */
  async read(name: string): Promise<Record<string, unknown> | undefined> {
    const bytes = await this.#bytes(name);
    if (bytes === undefined) return undefined;
    try {
      const value = parseStrictJson(bytes, { maxBytes: MAX_STATE_BYTES });
      if (isPlainObject(value)) return value;
    } catch (error) {
      throw this.malformed(name, error);
    }
    throw this.malformed(name);
  }

  /** Replaces a state file: a crash leaves the old or the new one, never a part. */
  async write(name: string, value: object): Promise<void> {
    const temporary = this.file(`${name}.${process.pid}.new`);
    const handle = await open(temporary, 'w', FILE_MODE);
    try {
      await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`);
      await handle.sync();
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    await rename(temporary, this.file(name));
  }

  /** Runs `work` while no other guard changes the file. */
  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    return await withFileLock(this.file(`${name}.lock`), work);
  }

  malformed(name: string, cause?: unknown): ClientError {
    const path = this.file(name);
    return new ClientError('STATE_MALFORMED', `The state file ${path} is not usable.`, {
      subject: path,
      cause,
    });
  }

  async #bytes(name: string): Promise<Buffer | undefined> {
    try {
      const handle = await open(this.file(name), constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw this.malformed(name, error);
    }
  }
}

/** Where state is kept unless told otherwise: the XDG state directory. */
export function defaultStateDirectory(environment: NodeJS.ProcessEnv): string {
  const base = environment['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state');
  return join(base, 'maker-registry', 'guard');
}
