/** Fabric's composite keys start with and are separated by U+0000, so they never meet a plain key range. */
const SEPARATOR = '\u0000';

/**
 * Fabric's composite key of an object type and its attributes, in the very layout of `stub.createCompositeKey`.
 * Written out here so that keys are the same wherever the rules run (a test compares both).
 *
 * @throws {Error} when an attribute holds U+0000: it would forge another object's key.
 */
export function compositeKey(objectType: string, attributes: readonly string[]): string {
  for (const part of [objectType, ...attributes]) {
    if (part.includes(SEPARATOR)) throw new Error('a key attribute must not contain U+0000');
  }
  return SEPARATOR + [objectType, ...attributes].map((part) => part + SEPARATOR).join('');
}
