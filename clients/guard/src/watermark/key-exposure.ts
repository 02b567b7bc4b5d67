import { stat } from 'node:fs/promises';

/** Mode bits of everybody but the owner. */
const OTHERS = 0o077;

/** What to tell of a watermark key's file that others can read; undefined where none can. Throws what the file system does. */
export async function keyExposure(path: string): Promise<{ code: string; message: string } | undefined> {
  if (((await stat(path)).mode & OTHERS) === 0) return undefined;
  const message = `${path} can be read by others, and who has the key can forge the mark. Run: chmod 600 ${path}`;
  return { code: 'KEY_FILE_EXPOSED', message };
}
