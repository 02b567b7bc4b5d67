import { X509Certificate } from 'node:crypto';
import { derOfPem } from './certificates';
import { DER_OBJECT_IDENTIFIER, DER_OCTET_STRING, DER_SEQUENCE, readDer } from './der';
import { ProofError } from './errors';
import { MAX_CERTIFICATE_BYTES } from './limits';

/** 1.2.3.4.5.6.7.8.1, Fabric CA's attribute extension: JSON {"attrs":{name:value}}. */
const ATTRIBUTES_OID = Buffer.from('2a03040506070801', 'hex');
const SCAN_DEPTH = 6;

/**
 * Reads the same certificate as `readCertificate` does, whose key verifies signatures: Node itself finds another one in a text
 * with several, so that one could be judged and the other's owner sign.
 *
 * @throws ProofError SIGNATURE_INVALID when the PEM is no certificate
 */
export function parseCertificate(pem: string | Uint8Array): X509Certificate {
  const der = derOfPem(typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1'));
  try {
    return new X509Certificate(der);
  } catch {
    throw new ProofError('SIGNATURE_INVALID', 'the identity carries no readable X.509 certificate');
  }
}

/** The extension SEQUENCE { OID, [critical,] OCTET STRING } whose OID is Fabric CA's; depth-bounded. */
function findAttributes(bytes: Uint8Array, depth: number): Uint8Array | null {
  let offset = 0;
  let named = false;
  while (offset < bytes.length) {
    const element = readDer(bytes, offset);
    offset = element.end;
    if (element.tag === DER_OBJECT_IDENTIFIER) named = ATTRIBUTES_OID.equals(element.content);
    else if (named && element.tag === DER_OCTET_STRING) return element.content;
    else if (depth > 0 && (element.tag === DER_SEQUENCE || element.tag === 0xa3)) {
      const found = findAttributes(element.content, depth - 1);
      if (found !== null) return found;
    }
  }
  return null;
}

function stringsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/**
 * The attributes Fabric CA wrote into a certificate, e.g. {"registry.role": "auditor"}.
 * Says what the certificate claims; whether its CA is trusted is the caller's question.
 *
 * @returns {} when there are none or they can't be read
 */
export function certificateAttributes(certificate: X509Certificate): Record<string, string> {
  if (certificate.raw.length > MAX_CERTIFICATE_BYTES) return {};
  try {
    const found = findAttributes(certificate.raw, SCAN_DEPTH);
    if (found === null) return {};
    const parsed: unknown = JSON.parse(Buffer.from(found).toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && 'attrs' in parsed ? stringsOf(parsed.attrs) : {};
  } catch {
    return {};
  }
}
