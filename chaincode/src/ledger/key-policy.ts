import type { Context } from 'fabric-contract-api';
import { RegistryError } from '@maker-registry/protocol';

/** The part of Fabric's chaincode stub that sets endorsement policies of single keys. */
export type KeyPolicyStub = Pick<
  Context['stub'],
  'getState' | 'setStateValidationParameter' | 'getPrivateDataHash' | 'setPrivateDataValidationParameter'
>;

/**
 * Sets the endorsement policy of one key. The key is read first, in the same transaction: a policy may never be set in a
 * transaction that does not also read or write its key, and a key that does not exist gets none. This file is the only one
 * in which lint lets the stub's own methods be called.
 *
 * @param policy serialized SignaturePolicyEnvelope, as fabric-shim's KeyEndorsementPolicy gives it
 * @throws RegistryError LEDGER_KEY_ABSENT when the ledger has no value under the key; nothing is set then
 */
export async function setKeyPolicy(stub: KeyPolicyStub, key: string, policy: Uint8Array): Promise<void> {
  assertPresent(await stub.getState(key), key);
  await stub.setStateValidationParameter(key, policy);
}

/**
 * The same for a key of a private data collection, whose hash every endorser has.
 *
 * @throws RegistryError LEDGER_KEY_ABSENT
 */
export async function setPrivateKeyPolicy(
  stub: KeyPolicyStub,
  collection: string,
  key: string,
  policy: Uint8Array,
): Promise<void> {
  assertPresent(await stub.getPrivateDataHash(collection, key), key);
  await stub.setPrivateDataValidationParameter(collection, key, policy);
}

function assertPresent(value: Uint8Array, key: string): void {
  if (value.length > 0) return;
  throw new RegistryError('LEDGER_KEY_ABSENT', 'A key that does not exist gets no endorsement policy.', {
    subject: key,
  });
}
