import { readFileSync } from 'node:fs';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash, type Contract, type Gateway } from '@hyperledger/fabric-gateway';
import { peer } from '@hyperledger/fabric-protos';
import { fabricSigner, type FabricIdentity } from '@maker-registry/sdk';
import { organization, type RunningNetwork } from './network-file';
import { fabricIdentity } from './registry-client';

/** Time a single call may take, in milliseconds; a saturated network answers within a few seconds. */
const CALL_LIMIT_MS = 60_000;

/** Between two looks for a transaction, in milliseconds. */
const ASK_AGAIN_MS = 200;

/** Fabric's TxValidationCode for a transaction that took effect. */
const VALID = 0;

/** One call of a chaincode function. */
export interface ContractCall {
  readonly chaincode: string;
  readonly contract: string;
  readonly function: string;
  readonly args: string[];
}

export interface FabricClient {
  readonly contract: (chaincode: string, contract: string) => Contract;
  /** The validation code of a transaction whose submission ended in `cause`, once it is on the ledger. */
  readonly validationCode: (txId: string, cause: unknown) => Promise<number>;
  readonly close: () => void;
}

/** The SDK's signer hashes and signs in one call of the platform's OpenSSL, so it is given no digest. */
const NO_DIGEST = new Uint8Array(0);

/** Connects to an organization's own peer, as its `platform` identity unless told otherwise. */
export function fabricClient(
  network: RunningNetwork,
  operator = 'op1',
  identity = fabricIdentity(network, operator, 'platform'),
): FabricClient {
  const { peer: ownPeer } = organization(network, operator);
  if (ownPeer === undefined) throw new Error(`${operator} has no peer`);
  const client = new Client(
    ownPeer.endpoint,
    credentials.createSsl(readFileSync(network.path(ownPeer.tls_ca_cert))),
    ownPeer.server_name === undefined ? {} : { 'grpc.ssl_target_name_override': ownPeer.server_name },
  );
  const gateway = openGateway(client, identity);
  const channel = gateway.getNetwork(network.file.channel);
  return {
    contract: (chaincode, contract) => channel.getContract(chaincode, contract),
    validationCode: (txId, cause) =>
      validationCode(channel.getContract('qscc', ''), network.file.channel, txId, cause),
    close: () => {
      gateway.close();
      client.close();
    },
  };
}

function openGateway(client: Client, identity: FabricIdentity): Gateway {
  const deadline = () => ({ deadline: Date.now() + CALL_LIMIT_MS });
  const signer = fabricSigner(identity);
  return connect({
    client,
    identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificate) },
    signer: (message) => signer.sign(message, NO_DIGEST),
    hash: hash.none,
    evaluateOptions: deadline,
    endorseOptions: deadline,
    submitOptions: deadline,
    commitStatusOptions: deadline,
  });
}

/** A transaction that the orderers have taken is in a block within this time, in milliseconds. */
const COMMIT_LIMIT_MS = 30_000;

/**
 * Submits and waits for the commit. A BFT gateway reports some submissions as failed although the transaction commits
 * (an orderer that already has it counts as a refusal), so after an error the ledger decides, by transaction id.
 */
export async function submit(client: FabricClient, call: ContractCall): Promise<void> {
  const contract = client.contract(call.chaincode, call.contract);
  const transaction = await contract.newProposal(call.function, { arguments: call.args }).endorse();
  let code: number;
  try {
    code = (await (await transaction.submit()).getStatus()).code;
  } catch (error) {
    code = await client.validationCode(transaction.getTransactionId(), error);
  }
  if (code !== VALID)
    throw new Error(`Transaction ${transaction.getTransactionId()} ended with code ${code}`);
}

/** Asks the ledger for a transaction's validation code until it is there; `cause` explains why it had to be asked. */
async function validationCode(
  ledger: Contract,
  channel: string,
  txId: string,
  cause: unknown,
): Promise<number> {
  const end = Date.now() + COMMIT_LIMIT_MS;
  while (Date.now() < end) {
    try {
      const processed = await ledger.evaluateTransaction('GetTransactionByID', channel, txId);
      return peer.ProcessedTransaction.deserializeBinary(processed).getValidationcode();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }
  throw new Error(`Transaction ${txId} is not on the ledger`, { cause });
}
