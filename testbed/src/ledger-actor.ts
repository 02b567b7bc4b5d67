import {
  INTENT_TYPES,
  serializeEnvelope,
  type Envelope,
  type IntentBodies,
  type LedgerIntentType,
  type SignatureAlgorithm,
} from '@maker-registry/protocol';
import { buildSignedIntent, generateActorKey, type ActorSigner } from '@maker-registry/sdk';
import { submit, type ContractCall, type FabricClient } from './fabric-client';
import type { RunningNetwork } from './network-file';

/** The chaincode call for an intent, as any operator's gateway would make it. */
export function intentCall(
  network: RunningNetwork,
  type: LedgerIntentType,
  envelope: Envelope,
): ContractCall {
  const { contract, function: name } = INTENT_TYPES[type];
  return { chaincode: network.file.chaincode, contract, function: name, args: [serializeEnvelope(envelope)] };
}

/** An actor whose intents go straight to a peer, past every gateway of ours: what a hostile relay could also do. */
export class LedgerActor {
  readonly key: ActorSigner;
  readonly #network: RunningNetwork;

  constructor(network: RunningNetwork, alg: SignatureAlgorithm = 'ed25519') {
    this.#network = network;
    this.key = generateActorKey(alg);
  }

  get id(): string {
    return this.key.actorId;
  }

  /** Signs an intent for the running network. */
  intent<Type extends LedgerIntentType>(type: Type, body: IntentBodies[Type]): Promise<Envelope> {
    return buildSignedIntent(this.#network.file.genesis_hash, type, body, this.key);
  }

  async call<Type extends LedgerIntentType>(type: Type, body: IntentBodies[Type]): Promise<ContractCall> {
    return intentCall(this.#network, type, await this.intent(type, body));
  }

  /** Signs, submits and waits for the commit. */
  async act<Type extends LedgerIntentType>(
    client: FabricClient,
    type: Type,
    body: IntentBodies[Type],
  ): Promise<void> {
    await submit(client, await this.call(type, body));
  }

  register(client: FabricClient): Promise<void> {
    const { alg, publicKey } = this.key.signer;
    return this.act(client, 'actor.register', { alg, public_key: publicKey });
  }
}
