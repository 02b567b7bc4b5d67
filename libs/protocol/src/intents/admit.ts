import { type Actor, type ActorKey } from '../domain/actor';
import { type IntentMark, type LedgerWrite, ledgerKeys } from '../domain/ledger';
import { type Intent } from '../domain/intent-bodies';
import { type Parameters } from '../domain/parameters';
import { RegistryError } from '../errors/registry-error';
import { actorId, keyId } from '../identifiers';
import { assertNotBanned } from '../rules/bans';
import { assertAcceptablePublicKey } from '../signatures/verify-signature';
import { type VerificationKey, verifySignatures } from './envelope';
import { type OpenedIntent } from './intent';
import { INTENT_TYPES, isLedgerIntentType } from './registry';

export interface Admission {
  /** The opened intent, see `openIntent`. */
  readonly envelope: OpenedIntent;
  readonly parameters: Parameters | undefined;
  /** State of the intent's actor; undefined where it is not registered. */
  readonly actor: Actor | undefined;
  /** State of the second signer: the buyer of right.sell. */
  readonly countersigner?: Actor | undefined;
  /** State under ledger key intent~[actor, nonce]. */
  readonly replayed?: IntentMark | undefined;
  /** The transaction's time, Unix seconds. */
  readonly at: number;
}

/** What an admitted intent adds to the write set, whatever its rule writes. */
export interface Admitted {
  readonly parameters: Parameters;
  readonly writes: readonly LedgerWrite[];
}

/**
 * Judges whether an opened intent may reach its rule, cheap checks first: parameters, network, expiry, replay, actor and
 * bans without scope, and then the signatures. Scoped bans need the artifact's domains and are judged by the rules.
 *
 * @throws RegistryError PARAMETERS_MISSING, INTENT_WRONG_NETWORK, INTENT_EXPIRED, INTENT_LIFETIME_TOO_LONG,
 *   INTENT_REPLAYED, ACTOR_UNKNOWN, ACTOR_EXISTS, ACTOR_BANNED, KEY_INVALID, KEY_NOT_CURRENT, SIGNATURE_MISSING or SIGNATURE_INVALID
 */
export function admitIntent(admission: Admission): Admitted {
  const { envelope: opened, parameters, replayed } = admission;
  const { intent, intentId } = opened;
  if (parameters === undefined) {
    throw new RegistryError(
      'PARAMETERS_MISSING',
      'The operators have not yet approved parameters for this network.',
    );
  }
  assertTimely(intent, parameters, admission.at);
  if (replayed !== undefined) {
    throw new RegistryError(
      'INTENT_REPLAYED',
      'An intent of this actor with this nonce is already committed.',
      {
        subject: replayed.intent_id,
      },
    );
  }
  verifySignatures(opened.envelope, opened.pae, requiredKeys(admission));
  return { parameters, writes: isMarked(intent) ? [markWrite(intent, intentId)] : [] };
}

/** Whether a replay is refused by the intent's own mark, which then has to be read and written. */
export function isMarked({ type }: Intent): boolean {
  return !isLedgerIntentType(type) || INTENT_TYPES[type].marked;
}

function markWrite(intent: Intent, intentId: string): LedgerWrite {
  return {
    kind: 'intent',
    id: ledgerKeys.intent(intent.actor, intent.nonce),
    value: { intent_id: intentId },
  };
}

function assertTimely(intent: Intent, parameters: Parameters, at: number): void {
  if (intent.network !== parameters.network) {
    throw new RegistryError('INTENT_WRONG_NETWORK', 'The intent names another network than this channel.', {
      subject: intent.network,
    });
  }
  if (intent.expires_at <= at) {
    throw new RegistryError('INTENT_EXPIRED', `The intent expired at ${intent.expires_at}; it is now ${at}.`);
  }
  if (intent.expires_at - at > parameters.intent_max_lifetime_s) {
    throw new RegistryError(
      'INTENT_LIFETIME_TOO_LONG',
      `An intent may expire at most ${parameters.intent_max_lifetime_s} s after its transaction.`,
    );
  }
}

function requiredKeys({ envelope, actor, countersigner }: Admission): readonly VerificationKey[] {
  const { intent } = envelope;
  if (intent.type === 'actor.register') return [registrationKey(intent as Intent<'actor.register'>, actor)];
  if (actor === undefined) {
    throw new RegistryError('ACTOR_UNKNOWN', 'The actor of the intent is not registered.', {
      subject: intent.actor,
    });
  }
  if (isLedgerIntentType(intent.type))
    assertNotBanned(actor, INTENT_TYPES[intent.type].ban_action, undefined);
  const own = currentKey(actor);
  if (intent.type === 'actor.rotate') return [own, newKey(intent as Intent<'actor.rotate'>, own)];
  if (intent.type === 'right.sell') return [own, buyersKey(intent as Intent<'right.sell'>, countersigner)];
  return [own];
}

/** The first key of an actor, which is also what the actor's id is made of. */
function registrationKey(intent: Intent<'actor.register'>, actor: Actor | undefined): VerificationKey {
  const { alg, public_key: publicKey } = intent.body;
  assertAcceptablePublicKey(alg, publicKey);
  if (actorId(alg, publicKey) !== intent.actor) {
    throw new RegistryError(
      'KEY_INVALID',
      'The actor’s id does not follow from the public key in the body.',
      {
        subject: intent.actor,
      },
    );
  }
  if (actor !== undefined) {
    throw new RegistryError('ACTOR_EXISTS', 'An actor with this key is already registered.', {
      subject: intent.actor,
    });
  }
  return { keyid: keyId(alg, publicKey), alg, publicKey };
}

function newKey(intent: Intent<'actor.rotate'>, own: VerificationKey): VerificationKey {
  const { alg, public_key: publicKey } = intent.body;
  assertAcceptablePublicKey(alg, publicKey);
  const keyid = keyId(alg, publicKey);
  if (keyid === own.keyid) {
    throw new RegistryError('KEY_INVALID', 'The new key is the current key.', { subject: keyid });
  }
  return { keyid, alg, publicKey };
}

function buyersKey(intent: Intent<'right.sell'>, buyer: Actor | undefined): VerificationKey {
  const named = intent.body.buyer;
  if (named === intent.actor) {
    throw new RegistryError('TRANSFER_FORBIDDEN', 'Seller and buyer are the same actor.', { subject: named });
  }
  if (buyer?.actor_id !== named) {
    throw new RegistryError('ACTOR_UNKNOWN', 'The buyer is not registered.', { subject: named });
  }
  return currentKey(buyer);
}

/** The key that an actor signs with now. */
export function currentKey(actor: Actor): VerificationKey {
  const key: ActorKey | undefined = actor.keys.find(({ status }) => status === 'current');
  if (key === undefined) {
    throw new RegistryError('KEY_NOT_CURRENT', 'The actor has no current key.', { subject: actor.actor_id });
  }
  return { keyid: key.keyid, alg: key.alg, publicKey: key.public_key };
}
