import { type KeyObject } from 'node:crypto';
import { type KeyScheme, type PublicArea, toKeyObject } from './public-area';

/** A public key as signatures are verified with it. */
export interface SigningKey {
  readonly type: 'rsa' | 'ecc';
  /** Bytes of the modulus or of a coordinate. */
  readonly size: number;
  readonly keyObject: KeyObject;
  /** The scheme that the key is bound to; `any` where only the bare key is known; undefined: it signs nothing. */
  readonly scheme: KeyScheme | 'any' | undefined;
}

/** The key of a public area; import once, verify often: the import costs as much as a tenth of a verification. */
export function signingKey(area: PublicArea): SigningKey {
  const size = area.type === 'rsa' ? area.modulus.length : area.curve.size;
  return { type: area.type, size, keyObject: toKeyObject(area), scheme: area.scheme };
}
