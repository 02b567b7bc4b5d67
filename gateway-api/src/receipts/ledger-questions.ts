import { type Contract, EndorseError, GatewayError, type Network } from '@hyperledger/fabric-gateway';
import { gateway as gatewayProtos } from '@hyperledger/fabric-protos';
import { answerOfEnvelope, type EndorsedAnswer } from '@maker-registry/fabric-proofs';
import { Semaphore } from '../fabric/semaphore';
import { QUESTION_CONCURRENCY } from './limits';

/** A call of a chaincode function that only reads. */
export interface Question {
  readonly chaincode: string;
  /** 'contract:Function', or a function of a system chaincode. */
  readonly function: string;
  readonly args: readonly string[];
}

/** Puts questions to peers: to the own one, or to those of several operators, which then sign one answer. */
export class LedgerQuestions {
  readonly #network: Network;
  readonly #calls = new Semaphore(QUESTION_CONCURRENCY);

  constructor(network: Network) {
    this.#network = network;
  }

  get channel(): string {
    return this.#network.getName();
  }

  /** The own peer's answer, unsigned. Throws the Fabric client library's errors. */
  ask(question: Question): Promise<Uint8Array> {
    const contract = this.#contract(question);
    return this.#calls.run(() => contract.evaluate(question.function, { arguments: [...question.args] }));
  }

  /**
   * One answer signed by a peer of each organization. It is an endorsed transaction that is never submitted: submitting would
   * put a needless invalid transaction on the ledger.
   */
  askOperators(question: Question, organizations: readonly string[]): Promise<EndorsedAnswer> {
    const proposal = this.#contract(question).newProposal(question.function, {
      arguments: [...question.args],
      endorsingOrganizations: [...organizations],
    });
    return this.#calls.run(async () => {
      const endorsed = await proposal.endorse();
      const prepared = gatewayProtos.PreparedTransaction.deserializeBinary(endorsed.getBytes());
      const envelope = prepared.getEnvelope();
      if (envelope === undefined) throw new Error('The endorsed transaction is empty');
      return answerOfEnvelope(envelope.serializeBinary());
    });
  }

  #contract({ chaincode }: Question): Contract {
    return this.#network.getContract(chaincode);
  }
}

/** What qscc says of a transaction that a peer's ledger does not have. */
const NO_SUCH_TRANSACTION = /no such transaction ID|transaction not found|entry not found/i;

/** Whether a peer answered that its ledger does not have the transaction asked for. */
export function saysUnknownTransaction(error: unknown): boolean {
  return error instanceof GatewayError && NO_SUCH_TRANSACTION.test(textOf(error));
}

function textOf({ message, details }: GatewayError): string {
  return [message, ...details.map((detail) => detail.message)].join('\n');
}

/** Which of the asked organizations an error is about; empty when it does not say. */
export function blamed(error: unknown, organizations: readonly string[]): string[] {
  if (!(error instanceof EndorseError)) return [];
  const named = new Set(error.details.map(({ mspId }) => mspId));
  const text = textOf(error);
  return organizations.filter((mspId) => named.has(mspId) || text.includes(mspId));
}
