import { type CrlReason } from '@maker-registry/pki';

/** A request to Fabric CA's REST interface, down to the bytes that its authorization token covers. */
export interface FabricCaRequest {
  readonly method: 'GET' | 'POST';
  /** Path with query, as it goes over the wire. */
  readonly path: string;
  /** Empty for GET. */
  readonly body: string;
}

/** One certificate to be revoked at the CA that issued it. */
export interface FabricCaRevocation {
  readonly caName: string;
  /** Lower-case hex. */
  readonly aki: string;
  readonly serial: string;
  readonly reason: CrlReason | undefined;
}

/**
 * Fabric CA's names of RFC 5280's reasons. It takes a reason that it doesn't know for "unspecified" without a word, so each is
 * mapped by hand. A hold is missing: Fabric CA can't lift one, so only what is final goes there.
 */
const REASONS: Readonly<Record<CrlReason, string | undefined>> = {
  keyCompromise: 'keycompromise',
  cACompromise: 'cacompromise',
  affiliationChanged: 'affiliationchanged',
  superseded: 'superseded',
  cessationOfOperation: 'cessationofoperation',
  certificateHold: undefined,
  privilegeWithdrawn: 'privilegewithdrawn',
  aACompromise: 'aacompromise',
};

/**
 * The request that revokes one certificate, by serial number and key identifier: the owner can enrol again, and no name
 * of a person is said. @returns undefined for a hold, which does not go to Fabric CA
 */
export function fabricCaRevocation(revocation: FabricCaRevocation): FabricCaRequest | undefined {
  const reason = revocation.reason === undefined ? 'unspecified' : REASONS[revocation.reason];
  if (reason === undefined) return undefined;
  const { caName, aki } = revocation;
  // Fabric CA writes serial numbers as big integers: no leading zero, not even half a byte of it.
  const serial = revocation.serial.toLowerCase().replace(/^0+/, '');
  const body = JSON.stringify({
    id: '',
    aki: aki.toLowerCase(),
    serial,
    reason,
    caname: caName,
    gencrl: false,
  });
  return { method: 'POST', path: '/api/v1/revoke', body };
}

/** The request for certificates that a CA has issued: those of one enrolment id, or all. */
export function fabricCaCertificates(caName: string, enrollmentId?: string): FabricCaRequest {
  const id = enrollmentId === undefined ? '' : `id=${encodeURIComponent(enrollmentId)}&`;
  return { method: 'GET', path: `/api/v1/certificates?${id}ca=${encodeURIComponent(caName)}`, body: '' };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What the caller signs (ECDSA P-256 over SHA-256, DER, low s): method, path, body and certificate. */
export function fabricCaMessage({ method, path, body }: FabricCaRequest, certificate: string): string {
  return [method, base64(path), base64(body), base64(certificate)].join('.');
}

/** Fabric CA's authorization header. It has no time in it, but is good for this one request only. */
export function fabricCaToken(certificate: string, signature: Uint8Array): string {
  return `${base64(certificate)}.${Buffer.from(signature).toString('base64')}`;
}

const TOKEN = /^([A-Za-z0-9+/]+={0,2})\.([A-Za-z0-9+/]+={0,2})$/;

/** Takes a token apart; nothing of it is verified. @returns undefined for what is no token */
export function parseFabricCaToken(
  token: string,
): { readonly certificate: string; readonly signature: Uint8Array } | undefined {
  const [, certificate, signature] = TOKEN.exec(token) ?? [];
  if (certificate === undefined || signature === undefined) return undefined;
  return {
    certificate: Buffer.from(certificate, 'base64').toString('utf8'),
    signature: Buffer.from(signature, 'base64'),
  };
}
