import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const FABRIC_ATTRIBUTES = '1.2.3.4.5.6.7.8.1';
const DAY_MS = 86_400_000;

/** A CA for tests: real certificates, keys that live as long as the test. */
export interface TestAuthority {
  readonly pem: string;
  readonly issue: (options?: IssueOptions) => Promise<IssuedCertificate>;
}

export interface IssueOptions {
  readonly name?: string;
  /** Text of the attribute extension; no extension when absent. */
  readonly attributes?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface IssuedCertificate {
  readonly pem: string;
  readonly der: Buffer;
  readonly keyPem: string;
}

export async function testAuthority(name = 'CN=test CA'): Promise<TestAuthority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name,
      keys: keys,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      extensions: [new BasicConstraintsExtension(true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign)],
    },
    webcrypto,
  );
  return {
    pem: certificate.toString('pem'),
    issue: (options) => issue(certificate, keys.privateKey, options),
  };
}

async function issue(
  issuer: X509Certificate,
  signingKey: webcrypto.CryptoKey,
  { name = 'CN=someone', attributes, notBefore, notAfter }: IssueOptions = {},
): Promise<IssuedCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create(
    {
      subject: name,
      issuer: issuer.subject,
      publicKey: keys.publicKey,
      signingKey: signingKey,
      signingAlgorithm: ALGORITHM,
      notBefore: notBefore ?? new Date(Date.now() - DAY_MS),
      notAfter: notAfter ?? new Date(Date.now() + DAY_MS),
      extensions:
        attributes === undefined ? [] : [new Extension(FABRIC_ATTRIBUTES, false, Buffer.from(attributes))],
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    pem: certificate.toString('pem'),
    der: Buffer.from(certificate.rawData),
    keyPem: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
  };
}
