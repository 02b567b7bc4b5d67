import { randomBytes } from 'node:crypto';
import {
  fromHex,
  isRegistryError,
  type PublicJwk,
  publicKeyFromJwk,
  sealJwe,
} from '@maker-registry/protocol';
import { isClientError } from '../errors/client-error';
import { type ActorSigner } from '../keys/actor-signer';
import { type RegistryClient } from './registry-client';

const SCALAR_BYTES = 32;
const IV_BYTES = 12;

/** A content key, or an operator's share of one, encrypted to that operator's wrapping key (`use` "wrap" in its JWKS), for `key.deposit`: compact JWE. */
export function wrapContentKey(contentKey: Uint8Array, wrapKey: PublicJwk): string {
  const ephemeralPrivate = randomScalar();
  try {
    return sealJwe({
      recipientPublic: fromHex(publicKeyFromJwk(wrapKey).publicKey),
      ephemeralPrivate,
      iv: randomBytes(IV_BYTES),
      plaintext: contentKey,
      ...(wrapKey.kid === undefined ? {} : { kid: wrapKey.kid }),
    });
  } finally {
    ephemeralPrivate.fill(0);
  }
}

/** A scalar of P-256: its order begins with 32 one bits, so a clear first bit keeps below it. */
function randomScalar(): Buffer {
  const bytes = randomBytes(SCALAR_BYTES);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes;
}

/** An operator that a key is deposited with. */
export interface DepositTarget {
  /** MSP id. */
  readonly operator: string;
  readonly client: Pick<RegistryClient, 'trust'>;
  /** The operator's wrapping key as it was pinned: never as the gateway says it at the time. */
  readonly wrapKey: PublicJwk;
}

export interface KeyDeposit {
  readonly artifactId: string;
  readonly version: number;
  /** What this operator gets: the whole key, or its share. */
  readonly secretOf: (operator: string) => Uint8Array;
}

/** What became of one operator's deposit. */
export type DepositOutcome =
  | { readonly operator: string; readonly status: 'deposited' }
  | { readonly operator: string; readonly status: 'failed'; readonly code: string; readonly message: string };

/**
 * Deposits a content key, or each operator's share of it, with several operators. One that fails does not keep the others
 * from having theirs; a repetition replaces what is there. Throws what is no failure of registry or gateway.
 */
export async function depositWithOperators(
  maker: ActorSigner,
  { artifactId, version, secretOf }: KeyDeposit,
  targets: readonly DepositTarget[],
): Promise<readonly DepositOutcome[]> {
  return await Promise.all(
    targets.map(async ({ operator, client, wrapKey }): Promise<DepositOutcome> => {
      try {
        const jwe = wrapContentKey(secretOf(operator), wrapKey);
        await client.trust.depositKey(maker, { artifact_id: artifactId, version, operator, jwe });
        return { operator, status: 'deposited' };
      } catch (error) {
        if (!isRegistryError(error) && !isClientError(error)) throw error;
        return { operator, status: 'failed', code: error.code, message: error.message };
      }
    }),
  );
}
