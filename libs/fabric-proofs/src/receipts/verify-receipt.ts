import { hex, sha256 } from '../digests';
import { type ProofCode, ProofError } from '../errors';
import { VALID } from '../validation-codes';
import {
  type AttestedTransaction,
  verifyAttestation,
  type WriteStatement,
  writesOf,
} from './attested-transaction';
import { type ConfigurationWalk, currentOf, verifyWalk } from './configuration-walk';
import { operatorsOf } from './endorsed-answer';
import { type OrderedTransaction, verifyOrdered } from './ordered-transaction';
import { verifyPrefix } from './prefix-statement';
import { type Receipt, type ReceiptKind } from './receipt';
import { parseReceipt } from './receipt-format';
import { digestOf, verifyState } from './state-value';

/** What was looked at, in the order it was; the first that does not hold ends the verification. */
export interface ReceiptCheck {
  readonly check: string;
  readonly holds: boolean;
  readonly detail: string;
}

/** A transaction, as a receipt proves it. */
export interface TransactionStatement {
  readonly tx_id: string;
  readonly valid: boolean;
  /** Fabric's name of the validation code, VALID or why the transaction has no effect. */
  readonly validation: string;
  readonly creator_msp_id: string | null;
  readonly chaincode: string | null;
  readonly function: string | null;
  /** SHA-256 of each argument after the function's name, hex. */
  readonly arguments_sha256: readonly string[];
  /** What it writes, or would have written. */
  readonly writes: readonly WriteStatement[];
}

/** What a receipt proves; which of the optional members are there depends on its kind. */
export interface ReceiptStatement {
  readonly kind: ReceiptKind;
  readonly network: string;
  readonly channel: string;
  /** The configuration that says who the operators are: its block and its number in the sequence. */
  readonly configuration: { readonly block: number; readonly sequence: number };
  readonly operators: { readonly signed: readonly string[]; readonly required: number; readonly of: number };
  /** Unix seconds by the asker's clock. */
  readonly asked_at: number | null;
  readonly transaction?: TransactionStatement;
  /** Where a block receipt's transaction stands; endorsers are those of the transaction itself. */
  readonly position?: {
    readonly block: number;
    readonly index: number;
    readonly header_hash: string;
    readonly configuration_block: number;
    readonly endorsers: readonly string[];
  };
  /** A state receipt's value, in base64. */
  readonly state?: {
    readonly chaincode: string;
    readonly function: string;
    readonly key: string;
    readonly value: string;
    readonly value_sha256: string;
    readonly version: { readonly block: number; readonly index: number };
    readonly height: number | null;
  };
  /** What a prefix statement binds. */
  readonly prefix?: {
    readonly block: number;
    readonly header_hash: string;
    readonly commit_hash: string;
    readonly validation_codes: readonly number[];
  };
}

export interface ReceiptVerdict {
  readonly verdict: 'accepted' | 'refused';
  readonly code: ProofCode | 'RECEIPT_ACCEPTED';
  /** For people. */
  readonly reason: string;
  readonly checks: readonly ReceiptCheck[];
  /** null when refused: what does not hold states nothing. */
  readonly statement: ReceiptStatement | null;
}

export interface ReceiptOptions {
  /** SHA-256 of the genesis block's header, 64 lower-case hex characters: which ledger is meant. */
  readonly genesisHash: string;
  /** A walk verified before, for a receipt's core; its genesis hash must be the same. */
  readonly walk?: ConfigurationWalk;
  /** Least number of operators the verifier wants, beyond what the channel's policy asks for. */
  readonly minimumOperators?: number;
  /** Sequence of a configuration that the verifier knows of: older ones are not believed to be the newest. */
  readonly minimumConfiguration?: number;
}

/** Runs checks by name and keeps what each found. */
class Checks {
  readonly done: ReceiptCheck[] = [];

  run<Result>(check: string, act: () => Result, tell: (result: Result) => string): Result {
    try {
      const result = act();
      this.done.push({ check, holds: true, detail: tell(result) });
      return result;
    } catch (error) {
      if (error instanceof ProofError) this.done.push({ check, holds: false, detail: error.message });
      throw error;
    }
  }
}

