import { readFile, stat } from 'node:fs/promises';
import { ClientError, fileError } from '@maker-registry/sdk';
import { embedderOf, readSchemeDocument, WatermarkKey } from '@maker-registry/watermark';
import { type Given, optional, required } from '../commands/options';
import { type Tell } from '../events';
import { MAX_STATE_BYTES } from '../limits';
import { keyExposure } from './key-exposure';
import { assertNoOutputs, type WatermarkedOutputs } from './mark-outputs';

/**
 * What --watermark-outputs, --watermark-scheme and --watermark-key say, checked before anything is fetched or started; undefined
 * without the first. A key that others can read is told of.
 */
export async function givenOutputs(given: Given, tell: Tell): Promise<WatermarkedOutputs | undefined> {
  const folder = optional(given, 'watermark-outputs');
  if (folder === undefined) {
    for (const name of ['watermark-scheme', 'watermark-key']) {
      if (optional(given, name) === undefined) continue;
      throw new ClientError('USAGE', `--${name} goes with --watermark-outputs.`, { subject: name });
    }
    return undefined;
  }
  const opened = readSchemeDocument(await bytesOf(required(given, 'watermark-scheme')));
  const keyFile = required(given, 'watermark-key');
  const key = WatermarkKey.fromFile(await bytesOf(keyFile));
  const exposure = await keyExposure(keyFile);
  if (exposure !== undefined) tell('warning', exposure);
  key.assertCommitted(opened.document.key_commitment);
  embedderOf(opened.scheme);
  await assertNoOutputs(folder);
  return { ...opened, key, folder };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= MAX_STATE_BYTES) return await readFile(path);
  } catch (error) {
    throw fileError(error, path, 'FILE_UNREADABLE');
  }
  throw new ClientError('FILE_UNREADABLE', `${path} is too large.`, { subject: path });
}
