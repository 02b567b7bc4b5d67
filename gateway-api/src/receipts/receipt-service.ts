import { EndorseError, GatewayError, type Network } from '@hyperledger/fabric-gateway';
import {
  type Block,
  currentOf,
  definitionVersion,
  definitionWrite,
  encodeReceipt,
  type EndorsedAnswer,
  essentialBlock,
  inForceFor,
  operatorsOf,
  parseBlock,
  parseEndorserTransaction,
  parseEnvelope,
  parseReceipt,
  type Receipt,
  type ReceiptVerdict,
  verifyReceipt,
  type Version,
} from '@maker-registry/fabric-proofs';
import { RegistryError } from '@maker-registry/protocol';
import { type Logger } from 'pino';
import { type GatewayConfig } from '../config/config';
import { type Configurations, ConfigurationSource } from './configuration-source';
import { KeptReceipts } from './kept-receipts';
import { LedgerQuestions, type Question, saysUnknownTransaction } from './ledger-questions';
import { MAX_OPEN_RECEIPTS } from './limits';
import { askEnoughOperators } from './operator-choice';

export interface ReceiptServiceOptions {
  readonly genesisHash: string;
  readonly ownMspId: string;
  readonly logger: Logger;
}

/** What can be asked for of a transaction. */
export type TransactionReceiptKind = 'attested' | 'block';

const NO_CONFIGURATIONS: readonly Block[] = [];

/**
 * Makes receipts: asks operators' peers to sign, adds the configurations, and verifies the result as anybody will, before it
 * is handed out. Receipts without their configurations are kept for a while.
 */
export class ReceiptService {
  readonly #questions: LedgerQuestions;
  readonly #configurations: ConfigurationSource;
  readonly #options: ReceiptServiceOptions;
  readonly #kept = new KeptReceipts();
  readonly #running = new Map<string, Promise<Uint8Array>>();
  #configurationBlock = -1;

  constructor(questions: LedgerQuestions, options: ReceiptServiceOptions) {
    this.#questions = questions;
    this.#configurations = new ConfigurationSource(questions, options.genesisHash);
    this.#options = options;
  }

  /**
   * A transaction's receipt; undefined when the own peer's ledger does not have the transaction.
   *
   * @param core without the configurations, for a verifier that has them
   * @throws RegistryError RECEIPT_UNAVAILABLE, LEDGER_UNAVAILABLE
   */
  async transaction(
    txId: string,
    kind: TransactionReceiptKind,
    core: boolean,
  ): Promise<Uint8Array | undefined> {
    if (!(await this.#isOnLedger(txId))) return undefined;
    return this.#make(`${kind}:${txId}`, core, (configurations) =>
      kind === 'attested' ? this.#attested(txId, configurations) : this.#ordered(txId, configurations),
    );
  }

  async #make(
    name: string,
    core: boolean,
    build: (configurations: Configurations) => Promise<Receipt>,
  ): Promise<Uint8Array> {
    const configurations = await this.#currentConfigurations();
    const bytes =
      this.#kept.get(name) ?? (await this.#once(name, () => build(configurations), configurations));
    if (core) return bytes;
    return encodeReceipt({ ...parseReceipt(bytes), configurations: configurations.blocks });
  }

  async #currentConfigurations(): Promise<Configurations> {
    const configurations = await this.#reach(() => this.#configurations.current());
    const { block } = currentOf(configurations.walk);
    // Who the operators are may have changed, so what was signed before is asked for anew.
    if (block !== this.#configurationBlock) this.#kept.clear();
    this.#configurationBlock = block;
    return configurations;
  }

  /** Callers that ask for the same receipt at the same time share the work. */
  #once(name: string, build: () => Promise<Receipt>, { walk }: Configurations): Promise<Uint8Array> {
    const running = this.#running.get(name);
    if (running !== undefined) return running;
    if (this.#running.size >= MAX_OPEN_RECEIPTS)
      throw new RegistryError(
        'RECEIPT_UNAVAILABLE',
        'This gateway makes as many receipts as it can; try again.',
      );
    const made = build()
      .then((receipt) => {
        const bytes = encodeReceipt(receipt);
        this.#assertAccepted(name, verifyReceipt(bytes, { genesisHash: this.#options.genesisHash, walk }));
        this.#kept.keep(name, bytes);
        return bytes;
      })
      .finally(() => {
        this.#running.delete(name);
      });
    this.#running.set(name, made);
    return made;
  }

