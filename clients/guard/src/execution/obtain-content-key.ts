import {
  CONTENT_KEY_BYTES,
  contentKeyCommitment,
  type ContentKeyVersion,
  isRegistryError,
  RegistryError,
} from '@maker-registry/protocol';
import { assertCommittedShare, combineShares, type KeyShare } from '@maker-registry/sdk';
import { errorFields, type Tell } from '../events';
import { type OperatorGateway, type OperatorGateways } from '../trust/operator-gateways';

/** What one operator releases: the content key, or its share of one. The caller overwrites it. */
export type ReleaseFrom = (gateway: OperatorGateway) => Promise<Uint8Array>;

export interface KeyWish {
  readonly gateways: Pick<OperatorGateways, 'all'>;
  readonly artifactId: string;
  /** The version as the ledger has it. */
  readonly version: ContentKeyVersion;
  readonly releaseFrom: ReleaseFrom;
  readonly tell: Tell;
}

/** Why one operator gave nothing that counts. */
interface Failure {
  readonly operator: string;
  readonly error: unknown;
}

/**
 * Obtains the content key of a version: whole from whichever operator releases it, or its shares from as many operators as
 * the ledger says, each by its own judgement, combined here and checked against the ledger. The caller overwrites it.
 *
 * @throws RegistryError what the operators refuse with; KEY_SHARES_MISSING, CONTENT_KEY_MISMATCH, KEY_SHARE_MISMATCH
 * @throws ClientError where no gateway answers
 */
export async function obtainContentKey(wish: KeyWish): Promise<Buffer> {
  return wish.version.sharing === undefined
    ? await obtainWhole(wish)
    : await collect(wish, wish.version.sharing);
}

async function obtainWhole({ gateways, artifactId, version, releaseFrom, tell }: KeyWish): Promise<Buffer> {
  const failures: Failure[] = [];
  for (const gateway of gateways.all) {
    try {
      const key = toBuffer(await releaseFrom(gateway));
      assertKey(key, artifactId, version);
      return key;
    } catch (error) {
      failures.push(failed(gateway, error, tell));
    }
  }
  throw decisive(failures);
}

function assertKey(key: Buffer, artifactId: string, { commitment }: ContentKeyVersion): void {
  if (key.length === CONTENT_KEY_BYTES && contentKeyCommitment(artifactId, key) === commitment) return;
  key.fill(0);
  throw new RegistryError(
    'CONTENT_KEY_MISMATCH',
    'The released key is not the one that the ledger commits to.',
    {
      subject: artifactId,
    },
  );
}

async function collect(
  { gateways, artifactId, version, releaseFrom, tell }: KeyWish,
  sharing: NonNullable<ContentKeyVersion['sharing']>,
): Promise<Buffer> {
  const shares: KeyShare[] = [];
  const failures: Failure[] = [];
  try {
    for (const gateway of gateways.all.filter((one) => hasShare(one, sharing))) {
      if (shares.length === sharing.threshold) break;
      try {
        const share = { operator: gateway.mspId ?? '', share: await releaseFrom(gateway) };
        // Into the list first, so that it is overwritten whatever comes.
        shares.push(share);
        assertCommittedShare(artifactId, sharing, share);
        tell('share', { operator: gateway.mspId, have: shares.length, need: sharing.threshold });
      } catch (error) {
        discard(shares, gateway.mspId);
        failures.push(failed(gateway, error, tell));
      }
    }
    if (shares.length < sharing.threshold) throw missing(shares.length, sharing.threshold, failures);
    return toBuffer(await combineShares({ artifactId, commitment: version.commitment, sharing }, shares));
  } finally {
    for (const { share } of shares) share.fill(0);
  }
}

function hasShare({ mspId }: OperatorGateway, sharing: NonNullable<ContentKeyVersion['sharing']>): boolean {
  return sharing.shares.some(({ operator }) => operator === mspId);
}

/** Takes back the share of an operator that turned out wrong. */
function discard(shares: KeyShare[], operator: string | undefined): void {
  const at = shares.findIndex((one) => one.operator === operator);
  if (at < 0) return;
  for (const { share } of shares.splice(at, 1)) share.fill(0);
}

function failed({ mspId }: OperatorGateway, error: unknown, tell: Tell): Failure {
  const { code, message } = errorFields(error);
  tell('warning', { code, message, operator: mspId });
  return { operator: mspId ?? 'the gateway', error };
}

/** What to say where nobody released: a refusal says more than a gateway that is away. */
function decisive(failures: readonly Failure[]): unknown {
  return (failures.find(({ error }) => isRegistryError(error)) ?? failures[0])?.error;
}

function missing(have: number, need: number, failures: readonly Failure[]): unknown {
  const codes = new Set(failures.map(({ error }) => errorFields(error).code));
  // Where nobody released and all say the same, that is the reason, and what to do about it is known.
  if (have === 0 && codes.size === 1) return decisive(failures);
  const reasons = failures.map(({ operator, error }) => `${operator}: ${errorFields(error).code}`);
  const why =
    reasons.length === 0 ? 'no gateway of an operator with a share is pinned here' : reasons.join(', ');
  return new RegistryError('KEY_SHARES_MISSING', `${have} of ${need} shares were released (${why}).`);
}

function toBuffer(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  bytes.fill(0);
  return copy;
}
