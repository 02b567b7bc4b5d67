import { concatBytes, fromHex, lp16, lp8, utf8 } from './encoding/bytes';
import { sha256 } from './encoding/hash';
import { ID_BYTES } from './identifiers';

/** What a quote for a key release answers. */
export interface AttestationContext {
  /** Bytes of the gateway's nonce. */
  readonly nonce: Uint8Array;
  /** Hex. */
  readonly rightId: string;
  /** TPM Name of the key that the content key is to be encrypted to. */
  readonly releaseKeyName: Uint8Array;
}

const DOMAIN = 'MRQ1';

/**
 * The extraData of a quote for a key release: SHA-256("MRQ1" ‖ lp8(nonce) ‖ lp8(right_id) ‖ lp16(Name)). A quote over the
 * nonce alone could be forwarded by an attested machine to vouch for another right, or for a key outside its TPM.
 */
export function attestationContext({ nonce, rightId, releaseKeyName }: AttestationContext): Uint8Array {
  return sha256(concatBytes(utf8(DOMAIN), lp8(nonce), lp8(fromHex(rightId, ID_BYTES)), lp16(releaseKeyName)));
}
