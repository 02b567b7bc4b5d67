import { createHash } from 'node:crypto';
import { type HashAlgorithm } from './algorithms';
import { type TpmPublicKey } from './public-area';
import { u16, u32 } from './wire';

/** TPM_RH_ENDORSEMENT: the hierarchy an endorsement key stands in (TPM 2.0 part 2, 7.4). */
const ENDORSEMENT_HIERARCHY = 0x4000_000b;

function named(hash: HashAlgorithm, ...parts: readonly Uint8Array[]): Buffer {
  const digest = createHash(hash.name);
  for (const part of parts) digest.update(part);
  return Buffer.concat([u16(hash.id), digest.digest()]);
}

/** Name of a key: its name algorithm, then the hash of its public area (TPM 2.0 part 1, 16). */
export function keyName(key: TpmPublicKey): Buffer {
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = named(key.area.nameAlgorithm, key.bytes);
  names.set(key, name);
  return name;
}

/** A key's name never changes; a device's is asked for with every quote. */
const names = new WeakMap<TpmPublicKey, Buffer>();

/**
 * Qualified name of an attestation key that is a child of this endorsement key: it folds in the names of all its
 * ancestors, so it says in which TPM the key stands and where.
 */
export function qualifiedNameUnderEndorsementKey(key: TpmPublicKey, endorsementKey: TpmPublicKey): Buffer {
  const parent = named(
    endorsementKey.area.nameAlgorithm,
    u32(ENDORSEMENT_HIERARCHY),
    keyName(endorsementKey),
  );
  return named(key.area.nameAlgorithm, parent, keyName(key));
}
