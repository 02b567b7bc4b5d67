import {
  CONTENT_KEY_BYTES,
  contentKeyCommitment,
  KEY_SHARE_BYTES,
  type KeySharing,
  keyShareCommitment,
  RegistryError,
} from '@maker-registry/protocol';
import { combine, split } from 'shamir-secret-sharing';

/** One operator's share of a content key: a secret, to be wrapped for this operator alone. */
export interface KeyShare {
  /** MSP id. */
  readonly operator: string;
  /** 33 bytes. */
  readonly share: Uint8Array;
}

/**
 * Splits a content key among operators so that any `threshold` of the shares give it and fewer say nothing of it (Shamir,
 * GF(2⁸), by an audited library). It happens here, at the maker's: no operator ever sees another's share.
 *
 * @throws RegistryError KEY_SHARING_INVALID
 */
export async function splitContentKey(
  contentKey: Uint8Array,
  threshold: number,
  operators: readonly string[],
): Promise<readonly KeyShare[]> {
  const isSound =
    contentKey.length === CONTENT_KEY_BYTES &&
    threshold >= 2 &&
    threshold <= operators.length &&
    new Set(operators).size === operators.length;
  if (!isSound) {
    throw new RegistryError(
      'KEY_SHARING_INVALID',
      `A content key of ${CONTENT_KEY_BYTES} bytes is split among at least two different operators, of whom at least two ` +
        'must release it.',
    );
  }
  // The library takes no Buffer; its copy of the key goes when it has done its work.
  const copy = Uint8Array.from(contentKey);
  try {
    const shares = await split(copy, operators.length, threshold);
    return operators.map((operator, i) => ({ operator, share: shares[i] ?? new Uint8Array() }));
  } finally {
    copy.fill(0);
  }
}

/** What the ledger is told of a split: the scheme, and a commitment to each operator's share. */
export function sharingOf(artifactId: string, threshold: number, shares: readonly KeyShare[]): KeySharing {
  return {
    threshold,
    shares: shares.map(({ operator, share }) => ({
      operator,
      commitment: keyShareCommitment(artifactId, operator, share),
    })),
  };
}

/**
 * Asserts that a share is the one that the ledger commits to for its operator. A wrong share would only show as a wrong
 * key otherwise, and nobody would know whose fault it is.
 *
 * @throws RegistryError KEY_SHARE_MISMATCH naming the operator
 */
export function assertCommittedShare(
  artifactId: string,
  sharing: KeySharing,
  { operator, share }: KeyShare,
): void {
  const committed = sharing.shares.find((one) => one.operator === operator)?.commitment;
  const isCommitted =
    share.length === KEY_SHARE_BYTES && keyShareCommitment(artifactId, operator, share) === committed;
  if (isCommitted) return;
  throw new RegistryError('KEY_SHARE_MISMATCH', `The share of ${operator} is not the one on the ledger.`, {
    subject: operator,
  });
}

/** The committed key that shares of different operators give. */
export interface CommittedKey {
  readonly artifactId: string;
  readonly commitment: string;
  readonly sharing: KeySharing;
}

/**
 * Combines shares to the content key, after checking each against the ledger and the result against its commitment. The
 * caller overwrites shares and key.
 *
 * @throws RegistryError KEY_SHARES_MISSING, KEY_SHARE_MISMATCH, CONTENT_KEY_MISMATCH where the maker committed to shares
 *   that make no key
 */
export async function combineShares(
  { artifactId, commitment, sharing }: CommittedKey,
  shares: readonly KeyShare[],
): Promise<Uint8Array> {
  for (const share of shares) assertCommittedShare(artifactId, sharing, share);
  const operators = new Set(shares.map(({ operator }) => operator));
  if (operators.size < sharing.threshold || operators.size < shares.length) {
    throw new RegistryError(
      'KEY_SHARES_MISSING',
      `Shares of ${sharing.threshold} different operators are needed; there are ${operators.size}.`,
      { subject: artifactId },
    );
  }
  // The library takes no Buffer; its copies of the shares go when it has done its work.
  const copies = shares.map(({ share }) => Uint8Array.from(share));
  const key = await combine(copies)
    .catch((cause: unknown) => {
      throw mismatch(artifactId, cause);
    })
    .finally(() => {
      for (const copy of copies) copy.fill(0);
    });
  if (contentKeyCommitment(artifactId, key) === commitment) return key;
  key.fill(0);
  throw mismatch(artifactId);
}

function mismatch(artifactId: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'CONTENT_KEY_MISMATCH',
    'The shares are those that the maker committed to, and they do not make the key that the maker committed to.',
    { subject: artifactId, cause },
  );
}