/** Answers and blocks that a receipt of a kind may hold: least and most. */
const PARTS: Readonly<
  Record<ReceiptKind, { answers: readonly [number, number]; blocks: readonly [number, number] }>
> = {
  attested: { answers: [1, 1], blocks: [0, 0] },
  block: { answers: [1, 1], blocks: [1, 3] },
  state: { answers: [2, 3], blocks: [0, 0] },
  prefix: { answers: [1, 16], blocks: [0, 0] },
};

function readForm(bytes: Uint8Array): Receipt {
  const receipt = parseReceipt(bytes);
  const { answers, blocks } = PARTS[receipt.kind];
  const within = (count: number, [least, most]: readonly [number, number]): boolean =>
    count >= least && count <= most;
  if (!within(receipt.answers.length, answers) || !within(receipt.blocks.length, blocks))
    throw new ProofError('RECEIPT_MALFORMED', `a receipt of kind ${receipt.kind} holds other parts`);
  if (receipt.kind !== 'block' && receipt.txIndex !== 0)
    throw new ProofError('RECEIPT_MALFORMED', `a receipt of kind ${receipt.kind} has no transaction index`);
  return receipt;
}

function readWalk(
  receipt: Receipt,
  { genesisHash, walk, minimumConfiguration = 0 }: ReceiptOptions,
): ConfigurationWalk {
  const found =
    receipt.configurations.length === 0 && walk?.genesisHash === genesisHash
      ? walk
      : verifyWalk(receipt.configurations, genesisHash);
  const { sequence } = currentOf(found).config;
  if (sequence < minimumConfiguration) {
    throw new ProofError(
      'RECEIPT_CONFIGURATION_OLD',
      `the receipt ends at configuration ${sequence}, ${minimumConfiguration} is known: who has left since would count`,
      { expected: minimumConfiguration, actual: sequence },
    );
  }
  return found;
}

/** The policy the receipt states must be what the configuration and the signatures say. */
function checkStated(receipt: Receipt, signed: number, walk: ConfigurationWalk, minimum: number): void {
  const operators = operatorsOf(currentOf(walk).config).size;
  if (receipt.operators !== operators || receipt.required !== signed) {
    throw new ProofError(
      'RECEIPT_POLICY',
      `the receipt states ${receipt.required} of ${receipt.operators} operators; ${signed} of ${operators} signed`,
      { expected: receipt.required, actual: signed },
    );
  }
  if (signed < minimum)
    throw new ProofError('RECEIPT_POLICY', `${signed} operators signed, ${minimum} are asked for`, {
      expected: minimum,
      actual: signed,
    });
}

function transactionStatement({
  txId,
  code,
  codeName,
  transaction,
}: AttestedTransaction): TransactionStatement {
  return {
    tx_id: txId,
    valid: code === VALID,
    validation: codeName,
    creator_msp_id: transaction?.creator.mspId ?? null,
    chaincode: transaction?.invocation.chaincode ?? null,
    function: transaction?.invocation.function ?? null,
    arguments_sha256: transaction?.invocation.args.map((arg) => hex(sha256(arg))) ?? [],
    writes: transaction === null ? [] : writesOf(transaction),
  };
}

function positionStatement(ordered: OrderedTransaction): NonNullable<ReceiptStatement['position']> {
  return {
    block: ordered.block,
    index: ordered.txIndex,
    header_hash: hex(ordered.headerHash),
    configuration_block: ordered.configuration,
    endorsers: ordered.endorsers,
  };
}

/** What a kind of receipt adds to the statement that all have. */
interface Finding {
  readonly signers: readonly string[];
  readonly askedAt: number | null;
  readonly statement: Partial<ReceiptStatement>;
}

type Judge = (receipt: Receipt, walk: ConfigurationWalk, checks: Checks) => Finding;

function attest(receipt: Receipt, walk: ConfigurationWalk, checks: Checks): AttestedTransaction {
  const [answer] = receipt.answers;
  if (answer === undefined) throw new ProofError('RECEIPT_MALFORMED', 'a receipt without an answer');
  return checks.run(
    'attestation',
    () => verifyAttestation(answer, currentOf(walk).config, walk.channel),
    ({ txId, codeName, signers }) => `${signers.join(', ')}: transaction ${txId} is ${codeName}`,
  );
}

