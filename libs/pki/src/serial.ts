import { MAX_NUMBER_BYTES } from './limits';
import { PkiFormatError } from './pki-format-error';

const HEX = /^[0-9a-f]+$/i;

/** A serial in the form that lists compare: lower-case hex, whole bytes, no leading zero bytes. Throws PkiFormatError. */
export function normalizeSerial(serial: string): string {
  const digits = HEX.test(serial) ? serial.toLowerCase().replace(/^0+/, '') : '';
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  if (even.length === 0 || even.length > 2 * MAX_NUMBER_BYTES) {
    throw new PkiFormatError('a serial number is 1 to 20 octets in hex and not zero');
  }
  return even;
}
