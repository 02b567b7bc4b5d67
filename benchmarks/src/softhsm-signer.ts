import * as pkcs11 from 'pkcs11js';
import { softHsmToken } from './softhsm-token';

const P256 = Buffer.from('06082a8648ce3d030107', 'hex');
const SIGNATURE_BYTES = 64;
const SIGN_BIT = 0x80;

/** Signs SHA-256 digests with a P-256 key in a SoftHSM token of its own; gives DER. */
export type DigestSigner = (digest: Uint8Array) => Buffer;

/** A new token in `folder`, with one key. The process keeps it until it ends. */
export function softHsmSigner(folder: string): DigestSigner {
  const { module, pin } = softHsmToken(folder);
  const library = new pkcs11.PKCS11();
  library.load(module);
  // Without locking SoftHSM crashes as soon as two threads sign.
  library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
  const [slot] = library.C_GetSlotList(true);
  if (slot === undefined) throw new Error('The new token has no slot.');
  const session = library.C_OpenSession(slot, pkcs11.CKF_RW_SESSION | pkcs11.CKF_SERIAL_SESSION);
  library.C_Login(session, pkcs11.CKU_USER, pin);
  const { privateKey } = library.C_GenerateKeyPair(
    session,
    { mechanism: pkcs11.CKM_EC_KEY_PAIR_GEN },
    [
      { type: pkcs11.CKA_EC_PARAMS, value: P256 },
      { type: pkcs11.CKA_VERIFY, value: true },
    ],
    [
      { type: pkcs11.CKA_SIGN, value: true },
      { type: pkcs11.CKA_SENSITIVE, value: true },
      { type: pkcs11.CKA_EXTRACTABLE, value: false },
    ],
  );
  return (digest) => {
    library.C_SignInit(session, { mechanism: pkcs11.CKM_ECDSA }, privateKey);
    const raw = library.C_Sign(session, Buffer.from(digest), Buffer.alloc(SIGNATURE_BYTES));
    const half = SIGNATURE_BYTES / 2;
    const [r, s] = [integer(raw.subarray(0, half)), integer(raw.subarray(half))];
    return Buffer.concat([Buffer.of(0x30, r.length + s.length), r, s]);
  };
}

function integer(unsigned: Buffer): Buffer {
  let from = 0;
  while (from < unsigned.length - 1 && unsigned[from] === 0) from += 1;
  const content = unsigned.subarray(from);
  const sign = (content[0] ?? 0) >= SIGN_BIT ? Buffer.of(0) : Buffer.alloc(0);
  return Buffer.concat([Buffer.of(2, sign.length + content.length), sign, content]);
}
