import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { isPlainObject } from '@maker-registry/protocol';
import { ClientError, messageOf } from '@maker-registry/sdk';
import { type Detector } from '@maker-registry/verifier';

/**
 * The detector that a module exports as `detector`. It is code of whoever wrote it and runs with the caller's rights, so
 * only the caller names it, never a document of the registry. Throws FILE_UNREADABLE, USAGE.
 */
export function loadDetector(path: string): Detector {
  const file = resolve(path);
  let loaded: unknown;
  try {
    loaded = createRequire(file)(file);
  } catch (error) {
    throw new ClientError('FILE_UNREADABLE', `${path} does not load as a module: ${messageOf(error)}`, {
      subject: path,
      cause: error,
    });
  }
  const { detector } = isPlainObject(loaded) ? loaded : {};
  if (isDetector(detector)) return detector;
  throw new ClientError('USAGE', `${path} does not export a detector with name, version and detect.`, {
    subject: path,
  });
}

function isDetector(value: unknown): value is Detector {
  if (typeof value !== 'object' || value === null) return false;
  const { name, version, detect } = value as Partial<Record<keyof Detector, unknown>>;
  return typeof name === 'string' && typeof version === 'string' && typeof detect === 'function';
}
