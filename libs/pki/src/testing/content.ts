import { type CrlContent } from '../build-crl';
import { element, sequence } from '../der-writer';

export const THIS_UPDATE = 1_790_000_000;
export const NEXT_UPDATE = THIS_UPDATE + 86_400;

/** O=op1 as a DER name. */
export const ISSUER = sequence(
  element(0x31, sequence(Buffer.from('0603550403', 'hex'), element(0x0c, Buffer.from('op1')))),
);
export const KEY_ID = Buffer.alloc(20, 0xa1);

/** Content of a CRL with sensible fields, each of which may be replaced. */
export function crlContent(change: Partial<CrlContent> = {}): CrlContent {
  return {
    issuer: ISSUER,
    authorityKeyIdentifier: KEY_ID,
    thisUpdate: THIS_UPDATE,
    nextUpdate: NEXT_UPDATE,
    number: 7n,
    revoked: [
      {
        serial: '0a01',
        revokedAt: THIS_UPDATE - 100,
        reason: 'keyCompromise',
        invalidityDate: THIS_UPDATE - 9_000,
      },
      { serial: 'ff', revokedAt: THIS_UPDATE - 50 },
      { serial: '0a00', revokedAt: THIS_UPDATE, reason: 'certificateHold' },
    ],
    ...change,
  };
}
