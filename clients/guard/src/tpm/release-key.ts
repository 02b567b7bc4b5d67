import { ClientError } from '@maker-registry/sdk';
import { type TpmSequence } from './tpm-tools';

/** A key pair inside the TPM to which a content key is encrypted; it lives for one sequence. */
export interface ReleaseKey {
  /** TPM2B_PUBLIC. */
  readonly publicArea: Uint8Array;
}

/** A signed statement of the TPM as it leaves it. */
export interface Attestation {
  /** TPMS_ATTEST. */
  readonly attest: Uint8Array;
  /** TPMT_SIGNATURE. */
  readonly signature: Uint8Array;
}

const ATTRIBUTES = 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|decrypt';
const COORDINATE_BYTES = 32;
const POINT_BYTES = 65;
const UNCOMPRESSED = 0x04;

/**
 * Makes a fresh P-256 key that can only do key agreement and can never leave the TPM. Fresh for every release, so that
 * nothing recorded earlier opens with it.
 */
export async function createReleaseKey(tpm: TpmSequence): Promise<ReleaseKey> {
  await tpm.run('createprimary', '-C', 'o', '-G', 'ecc256', '-c', 'primary.ctx');
  await tpm.run(
    'create',
    ...['-C', 'primary.ctx', '-G', 'ecc256', '-a', ATTRIBUTES],
    ...['-u', 'release.pub', '-r', 'release.priv', '-c', 'release.ctx'],
  );
  return { publicArea: await tpm.read('release.pub') };
}

/** The AK's statement that the release key is an object of this TPM (TPM2_Certify). */
export async function certifyReleaseKey(tpm: TpmSequence): Promise<Attestation> {
  await tpm.run(
    'certify',
    ...['-c', 'release.ctx', '-C', 'ak.ctx', '-g', 'sha256', '-o', 'certify.attest', '-s', 'certify.sig'],
  );
  return { attest: await tpm.read('certify.attest'), signature: await tpm.read('certify.sig') };
}

/**
 * The shared secret of the release key and the peer's public point (65 bytes, uncompressed): the x coordinate, which is
 * what ECDH-ES calls Z. The TPM refuses a point that is not on the curve.
 */
export async function agreeWithReleaseKey(tpm: TpmSequence, peer: Uint8Array): Promise<Uint8Array> {
  if (peer.length !== POINT_BYTES || peer[0] !== UNCOMPRESSED) {
    throw new ClientError('TPM_FAILED', 'The sender’s ephemeral key is not an uncompressed P-256 point.');
  }
  await tpm.write('peer', encodePoint(peer));
  await tpm.run('ecdhzgen', '-c', 'release.ctx', '-u', 'peer', '-o', 'shared');
  return decodePointX(await tpm.take('shared'));
}

/** TPM2B_ECC_POINT of an uncompressed point. */
function encodePoint(point: Uint8Array): Uint8Array {
  const coordinate = (start: number): Buffer => sized(point.subarray(start, start + COORDINATE_BYTES));
  return sized(Buffer.concat([coordinate(1), coordinate(1 + COORDINATE_BYTES)]));
}

function sized(bytes: Uint8Array): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/** x of a TPM2B_ECC_POINT, left-padded: some TPMs drop leading zeros. */
function decodePointX(structure: Buffer): Uint8Array {
  const sizeOffset = 2;
  const start = sizeOffset + 2;
  const length = structure.length >= start ? structure.readUInt16BE(sizeOffset) : 0;
  const x = structure.subarray(start, start + length);
  if (length === 0 || length > COORDINATE_BYTES || x.length !== length) {
    throw new ClientError('TPM_FAILED', 'The TPM returned a malformed point.');
  }
  const padded = new Uint8Array(COORDINATE_BYTES);
  padded.set(x, COORDINATE_BYTES - length);
  structure.fill(0);
  return padded;
}
