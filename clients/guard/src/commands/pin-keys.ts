import { type RegistryClient, ClientError } from '@maker-registry/sdk';
import { type StateDirectory } from '../state/state-directory';
import { jwksFingerprint, parseJwks, pinOperator } from '../trust/pinned-operators';
import { type Given, namedGateway, optional, required, wholeNumber } from './options';

/** As many operators as a network can have. */
const MAX_THRESHOLD = 64;

export interface PinResult {
  readonly operator: string;
  readonly fingerprint: string;
  readonly pinned: boolean;
}

/**
 * Fetches an operator's public keys and pins them, with the gateway's address, when their fingerprint is the one the caller has from elsewhere. Without
 * a fingerprint nothing is pinned, and the error shows the fingerprint to compare.
 *
 * @throws ClientError KEYS_NOT_PINNED, FINGERPRINT_MISMATCH
 */
export async function pinKeys(
  client: RegistryClient,
  state: StateDirectory,
  given: Given,
  environment: NodeJS.ProcessEnv,
): Promise<PinResult> {
  const mspId = required(given, 'operator');
  const keys = parseJwks(await client.trust.jwks());
  const fingerprint = jwksFingerprint(keys);
  const confirmed = optional(given, 'fingerprint');
  if (confirmed === undefined && given['trust-first'] !== true) {
    throw new ClientError(
      'KEYS_NOT_PINNED',
      `The keys of ${mspId} have fingerprint ${fingerprint}. Compare it with what the operator publishes elsewhere, ` +
        `then repeat with --fingerprint ${fingerprint}`,
      { subject: fingerprint },
    );
  }
  if (confirmed !== undefined && confirmed !== fingerprint) {
    throw new ClientError(
      'FINGERPRINT_MISMATCH',
      `The keys have fingerprint ${fingerprint}, not ${confirmed}.`,
      {
        subject: fingerprint,
      },
    );
  }
  const gateway = await namedGateway(given, environment);
  const operator = { mspId, fingerprint, keys, ...(gateway === undefined ? {} : { gateway }) };
  await pinOperator(state, client.network, operator, thresholdOf(given));
  return { operator: mspId, fingerprint, pinned: true };
}

function thresholdOf(given: Given): number | undefined {
  const text = optional(given, 'threshold');
  return text === undefined ? undefined : wholeNumber(text, 'threshold', { min: 1, max: MAX_THRESHOLD });
}
