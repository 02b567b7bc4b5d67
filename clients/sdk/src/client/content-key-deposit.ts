import { randomBytes } from 'node:crypto';
import {
  CONTENT_KEY_BYTES,
  fromHex,
  isRegistryError,
  type PublicJwk,
  publicKeyFromJwk,
  RegistryError,
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
  readonly client: Pick<RegistryClient, 'trust' | 'read'>;
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
 * from having theirs; a repetition replaces what is there. An operator that gets what is another's, or all of it, has it
 * even where it refuses the deposit: so nothing at all is sent where that would come of it. Throws what is no failure of
 * registry or gateway.
 *
 * @throws RegistryError KEY_SHARING_REQUIRED for a whole key of a version that any of the gateways knows to be split;
 *   KEY_SHARING_INVALID for shares of two operators to one wrapping key
 */
export async function depositWithOperators(
  maker: ActorSigner,
  deposit: KeyDeposit,
  targets: readonly DepositTarget[],
): Promise<readonly DepositOutcome[]> {
  const { artifactId, version, secretOf } = deposit;
  const isWhole = targets.some(({ operator }) => secretOf(operator).length === CONTENT_KEY_BYTES);
  if (!isWhole) assertKeptApart(targets);
  const unknown = isWhole ? await withoutWholeKey(deposit, targets) : [];
  return await Promise.all(
    targets.map(async ({ operator, client, wrapKey }): Promise<DepositOutcome> => {
      const known = unknown.find((one) => one.operator === operator);
      if (known !== undefined) return known;
      return await outcomeOf(operator, async () => {
        const jwe = wrapContentKey(secretOf(operator), wrapKey);
        await client.trust.depositKey(maker, { artifact_id: artifactId, version, operator, jwe });
      });
    }),
  );
}

async function outcomeOf(operator: string, work: () => Promise<void>): Promise<DepositOutcome> {
  try {
    await work();
    return { operator, status: 'deposited' };
  } catch (error) {
    if (!isRegistryError(error) && !isClientError(error)) throw error;
    return { operator, status: 'failed', code: error.code, message: error.message };
  }
}

/** One gateway pinned under two names would have the shares of both. */
function assertKeptApart(targets: readonly DepositTarget[]): void {
  const wrapKeys = new Set(targets.map(({ wrapKey }) => publicKeyFromJwk(wrapKey).publicKey));
  if (wrapKeys.size === targets.length) return;
  throw new RegistryError(
    'KEY_SHARING_INVALID',
    'Two of the operators have the same wrapping key, so one of them would have both shares. Nothing was sent.',
  );
}

/** The operators that can't say that this version has a whole key: they get none. Throws KEY_SHARING_REQUIRED. */
async function withoutWholeKey(
  { artifactId, version }: KeyDeposit,
  targets: readonly DepositTarget[],
): Promise<readonly DepositOutcome[]> {
  let split: string | undefined;
  const outcomes = await Promise.all(
    targets.map(({ operator, client }) =>
      outcomeOf(operator, async () => {
        const { versions } = await client.read.contentKeys(artifactId);
        const committed = versions.find((one) => one.version === version);
        if (committed?.sharing !== undefined) split = operator;
        if (committed !== undefined) return;
        throw new RegistryError(
          'CONTENT_KEY_UNKNOWN',
          'The ledger has no commitment to this key version, or the mirror does not have it yet.',
          { subject: artifactId },
        );
      }),
    ),
  );
  if (split === undefined) return outcomes.filter(({ status }) => status === 'failed');
  throw new RegistryError(
    'KEY_SHARING_REQUIRED',
    `On the ledger this key is split among operators (so says ${split}): deposit its shares. Nothing was sent.`,
    { subject: artifactId },
  );
}
