import { toHex } from '@maker-registry/protocol';
import { VerifierError } from '../verifier-error';

/** A content id and the path below it. */
export interface IpfsUri {
  readonly cid: string;
  readonly path: string;
  /** SHA-256 of the document, where the id itself says it. Hex. */
  readonly sha256?: string;
}

const IPFS_URI = /^ipfs:\/\/([A-Za-z0-9]{1,128})((?:\/[A-Za-z0-9._~!$&'()*+,;=:@-]+)*)\/?$/;
const DOTS = /^\.{1,2}$/;

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
/** CIDv1, codec raw, multihash sha2-256 of 32 bytes. */
const RAW_SHA256 = '01551220';
/** Characters of such an id: 36 bytes in base 32, after the letter that says so. */
const RAW_SHA256_LENGTH = 59;

/** Reads ipfs://CID/path. What could lead a gateway out of that content is refused with URI_REFUSED. */
export function parseIpfsUri(uri: string): IpfsUri {
  const [, cid, path = ''] = IPFS_URI.exec(uri) ?? [];
  if (cid === undefined || path.split('/').some((segment) => DOTS.test(segment))) {
    throw new VerifierError('URI_REFUSED', 'The address is not ipfs://, a content id and a plain path.');
  }
  const sha256 = path === '' ? rawSha256(cid) : undefined;
  return { cid, path, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** The hash in an id of the one kind whose bytes are the document's own. */
function rawSha256(cid: string): string | undefined {
  if (!cid.startsWith('b') || cid.length !== RAW_SHA256_LENGTH) return undefined;
  const hex = toHex(fromBase32(cid.slice(1)) ?? new Uint8Array());
  return hex.startsWith(RAW_SHA256) ? hex.slice(RAW_SHA256.length) : undefined;
}

/** Base 32 (RFC 4648) in lower case without padding; undefined for another character or spare bits that are not zero. */
function fromBase32(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let [bits, value] = [0, 0];
  for (const character of text) {
    const digit = BASE32.indexOf(character);
    if (digit < 0) return undefined;
    value = (value << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push(value >> bits);
      value &= (1 << bits) - 1;
    }
  }
  return value === 0 ? Uint8Array.from(bytes) : undefined;
}