const JUDGES: Readonly<Record<ReceiptKind, Judge>> = {
  attested: (receipt, walk, checks) => {
    const attested = attest(receipt, walk, checks);
    const { signers, askedAt } = attested;
    return { signers, askedAt, statement: { transaction: transactionStatement(attested) } };
  },
  block: (receipt, walk, checks) => {
    const attested = attest(receipt, walk, checks);
    const ordered = checks.run(
      'block',
      () => verifyOrdered(attested, receipt.blocks, receipt.txIndex, walk),
      ({ block, txIndex, configuration }) =>
        `transaction ${txIndex} of block ${block}, signed by the quorum of the configuration in block ${configuration}`,
    );
    const { signers, askedAt } = attested;
    const statement = { transaction: transactionStatement(attested), position: positionStatement(ordered) };
    return { signers, askedAt, statement };
  },
  state: (receipt, walk, checks) => {
    const found = checks.run(
      'state',
      () => verifyState(receipt.answers, currentOf(walk).config, walk.channel),
      ({ version, signers }) =>
        `${signers.join(', ')}: the value was written by transaction ${version.txIndex} of block ${version.block}`,
    );
    const state = {
      chaincode: found.chaincode,
      function: found.function,
      key: found.key,
      value: Buffer.from(found.value).toString('base64'),
      value_sha256: digestOf(found.value),
      version: { block: found.version.block, index: found.version.txIndex },
      height: found.height,
    };
    const { signers, askedAt, writer } = found;
    return { signers, askedAt, statement: { transaction: transactionStatement(writer), state } };
  },
  prefix: (receipt, walk, checks) => {
    const found = checks.run(
      'prefix',
      () => verifyPrefix(receipt.answers, walk),
      ({ block, signers }) => `${signers.join(', ')}: the ledger up to block ${block}`,
    );
    const prefix = {
      block: found.block,
      header_hash: hex(found.headerHash),
      commit_hash: hex(found.commitHash),
      validation_codes: found.codes,
    };
    return { signers: found.signers, askedAt: null, statement: { prefix } };
  },
};

function verify(bytes: Uint8Array, options: ReceiptOptions, checks: Checks): ReceiptStatement {
  const receipt = checks.run(
    'form',
    () => readForm(bytes),
    ({ kind }) => `a receipt of kind ${kind}`,
  );
  const walk = checks.run(
    'configuration',
    () => readWalk(receipt, options),
    ({ configurations, channel }) =>
      `channel ${channel}, ${configurations.length} configurations from the genesis block`,
  );
  const { signers, askedAt, statement } = JUDGES[receipt.kind](receipt, walk, checks);
  const { required, operators } = receipt;
  checks.run(
    'policy',
    () => {
      checkStated(receipt, signers.length, walk, options.minimumOperators ?? 0);
    },
    () => `${required} of ${operators} operators, as the configuration names them`,
  );
  const { block, config } = currentOf(walk);
  return {
    kind: receipt.kind,
    network: walk.genesisHash,
    channel: walk.channel,
    configuration: { block, sequence: config.sequence },
    operators: { signed: signers, required, of: operators },
    asked_at: askedAt,
    ...statement,
  };
}

/**
 * Verifies a receipt offline: no network, no clock, no trust in whoever handed it over.
 *
 * @param bytes the receipt's file
 * @returns a verdict, also for bytes that are no receipt; only a fault of this library throws
 */
export function verifyReceipt(bytes: Uint8Array, options: ReceiptOptions): ReceiptVerdict {
  const checks = new Checks();
  try {
    const statement = verify(bytes, options, checks);
    const reason = 'everything that the receipt states is proved';
    return { verdict: 'accepted', code: 'RECEIPT_ACCEPTED', reason, checks: checks.done, statement };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const { code, message } = error;
    return { verdict: 'refused', code, reason: message, checks: checks.done, statement: null };
  }
}
