import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { assembleCrl, buildTbsCrl, type CrlContent } from '../build-crl';
import { parseCertificate } from '../certificate';

/** Converts one PEM block to DER. */
export function pemToDer(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
}

/** A CA in software, from its certificate and key in PEM. */
export interface Authority {
  readonly certificate: Buffer;
  readonly key: KeyObject;
  /** CRL content with sensible fields, each of which may be replaced. */
  content(change?: Partial<CrlContent>): CrlContent;
  crl(change?: Partial<CrlContent>): Buffer;
  /** Signs a TBSCertList that somebody else put together. */
  signed(tbs: Uint8Array): Buffer;
}

export const THIS_UPDATE = 1_790_000_000;
export const NEXT_UPDATE = THIS_UPDATE + 86_400;

export function authority(certificatePem: string, keyPem: string): Authority {
  const certificate = pemToDer(certificatePem);
  const key = createPrivateKey(keyPem);
  const { subject, subjectKeyIdentifier } = parseCertificate(certificate);
  const signed = (tbs: Uint8Array): Buffer => Buffer.from(assembleCrl(tbs, sign('sha256', tbs, key)));
  const content = (change: Partial<CrlContent> = {}): CrlContent => ({
    issuer: subject,
    authorityKeyIdentifier: subjectKeyIdentifier ?? Buffer.alloc(0),
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
  });
  return { certificate, key, content, signed, crl: (change) => signed(buildTbsCrl(content(change))) };
}
