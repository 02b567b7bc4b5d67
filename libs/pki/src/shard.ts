import { MAX_SHARDS } from './limits';
import { PkiFormatError } from './pki-format-error';
import { normalizeSerial } from './serial';

/** Hex digits of the low bytes that decide: 32 bits spread serials evenly over any permitted number of shards. */
const LOW_DIGITS = 8;
const HEX_RADIX = 16;

/**
 * The shard, from 0, to which a certificate belongs: the low four octets of its serial number modulo the number of shards.
 * It depends on nothing that changes, for a serial that moved to another shard would be missing from the one its
 * certificate names. Throws PkiFormatError.
 */
export function shardOf(serial: string, count: number): number {
  if (!Number.isInteger(count) || count < 1 || count > MAX_SHARDS) {
    throw new PkiFormatError(`the number of shards is from 1 to ${MAX_SHARDS}`);
  }
  return Number.parseInt(normalizeSerial(serial).slice(-LOW_DIGITS), HEX_RADIX) % count;
}
