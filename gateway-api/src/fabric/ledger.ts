import { type Client } from '@grpc/grpc-js';
import {
  CommitStatusError,
  connect,
  type Contract,
  type Gateway,
  type Network,
  StatusCode,
  type Transaction,
} from '@hyperledger/fabric-gateway';
import { gateway as gatewayProtos, msp, peer } from '@hyperledger/fabric-protos';
import { type CommitOutcome, type CommitStream, type CommitWait } from './commit-stream';
import { Semaphore } from './semaphore';
import { type SigningIdentity } from './signing-identity';
import { ENDORSE_DEADLINE_MS, SUBMIT_DEADLINE_MS } from '../limits';

/** A transaction that enough operators endorsed and that its creator signed. */
export interface SignedTransaction {
  readonly txId: string;
  /** Signed PreparedTransaction; submitting it any number of times commits it at most once. */
  readonly bytes: Uint8Array;
  /** What the contract returned. */
  readonly result: string;
}

/** What operations need of the ledger; errors are those of the Fabric client library. */
export interface Ledger {
  readonly mspId: string;
  /** Number of the newest block that the own peer delivered; -1 before the first. */
  readonly height: number;
  /** Whether blocks arrive from the own peer. */
  readonly following: boolean;
  endorse(functionName: string, argument: string): Promise<SignedTransaction>;
  submit(transaction: Uint8Array): Promise<void>;
  /** To be called before the submission. */
  waitForCommit(txId: string): CommitWait;
  /** undefined when the transaction isn't on the ledger within the time. */
  commitStatus(txId: string, timeoutMs: number): Promise<CommitOutcome | undefined>;
  /** What the contract returned to a transaction that is on the ledger. */
  resultOf(txId: string): Promise<string>;
}

export interface FabricLedgerOptions {
  readonly identity: SigningIdentity;
  readonly channel: string;
  readonly chaincode: string;
  /** Calls at the peer's gateway service at once. */
  readonly concurrency: number;
}

/** Opens the client library for an identity; without a signer, transactions must be signed elsewhere. */
export function openFabricGateway(client: Client, identity: SigningIdentity): Gateway {
  return connect({
    client,
    identity: { mspId: identity.mspId, credentials: identity.certificate },
    signer: identity.signer,
    hash: identity.hash,
    endorseOptions: () => ({ deadline: Date.now() + ENDORSE_DEADLINE_MS }),
    submitOptions: () => ({ deadline: Date.now() + SUBMIT_DEADLINE_MS }),
  });
}

/** The ledger through the organization's own peer, under the gateway's Fabric identity. */
export class FabricLedger implements Ledger {
  readonly mspId: string;
  readonly #gateway: Gateway;
  readonly #network: Network;
  readonly #contract: Contract;
  readonly #identity: SigningIdentity;
  readonly #creator: Uint8Array;
  readonly #calls: Semaphore;
  readonly #stream: CommitStream;
  /** Transactions endorsed here and not submitted yet, which need not be parsed again. */
  readonly #prepared = new WeakMap<Uint8Array, Transaction>();

  constructor(gateway: Gateway, stream: CommitStream, options: FabricLedgerOptions) {
    this.#gateway = gateway;
    this.#network = gateway.getNetwork(options.channel);
    this.#contract = this.#network.getContract(options.chaincode);
    this.#identity = options.identity;
    this.mspId = options.identity.mspId;
    const creator = new msp.SerializedIdentity();
    creator.setMspid(this.mspId);
    creator.setIdBytes(options.identity.certificate);
    this.#creator = creator.serializeBinary();
    this.#calls = new Semaphore(options.concurrency);
    this.#stream = stream;
  }

  get height(): number {
    return this.#stream.height;
  }

  get following(): boolean {
    return this.#stream.connected;
  }

  async endorse(functionName: string, argument: string): Promise<SignedTransaction> {
    const proposal = this.#contract.newProposal(functionName, { arguments: [argument] });
    const endorsed = await this.#calls.run(() => proposal.endorse());
    const signature = await this.#identity.signer(endorsed.getDigest());
    const signed = this.#gateway.newSignedTransaction(endorsed.getBytes(), signature);
    const bytes = signed.getBytes();
    this.#prepared.set(bytes, signed);
    return {
      txId: signed.getTransactionId(),
      bytes,
      result: Buffer.from(signed.getResult()).toString('utf8'),
    };
  }

  async submit(transaction: Uint8Array): Promise<void> {
    const prepared = this.#prepared.get(transaction) ?? this.#gateway.newTransaction(transaction);
    await this.#calls.run(() => prepared.submit());
  }

  waitForCommit(txId: string): CommitWait {
    return this.#stream.wait(txId);
  }

  async resultOf(txId: string): Promise<string> {
    const system = this.#network.getContract('qscc');
    const answer = await system.evaluateTransaction('GetTransactionByID', this.#network.getName(), txId);
    const prepared = new gatewayProtos.PreparedTransaction();
    prepared.setTransactionId(txId);
    prepared.setEnvelope(peer.ProcessedTransaction.deserializeBinary(answer).getTransactionenvelope());
    return Buffer.from(this.#gateway.newTransaction(prepared.serializeBinary()).getResult()).toString('utf8');
  }

  async commitStatus(txId: string, timeoutMs: number): Promise<CommitOutcome | undefined> {
    const request = new gatewayProtos.CommitStatusRequest();
    request.setChannelId(this.#network.getName());
    request.setTransactionId(txId);
    request.setIdentity(this.#creator);
    const signed = new gatewayProtos.SignedCommitStatusRequest();
    signed.setRequest(request.serializeBinary());
    try {
      const commit = this.#gateway.newCommit(signed.serializeBinary());
      const status = await commit.getStatus({ deadline: Date.now() + timeoutMs });
      if (status.code === StatusCode.DUPLICATE_TXID) return undefined;
      return { code: status.code, block: Number(status.blockNumber) };
    } catch (error) {
      if (error instanceof CommitStatusError) return undefined;
      throw error;
    }
  }
}
