import { type Actor, type ActorKey } from '../domain/actor';
import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type RuleOutcome } from '../domain/ledger';
import { RegistryError } from '../errors/registry-error';
import { keyId } from '../identifiers';
import { MAX_ACTOR_KEYS } from '../limits';
import { type IntentContext, ledgerTime } from './context';

function outcome(actor: Actor): RuleOutcome {
  return {
    writes: [{ kind: 'actor', id: ledgerKeys.actor(actor.actor_id), value: actor }],
    result: { id: actor.actor_id, type: 'actor', state: actor.status },
  };
}

/** actor.register: the first key makes the id. Admission has checked the key, the id and that the actor is new. */
export function registerActor(intent: Intent<'actor.register'>, context: IntentContext): RuleOutcome {
  const { alg, public_key, name } = intent.body;
  const key: ActorKey = {
    version: 1,
    alg,
    public_key,
    keyid: keyId(alg, public_key),
    status: 'current',
    since: ledgerTime(context),
  };
  return outcome({
    actor_id: intent.actor,
    ...(name === undefined ? {} : { name }),
    keys: [key],
    status: 'active',
    bans: [],
    registered: ledgerTime(context),
  });
}

/**
 * actor.rotate: the new key is current from this transaction on; the old one is retired, or marked compromised. Both
 * have signed (admission), so a thief of the old key cannot pin a stranger's key, nor a stranger take over an actor.
 *
 * @throws RegistryError KEY_INVALID for a key this actor has used before, KEYS_EXHAUSTED
 */
export function rotateActor(
  state: { readonly actor: Actor },
  intent: Intent<'actor.rotate'>,
  context: IntentContext,
): RuleOutcome {
  const { actor } = state;
  const { alg, public_key, reason } = intent.body;
  const keyid = keyId(alg, public_key);
  if (actor.keys.some((key) => key.keyid === keyid)) {
    throw new RegistryError('KEY_INVALID', 'The actor has used this key before; rotate to a fresh one.', {
      subject: keyid,
    });
  }
  if (actor.keys.length >= MAX_ACTOR_KEYS) {
    throw new RegistryError('KEYS_EXHAUSTED', `An actor may have had at most ${MAX_ACTOR_KEYS} keys.`, {
      subject: actor.actor_id,
    });
  }
  const stamp = ledgerTime(context);
  const retired: readonly ActorKey[] = actor.keys.map((key) =>
    key.status === 'current'
      ? { ...key, status: reason === 'compromise' ? 'compromised' : 'retired', until: stamp }
      : key,
  );
  const fresh: ActorKey = {
    version: actor.keys.length + 1,
    alg,
    public_key,
    keyid,
    status: 'current',
    since: stamp,
  };
  return outcome({ ...actor, keys: [...retired, fresh] });
}
