import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

export interface KeyAndRequest {
  readonly keyPem: string;
  readonly requestPem: string;
}

/** A fresh P-256 key and a PKCS#10 request for it. The CA sets everything but the common name by its own rules. */
export async function newRequest(
  commonName: string,
  organization: string,
  country: string,
): Promise<KeyAndRequest> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: `CN=${commonName}, O=${organization}, C=${country}`,
      keys,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    },
    webcrypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { keyPem: pem('PRIVATE KEY', Buffer.from(pkcs8)), requestPem: request.toString('pem') };
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
