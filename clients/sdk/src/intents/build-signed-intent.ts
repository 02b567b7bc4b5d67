import { randomBytes } from 'node:crypto';
import {
  buildIntent,
  countersign,
  type Envelope,
  type IntentBodies,
  type IntentType,
  signIntent,
  type Signer,
  toHex,
} from '@maker-registry/protocol';
import { type ActorSigner } from '../keys/actor-signer';
import { INTENT_LIFETIME_S, NONCE_BYTES } from '../limits';

export interface IntentOptions {
  /** Further signers over the same payload: the new key of a rotation, the buyer of a sale when both are at hand. */
  readonly countersigners?: readonly Signer[];
  /** Seconds until the intent expires; a sale that travels by mail needs longer than the default. */
  readonly lifetimeS?: number;
  /** Clock, Unix milliseconds. */
  readonly nowMs?: number;
}

const MS_PER_SECOND = 1_000;

/**
 * Builds an intent with a fresh nonce and an expiry, checks it against its schema, and signs it. `network` is the channel's
 * genesis hash and must be pinned by the caller: asked of a gateway, it could be the one of another network, and the
 * signed intent would be valid there.
 */
export async function buildSignedIntent<Type extends IntentType>(
  network: string,
  type: Type,
  body: IntentBodies[Type],
  actor: ActorSigner,
  options: IntentOptions = {},
): Promise<Envelope> {
  const now = Math.floor((options.nowMs ?? Date.now()) / MS_PER_SECOND);
  const payload = buildIntent({
    network,
    type,
    actor: actor.actorId,
    nonce: toHex(randomBytes(NONCE_BYTES)),
    expires_at: now + (options.lifetimeS ?? INTENT_LIFETIME_S),
    body,
  });
  let envelope = await signIntent(payload, actor.signer);
  for (const signer of options.countersigners ?? []) envelope = await countersign(envelope, signer);
  return envelope;
}
