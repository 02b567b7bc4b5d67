import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { concatBytes, lp16, lp8 } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';

const KEY_DOMAIN = 'WM_KEY_V1';
const SUBKEY_DOMAIN = 'WM_SUBKEY_V1';
/** Below 128 bits a key can be searched for; above 1 KiB it is some other file. */
const MIN_KEY_BYTES = 16;
const MAX_KEY_BYTES = 1024;
const HEX_KEY = /^([0-9a-fA-F]{2}){16,1024}$/;
const HEX_DIGITS = /^[0-9a-fA-F]+$/;
const INTEGER_LIST = /^\[\s*-?[0-9]+(\s*,\s*-?[0-9]+)*\s*\]$/;

/** What a template of this package commits to: no key. It may be tried with any key; a registered scheme names one. */
export const NO_KEY_COMMITMENT = '0'.repeat(64);

/** The secret of a scheme. It never leaves the process: documents carry its commitment only. */
export class WatermarkKey {
  readonly #bytes: Uint8Array;

  /** @throws WatermarkError KEY_MALFORMED unless 16 to 1024 bytes */
  constructor(bytes: Uint8Array) {
    if (bytes.length < MIN_KEY_BYTES || bytes.length > MAX_KEY_BYTES) {
      throw new WatermarkError(
        'KEY_MALFORMED',
        `A watermark key has ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} bytes, this one ${bytes.length}. Make one of 32 random bytes.`,
      );
    }
    this.#bytes = Uint8Array.from(bytes);
  }

  /**
   * The key of a file's bytes: hexadecimal text of at least 16 bytes, white space around it allowed; or a JSON list of
   * integers, whose canonical form (no white space) is the key; or else the bytes. Hex digits that are no whole key are
   * refused: as bytes they would be a weak key, or another one than was meant.
   *
   * @throws WatermarkError KEY_MALFORMED
   */
  static fromFile(bytes: Uint8Array): WatermarkKey {
    if (bytes.length > 2 * MAX_KEY_BYTES + 2) {
      throw new WatermarkError(
        'KEY_MALFORMED',
        `The key file has ${bytes.length} bytes; that is no watermark key.`,
      );
    }
    const text = Buffer.from(bytes).toString('latin1').trim();
    if (HEX_KEY.test(text)) return new WatermarkKey(Buffer.from(text, 'hex'));
    if (HEX_DIGITS.test(text)) {
      throw new WatermarkError(
        'KEY_MALFORMED',
        `The key file holds ${text.length} hex digits; a key has ${2 * MIN_KEY_BYTES} to ${2 * MAX_KEY_BYTES}, two for each byte.`,
      );
    }
    const integers = integersOf(text);
    return new WatermarkKey(integers === undefined ? bytes : Buffer.from(`[${integers.join(',')}]`));
  }

  /** The integers of a key that is a list of them, as marks made by other programs have; undefined of any other key. */
  integers(): readonly bigint[] | undefined {
    return integersOf(Buffer.from(this.#bytes).toString('latin1'));
  }

  /** Hex: SHA-256(lp8("WM_KEY_V1") || lp16(key)), the `key_commitment` of a scheme document. */
  commitment(): string {
    return createHash('sha256')
      .update(concatBytes(lp8(KEY_DOMAIN), lp16(this.#bytes)))
      .digest('hex');
  }

  /**
   * 32 bytes for one purpose: HMAC-SHA256(key, lp8("WM_SUBKEY_V1") || lp16(label)). Independent purposes have independent
   * labels, which the exactness of p-values rests on: what is used to choose a hypothesis must tell nothing about what
   * judges it.
   */
  subkey(label: string): Uint8Array {
    return createHmac('sha256', this.#bytes)
      .update(concatBytes(lp8(SUBKEY_DOMAIN), lp16(label)))
      .digest();
  }

  /** @throws WatermarkError KEY_COMMITMENT_MISMATCH unless the document commits to this key or, as a template, to none */
  assertCommitted(keyCommitment: string): void {
    if (keyCommitment === NO_KEY_COMMITMENT) return;
    if (timingSafeEqual(Buffer.from(keyCommitment, 'hex'), Buffer.from(this.commitment(), 'hex'))) return;
    throw new WatermarkError(
      'KEY_COMMITMENT_MISMATCH',
      'The scheme document commits to another key. Use the key that the scheme was registered with.',
      { subject: '/key_commitment' },
    );
  }
}

function integersOf(text: string): readonly bigint[] | undefined {
  return INTEGER_LIST.test(text) ? text.slice(1, -1).split(',').map(BigInt) : undefined;
}
