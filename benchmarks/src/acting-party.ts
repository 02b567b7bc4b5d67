import { setTimeout as sleep } from 'node:timers/promises';
import type { IntentBodies, LedgerIntentType } from '@maker-registry/protocol';
import { LedgerActor, type FabricClient, type RunningNetwork } from '@maker-registry/testbed';
import { PREPARATION_PAUSE_MS, PREPARATION_TRIES } from './limits';

/** A registered actor whose intents reach some ledger: the running network's, or one in memory. */
export interface ActingParty {
  readonly id: string;
  readonly act: <Type extends LedgerIntentType>(type: Type, body: IntentBodies[Type]) => Promise<void>;
}

/** An actor on the running network, for preparing a load. */
export class PatientActor implements ActingParty {
  readonly actor: LedgerActor;
  readonly #client: FabricClient;

  private constructor(network: RunningNetwork, client: FabricClient) {
    this.actor = new LedgerActor(network);
    this.#client = client;
  }

  static async register(network: RunningNetwork, client: FabricClient): Promise<PatientActor> {
    const party = new PatientActor(network, client);
    await party.actor.register(client);
    return party;
  }

  get id(): string {
    return this.actor.id;
  }

  /**
   * Acts when enough endorsers have what the act needs. A commit is awaited at one peer; on a busy machine the others may
   * be a block behind, and refuse until they have caught up. Preparation is not what is measured.
   */
  async act<Type extends LedgerIntentType>(type: Type, body: IntentBodies[Type]): Promise<void> {
    for (let left = PREPARATION_TRIES; ; left -= 1) {
      try {
        await this.actor.act(this.#client, type, body);
        return;
      } catch (error) {
        if (left <= 1) throw error;
        await sleep(PREPARATION_PAUSE_MS);
      }
    }
  }
}
