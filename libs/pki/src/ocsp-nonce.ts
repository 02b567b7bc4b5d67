import { DerReader } from './der-reader';
import { TAG } from './der-tags';
import { element, extension } from './der-writer';
import { type Extension, findExtension } from './extensions';
import { MAX_NONCE_BYTES } from './limits';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';

/** The nonce among extensions: 1 to 128 octets (RFC 9654 §2.1). Throws PkiFormatError for another length. */
export function readNonce(extensions: readonly Extension[]): Buffer | undefined {
  const found = findExtension(extensions, OID.ocspNonce);
  if (found === undefined) return undefined;
  const reader = new DerReader(found.value);
  const nonce = reader.content(reader.expect(TAG.octetString, 'the nonce'));
  reader.finish('the nonce');
  assertNonce(nonce);
  return nonce;
}

export function nonceExtension(nonce: Uint8Array): Buffer {
  assertNonce(nonce);
  return extension(OID.ocspNonce, element(TAG.octetString, nonce));
}

function assertNonce(nonce: Uint8Array): void {
  if (nonce.length === 0 || nonce.length > MAX_NONCE_BYTES)
    throw new PkiFormatError(`a nonce has 1 to ${MAX_NONCE_BYTES} octets`);
}
