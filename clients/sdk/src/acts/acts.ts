import {
  ACTS,
  type ActArguments,
  type ActName,
  assertSchema,
  canonicalize,
  fromBase64,
} from '@maker-registry/protocol';
import { type GatewayConnection } from '../client/gateway-connection';
import { type CommittedOperation, readOperation } from '../client/operation';
import { type Operations } from '../client/operations';
import { ClientError } from '../errors/client-error';
import { DEFAULT_WAIT_S, MAX_WAIT_PER_REQUEST_S, WAIT_SLACK_MS } from '../limits';
import { checkProposal, checkTransaction, type IntendedAct } from './check-act';
import { type FabricIdentity, fabricSigner, type FabricSigner } from './fabric-identity';
import { signedMessage } from './signed-message';

/** The channel and chaincode an act must be for; pinned by the caller, not asked of the gateway. */
export interface LedgerNames {
  readonly channel: string;
  readonly chaincode: string;
}

export interface ActOptions {
  /** Seconds to wait for the ledger. */
  readonly wait?: number;
}

const MS_PER_SECOND = 1_000;

/** Role acts, signed on this side: the key of a reviewer or administrator never reaches a gateway. */
export class Acts {
  readonly #gateway: GatewayConnection;
  readonly #operations: Operations;
  readonly #names: LedgerNames;

  constructor(gateway: GatewayConnection, operations: Operations, names: LedgerNames) {
    this.#gateway = gateway;
    this.#operations = operations;
    this.#names = names;
  }

  /**
   * Performs an act: the gateway prepares the proposal and, after endorsement, the transaction; both are decoded here
   * and compared with what was asked before they are signed. Throws GATEWAY_LIED when they differ, the ledger's
   * RegistryError when the act is refused.
   */
  async perform<Name extends ActName>(
    act: Name,
    argument: ActArguments[Name],
    identity: FabricIdentity,
    options: ActOptions = {},
  ): Promise<CommittedOperation> {
    const { contract, function: functionName, schema } = ACTS[act];
    assertSchema(schema, argument);
    const signer = fabricSigner(identity);
    const intended: IntendedAct = {
      ...this.#names,
      function: `${contract}:${functionName}`,
      argument: canonicalize(argument),
      mspId: identity.mspId,
      certificate: identity.certificate,
    };
    const creator = { msp_id: identity.mspId, certificate: identity.certificate };
    const prepared = await this.#gateway.post('/v1/acts', { act, argument, creator });
    return await this.#sign(prepared, intended, signer, options.wait ?? DEFAULT_WAIT_S);
  }

  async #sign(
    prepared: Record<string, unknown>,
    intended: IntendedAct,
    signer: FabricSigner,
    waitS: number,
  ): Promise<CommittedOperation> {
    const actPath = `/v1/acts/${encodeURIComponent(text(prepared, 'act_id'))}`;
    const proposalBytes = bytes(prepared, 'proposal');
    const proposal = checkProposal(proposalBytes, intended, Math.floor(Date.now() / MS_PER_SECOND));
    const proposalSignature = await signer.sign(
      signedMessage(proposalBytes, proposal.digest),
      proposal.digest,
    );
    const endorsed = await this.#gateway.post(`${actPath}/proposal-signature`, {
      signature: Buffer.from(proposalSignature).toString('base64'),
    });
    const transactionBytes = bytes(endorsed, 'transaction');
    const transaction = checkTransaction(transactionBytes, intended, proposal);
    const signature = await signer.sign(
      signedMessage(transactionBytes, transaction.digest),
      transaction.digest,
    );
    const submission = { signature: Buffer.from(signature).toString('base64') };
    const wait = Math.min(waitS, MAX_WAIT_PER_REQUEST_S);
    const answer = await this.#gateway.post(`${actPath}/transaction-signature`, submission, {
      headers: wait > 0 ? { prefer: `wait=${wait}` } : {},
      timeoutMs: wait * MS_PER_SECOND + WAIT_SLACK_MS,
    });
    const committed = await this.#operations.follow(readOperation(answer), waitS);
    if (committed.tx_id !== transaction.txId) {
      throw new ClientError(
        'GATEWAY_LIED',
        `The gateway reports transaction ${committed.tx_id}, not the one you signed.`,
      );
    }
    return committed;
  }
}

function text(answer: Record<string, unknown>, member: string): string {
  const value = answer[member];
  if (typeof value === 'string') return value;
  throw new ClientError('RESPONSE_MALFORMED', `The gateway's answer has no ${member}.`, { subject: member });
}

function bytes(answer: Record<string, unknown>, member: string): Uint8Array {
  const value = fromBase64(text(answer, member));
  if (value !== undefined) return value;
  throw new ClientError('RESPONSE_MALFORMED', `${member} in the gateway's answer is not base64.`, {
    subject: member,
  });
}
