import {
  ACTS,
  buildIntent,
  canonicalize,
  countersign,
  INTENT_TYPES,
  serializeEnvelope,
  signIntent,
  type ActArguments,
  type ActName,
  type Caller,
  type Intent,
  type LedgerIntentBodies,
  type LedgerIntentType,
  type Signer,
} from '@maker-registry/protocol';
import { Replay, type ReplayOutcome, type ReplayTransaction } from '../determinism/replay';
import type { Party } from './party';
import { SAMPLE_NETWORK, SAMPLE_PARAMETERS } from './sample-parameters';

/** What a scenario's intent says otherwise than usual. */
export interface IntentVariation {
  readonly network?: string;
  readonly nonce?: string;
  readonly expires_at?: number;
  /** Who signs beside the actor's key: the new key of a rotation, the buyer of a sale. */
  readonly countersigners?: readonly Signer[];
  /** Signs in place of the actor's own key. */
  readonly signer?: Signer;
  /** The function called, where it is not the one of the intent's type. */
  readonly function?: string;
}

/** An identity of an organization of the scenario. */
export function callerOf(mspId: string, role?: string): Caller {
  return { mspId, role, certificateDigest: 'ce'.repeat(32) };
}

/** Who relays intents in scenarios: any identity will do, for it decides nothing. */
export const RELAY: Caller = callerOf('Op1MSP', 'gateway');

/** First moment of a scenario, Unix seconds. */
const START = 1_800_000_000;
const USUAL_LIFETIME_S = 600;
const NONCE_LENGTH = 32;

/** A story told to the contracts, transaction by transaction, on an empty state. Every transaction is recorded. */
export class Scenario {
  readonly replay = new Replay();
  readonly transactions: ReplayTransaction[] = [];
  /** The time of the next transaction, Unix seconds. */
  now = START;
  #nonces = 0;

  /** Lets time pass. */
  wait(seconds: number): void {
    this.now += seconds;
  }

  /** Calls a chaincode function with arguments as they are. */
  async call(name: string, args: readonly string[], caller: Caller = RELAY): Promise<ReplayOutcome> {
    const { mspId, role, certificateDigest } = caller;
    const transaction: ReplayTransaction = {
      function: name,
      args,
      creator: {
        msp_id: mspId,
        certificate_digest: certificateDigest,
        ...(role === undefined ? {} : { role }),
      },
      txId: (this.transactions.length + 1).toString(16).padStart(64, '0'),
      timestamp: this.now,
    };
    this.transactions.push(transaction);
    return this.replay.run(transaction);
  }

  /** Signs an intent as its party would, without submitting it. */
  async envelope<Type extends LedgerIntentType>(
    type: Type,
    party: Party,
    body: LedgerIntentBodies[Type],
    variation: IntentVariation = {},
  ): Promise<string> {
    this.#nonces += 1;
    const fields: Omit<Intent<Type>, 'v'> = {
      network: variation.network ?? SAMPLE_NETWORK,
      type,
      actor: party.actorId,
      nonce: variation.nonce ?? this.#nonces.toString(16).padStart(NONCE_LENGTH, '0'),
      expires_at: variation.expires_at ?? this.now + USUAL_LIFETIME_S,
      body: body as Intent<Type>['body'],
    };
    let envelope = await signIntent(buildIntent(fields), variation.signer ?? party.signer);
    for (const signer of variation.countersigners ?? []) envelope = await countersign(envelope, signer);
    return serializeEnvelope(envelope);
  }

  /** Signs an intent and submits it through a relay. */
  async intent<Type extends LedgerIntentType>(
    type: Type,
    party: Party,
    body: LedgerIntentBodies[Type],
    variation: IntentVariation = {},
  ): Promise<ReplayOutcome> {
    const entry = INTENT_TYPES[type];
    const envelope = await this.envelope(type, party, body, variation);
    return this.call(variation.function ?? `${entry.contract}:${entry.function}`, [envelope]);
  }

  /** Performs a role act. */
  async act<Name extends ActName>(
    name: Name,
    caller: Caller,
    argument: ActArguments[Name],
  ): Promise<ReplayOutcome> {
    const entry = ACTS[name];
    return this.call(`${entry.contract}:${entry.function}`, [canonicalize(argument)], caller);
  }

  /** Puts the sample parameters in force: one operator proposes, a second one makes the majority. */
  async govern(parameters = SAMPLE_PARAMETERS): Promise<void> {
    const proposed = await this.act('parameters.propose', callerOf('Op1MSP', 'operator-admin'), {
      parameters,
    });
    const { id } = JSON.parse(proposed.result ?? '{}') as { id: string };
    await this.act('parameters.approve', callerOf('Op2MSP', 'operator-admin'), { proposal_id: id });
  }

  /** Registers parties under their first keys. */
  async register(...parties: readonly Party[]): Promise<void> {
    for (const party of parties) {
      const { alg, publicKey } = party.signer;
      await this.intent('actor.register', party, { alg, public_key: publicKey });
    }
  }
}
