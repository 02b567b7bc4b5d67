import { type IpBytes, isInNetwork, parseIpv4, parseIpv6 } from './ip-address';

type Network = readonly [network: IpBytes, bits: number];

function v4(network: string, bits: number): Network {
  return [parseIpv4(network) ?? [], bits];
}

function v6(network: string, bits: number): Network {
  return [parseIpv6(network) ?? [], bits];
}

/** Loopback, private, link-local, shared, benchmark, relay, documentation, multicast and reserved (IANA special-purpose registry). */
const PRIVATE_V4: readonly Network[] = [
  v4('0.0.0.0', 8),
  v4('10.0.0.0', 8),
  v4('100.64.0.0', 10),
  v4('127.0.0.0', 8),
  v4('169.254.0.0', 16),
  v4('172.16.0.0', 12),
  v4('192.0.0.0', 24),
  v4('192.0.2.0', 24),
  v4('192.88.99.0', 24),
  v4('192.168.0.0', 16),
  v4('198.18.0.0', 15),
  v4('198.51.100.0', 24),
  v4('203.0.113.0', 24),
  v4('224.0.0.0', 3),
];

/** Global unicast. What lies outside is loopback, local, multicast, reserved, or carries an IPv4 address (NAT64). */
const GLOBAL_V6 = v6('2000::', 3);
/** The parts of global unicast that are not: protocol assignments with Teredo, documentation, 6to4. */
const PRIVATE_V6: readonly Network[] = [
  v6('2001::', 23),
  v6('2001:db8::', 32),
  v6('2002::', 16),
  v6('3fff::', 20),
];
/** IPv4 inside IPv6. */
const MAPPED_V4 = v6('::ffff:0:0', 96);
const MAPPED_BYTES = 12;

function isPrivateV4(address: IpBytes): boolean {
  return PRIVATE_V4.some(([network, bits]) => isInNetwork(address, network, bits));
}

function isPrivateV6(address: IpBytes): boolean {
  if (isInNetwork(address, ...MAPPED_V4)) return isPrivateV4(address.slice(MAPPED_BYTES));
  return (
    !isInNetwork(address, ...GLOBAL_V6) ||
    PRIVATE_V6.some(([network, bits]) => isInNetwork(address, network, bits))
  );
}

/**
 * Whether an address is not one of the public internet: a server that fetches what strangers name must not reach its own
 * network for them. IPv4 mapped into IPv6 counts as the IPv4 address; text that is no address counts as private.
 */
export function isPrivateAddress(address: string): boolean {
  const v4Bytes = parseIpv4(address);
  if (v4Bytes !== undefined) return isPrivateV4(v4Bytes);
  const v6Bytes = parseIpv6(address);
  return v6Bytes === undefined || isPrivateV6(v6Bytes);
}
