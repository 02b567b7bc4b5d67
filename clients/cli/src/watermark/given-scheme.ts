import { type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { MAX_PARAMS_BYTES } from '@maker-registry/protocol';
import { type Given, keyExposure, optional, required } from '@maker-registry/guard';
import { ClientError, fileError } from '@maker-registry/sdk';
import {
  type OpenedScheme,
  payloadFromHex,
  payloadFromNonce,
  readSchemeDocument,
  WatermarkKey,
} from '@maker-registry/watermark';
import { type CliContext } from '../command';
import { readInput } from '../input-file';
import { MAX_WATERMARK_KEY_FILE_BYTES } from '../limits';
import { assertWritableFolder } from '../new-file';

const STDIN = '-';

/** Options of every command that works with a scheme and its key. */
export const schemeOptions = { scheme: 'text', key: 'text' } as const;

/**
 * The watermark key in a file: hex text, or the bytes. A file that others can read is told of, and taken: the key may have come from
 * somewhere else than `watermark key`. Throws FILE_UNREADABLE, TOO_LARGE, KEY_MALFORMED.
 */
export async function readWatermarkKey(
  path: string,
  { tell }: Pick<CliContext, 'tell'>,
): Promise<WatermarkKey> {
  const key = WatermarkKey.fromFile(await readInput(path, MAX_WATERMARK_KEY_FILE_BYTES));
  const exposure = path === STDIN ? undefined : await keyExposure(path);
  if (exposure !== undefined) tell({ event: 'warning', ...exposure });
  return key;
}

/**
 * Scheme and key that the options name, the key checked against the document before any content is read. Throws what
 * reading them throws, and KEY_COMMITMENT_MISMATCH.
 */
export async function givenScheme(
  given: Given,
  context: Pick<CliContext, 'tell'>,
): Promise<OpenedScheme & { readonly key: WatermarkKey }> {
  const opened = readSchemeDocument(await readInput(required(given, 'scheme'), MAX_PARAMS_BYTES));
  const key = await readWatermarkKey(required(given, 'key'), context);
  key.assertCommitted(opened.document.key_commitment);
  return { ...opened, key };
}

/** The payload of --payload, or of the record's nonce in --nonce; undefined without either. */
export function givenPayload(given: Given, { scheme, document }: OpenedScheme): Uint8Array | undefined {
  const [hex, nonce] = [optional(given, 'payload'), optional(given, 'nonce')];
  if (hex !== undefined && nonce !== undefined) {
    throw new ClientError('USAGE', 'Give --payload or --nonce, not both.', { subject: 'payload' });
  }
  const bits = scheme.payloadBits(document);
  if (hex !== undefined) return payloadFromHex(hex, bits);
  return nonce === undefined ? undefined : payloadFromNonce(nonce, bits);
}

/** The path of an option that is a file with content. Throws USAGE, FILE_UNREADABLE. */
export async function givenContent(given: Given, name = 'in'): Promise<string> {
  const path = required(given, name);
  try {
    if ((await stat(path)).isFile()) return path;
  } catch (error) {
    throw fileError(error, path, 'FILE_UNREADABLE');
  }
  throw new ClientError('FILE_UNREADABLE', `${path} is no file.`, { subject: path });
}

/**
 * The path of --out, checked before the work: another file than the content, in a folder that can be written to. Throws USAGE,
 * FILE_UNWRITABLE.
 */
export async function givenOutput(given: Given, content: string): Promise<string> {
  const path = required(given, 'out');
  if (await isSameFile(path, content)) {
    throw new ClientError('USAGE', '--out is the file --in: the unmarked content would be lost.', {
      subject: 'out',
    });
  }
  await assertWritableFolder(path);
  if ((await found(path))?.isDirectory() !== true) return path;
  throw new ClientError('FILE_UNWRITABLE', `${path} is a folder.`, { subject: path });
}

/** By what lies there and not by name: a link has another. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = [await found(a), await found(b)];
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

async function found(path: string): Promise<BigIntStats | undefined> {
  return await stat(path, { bigint: true }).catch(() => undefined);
}
