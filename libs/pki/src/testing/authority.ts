import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { assembleCrl, buildTbsCrl, type CrlContent } from '../build-crl';
import { parseCertificate } from '../certificate';
import { crlContent } from './content';

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

export function authority(certificatePem: string, keyPem: string): Authority {
  const certificate = pemToDer(certificatePem);
  const key = createPrivateKey(keyPem);
  const { subject, subjectKeyIdentifier } = parseCertificate(certificate);
  const signed = (tbs: Uint8Array): Buffer => Buffer.from(assembleCrl(tbs, sign('sha256', tbs, key)));
  const content = (change: Partial<CrlContent> = {}): CrlContent =>
    crlContent({
      issuer: subject,
      authorityKeyIdentifier: subjectKeyIdentifier ?? Buffer.alloc(0),
      ...change,
    });
  return { certificate, key, content, signed, crl: (change) => signed(buildTbsCrl(content(change))) };
}
