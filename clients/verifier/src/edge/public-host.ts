import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPrivateAddress } from '@maker-registry/protocol';
import { MAX_ADDRESSES } from '../limits';
import { VerifierError } from '../verifier-error';

/** An address of a host. */
export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. */
export type Resolver = (host: string) => Promise<readonly HostAddress[]>;

export const systemResolver: Resolver = async (host) => await systemLookup(host, { all: true });

/**
 * The one address that a connection to the host may go to. Every address of the name is judged, since a name with a
 * public and a private one is made to get past a check; and the caller connects to the address that was judged, since a
 * second look-up may answer differently.
 *
 * @param permitted addresses that are not refused although they are private: a test's own server, a site's own store
 * @throws VerifierError ADDRESS_REFUSED
 */
export async function publicHost(
  hostname: string,
  resolve: Resolver,
  permitted: readonly string[],
): Promise<HostAddress> {
  const host = hostname.replace(/^\[|\]$/g, '');
  // An address is connected to as it stands, whatever a resolver would make of it.
  const family = isIP(host);
  const addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
  const [first] = addresses;
  const isRefused = ({ address }: HostAddress): boolean =>
    isPrivateAddress(address) && !permitted.includes(address);
  if (first === undefined || addresses.length > MAX_ADDRESSES || addresses.some(isRefused)) {
    throw new VerifierError('ADDRESS_REFUSED', `${host} is not, or not only, on the public internet.`, {
      subject: host,
    });
  }
  return first;
}
