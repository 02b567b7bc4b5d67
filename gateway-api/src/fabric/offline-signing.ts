import { createHash, createPublicKey, verify } from 'node:crypto';
import { type Client } from '@grpc/grpc-js';
import { connect, type Gateway } from '@hyperledger/fabric-gateway';
import { gateway as gatewayProtos } from '@hyperledger/fabric-protos';
import { RegistryError } from '@maker-registry/protocol';
import { ENDORSE_DEADLINE_MS } from '../limits';
import { isLowSDer } from './der-signature';
import { type SignedTransaction } from './ledger';

/** Whose transaction it is; the key stays with its owner. */
export interface OfflineIdentity {
  readonly mspId: string;
  /** PEM */
  readonly certificate: string;
}

/** Bytes to sign: the signature is ECDSA P-256 over SHA-256 of `message`, DER, low S. */
export interface Unsigned {
  /** ProposedTransaction or PreparedTransaction, as the Fabric client library writes it. */
  readonly bytes: Uint8Array;
  /** The part of the bytes that is signed. */
  readonly message: Uint8Array;
}

export interface ChannelName {
  readonly channel: string;
  readonly chaincode: string;
}

/** Builds and endorses transactions of identities whose keys are elsewhere. */
export class OfflineSigning {
  readonly #client: Client;
  readonly #name: ChannelName;

  constructor(client: Client, name: ChannelName) {
    this.#client = client;
    this.#name = name;
  }

  propose(identity: OfflineIdentity, functionName: string, argument: string): Unsigned {
    const contract = this.#gateway(identity).getNetwork(this.#name.channel).getContract(this.#name.chaincode);
    const bytes = contract.newProposal(functionName, { arguments: [argument] }).getBytes();
    return { bytes, message: proposalMessage(bytes) };
  }

  /**
   * @throws RegistryError SIGNATURE_INVALID
   * @throws GatewayError when the endorsement fails.
   */
  async endorse(identity: OfflineIdentity, proposal: Uint8Array, signature: Uint8Array): Promise<Unsigned> {
    assertSignature(identity, proposalMessage(proposal), signature);
    const transaction = await this.#gateway(identity).newSignedProposal(proposal, signature).endorse();
    return this.unsignedTransaction(transaction.getBytes());
  }

  /** An endorsed transaction, ready to be signed. */
  unsignedTransaction(bytes: Uint8Array): Unsigned {
    return { bytes, message: transactionMessage(bytes) };
  }

  /** @throws RegistryError SIGNATURE_INVALID */
  sign(identity: OfflineIdentity, transaction: Uint8Array, signature: Uint8Array): SignedTransaction {
    assertSignature(identity, transactionMessage(transaction), signature);
    const signed = this.#gateway(identity).newSignedTransaction(transaction, signature);
    return {
      txId: signed.getTransactionId(),
      bytes: signed.getBytes(),
      result: Buffer.from(signed.getResult()).toString('utf8'),
    };
  }

  /** A view of the one connection; holds nothing that would have to be closed. */
  #gateway({ mspId, certificate }: OfflineIdentity): Gateway {
    return connect({
      client: this.#client,
      identity: { mspId, credentials: Buffer.from(certificate) },
      endorseOptions: () => ({ deadline: Date.now() + ENDORSE_DEADLINE_MS }),
    });
  }
}

function proposalMessage(bytes: Uint8Array): Uint8Array {
  const proposal = gatewayProtos.ProposedTransaction.deserializeBinary(bytes).getProposal();
  if (proposal === undefined) throw new Error('The stored proposal is empty');
  return proposal.getProposalBytes_asU8();
}

function transactionMessage(bytes: Uint8Array): Uint8Array {
  const envelope = gatewayProtos.PreparedTransaction.deserializeBinary(bytes).getEnvelope();
  if (envelope === undefined) throw new Error('The stored transaction is empty');
  return envelope.getPayload_asU8();
}

/** SHA-256 of what is to be signed, hex. */
export function signingDigest(message: Uint8Array): string {
  return createHash('sha256').update(message).digest('hex');
}

/** Checked here, so that a wrong signature costs no endorser anything and is told apart from other refusals. */
function assertSignature({ certificate }: OfflineIdentity, message: Uint8Array, signature: Uint8Array): void {
  if (isLowSDer(signature) && verify('sha256', message, createPublicKey(certificate), signature)) return;
  throw new RegistryError(
    'SIGNATURE_INVALID',
    'The signature is not a low-S ECDSA signature in DER of these bytes by the creator’s key.',
    { subject: '/signature' },
  );
}
