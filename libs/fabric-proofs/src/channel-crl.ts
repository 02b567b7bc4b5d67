import {
  type CertificateFields,
  type Crl,
  crlBytes,
  parseCertificate as parseFields,
  parseCrl,
  PkiFormatError,
  verifyCrl,
} from '@maker-registry/pki';
import { ProofError } from './errors';
import { parseCertificate } from './certificate-attributes';
import { MAX_CHANNEL_CRL_BYTES } from './limits';
import { type MspConfig } from './msp-config';

/** A certificate that must stay good, because its owner could not act any more: nobody could repair what follows. */
export interface CertificateInUse {
  /** Whose it is, for people: 'orderer', 'signer'. */
  readonly name: string;
  /** PEM. */
  readonly certificate: string;
}

/** A CRL of the revocation list with what the guard needs of it. */
export interface ChannelCrl {
  /** As it stands there. */
  readonly bytes: Uint8Array;
  readonly crl: Crl;
  /** Key identifier of the CA, hex. */
  readonly keyId: string;
  readonly number: bigint;
}

/** Content bytes (hex) of the identifier of issuingDistributionPoint, 2.5.29.28: the CRL covers a part only. */
const ISSUING_DISTRIBUTION_POINT = '551d1c';

/** Refusals of the CRL reader by the guard's own code; whatever else the reader says makes a CRL unreliable. */
const CODES: Readonly<Record<string, 'CRL_SIGNATURE_INVALID'>> = {
  CRL_SIGNATURE_INVALID: 'CRL_SIGNATURE_INVALID',
};

/** @throws ProofError CRL_MALFORMED */
export function readChannelCrl(bytes: Uint8Array): Crl {
  try {
    return parseCrl(crlBytes(bytes));
  } catch (error) {
    if (!(error instanceof PkiFormatError)) throw error;
    throw new ProofError('CRL_MALFORMED', `the CRL does not parse: ${error.message}`);
  }
}

/** Whether the CRL is of the CA with this key; one without a key identifier is of nobody. */
export function isOf(bytes: Uint8Array, keyId: string): boolean {
  return readChannelCrl(bytes).authorityKeyIdentifier?.toString('hex') === keyId;
}

function certificateDer(pem: Uint8Array | string): Buffer {
  return parseCertificate(pem).raw;
}

function authorityOf(keyId: Buffer, msp: MspConfig): { der: Buffer; fields: CertificateFields } {
  for (const pem of [...msp.roots, ...msp.intermediates]) {
    const der = certificateDer(pem);
    const fields = parseFields(der);
    if (fields.subjectKeyIdentifier?.equals(keyId) === true) return { der, fields };
  }
  throw new ProofError(
    'CRL_ISSUER_UNKNOWN',
    `the CRL is of key ${keyId.toString('hex')}, which is no CA of ${msp.mspId} in the configuration`,
    { key_id: keyId.toString('hex'), msp: msp.mspId },
  );
}

/**
 * What Fabric itself does not check and would stumble over later. A CRL without a key identifier makes *every* identity of
 * the organization fail; one whose signature does not verify is passed over in silence at the moment it should refuse.
 *
 * @param at Unix seconds
 * @throws ProofError CRL_TOO_LARGE, CRL_MALFORMED, CRL_AKI_MISSING, CRL_ISSUER_UNKNOWN, CRL_NOT_FULL,
 *   CRL_SIGNATURE_INVALID, CRL_UNRELIABLE
 */
export function checkChannelCrl(bytes: Uint8Array, msp: MspConfig, at: number): ChannelCrl {
  if (bytes.length > MAX_CHANNEL_CRL_BYTES) {
    throw new ProofError(
      'CRL_TOO_LARGE',
      `the CRL has ${bytes.length} bytes; a channel carries at most ${MAX_CHANNEL_CRL_BYTES}: rotate the issuing CA instead`,
      { actual: bytes.length, expected: MAX_CHANNEL_CRL_BYTES },
    );
  }
  const crl = readChannelCrl(bytes);
  if (crl.authorityKeyIdentifier === undefined) {
    throw new ProofError('CRL_AKI_MISSING', 'the CRL has no key identifier; Fabric would refuse everybody');
  }
  const authority = authorityOf(crl.authorityKeyIdentifier, msp);
  const partial =
    crl.baseNumber !== undefined || crl.extensions.some(({ oid }) => oid === ISSUING_DISTRIBUTION_POINT);
  if (partial)
    throw new ProofError('CRL_NOT_FULL', 'the CRL is a delta or covers a part of the certificates');
  const verdict = verifyCrl({ crl: bytes, issuerCertificate: authority.der, at });
  if (!verdict.valid) {
    throw new ProofError(CODES[verdict.code] ?? 'CRL_UNRELIABLE', `${verdict.code}: ${verdict.detail}`);
  }
  return {
    bytes,
    crl,
    keyId: crl.authorityKeyIdentifier.toString('hex'),
    // verifyCrl takes no CRL without a number.
    number: crl.number ?? 0n,
  };
}

/**
 * Asserts that the list leaves whoever keeps the organization running: who signs the update, its orderers, its
 * administrators, its peers.
 *
 * @throws ProofError CRL_LOCKS_OUT
 */
export function assertLeavesInUse({ crl, keyId }: ChannelCrl, inUse: readonly CertificateInUse[]): void {
  for (const { name, certificate } of inUse) {
    const { serial, authorityKeyIdentifier } = parseFields(certificateDer(certificate));
    if (authorityKeyIdentifier?.toString('hex') !== keyId || crl.find(serial) === undefined) continue;
    throw new ProofError(
      'CRL_LOCKS_OUT',
      `the CRL revokes the certificate in use by "${name}" (serial ${serial}): enrol and install another one first`,
      { name, serial },
    );
  }
}
