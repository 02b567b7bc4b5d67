import { type CertificateFields, isSignedBy, parseCertificate, PkiFormatError } from '@maker-registry/pki';
import { RegistryError } from '@maker-registry/protocol';
import { toKeyObject, type TpmPublicKey } from '@maker-registry/tpm';
import { MAX_EK_CHAIN } from './limits';

/** tcg-kp-EKCertificate, 2.23.133.8.1 (TCG EK Credential Profile, 3.2.16): the encoded object identifier in hex. */
const EK_CERTIFICATE_PURPOSE = '6781050801';

/** Whom an operator believes, and until when. */
export interface EndorsementPolicy {
  /** Certificates of TPM makers' roots and of the intermediates below them. */
  readonly authorities: readonly CertificateFields[];
  /**
   * Whether the end of an endorsement certificate's own validity counts. TPMs outlive their certificates, and many makers
   * write 9999-12-31 for "no end"; the chain above is always judged by its validity.
   */
  readonly expired: 'refused' | 'accepted';
}

/**
 * Asserts that a TPM maker's certificate, chained to the pinned authorities, vouches for this endorsement key.
 *
 * @param now Unix seconds
 * @throws RegistryError EK_UNTRUSTED, for whatever reason: the chain's details are the operator's business
 */
export function assertCertified(
  der: Uint8Array,
  endorsementKey: TpmPublicKey,
  policy: EndorsementPolicy,
  now: number,
): void {
  if (isCertified(der, endorsementKey, policy, now)) return;
  throw new RegistryError(
    'EK_UNTRUSTED',
    'The endorsement key has no certificate of a TPM maker whose root this operator trusts; DEVICE_ROOTS_FILE holds those.',
  );
}

function isCertified(
  der: Uint8Array,
  endorsementKey: TpmPublicKey,
  { authorities, expired }: EndorsementPolicy,
  now: number,
): boolean {
  try {
    const certificate = parseCertificate(withoutPadding(der));
    const ended = expired === 'refused' && now > certificate.notAfter;
    return (
      certifiesKey(certificate, endorsementKey) &&
      isOfEndorsement(certificate, endorsementKey) &&
      certificate.notBefore <= now &&
      !ended &&
      chains(certificate, authorities, now)
    );
  } catch (error) {
    // A certificate that does not parse vouches for nothing.
    if (error instanceof PkiFormatError) return false;
    throw error;
  }
}

/** Asserts that a certificate, whoever signed it, is of this very key. Throws RegistryError EK_UNTRUSTED. */
export function assertOfKey(der: Uint8Array, endorsementKey: TpmPublicKey): void {
  try {
    if (certifiesKey(parseCertificate(withoutPadding(der)), endorsementKey)) return;
  } catch (error) {
    if (!(error instanceof PkiFormatError)) throw error;
  }
  throw new RegistryError('EK_UNTRUSTED', 'The certificate is not one of this endorsement key.');
}

function certifiesKey({ publicKey }: CertificateFields, { area }: TpmPublicKey): boolean {
  return publicKey.equals(toKeyObject(area));
}

/** A certificate for decryption under the purpose of endorsement keys: a maker's other certificates vouch for no TPM. */
function isOfEndorsement(certificate: CertificateFields, { area }: TpmPublicKey): boolean {
  const { isCa, purposes, enciphersKeys, agreesKeys } = certificate;
  const decrypts = area.type === 'rsa' ? enciphersKeys : agreesKeys;
  return !isCa && decrypts && purposes?.includes(EK_CERTIFICATE_PURPOSE) === true;
}

/** Walks up by name and signature to a pinned certificate that signed itself; every authority is in its validity. */
function chains(leaf: CertificateFields, authorities: readonly CertificateFields[], now: number): boolean {
  let current = leaf;
  for (let depth = 0; depth < MAX_EK_CHAIN; depth += 1) {
    const child = current;
    const issuer = authorities.find((authority) => hasIssued(authority, child));
    if (issuer === undefined || now < issuer.notBefore || now > issuer.notAfter) return false;
    if (hasIssued(issuer, issuer)) return true;
    current = issuer;
  }
  return false;
}

function hasIssued(authority: CertificateFields, certificate: CertificateFields): boolean {
  const { tbs, innerAlgorithm, outerAlgorithm, signature } = certificate;
  return (
    authority.isCa &&
    authority.maySignCertificates &&
    authority.subject.equals(certificate.issuer) &&
    innerAlgorithm === outerAlgorithm &&
    isSignedBy({ algorithm: outerAlgorithm, bytes: tbs, signature }, authority.publicKey)
  );
}

const SHORT_FORM_BYTES = 2;
const LONG_FORM = 0x82;
const LONG_FORM_BYTES = 4;
const PADDING = new Set([0x00, 0xff]);

/** Some makers fill the TPM's memory up behind the certificate; what follows it must be nothing but filling. */
function withoutPadding(der: Uint8Array): Uint8Array {
  const bytes = Buffer.from(der.buffer, der.byteOffset, der.length);
  if (bytes.length < LONG_FORM_BYTES || bytes[1] !== LONG_FORM) return bytes;
  const end = LONG_FORM_BYTES + bytes.readUInt16BE(SHORT_FORM_BYTES);
  return bytes.subarray(end).every((byte) => PADDING.has(byte)) ? bytes.subarray(0, end) : bytes;
}
