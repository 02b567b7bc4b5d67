import { ledgerKeys, registerActor, rotateActor } from '@maker-registry/protocol';
import { runIntent } from '../intent-transaction';
import { idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Parties known by a self-certifying id, and the keys they sign with. */
export class ActorsContract extends RegistryContract {
  constructor() {
    super('actors');
  }

  async Register(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'actor.register', envelope, (admitted) =>
      registerActor(admitted.intent, admitted.context),
    );
  }

  async Rotate(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'actor.rotate', envelope, ({ actor, intent, context: rule }) =>
      rotateActor({ actor }, intent, rule),
    );
  }

  async Get(context: RegistryContext, actorId: string): Promise<string> {
    return readDocument(context, 'actor', ledgerKeys.actor(idArgument(actorId)), 'ACTOR_UNKNOWN');
  }
}
