import { type DerReader } from './der-reader';
import { TAG } from './der-tags';
import { PkiFormatError } from './pki-format-error';

/** Object identifier (hex) of an AlgorithmIdentifier. */
export function readAlgorithm(reader: DerReader): string {
  const fields = reader.inside(reader.expect(TAG.sequence, 'the signature algorithm'));
  return fields.content(fields.expect(TAG.oid, 'the signature algorithm')).toString('hex');
}

/** Content of the BIT STRING with which a signed structure ends. */
export function readSignature(reader: DerReader): Buffer {
  const signature = readBitString(reader);
  reader.finish('the signature');
  return signature;
}

export function readBitString(reader: DerReader): Buffer {
  const content = reader.content(reader.expect(TAG.bitString, 'the signature'));
  if (content[0] !== 0) throw new PkiFormatError('the signature is not in whole octets');
  return content.subarray(1);
}
