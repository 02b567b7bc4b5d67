import { gunzipSync } from 'node:zlib';
import { type Preparation } from './manifest';

const GZIP_MAGIC = 0x1f8b;
/** A document of the corpus unpacks to some ten thousand bytes. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/** The wanted stretch of a text file, packed with gzip or not; lines of separators between quotations are left out. */
export function plainText(bytes: Buffer, { start = 0, characters }: Preparation): string {
  const isPacked = bytes.length > 2 && bytes.readUInt16BE(0) === GZIP_MAGIC;
  const text = (isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES }) : bytes).toString('utf8');
  const clean = text
    .replace(/\r/g, '')
    .replace(/^%.*$/gm, '')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/\n{3,}/g, '\n\n');
  return Array.from(clean)
    .slice(start, characters === undefined ? undefined : start + characters)
    .join('');
}
