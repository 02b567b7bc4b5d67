import { type Actor } from '../domain/actor';
import { type Artifact } from '../domain/artifact';
import { type License, type TransferTerms } from '../domain/license';
import { type Right } from '../domain/right';
import { omit } from '../encoding/omit';
import { RegistryError } from '../errors/registry-error';
import { assertNotBanned } from './bans';
import { type TransactionContext } from './context';
import { requireActor } from './issue-right';

/** How a right changes hands. A plain transfer says nothing of payment, so the license must permit sale and gift. */
export type TransferWay = 'transfer' | 'gift' | 'sale' | 'bequest';

/** State that every change of holder needs. */
export interface TransferState {
  readonly right: Right | undefined;
  /** Under right.license_id. */
  readonly license: License | undefined;
  /** Under right.artifact_id. */
  readonly artifact: Artifact | undefined;
  /** The new holder. */
  readonly recipient: Actor | undefined;
  readonly actor: Actor;
}

/** A right whose change of holder has its documents at hand. */
export interface Transferable {
  readonly right: Right;
  readonly license: License;
  readonly artifact: Artifact;
}

const PERMITTED: Readonly<Record<TransferWay, (terms: TransferTerms) => boolean>> = {
  transfer: (terms) => terms.resale && terms.gift,
  gift: (terms) => terms.gift,
  sale: (terms) => terms.resale,
  bequest: (terms) => terms.bequest,
};

/** The right and its documents: RIGHT_UNKNOWN, LICENSE_UNKNOWN or ARTIFACT_UNKNOWN. */
export function requireTransferable(
  state: Omit<TransferState, 'recipient' | 'actor'>,
  id: string,
): Transferable {
  const right = requireRight(state.right, id);
  const { license, artifact } = state;
  if (license?.license_id !== right.license_id) {
    throw new RegistryError('LICENSE_UNKNOWN', 'The license of the right is not at hand.', {
      subject: right.license_id,
    });
  }
  if (artifact?.artifact_id !== right.artifact_id) {
    throw new RegistryError('ARTIFACT_UNKNOWN', 'The artifact of the right is not at hand.', {
      subject: right.artifact_id,
    });
  }
  return { right, license, artifact };
}

/** The right under an id: RIGHT_UNKNOWN. */
export function requireRight(right: Right | undefined, id: string): Right {
  if (right?.right_id !== id) {
    throw new RegistryError('RIGHT_UNKNOWN', 'The right does not exist.', { subject: id });
  }
  return right;
}

/** Asserts that the actor holds the right: NOT_HOLDER. */
export function assertHolder(right: Right, actorIdHex: string): void {
  if (right.holder !== actorIdHex) {
    throw new RegistryError('NOT_HOLDER', 'Only the holder of the right may do this.', {
      subject: right.right_id,
    });
  }
}

/** Asserts that the actor holds the right and the right is in force: NOT_HOLDER, RIGHT_NOT_ACTIVE or RIGHT_EXPIRED. */
export function assertHeldBy(right: Right, actorIdHex: string, at: number): void {
  assertHolder(right, actorIdHex);
  assertInForce(right, at);
}

/** Asserts that the right is neither suspended, revoked nor expired. */
export function assertInForce(right: Right, at: number): void {
  if (right.status !== 'active') {
    throw new RegistryError('RIGHT_NOT_ACTIVE', `The right is ${right.status}.`, { subject: right.right_id });
  }
  if (right.expires_at !== undefined && right.expires_at <= at) {
    throw new RegistryError('RIGHT_EXPIRED', `The right expired at ${right.expires_at}.`, {
      subject: right.right_id,
    });
  }
}

/**
 * The right in the hands of the recipient: one version and one transfer more, without a bequest of the former holder.
 *
 * @throws RegistryError TRANSFER_FORBIDDEN, TRANSFERS_EXHAUSTED, COOLING_PERIOD, ARTIFACT_NOT_ACTIVE, ACTOR_UNKNOWN or ACTOR_BANNED
 */
export function changeHolder(
  { right, license, artifact }: Transferable,
  way: TransferWay,
  to: { readonly id: string; readonly actor: Actor | undefined },
  { at }: TransactionContext,
): Right {
  assertTerms(right, license.terms.transfer, way, at);
  assertSound(artifact);
  if (to.id === right.holder) {
    throw new RegistryError('TRANSFER_FORBIDDEN', 'The recipient already holds the right.', {
      subject: to.id,
    });
  }
  const recipient = requireActor(to.actor, to.id);
  assertNotBanned(recipient, 'receive', artifact.risk.domains);
  return {
    ...omit(right, 'bequest'),
    holder: recipient.actor_id,
    version: right.version + 1,
    transfers: right.transfers + 1,
    last_transfer_at: at,
  };
}

function assertTerms(right: Right, terms: TransferTerms, way: TransferWay, at: number): void {
  const subject = right.right_id;
  if (!PERMITTED[way](terms)) {
    throw new RegistryError('TRANSFER_FORBIDDEN', `The license of the right does not permit a ${way}.`, {
      subject,
    });
  }
  if (terms.max_transfers !== undefined && right.transfers >= terms.max_transfers) {
    throw new RegistryError(
      'TRANSFERS_EXHAUSTED',
      `The license permits ${terms.max_transfers} changes of holder.`,
      {
        subject,
      },
    );
  }
  const free = right.last_transfer_at + (terms.cooling_period_s ?? 0);
  // An heir has waited long enough already.
  if (way !== 'bequest' && at < free) {
    throw new RegistryError(
      'COOLING_PERIOD',
      `The right may change hands from ${free} on; it is now ${at}.`,
      { subject },
    );
  }
}

/** Nobody shall sell on what is about to be taken away: while an artifact is held or revoked, its rights stay put. */
function assertSound(artifact: Artifact): void {
  if (artifact.restrictions.some(({ kind }) => kind === 'hold' || kind === 'revoke')) {
    throw new RegistryError(
      'ARTIFACT_NOT_ACTIVE',
      'The artifact is held or revoked; its rights do not change hands.',
      {
        subject: artifact.artifact_id,
      },
    );
  }
}
