import { type PublicJwk } from '@maker-registry/protocol';
import { type Given, jwksFingerprint, optional, parseJwks } from '@maker-registry/guard';
import { ClientError } from '@maker-registry/sdk';

/**
 * The wrapping key in an operator's key set as its gateway serves it. The gateway is the attacker: with a wrapping key of its
 * own it would get the content key in clear. So the set counts only with the fingerprint that the caller has from elsewhere.
 *
 * @throws ClientError KEYS_NOT_PINNED, FINGERPRINT_MISMATCH, RESPONSE_MALFORMED
 */
export function wrappingKey(jwks: Uint8Array, given: Given): PublicJwk {
  const keys = parseJwks(jwks);
  const fingerprint = jwksFingerprint(keys);
  const confirmed = optional(given, 'fingerprint');
  if (confirmed === undefined && given['trust-first'] !== true) {
    throw new ClientError(
      'KEYS_NOT_PINNED',
      `The operator's keys have fingerprint ${fingerprint}. Compare it with what the operator publishes elsewhere, ` +
        `then repeat with --fingerprint ${fingerprint}`,
      { subject: fingerprint },
    );
  }
  if (confirmed !== undefined && confirmed !== fingerprint) {
    throw new ClientError(
      'FINGERPRINT_MISMATCH',
      `The keys have fingerprint ${fingerprint}, not ${confirmed}.`,
      { subject: fingerprint },
    );
  }
  const wrapKey = keys.find(({ use }) => use === 'wrap');
  if (wrapKey !== undefined) return wrapKey;
  throw new ClientError('RESPONSE_MALFORMED', 'The operator publishes no wrapping key.');
}
