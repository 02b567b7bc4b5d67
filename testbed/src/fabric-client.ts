import { readFileSync } from 'node:fs';
import { Client, credentials } from '@grpc/grpc-js';
import {
  connect,
  hash,
  type Contract,
  type Gateway,
  type SubmittedTransaction,
  type Transaction,
} from '@hyperledger/fabric-gateway';
import { nativeSigner } from './native-signer';
import { organization, type RunningNetwork } from './network-file';

/** Time a single call may take, in milliseconds; a saturated network answers within a few seconds. */
const CALL_LIMIT_MS = 60_000;

export interface FabricClient {
  readonly contract: (chaincode: string, contract: string) => Contract;
  readonly close: () => void;
}

/** Connects to an operator's own peer as its `platform` identity, signing with the native signer. */
export function fabricClient(network: RunningNetwork, operator = 'op1'): FabricClient {
  const organizationFile = organization(network, operator);
  const identity = organizationFile.identities['platform'];
  const { peer } = organizationFile;
  if (identity?.key === undefined || peer === undefined) {
    throw new Error(`${operator} has no peer or no platform identity with a key in a file`);
  }
  const client = new Client(
    peer.endpoint,
    credentials.createSsl(readFileSync(network.path(peer.tls_ca_cert))),
    peer.server_name === undefined ? {} : { 'grpc.ssl_target_name_override': peer.server_name },
  );
  const gateway = openGateway(client, identity.msp_id, {
    certificate: readFileSync(network.path(identity.cert)),
    key: readFileSync(network.path(identity.key), 'utf8'),
  });
  const channel = gateway.getNetwork(network.file.channel);
  return {
    contract: (chaincode, contract) => channel.getContract(chaincode, contract),
    close: () => {
      gateway.close();
      client.close();
    },
  };
}

function openGateway(client: Client, mspId: string, identity: { certificate: Buffer; key: string }): Gateway {
  const deadline = () => ({ deadline: Date.now() + CALL_LIMIT_MS });
  return connect({
    client,
    identity: { mspId, credentials: identity.certificate },
    signer: nativeSigner(identity.key),
    hash: hash.none,
    evaluateOptions: deadline,
    endorseOptions: deadline,
    submitOptions: deadline,
    commitStatusOptions: deadline,
  });
}

/** Sends of the same signed transaction before giving up; the orderers remove duplicates by transaction id. */
const SEND_ATTEMPTS = 3;

/**
 * Submits and waits for the commit. A BFT gateway reports some submissions as failed that do commit, so the same
 * signed bytes are sent again: a second copy is never applied twice.
 */
export async function submit(contract: Contract, name: string, args: string[]): Promise<void> {
  const transaction = await contract.newProposal(name, { arguments: args }).endorse();
  const status = await (await send(transaction)).getStatus();
  if (!status.successful)
    throw new Error(`Transaction ${status.transactionId} ended with code ${status.code}`);
}

async function send(transaction: Transaction): Promise<SubmittedTransaction> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction.submit();
    } catch (error) {
      if (attempt === SEND_ATTEMPTS) throw error;
    }
  }
}
