import { EndorseError, GatewayError, type Network } from '@hyperledger/fabric-gateway';
import { peer } from '@hyperledger/fabric-protos';
import {
  type Block,
  BLOCK_BY_NUMBER,
  CHAIN_INFO,
  currentOf,
  definitionVersion,
  definitionWrite,
  encodeReceipt,
  type EndorsedAnswer,
  equalBytes,
  essentialBlock,
  heightOfInfo,
  inForceFor,
  type KeyRead,
  type NamespaceRwSet,
  operatorsOf,
  parseBlock,
  parseEndorserTransaction,
  parseEnvelope,
  parseIdentity,
  parseReceipt,
  type Receipt,
  type ReceiptVerdict,
  verifyAnswer,
  verifyReceipt,
  type Version,
} from '@maker-registry/fabric-proofs';
import { isRegistryError, RegistryError } from '@maker-registry/protocol';
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
  /** Of the registry. */
  readonly chaincode: string;
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
    const endorsers = await this.#endorsersOf(txId);
    if (endorsers === undefined) return undefined;
    return this.#make(`${kind}:${txId}`, core, (configurations) =>
      kind === 'attested'
        ? this.#attested(txId, configurations, endorsers)
        : this.#ordered(txId, configurations, endorsers),
    );
  }

  /**
   * The receipt of a document as the ledger has it now.
   *
   * @param name function of a contract that reads, e.g. 'actors:Get'
   * @throws RegistryError the contract's own refusal, RECEIPT_UNAVAILABLE, LEDGER_UNAVAILABLE
   */
  async state(name: string, args: readonly string[], core: boolean): Promise<Uint8Array> {
    const configurations = await this.#currentConfigurations();
    const question = { chaincode: this.#options.chaincode, function: name, args };
    const key = `state:${name}:${args.join(',')}`;
    // Not kept: the next one who asks wants what is true then.
    const bytes = await this.#once(
      key,
      () => this.#state(question, configurations),
      configurations,
      () => false,
    );
    return core ? bytes : withConfigurations(bytes, configurations);
  }

  /** Operators' statement of the ledger up to a block; the newest block unless one is named. */
  async prefix(number: number | undefined, core: boolean): Promise<Uint8Array> {
    const block = number ?? (await this.#newestBlock());
    const configurations = await this.#currentConfigurations();
    const name = `prefix:${block}`;
    const bytes =
      this.#kept.get(name, blockOf(configurations)) ??
      (await this.#once(name, () => this.#prefix(block, configurations), configurations, isComplete));
    return core ? bytes : withConfigurations(bytes, configurations);
  }

  async #make(
    name: string,
    core: boolean,
    build: (configurations: Configurations) => Promise<Receipt>,
  ): Promise<Uint8Array> {
    const configurations = await this.#currentConfigurations();
    const bytes =
      this.#kept.get(name, blockOf(configurations)) ??
      (await this.#once(name, () => build(configurations), configurations));
    return core ? bytes : withConfigurations(bytes, configurations);
  }

  async #currentConfigurations(): Promise<Configurations> {
    const configurations = await this.#reach(() => this.#configurations.current());
    const block = blockOf(configurations);
    // Who the operators are may have changed, so what was signed before is asked for anew.
    if (block !== this.#configurationBlock) this.#kept.clear();
    this.#configurationBlock = block;
    return configurations;
  }

  /** Callers that ask for the same receipt under the same configuration at the same time share the work. */
  #once(
    name: string,
    build: () => Promise<Receipt>,
    configurations: Configurations,
    keep: (receipt: Receipt) => boolean = () => true,
  ): Promise<Uint8Array> {
    const { walk } = configurations;
    const configuration = blockOf(configurations);
    const work = `${configuration}:${name}`;
    const running = this.#running.get(work);
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
        if (keep(receipt)) this.#kept.keep(name, configuration, bytes);
        return bytes;
      })
      .finally(() => {
        this.#running.delete(work);
      });
    this.#running.set(work, made);
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

  /** @param endorsers asked first: their certificates are in the transaction already, and so once only in the file */
  async #attested(
    txId: string,
    configurations: Configurations,
    endorsers: readonly string[],
  ): Promise<Receipt> {
    const answer = await this.#askAll(
      { chaincode: 'qscc', function: 'GetTransactionByID', args: [this.#questions.channel, txId] },
      configurations,
      endorsers,
    );
    return this.#receipt('attested', [answer], configurations);
  }

  async #ordered(
    txId: string,
    configurations: Configurations,
    endorsers: readonly string[],
  ): Promise<Receipt> {
    const attested = await this.#attested(txId, configurations, endorsers);
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

  async #state(question: Question, configurations: Configurations): Promise<Receipt> {
    const read = await this.#askAll(question, configurations);
    const { rwSets, result } = verifyAnswer(
      read,
      currentOf(configurations.walk).config,
      configurations.walk.channel,
    );
    const writer = await this.#writerOf(readsOf(rwSets, question.chaincode), question.chaincode, result);
    const { answers } = await this.#attested(writer, configurations, []);
    const height = await this.#height(configurations);
    return this.#receipt('state', [read, ...answers, ...height], configurations);
  }

  /** The transaction that wrote the value, among those that wrote the keys that were read. */
  async #writerOf(reads: readonly KeyRead[], chaincode: string, value: Uint8Array): Promise<string> {
    for (const { key, version } of reads) {
      const found = await this.#blockAt(version);
      if (found === undefined) continue;
      const transaction = transactionOf(found.block, found.version.txIndex);
      const writes = transaction.rwSets
        .filter(({ namespace }) => namespace === chaincode)
        .flatMap((one) => one.writes);
      if (writes.some((write) => write.key === key && equalBytes(write.value, value)))
        return transaction.envelope.channelHeader.txId;
    }
    throw new RegistryError(
      'RECEIPT_UNAVAILABLE',
      'The answer is not one document as a transaction wrote it.',
    );
  }

  /** The height that operators agree on, where they do: while blocks arrive their answers differ. */
  async #height(configurations: Configurations): Promise<EndorsedAnswer[]> {
    const question = { chaincode: 'qscc', function: CHAIN_INFO, args: [this.#questions.channel] };
    try {
      return [await this.#askAll(question, configurations)];
    } catch (error) {
      if (isRegistryError(error) && error.code === 'RECEIPT_UNAVAILABLE') return [];
      throw error;
    }
  }

  async #newestBlock(): Promise<number> {
    const question = { chaincode: 'qscc', function: CHAIN_INFO, args: [this.#questions.channel] };
    return heightOfInfo(await this.#reach(() => this.#questions.ask(question))) - 1;
  }

  async #prefix(number: number, configurations: Configurations): Promise<Receipt> {
    const args = [this.#questions.channel, String(number)];
    const question = { chaincode: 'qscc', function: BLOCK_BY_NUMBER, args };
    const answers: EndorsedAnswer[] = [];
    for (const operator of operatorsOf(currentOf(configurations.walk).config)) {
      try {
        answers.push(await this.#questions.askOperators(question, [operator]));
      } catch (error) {
        this.#options.logger.debug({ err: error, operator, block: number }, 'An operator states nothing now');
      }
    }
    if (answers.length === 0)
      throw new RegistryError('RECEIPT_UNAVAILABLE', `No operator states anything of block ${number} now.`);
    return { ...this.#receipt('prefix', answers, configurations), required: answers.length };
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

  #askAll(
    question: Question,
    { walk }: Configurations,
    preferred: readonly string[] = [],
  ): Promise<EndorsedAnswer> {
    const { ownMspId } = this.#options;
    return askEnoughOperators(this.#questions, question, currentOf(walk).config, ownMspId, preferred);
  }

  /** MSP ids of a transaction's endorsers; undefined when the own peer's ledger does not have the transaction. */
  async #endorsersOf(txId: string): Promise<string[] | undefined> {
    if (this.#kept.get(`attested:${txId}`, this.#configurationBlock) !== undefined) return [];
    try {
      const processed = await this.#questions.ask({
        chaincode: 'qscc',
        function: 'GetTransactionByID',
        args: [this.#questions.channel, txId],
      });
      return endorsersIn(processed);
    } catch (error) {
      if (saysUnknownTransaction(error)) return undefined;
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

/** Of ProcessedTransaction { 1 envelope }; none where an invalid transaction can't be read. */
function endorsersIn(processed: Uint8Array): string[] {
  try {
    const envelope = peer.ProcessedTransaction.deserializeBinary(processed).getTransactionenvelope();
    if (envelope === undefined) return [];
    const { endorsements } = parseEndorserTransaction(parseEnvelope(envelope.serializeBinary()));
    return [...new Set(endorsements.map(({ endorserBytes }) => parseIdentity(endorserBytes).mspId))];
  } catch {
    return [];
  }
}

/** An operator that was away may state it to the next who asks. */
function isComplete({ required, operators }: Receipt): boolean {
  return required === operators;
}

/** Block of the configuration in force. */
function blockOf({ walk }: Configurations): number {
  return currentOf(walk).block;
}

function withConfigurations(core: Uint8Array, { blocks }: Configurations): Uint8Array {
  return encodeReceipt({ ...parseReceipt(core), configurations: blocks });
}

function readsOf(rwSets: readonly NamespaceRwSet[], chaincode: string): KeyRead[] {
  return rwSets.filter(({ namespace }) => namespace === chaincode).flatMap(({ reads }) => reads);
}

/** The receipts of a gateway, under its own Fabric identity. */
export function openReceipts(
  { network: { entry }, identity }: GatewayConfig,
  network: Network,
  logger: Logger,
): ReceiptService {
  const { genesis_hash: genesisHash, chaincode } = entry;
  const options = { genesisHash, chaincode, ownMspId: identity.mspId, logger };
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
