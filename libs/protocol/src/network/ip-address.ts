/** The 4 or 16 bytes of an address. */
export type IpBytes = readonly number[];

const DECIMAL_BYTE = /^(?:0|[1-9][0-9]{0,2})$/;
const HEX_GROUP = /^[0-9a-f]{1,4}$/i;
const V4_BYTES = 4;
const V6_BYTES = 16;
const BYTE_MAX = 255;

/**
 * The bytes of an IPv4 address in four decimal parts. Undefined for anything else: octal, hexadecimal and short forms
 * (`0177.1`, `0x7f000001`) mean different addresses to different programs.
 */
export function parseIpv4(text: string): IpBytes | undefined {
  const parts = text.split('.');
  if (parts.length !== V4_BYTES || !parts.every((part) => DECIMAL_BYTE.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= BYTE_MAX) ? bytes : undefined;
}

/** The bytes of one group, or of an IPv4 address that stands for the last two. */
function partBytes(group: string, isLast: boolean): IpBytes | undefined {
  if (HEX_GROUP.test(group)) {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & BYTE_MAX];
  }
  return isLast ? parseIpv4(group) : undefined;
}

/** The bytes of groups joined by colons; of the text's end where `isEnd`. */
function groupBytes(text: string, isEnd: boolean): IpBytes | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const part = partBytes(group, isEnd && index === groups.length - 1);
    if (part === undefined) return undefined;
    bytes.push(...part);
  }
  return bytes;
}

/** The bytes of an IPv6 address (RFC 4291, §2.2). Undefined for anything else, also with a zone or in brackets. */
export function parseIpv6(text: string): IpBytes | undefined {
  const [before = '', after, ...more] = text.split('::');
  const head = groupBytes(before, after === undefined);
  const tail = groupBytes(after ?? '', true);
  if (head === undefined || tail === undefined || more.length > 0) return undefined;
  const missing = V6_BYTES - head.length - tail.length;
  if (after === undefined) return missing === 0 ? head : undefined;
  // `::` stands for at least one group.
  return missing >= 2 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : undefined;
}

/** Whether an address begins with the first `bits` bits of `network`. */
export function isInNetwork(address: IpBytes, network: IpBytes, bits: number): boolean {
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = (BYTE_MAX << Math.max(0, 8 - (bits - bit))) & BYTE_MAX;
    const index = bit / 8;
    if (((address[index] ?? 0) & mask) !== ((network[index] ?? 0) & mask)) return false;
  }
  return true;
}
