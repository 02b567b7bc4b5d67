import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { toHex } from '@maker-registry/protocol';
import {
  embedderOf,
  type OpenedScheme,
  payloadFromNonce,
  type WatermarkKey,
} from '@maker-registry/watermark';
import { embedError } from './embed-error';

const NONCE_BYTES = 32;

/** What outputs are marked with. */
export interface OutputMark extends OpenedScheme {
  readonly key: WatermarkKey;
}

/** A marked output: what its record needs (registry record sign --nonce). */
export interface MarkedOutput {
  /** Hex, drawn for this output: its leading bits are what the mark carries, and the record's signature covers it. */
  readonly nonce: string;
  /** Hex. */
  readonly payload: string;
  readonly payload_bits: number;
  /** SHA-256 of the marked file, hex. */
  readonly content_hash: string;
}

/**
 * Marks one output of an execution: embeds the leading bits of a fresh nonce, and gives what registering it needs.
 *
 * @throws WatermarkError of the scheme, which then has written nothing; SCHEME_NO_EMBEDDER; ClientError FILE_UNWRITABLE
 */
export async function watermarkOutput(
  { document, scheme, key }: OutputMark,
  input: string,
  output: string,
  signal?: AbortSignal,
): Promise<MarkedOutput> {
  const embed = embedderOf(scheme);
  const nonce = randomBytes(NONCE_BYTES).toString('hex');
  const bits = scheme.payloadBits(document);
  const payload = bits === 0 ? new Uint8Array(0) : payloadFromNonce(nonce, bits);
  const task = { document, key, payload, output, content: { path: input } };
  await embed({ ...task, ...(signal === undefined ? {} : { signal }) }).catch((error: unknown) => {
    throw embedError(error, output);
  });
  const hash = createHash('sha256');
  await pipeline(createReadStream(output), hash);
  return { nonce, payload: toHex(payload), payload_bits: bits, content_hash: hash.digest('hex') };
}
