import { createECDH } from 'node:crypto';

/** A key agreement key in this process's memory, for classes that ask for no attestation. */
export interface SoftwareReleaseKey {
  /** TPM2B_PUBLIC, the form in which the gateway takes release keys. */
  readonly publicArea: Uint8Array;
  /** 32 bytes. */
  readonly privateKey: Buffer;
}

/** TPM_ALG_ECC, nameAlg SHA-256, userWithAuth|decrypt: it claims no more than it is, least of all to be in a TPM. */
const HEAD = Buffer.from('0023000b000200400000', 'hex');
/** No symmetric algorithm, no scheme, P-256, no KDF. */
const PARAMETERS = Buffer.from('0010001000030010', 'hex');
const COORDINATE_BYTES = 32;

export function createSoftwareReleaseKey(): SoftwareReleaseKey {
  const ecdh = createECDH('prime256v1');
  const point = ecdh.generateKeys();
  const coordinate = (start: number): Buffer => sized(point.subarray(start, start + COORDINATE_BYTES));
  const area = Buffer.concat([HEAD, PARAMETERS, coordinate(1), coordinate(1 + COORDINATE_BYTES)]);
  const scalar = ecdh.getPrivateKey();
  const privateKey = Buffer.alloc(COORDINATE_BYTES);
  scalar.copy(privateKey, COORDINATE_BYTES - scalar.length);
  scalar.fill(0);
  return { publicArea: sized(area), privateKey };
}

function sized(bytes: Uint8Array): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}
