import * as pkcs11 from 'pkcs11js';
import { assertPoint, toLowS, unwrapEcPoint } from './ec';
import { HsmError } from './hsm-error';
import { DIGEST_BYTES, SIGNATURE_BYTES } from './limits';
import { type KeyReference, type KeyUsage } from './messages';
import { type Pkcs11Connection } from './pkcs11-connection';

/** DER object identifier of P-256, the value of CKA_EC_PARAMS. */
const P256_PARAMETERS = Buffer.from('06082a8648ce3d030107', 'hex');
const SHARED_SECRET_BYTES = 32;

/** An operation on one session that is lent to it alone. */
export type TokenOperation<T> = (connection: Pkcs11Connection, session: pkcs11.Handle) => Promise<T>;

/** ECDSA P-256 over a SHA-256 digest → r‖s. */
export function signDigest(key: KeyReference, digest: Uint8Array, lowS: boolean): TokenOperation<Uint8Array> {
  if (digest.length !== DIGEST_BYTES) throw new HsmError('HSM_BAD_REQUEST', 'a digest has 32 bytes');
  return async (connection, session) => {
    const handle = connection.findKey(session, key, pkcs11.CKO_PRIVATE_KEY);
    connection.module.C_SignInit(session, { mechanism: pkcs11.CKM_ECDSA }, handle);
    const signature = await connection.module.C_SignAsync(
      session,
      Buffer.from(digest),
      Buffer.alloc(SIGNATURE_BYTES),
    );
    return lowS ? toLowS(signature) : signature;
  };
}

/** ECDH on P-256 with the peer's point → the 32-byte x coordinate Z (RFC 7518 §4.6 derives keys from it). */
export function deriveShared(key: KeyReference, peer: Uint8Array): TokenOperation<Uint8Array> {
  const parameter: pkcs11.ECDH1 = {
    type: pkcs11.CK_PARAMS_EC_DH,
    kdf: pkcs11.CKD_NULL,
    publicData: Buffer.from(assertPoint(peer)),
  };
  return async (connection, session) => {
    const handle = connection.findKey(session, key, pkcs11.CKO_PRIVATE_KEY);
    const secret = await connection.module.C_DeriveKeyAsync(
      session,
      { mechanism: pkcs11.CKM_ECDH1_DERIVE, parameter },
      handle,
      [
        { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
        { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_GENERIC_SECRET },
        { type: pkcs11.CKA_TOKEN, value: false },
        { type: pkcs11.CKA_SENSITIVE, value: false },
        { type: pkcs11.CKA_EXTRACTABLE, value: true },
        { type: pkcs11.CKA_VALUE_LEN, value: SHARED_SECRET_BYTES },
      ],
    );
    try {
      const value = attribute(connection, session, secret, pkcs11.CKA_VALUE);
      if (value.length !== SHARED_SECRET_BYTES) {
        throw new HsmError('HSM_UNAVAILABLE', `the token derived ${value.length} bytes instead of 32`);
      }
      return value;
    } finally {
      connection.module.C_DestroyObject(session, secret);
    }
  };
}

/** Uncompressed point of a key pair's public part. */
export function readPublicKey(key: KeyReference): TokenOperation<Uint8Array> {
  return (connection, session) => {
    const handle = connection.findKey(session, key, pkcs11.CKO_PUBLIC_KEY);
    return Promise.resolve(unwrapEcPoint(attribute(connection, session, handle, pkcs11.CKA_EC_POINT)));
  };
}

/** Makes a P-256 pair that never leaves the token, checks that the token kept that promise, returns the point. */
export function generateKeyPair(label: string, usage: KeyUsage): TokenOperation<Uint8Array> {
  return async (connection, session) => {
    if (connection.search(session, { label }, pkcs11.CKO_PRIVATE_KEY).length > 0) {
      throw new HsmError('HSM_KEY_EXISTS', `a key with label "${label}" exists already`);
    }
    const id = Buffer.from(label, 'utf8');
    const signs = usage === 'sign';
    const pair = await connection.module.C_GenerateKeyPairAsync(
      session,
      { mechanism: pkcs11.CKM_EC_KEY_PAIR_GEN },
      [
        { type: pkcs11.CKA_TOKEN, value: true },
        { type: pkcs11.CKA_PRIVATE, value: false },
        { type: pkcs11.CKA_LABEL, value: label },
        { type: pkcs11.CKA_ID, value: id },
        { type: pkcs11.CKA_VERIFY, value: signs },
        { type: pkcs11.CKA_EC_PARAMS, value: P256_PARAMETERS },
      ],
      [
        { type: pkcs11.CKA_TOKEN, value: true },
        { type: pkcs11.CKA_PRIVATE, value: true },
        { type: pkcs11.CKA_LABEL, value: label },
        { type: pkcs11.CKA_ID, value: id },
        { type: pkcs11.CKA_SENSITIVE, value: true },
        { type: pkcs11.CKA_EXTRACTABLE, value: false },
        { type: pkcs11.CKA_SIGN, value: signs },
        { type: pkcs11.CKA_DERIVE, value: !signs },
      ],
    );
    assertKept(connection, session, pair, label);
    return unwrapEcPoint(attribute(connection, session, pair.publicKey, pkcs11.CKA_EC_POINT));
  };
}

function assertKept(
  connection: Pkcs11Connection,
  session: pkcs11.Handle,
  pair: pkcs11.KeyPair,
  label: string,
): void {
  const sensitive = attribute(connection, session, pair.privateKey, pkcs11.CKA_SENSITIVE)[0] === 1;
  const extractable = attribute(connection, session, pair.privateKey, pkcs11.CKA_EXTRACTABLE)[0] === 1;
  if (sensitive && !extractable) return;
  connection.module.C_DestroyObject(session, pair.privateKey);
  connection.module.C_DestroyObject(session, pair.publicKey);
  throw new HsmError('HSM_KEY_UNSAFE', `the token made key "${label}" exportable; it was destroyed`);
}

function attribute(
  connection: Pkcs11Connection,
  session: pkcs11.Handle,
  object: pkcs11.Handle,
  type: number,
): Buffer {
  const [result] = connection.module.C_GetAttributeValue(session, object, [{ type }]);
  if (result === undefined) throw new HsmError('HSM_UNAVAILABLE', 'the token returned no attribute value');
  return result.value;
}
