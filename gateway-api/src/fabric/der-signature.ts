/** Order of P-256, and the half above which Fabric refuses s. */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const HALF_ORDER = ORDER >> 1n;
const SCALAR_BYTES = 32;
const DER_INTEGER = 0x02;
const DER_SEQUENCE = 0x30;

/**
 * An ECDSA P-256 signature as Fabric wants it: DER, with s in the lower half (the malleable twin is refused).
 *
 * @param raw r‖s, 64 bytes.
 */
export function lowSDer(raw: Uint8Array): Uint8Array {
  if (raw.length !== 2 * SCALAR_BYTES)
    throw new RangeError(`A raw P-256 signature has 64 bytes, not ${raw.length}`);
  const r = derInteger(raw.subarray(0, SCALAR_BYTES));
  const s = derInteger(lowS(raw.subarray(SCALAR_BYTES)));
  return Buffer.concat([Buffer.from([DER_SEQUENCE, r.length + s.length]), r, s]);
}

function lowS(scalar: Uint8Array): Uint8Array {
  // The top half of the range starts at 0x7fffffff80000000…: most of the low values end the check at one byte.
  if ((scalar[0] ?? 0) < 0x7f) return scalar;
  const s = BigInt(`0x${Buffer.from(scalar).toString('hex')}`);
  if (s <= HALF_ORDER) return scalar;
  return Buffer.from((ORDER - s).toString(16).padStart(2 * SCALAR_BYTES, '0'), 'hex');
}

function derInteger(scalar: Uint8Array): Buffer {
  let start = 0;
  while (start < scalar.length - 1 && scalar[start] === 0) start += 1;
  const digits = scalar.subarray(start);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.from([DER_INTEGER, sign.length + digits.length, ...sign, ...digits]);
}

/** Whether a DER signature has its s in the lower half; false also when the bytes are no signature. */
export function isLowSDer(signature: Uint8Array): boolean {
  const s = readS(signature);
  return s !== undefined && s > 0n && s <= HALF_ORDER;
}

function readS(der: Uint8Array): bigint | undefined {
  if (der[0] !== DER_SEQUENCE || der[1] !== der.length - 2 || der[2] !== DER_INTEGER) return undefined;
  const start = 4 + (der[3] ?? 0);
  if (der[start] !== DER_INTEGER || start + 2 + (der[start + 1] ?? 0) !== der.length) return undefined;
  const digits = der.subarray(start + 2);
  return digits.length === 0 ? undefined : BigInt(`0x${Buffer.from(digits).toString('hex')}`);
}
