import { type Given, readTextFile, required } from '@maker-registry/guard';
import { type FabricIdentity } from '@maker-registry/sdk';

/** The Fabric identity that --msp, --identity-cert and --identity-key name. Its key signs here and goes nowhere. */
export async function fabricIdentityOf(given: Given): Promise<FabricIdentity> {
  return {
    mspId: required(given, 'msp'),
    certificate: await readTextFile(required(given, 'identity-cert')),
    privateKey: await readTextFile(required(given, 'identity-key')),
  };
}
