import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCertificate } from '@maker-registry/pki';
import { ConfigError } from '../config/config-error';
import { type NetworkFile } from '../config/network-file';

/** A CA of an organization: those that issue its identities, and those that issue its TLS certificates. */
export interface Authority {
  readonly mspId: string;
  readonly certificate: X509Certificate;
  readonly pem: string;
  /** subjectKeyIdentifier, hex: the name under which its revocations are kept. */
  readonly keyId: string | undefined;
  readonly purpose: 'identity' | 'tls';
}

/** Folders of an MSP that hold CA certificates. */
const FOLDERS = [
  ['cacerts', 'identity'],
  ['intermediatecerts', 'identity'],
  ['tlscacerts', 'tls'],
  ['tlsintermediatecerts', 'tls'],
] as const;

/** The CAs of all organizations of the network, from their MSP folders. */
export function readAuthorities(network: NetworkFile): readonly Authority[] {
  return network.entry.organizations.flatMap((organization) => {
    const folder = network.path(organization.msp_dir);
    const found = FOLDERS.flatMap(([name, purpose]) =>
      readFolder(join(folder, name)).map((pem) => authorityOf(organization.msp_id, pem, purpose)),
    );
    if (found.length === 0) {
      throw new ConfigError(
        'REGISTRY_NETWORK_FILE',
        `the MSP folder ${folder} of ${organization.name} holds no CA`,
      );
    }
    return found;
  });
}

/** Throws where the text is no certificate. */
export function authorityOf(mspId: string, pem: string, purpose: Authority['purpose']): Authority {
  const certificate = new X509Certificate(pem);
  const keyId = parseCertificate(certificate.raw).subjectKeyIdentifier?.toString('hex');
  return { mspId, certificate, pem, keyId, purpose };
}

function readFolder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

/**
 * The CA that issued the certificate directly, by signature; undefined when none did, or when the certificate is not
 * valid at the time.
 */
export function issuingAuthority(
  certificate: X509Certificate,
  authorities: readonly Authority[],
  at: Date,
): Authority | undefined {
  if (at < new Date(certificate.validFrom) || at > new Date(certificate.validTo)) return undefined;
  return authorities.find(
    (authority) =>
      certificate.checkIssued(authority.certificate) && certificate.verify(authority.certificate.publicKey),
  );
}