  #assertAccepted(name: string, { verdict, code, reason }: ReceiptVerdict): void {
    if (verdict === 'accepted') return;
    this.#options.logger.error({ receipt: name, code, reason }, 'A receipt just made does not verify');
    throw new RegistryError(
      'RECEIPT_UNAVAILABLE',
      `The operators’ answers do not prove the transaction: ${reason}.`,
    );
  }

  async #attested(txId: string, configurations: Configurations): Promise<Receipt> {
    const answer = await this.#askAll(
      { chaincode: 'qscc', function: 'GetTransactionByID', args: [this.#questions.channel, txId] },
      configurations,
    );
    return this.#receipt('attested', [answer], configurations);
  }

  async #ordered(txId: string, configurations: Configurations): Promise<Receipt> {
    const attested = await this.#attested(txId, configurations);
    const question = { chaincode: 'qscc', function: 'GetBlockByTxID', args: [this.#questions.channel, txId] };
    const block = parseBlock(await this.#reach(() => this.#questions.ask(question)));
    const txIndex = block.envelopes.findIndex((bytes) => parseEnvelope(bytes).channelHeader.txId === txId);
    const valid = block.flags[txIndex] === 0;
    const definitions = valid ? await this.#definitions(block, txIndex) : [];
    const blocks = [block, ...definitions].map((one) =>
      essentialBlock(one, inForceFor(configurations.walk, one).config),
    );
    return { ...attested, kind: 'block', blocks, txIndex };
  }

  /** The block that committed the chaincode's definition, and the one that set its policy where that is older. */
  async #definitions(block: Block, txIndex: number): Promise<Block[]> {
    const transaction = transactionOf(block, txIndex);
    const { chaincode } = transaction.invocation;
    const committed = await this.#blockAt(definitionVersion(transaction, chaincode, 'Sequence'));
    if (committed === undefined) return [];
    const definition = transactionOf(committed.block, committed.version.txIndex);
    if (definitionWrite(definition, chaincode, 'ValidationInfo') !== null) return [committed.block];
    const earlier = await this.#blockAt(definitionVersion(definition, chaincode, 'ValidationInfo'));
    return earlier === undefined ? [committed.block] : [committed.block, earlier.block];
  }

  async #blockAt(version: Version | null): Promise<{ block: Block; version: Version } | undefined> {
    if (version === null) return undefined;
    const block = await this.#reach(() => this.#configurations.block(version.block));
    return { block, version };
  }

  #receipt(kind: Receipt['kind'], answers: readonly EndorsedAnswer[], { walk }: Configurations): Receipt {
    return {
      kind,
      required: answers[0]?.endorsements.length ?? 0,
      operators: operatorsOf(currentOf(walk).config).size,
      answers,
      blocks: [],
      txIndex: 0,
      configurations: NO_CONFIGURATIONS,
    };
  }

  #askAll(question: Question, { walk }: Configurations): Promise<EndorsedAnswer> {
    return askEnoughOperators(this.#questions, question, currentOf(walk).config, this.#options.ownMspId);
  }

  async #isOnLedger(txId: string): Promise<boolean> {
    if (this.#kept.get(`attested:${txId}`) !== undefined) return true;
    try {
      await this.#questions.ask({
        chaincode: 'qscc',
        function: 'GetTransactionByID',
        args: [this.#questions.channel, txId],
      });
      return true;
    } catch (error) {
      if (saysUnknownTransaction(error)) return false;
      throw unavailable(error);
    }
  }

  async #reach<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      throw unavailable(error);
    }
  }
}

/** The receipts of a gateway, under its own Fabric identity. */
export function openReceipts(
  { network: { entry }, identity }: GatewayConfig,
  network: Network,
  logger: Logger,
): ReceiptService {
  const options = { genesisHash: entry.genesis_hash, ownMspId: identity.mspId, logger };
  return new ReceiptService(new LedgerQuestions(network), options);
}

function transactionOf(block: Block, txIndex: number): ReturnType<typeof parseEndorserTransaction> {
  const envelope = block.envelopes[txIndex];
  if (envelope === undefined) throw new Error(`Block ${block.header.number} has no transaction ${txIndex}`);
  return parseEndorserTransaction(parseEnvelope(envelope));
}

/** What the peer says stays inside; what can be done about it is the same. */
function unavailable(error: unknown): unknown {
  if (!(error instanceof GatewayError) || error instanceof EndorseError) return error;
  return new RegistryError('LEDGER_UNAVAILABLE', 'The operator’s peer does not answer now.', {
    cause: error,
  });
}
