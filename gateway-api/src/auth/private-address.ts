import { lookup } from 'node:dns/promises';
import { isPrivateAddress } from '@maker-registry/protocol';

/**
 * The public address of a host, so that what is checked is what is connected to.
 *
 * @throws Error when any address of the host is private.
 */
export async function publicAddress(host: string): Promise<{ address: string; family: number }> {
  const bare = host.replace(/^\[|\]$/g, '');
  const addresses = await lookup(bare, { all: true });
  const first = addresses[0];
  if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address))) {
    throw new Error(`${bare} is not a public address; set OIDC_ALLOW_PRIVATE_ADDRESSES=true to permit it`);
  }
  return first;
}
