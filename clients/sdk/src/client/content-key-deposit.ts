import { randomBytes } from 'node:crypto';
import { fromHex, type PublicJwk, publicKeyFromJwk, sealJwe } from '@maker-registry/protocol';

const SCALAR_BYTES = 32;
const IV_BYTES = 12;

/** A content key encrypted to an operator's wrapping key (`use` "wrap" in its JWKS), for `key.deposit`: compact JWE. */
export function wrapContentKey(contentKey: Uint8Array, wrapKey: PublicJwk): string {
  const ephemeralPrivate = randomScalar();
  try {
    return sealJwe({
      recipientPublic: fromHex(publicKeyFromJwk(wrapKey).publicKey),
      ephemeralPrivate,
      iv: randomBytes(IV_BYTES),
      plaintext: contentKey,
      ...(wrapKey.kid === undefined ? {} : { kid: wrapKey.kid }),
    });
  } finally {
    ephemeralPrivate.fill(0);
  }
}

/** A scalar of P-256: its order begins with 32 one bits, so a clear first bit keeps below it. */
function randomScalar(): Buffer {
  const bytes = randomBytes(SCALAR_BYTES);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes;
}
