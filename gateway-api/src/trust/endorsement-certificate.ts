import { X509Certificate } from 'node:crypto';
import { RegistryError } from '@maker-registry/protocol';
import { toKeyObject, type TpmPublicKey } from '@maker-registry/tpm';
import { MAX_EK_CHAIN } from './limits';

/**
 * Asserts that a TPM maker's certificate, chained to the pinned authorities, vouches for this endorsement key.
 *
 * @throws RegistryError EK_UNTRUSTED, for whatever reason: the chain's details are the operator's business
 */
export function assertCertified(
  der: Uint8Array,
  endorsementKey: TpmPublicKey,
  authorities: readonly string[],
): void {
  if (isCertified(der, endorsementKey, authorities)) return;
  throw new RegistryError(
    'EK_UNTRUSTED',
    'The endorsement key has no certificate of a TPM maker whose root this operator trusts; DEVICE_ROOTS_FILE holds those.',
  );
}

function isCertified(der: Uint8Array, endorsementKey: TpmPublicKey, authorities: readonly string[]): boolean {
  try {
    const certificate = new X509Certificate(der);
    const own = toKeyObject(endorsementKey.area);
    if (!certificate.publicKey.equals(own) || certificate.ca) return false;
    return chains(
      certificate,
      authorities.map((pem) => new X509Certificate(pem)),
    );
  } catch {
    // A certificate that does not parse vouches for nothing.
    return false;
  }
}

/** Walks up by issuer and signature to a self-signed pinned certificate; every link is within its validity. */
function chains(leaf: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  let current = leaf;
  for (let depth = 0; depth < MAX_EK_CHAIN; depth += 1) {
    if (!isInValidity(current)) return false;
    const child = current;
    const issuer = authorities.find(
      (authority) => authority.ca && child.checkIssued(authority) && child.verify(authority.publicKey),
    );
    if (issuer === undefined) return false;
    if (issuer.checkIssued(issuer)) return isInValidity(issuer);
    current = issuer;
  }
  return false;
}

function isInValidity(certificate: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
}
