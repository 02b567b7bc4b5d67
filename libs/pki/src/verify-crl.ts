import { createHash } from 'node:crypto';
import { type CertificateFields, parseCertificate } from './certificate';
import { type CrlEntry } from './crl-entry';
import {
  type CrlCode,
  type CrlRefusal,
  extensionRefusal,
  issuerRefusal,
  keyIdentifierRefusal,
  numberRefusal,
  SCOPE_EXTENSIONS,
  type SeenCrl,
  signatureRefusal,
  timeRefusal,
} from './crl-rules';
import { type Crl, crlBytes, parseCrl } from './parse-crl';
import { PkiFormatError } from './pki-format-error';

export interface CrlCheckInput extends SeenCrl {
  /** DER, or PEM with exactly one CRL. */
  readonly crl: Uint8Array;
  /** DER of the CA's certificate. */
  readonly issuerCertificate: Uint8Array;
  /** Unix seconds. */
  readonly at: number;
  /** Accepts deltas and shards too, for one who knows which it wants; whoever asks about a certificate does not. */
  readonly partial?: boolean;
}

export type CrlVerdict =
  | { readonly valid: true; readonly code: 'OK'; readonly crl: Crl; readonly digest: string }
  | { readonly valid: false; readonly code: CrlCode; readonly detail: string };

/**
 * Whether a full CRL may be relied on at this moment: strict DER, issuer by name and key identifier, the right to sign
 * CRLs, signature, critical extensions, number and times. Everything that is not understood refuses it. For the status of a
 * certificate by several CRLs, shards and deltas: `checkRevocation`.
 */
export function verifyCrl(input: CrlCheckInput): CrlVerdict {
  let issuer: CertificateFields;
  try {
    issuer = parseCertificate(input.issuerCertificate);
  } catch (error) {
    return { valid: false, ...malformed('CERTIFICATE_MALFORMED', error) };
  }
  let bytes: Buffer;
  let crl: Crl;
  try {
    bytes = crlBytes(input.crl);
    crl = parseCrl(bytes);
  } catch (error) {
    return { valid: false, ...malformed('CRL_MALFORMED', error) };
  }
  const digest = createHash('sha256').update(bytes).digest('hex');
  const refusal =
    identityRefusal(crl, issuer) ??
    (input.partial === true ? undefined : partialRefusal(crl)) ??
    extensionRefusal(crl) ??
    numberRefusal(crl, digest, input) ??
    timeRefusal(crl, input.at);
  return refusal === undefined ? { valid: true, code: 'OK', crl, digest } : { valid: false, ...refusal };
}

function identityRefusal(crl: Crl, issuer: CertificateFields): CrlRefusal | undefined {
  return issuerRefusal(crl, issuer) ?? keyIdentifierRefusal(crl) ?? signatureRefusal(crl, issuer);
}

function malformed(code: CrlCode, error: unknown): CrlRefusal {
  if (!(error instanceof PkiFormatError)) throw error;
  return { code, detail: error.message };
}

/** A delta, a shard or an indirect CRL read as a full one would report revoked certificates as good. */
function partialRefusal(crl: Crl): CrlRefusal | undefined {
  return crl.extensions.some(({ oid }) => SCOPE_EXTENSIONS.includes(oid))
    ? { code: 'CRL_UNSUPPORTED', detail: 'the CRL covers only part of the certificates' }
    : undefined;
}

/** Status of one certificate by a full CRL that was found valid. */
export function certificateStatus(crl: Crl, serial: string): 'good' | 'revoked' | 'held' {
  const entry: CrlEntry | undefined = crl.find(serial);
  if (entry === undefined) return 'good';
  // Only a delta may take an entry away: in a full CRL it stands for a revocation.
  return entry.reason === 'certificateHold' ? 'held' : 'revoked';
}
