import { access, constants, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClientError, fileError } from '@maker-registry/sdk';
import { WatermarkError } from '@maker-registry/watermark';
import { errorFields, type Tell } from '../events';
import { MAX_OUTPUTS } from '../limits';
import { type OutputMark, watermarkOutput } from './watermark-output';

/** The folder that a command writes its outputs to, and the mark they get. */
export interface WatermarkedOutputs extends OutputMark {
  readonly folder: string;
}

const WORK_PREFIX = '.guard-marking-';

/**
 * Before the command starts: what lies in the folder already would be taken for an output, and outputs are replaced in it. Throws
 * USAGE, FILE_UNREADABLE, FILE_UNWRITABLE.
 */
export async function assertNoOutputs(folder: string): Promise<void> {
  const names = await list(folder);
  await access(folder, constants.W_OK).catch((error: unknown) => {
    throw fileError(error, folder, 'FILE_UNWRITABLE');
  });
  if (names.length === 0) return;
  throw new ClientError('USAGE', `${folder} is not empty: every file in it would count as an output.`, {
    subject: 'watermark-outputs',
  });
}

/**
 * Replaces every file in the folder by its marked version and tells nonce, payload and hash of each. A file that cannot be marked is
 * told of and stays as it is, and so are those that `signal` leaves no time for; nothing half-done is left.
 *
 * @returns whether every output is marked
 * @throws ClientError FILE_UNREADABLE, FILE_UNWRITABLE where the command took the folder away
 */
export async function markOutputs(
  outputs: WatermarkedOutputs,
  tell: Tell,
  signal?: AbortSignal,
): Promise<boolean> {
  const { folder } = outputs;
  const names = await list(folder);
  if (names.length > MAX_OUTPUTS) {
    tell('warning', {
      code: 'TOO_LARGE',
      message: `${names.length} outputs; at most ${MAX_OUTPUTS} are marked.`,
    });
  }
  const work = await workFolder(folder);
  let areAllMarked = names.length <= MAX_OUTPUTS;
  try {
    for (const name of names.slice(0, MAX_OUTPUTS)) {
      areAllMarked = (await markOne({ ...outputs, name, work, signal }, tell)) && areAllMarked;
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return areAllMarked;
}

/** A folder that nobody else can look into, on the file system of the outputs, so that renaming replaces at once. */
async function workFolder(folder: string): Promise<string> {
  try {
    return await mkdtemp(join(folder, WORK_PREFIX));
  } catch (error) {
    throw fileError(error, folder, 'FILE_UNWRITABLE');
  }
}

interface OutputTask extends WatermarkedOutputs {
  readonly name: string;
  readonly work: string;
  readonly signal: AbortSignal | undefined;
}

async function markOne({ name, work, signal, ...outputs }: OutputTask, tell: Tell): Promise<boolean> {
  const file = join(outputs.folder, name);
  try {
    if (signal?.aborted === true) throw new WatermarkError('ABORTED', 'Marking was stopped.');
    const marked = join(work, name);
    const found = await watermarkOutput(outputs, file, marked, signal);
    await rename(marked, file);
    tell('output', { file, ...found });
    return true;
  } catch (error) {
    tell('warning', { ...errorFields(error), subject: file });
    return false;
  }
}

/** Files by name; what is no plain file is none of the outputs, and a link could lead to somebody else's. */
async function list(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    throw fileError(error, folder, 'FILE_UNREADABLE');
  }
}
