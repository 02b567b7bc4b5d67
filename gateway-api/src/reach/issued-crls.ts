import { RegistryError } from '@maker-registry/protocol';
import { AUTHORITY_NAMES } from '../crl';
import { FULL } from '../crl/scope';
import { type TrustSource } from '../trust';

/** What this gateway serves of one CA now, DER. */
export interface IssuedCrl {
  /** The full list. */
  readonly base: Uint8Array;
  /** What changed since; a long full list follows later. */
  readonly delta: Uint8Array | undefined;
}

/** The CRLs that this gateway serves; none where it runs without an HSM, or has issued none yet. */
export async function issuedCrls(trust: TrustSource): Promise<readonly IssuedCrl[]> {
  const services = trust();
  if (services === undefined) return [];
  const crl = async (name: string, kind: 'base' | 'delta'): Promise<Uint8Array | undefined> => {
    try {
      return (await services.crls.current(name, FULL, kind)).der;
    } catch (error) {
      if (error instanceof RegistryError && error.code === 'MIRROR_BEHIND') return undefined;
      throw error;
    }
  };
  const all = await Promise.all(
    AUTHORITY_NAMES.map(async (name) => ({ base: await crl(name, 'base'), delta: await crl(name, 'delta') })),
  );
  return all.flatMap(({ base, delta }) => (base === undefined ? [] : [{ base, delta }]));
}
