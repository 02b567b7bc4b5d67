import { derOfPem } from '../certificates';
import { equalBytes } from '../digests';
import { ProofError } from '../errors';
import { parseIdentity } from '../identities';
import { LEN, orEmpty, shape, WireReader } from '../wire-reader';
import { bytesField, presentField } from '../wire-writer';

/**
 * An identity as the file holds it: { 1 as received } or { 2 MSP id, 3 certificate in DER }. Fabric carries certificates as PEM
 * text, a third larger and hard to compress; where the PEM is the one that Go and OpenSSL write, the DER says it all.
 */
const ENTRY = shape({ 1: LEN, 2: LEN, 3: LEN });
const PEM_LINE = /.{1,64}/g;

/** The PEM that Go's encoding/pem and OpenSSL write: lines of 64 characters, one line feed at each end. */
function pemOf(der: Uint8Array): string {
  const text = Buffer.from(der).toString('base64');
  const lines = text.match(PEM_LINE) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** msp.SerializedIdentity { 1 mspid, 2 id_bytes }. */
function serialized(mspId: Uint8Array, der: Uint8Array): Uint8Array {
  return Buffer.concat([...bytesField(1, mspId), ...bytesField(2, Buffer.from(pemOf(der), 'utf8'))]);
}

export function encodeIdentity(identity: Uint8Array): Uint8Array {
  try {
    const { mspId, certificate } = parseIdentity(identity);
    const [name, der] = [Buffer.from(mspId, 'utf8'), derOfPem(certificate)];
    if (equalBytes(serialized(name, der), identity))
      return Buffer.concat([...presentField(2, name), ...presentField(3, der)]);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
  }
  return Buffer.concat(presentField(1, identity));
}

/** @returns the identity as Fabric serializes it. @throws ProofError WIRE_*, RECEIPT_MALFORMED */
export function decodeIdentity(bytes: Uint8Array): Uint8Array {
  const reader = new WireReader(bytes, 'receipt identity', 'signing');
  const parts: (Uint8Array | undefined)[] = [];
  while (reader.next(ENTRY)) parts[reader.field] = reader.bytes();
  const [, whole, mspId, der] = parts;
  if (whole === undefined) return serialized(orEmpty(mspId), orEmpty(der));
  if (mspId === undefined && der === undefined) return whole;
  throw new ProofError('RECEIPT_MALFORMED', 'an identity of the receipt is given twice');
}
