import { open } from 'node:fs/promises';
import { WatermarkError } from '../errors/watermark-error';

/** Bytes that tell every format below: two packets of a transport stream. */
const HEAD_BYTES = 189;
const TRANSPORT_PACKET = 188;
const SYNC_BYTE = 0x47;

interface Signature {
  readonly at: number;
  readonly text: string;
  readonly format: string;
}

/**
 * Containers that hold their streams themselves. What names other files (playlists, concatenation scripts, image
 * sequences, session descriptions) is not here and never opened: an upload could otherwise read the machine's files.
 */
const SIGNATURES: readonly Signature[] = [
  { at: 4, text: 'ftyp', format: 'mov' },
  { at: 4, text: 'moov', format: 'mov' },
  { at: 4, text: 'mdat', format: 'mov' },
  { at: 4, text: 'wide', format: 'mov' },
  { at: 4, text: 'free', format: 'mov' },
  { at: 0, text: '\x1a\x45\xdf\xa3', format: 'matroska' },
  { at: 0, text: 'OggS', format: 'ogg' },
  { at: 8, text: 'WAVE', format: 'wav' },
  { at: 8, text: 'AVI ', format: 'avi' },
  { at: 0, text: 'fLaC', format: 'flac' },
  { at: 0, text: 'ID3', format: 'mp3' },
  { at: 8, text: 'AIFF', format: 'aiff' },
  { at: 8, text: 'AIFC', format: 'aiff' },
  { at: 0, text: 'caff', format: 'caf' },
  { at: 0, text: 'FLV\x01', format: 'flv' },
  { at: 0, text: '\x00\x00\x01\xba', format: 'mpeg' },
  { at: 0, text: '\x30\x26\xb2\x75\x8e\x66\xcf\x11', format: 'asf' },
  { at: 0, text: 'YUV4MPEG2 ', format: 'yuv4mpegpipe' },
];

/** MPEG audio frames begin with eleven or twelve ones; the two layer bits are zero in AAC's framing only. */
function elementaryAudio(head: Uint8Array): string | undefined {
  if (head[0] !== 0xff) return undefined;
  if ((head[1] & 0xf6) === 0xf0) return 'aac';
  return (head[1] & 0xe0) === 0xe0 && (head[1] & 0x06) !== 0 ? 'mp3' : undefined;
}

/** The name of the demultiplexer for content that begins so; undefined for what is not read. */
export function mediaFormat(head: Uint8Array): string | undefined {
  const text = Buffer.from(head).toString('latin1');
  const found = SIGNATURES.find((entry) => text.startsWith(entry.text, entry.at));
  if (found !== undefined) return found.format;
  if (head.length >= HEAD_BYTES && head[0] === SYNC_BYTE && head[TRANSPORT_PACKET] === SYNC_BYTE)
    return 'mpegts';
  return head.length >= 4 ? elementaryAudio(head) : undefined;
}

/** @throws WatermarkError MEDIA_UNSUPPORTED where the file's first bytes are of no container that is read */
export async function mediaFormatOfFile(path: string): Promise<string> {
  const head = Buffer.alloc(HEAD_BYTES);
  const file = await open(path, 'r');
  try {
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    const format = mediaFormat(head.subarray(0, bytesRead));
    if (format !== undefined) return format;
  } finally {
    await file.close();
  }
  throw new WatermarkError(
    'MEDIA_UNSUPPORTED',
    'The content is no sound or video container that is read here. Convert it to MP4, Matroska, WebM, Ogg, WAV or FLAC.',
  );
}
