import {
  actorId,
  type Intent,
  INTENT_TYPES,
  isLedgerIntentType,
  keyId,
  type OpenedIntent,
  openIntent,
  RegistryError,
  type VerificationKey,
  verifySignatures,
} from '@maker-registry/protocol';
import { CLOCK_LEEWAY_S } from '../limits';

/** An intent that nothing known outside the ledger speaks against. */
export interface CheckedIntent {
  readonly opened: OpenedIntent;
  /** 'contract:Function' that takes it. */
  readonly function: string;
}

export interface IntentExpectation {
  /** Genesis hash of the channel, hex. */
  readonly network: string;
  /** Unix seconds */
  readonly now: number;
  /** A key by its name, of the actor or of the countersigner. */
  readonly findKey: (actorId: string, keyid: string) => Promise<VerificationKey | undefined>;
}

/**
 * Refuses early, with the codes of the contract, what no state of the ledger could make acceptable: garbage costs the
 * gateway a tenth of a millisecond and the endorsers nothing. What depends on state is left to them; a stale mirror
 * must never refuse a good intent.
 *
 * @throws RegistryError as openIntent, and INTENT_TYPE_MISMATCH, INTENT_WRONG_NETWORK, INTENT_EXPIRED, KEY_INVALID or
 *   SIGNATURE_INVALID.
 */
export async function checkIntent(text: Uint8Array, expected: IntentExpectation): Promise<CheckedIntent> {
  const opened = openIntent(text);
  const { intent } = opened;
  if (!isLedgerIntentType(intent.type)) {
    throw new RegistryError(
      'INTENT_TYPE_MISMATCH',
      `${intent.type} is a request to a gateway, not for the ledger.`,
      {
        subject: '/type',
      },
    );
  }
  assertTimely(intent, expected);
  await assertSignatures(opened, expected);
  const entry = INTENT_TYPES[intent.type];
  return { opened, function: `${entry.contract}:${entry.function}` };
}

function assertTimely(intent: Intent, { network, now }: IntentExpectation): void {
  if (intent.network !== network) {
    throw new RegistryError('INTENT_WRONG_NETWORK', 'The intent names another network than this channel.', {
      subject: intent.network,
    });
  }
  if (intent.expires_at + CLOCK_LEEWAY_S <= now) {
    throw new RegistryError(
      'INTENT_EXPIRED',
      `The intent expired at ${intent.expires_at}; it is now ${now}.`,
    );
  }
}

/** Each signature whose key is known by its name must verify; names that are not known are the contract's to judge. */
async function assertSignatures(opened: OpenedIntent, { findKey }: IntentExpectation): Promise<void> {
  const { intent, envelope, pae } = opened;
  const given = keyInBody(intent);
  for (const signature of envelope.signatures) {
    const key = signature.keyid === given?.keyid ? given : await findSigner(intent, signature.keyid, findKey);
    if (key !== undefined) verifySignatures({ ...envelope, signatures: [signature] }, pae, [key]);
  }
}

async function findSigner(
  intent: Intent,
  keyid: string,
  findKey: IntentExpectation['findKey'],
): Promise<VerificationKey | undefined> {
  if (intent.type === 'actor.register') return undefined;
  const own = await findKey(intent.actor, keyid);
  if (own !== undefined || intent.type !== 'right.sell') return own;
  return findKey((intent as Intent<'right.sell'>).body.buyer, keyid);
}

/** The key that a registration or rotation carries, which signs it too. */
function keyInBody(intent: Intent): VerificationKey | undefined {
  if (intent.type !== 'actor.register' && intent.type !== 'actor.rotate') return undefined;
  const { alg, public_key: publicKey } = (intent as Intent<'actor.register' | 'actor.rotate'>).body;
  if (intent.type === 'actor.register' && actorId(alg, publicKey) !== intent.actor) {
    throw new RegistryError(
      'KEY_INVALID',
      'The actor’s id does not follow from the public key in the body.',
      {
        subject: intent.actor,
      },
    );
  }
  return { keyid: keyId(alg, publicKey), alg, publicKey };
}
