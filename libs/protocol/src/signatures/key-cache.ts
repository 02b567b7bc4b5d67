import { createPublicKey, type KeyObject } from 'node:crypto';
import { KEY_CACHE_ENTRIES } from '../limits';
import { type SignatureAlgorithm } from './algorithms';

const SPKI_PREFIX: Readonly<Record<SignatureAlgorithm, string>> = {
  ed25519: '302a300506032b6570032100',
  es256: '3039301306072a8648ce3d020106082a8648ce3d030107032200',
};

/**
 * Imported keys by algorithm and hex. Bounded: whoever registers a million actors must not fill an endorser's memory.
 * A Map keeps insertion order, so the first key is the one that has not been used for longest. The cache holds pure
 * functions of its keys and so cannot make two endorsers disagree.
 */
const imported = new Map<string, KeyObject>();

/** The platform's handle of a public key, or undefined when the platform refuses it (for es256: not on the curve). */
export function importPublicKey(alg: SignatureAlgorithm, publicKey: string): KeyObject | undefined {
  const name = `${alg}:${publicKey}`;
  const known = imported.get(name);
  if (known !== undefined) {
    imported.delete(name);
    imported.set(name, known);
    return known;
  }
  const key = tryImport(alg, publicKey);
  if (key === undefined) return undefined;
  if (imported.size >= KEY_CACHE_ENTRIES) evictOldest();
  imported.set(name, key);
  return key;
}

function tryImport(alg: SignatureAlgorithm, publicKey: string): KeyObject | undefined {
  try {
    return createPublicKey({
      key: Buffer.from(SPKI_PREFIX[alg] + publicKey, 'hex'),
      format: 'der',
      type: 'spki',
    });
  } catch {
    return undefined;
  }
}

function evictOldest(): void {
  for (const name of imported.keys()) {
    imported.delete(name);
    return;
  }
}
