import {
  type ActArguments,
  type ActName,
  type Envelope,
  type IntentBodies,
  type LedgerIntentType,
} from '@maker-registry/protocol';
import { type ActOptions, Acts } from '../acts/acts';
import { type FabricIdentity } from '../acts/fabric-identity';
import { ClientError } from '../errors/client-error';
import { type TransportOptions } from '../http/transport';
import { buildSignedIntent, type IntentOptions } from '../intents/build-signed-intent';
import { type ActorSigner } from '../keys/actor-signer';
import { Channel } from './channel';
import { FabricCaAdmin } from './fabric-ca-admin';
import { Audit } from './audit';
import { GatewayConnection } from './gateway-connection';
import { type CommittedOperation, type Operation } from './operation';
import { KeyBroker } from './key-broker';
import { Operations, type SubmitOptions } from './operations';
import { Reads } from './reads';
import { RegistryListReads } from './registry-lists';
import { Receipts } from './receipts';
import { Trust } from './trust';

export interface RegistryClientOptions extends TransportOptions {
  /** The channel's genesis hash, hex; pinned, because whatever is signed is valid on the network it names. */
  readonly network: string;
  readonly channel?: string;
  readonly chaincode?: string;
}

const DEFAULT_NAME = 'registry';
const HEX_ID = /^[0-9a-f]{64}$/;

/**
 * A client of one gateway. What is signed is built and checked here; the gateway relays and answers, and is not trusted
 * with more. Failures are RegistryError (the registry's own codes) or ClientError (this side's).
 */
export class RegistryClient {
  readonly network: string;
  readonly read: Reads;
  readonly trust: Trust;
  /** For regulators and auditors. */
  readonly audit: Audit;
  readonly lists: RegistryListReads;
  readonly channel: Channel;
  readonly receipts: Receipts;
  readonly fabricCa: FabricCaAdmin;
  readonly keyBroker: KeyBroker;
  readonly #gateway: GatewayConnection;
  readonly #operations: Operations;
  readonly #acts: Acts;

  constructor(options: RegistryClientOptions) {
    if (!HEX_ID.test(options.network)) {
      throw new ClientError(
        'CONFIGURATION',
        'The network is the genesis hash: 64 lower-case hexadecimal characters.',
        {
          subject: 'network',
        },
      );
    }
    this.network = options.network;
    this.#gateway = new GatewayConnection(options);
    this.#operations = new Operations(this.#gateway);
    this.read = new Reads(this.#gateway);
    this.receipts = new Receipts(this.#gateway);
    this.audit = new Audit(this.#gateway);
    this.trust = new Trust(this.#gateway, options.network);
    this.lists = new RegistryListReads(this.#gateway);
    this.fabricCa = new FabricCaAdmin(this.#gateway);
    this.channel = new Channel(this.#gateway, options.network, options.channel ?? DEFAULT_NAME);
    this.keyBroker = new KeyBroker(this.#gateway);
    this.#acts = new Acts(this.#gateway, this.#operations, {
      channel: options.channel ?? DEFAULT_NAME,
      chaincode: options.chaincode ?? DEFAULT_NAME,
    });
  }

  /**
   * Builds, signs and submits an intent and waits until it is in the ledger.
   *
   * @throws RegistryError with the ledger's code when it is refused; nothing was written then
   * @throws ClientError OPERATION_UNFINISHED when the wait ended first; it may still commit
   */
  async submitIntent<Type extends LedgerIntentType>(
    type: Type,
    body: IntentBodies[Type],
    actor: ActorSigner,
    options: IntentOptions & SubmitOptions = {},
  ): Promise<CommittedOperation> {
    return await this.submitEnvelope(await this.buildIntent(type, body, actor, options), options);
  }

  /** Builds and signs an intent without submitting it: for countersigning, or to carry it to another gateway. */
  async buildIntent<Type extends LedgerIntentType>(
    type: Type,
    body: IntentBodies[Type],
    actor: ActorSigner,
    options: IntentOptions = {},
  ): Promise<Envelope> {
    return await buildSignedIntent(this.network, type, body, actor, options);
  }

  /** Submits a signed envelope, of whomever: relaying needs no trust. */
  async submitEnvelope(envelope: Envelope, options: SubmitOptions = {}): Promise<CommittedOperation> {
    return await this.#operations.submit(envelope, options);
  }

  /** Submits without waiting for the ledger. */
  async startEnvelope(envelope: Envelope, options: SubmitOptions = {}): Promise<Operation> {
    return await this.#operations.start(envelope, { ...options, wait: 0 });
  }

  /** An operation by its id, after at most `waitS` seconds when it has not ended. */
  async operation(operationId: string, waitS = 0): Promise<Operation> {
    return await this.#operations.get(operationId, waitS);
  }

  /** Waits for an operation's end; see `submitIntent` for what it throws. */
  async followOperation(operation: Operation, waitS: number): Promise<CommittedOperation> {
    return await this.#operations.follow(operation, waitS);
  }

  /** Performs a role act with a Fabric identity whose key stays here; see Acts.perform. */
  async performAct<Name extends ActName>(
    act: Name,
    argument: ActArguments[Name],
    identity: FabricIdentity,
    options: ActOptions = {},
  ): Promise<CommittedOperation> {
    return await this.#acts.perform(act, argument, identity, options);
  }

  /** Closes kept connections. */
  close(): void {
    this.#gateway.close();
  }
}
