import { type CertificateTarget } from './certificate-target';

/** SEQUENCE header of an entry, UTCTime of its date. */
const FRAME = 2 + 15;
/** SEQUENCE header of the extensions. */
const EXTENSIONS = 2;
/** reasonCode: SEQUENCE { OID, OCTET STRING { ENUMERATED } }. */
const REASON = 12;
/** invalidityDate: SEQUENCE { OID, OCTET STRING { GeneralizedTime } }. */
const INVALIDITY = 26;
const HEX_OF_SIGN_BIT = 8;

/** Bytes that a certificate adds to a CRL, for dates before 2050. The lengths around them may grow by a few bytes in all. */
export function entryBytes({ serial, reason, invalidity_date: invalidity }: CertificateTarget): number {
  const sign = Number.parseInt(serial[0] ?? '0', 16) >= HEX_OF_SIGN_BIT ? 1 : 0;
  const integer = 2 + sign + serial.length / 2;
  const inside = (reason === undefined ? 0 : REASON) + (invalidity === undefined ? 0 : INVALIDITY);
  return FRAME + integer + (inside === 0 ? 0 : EXTENSIONS + inside);
}
