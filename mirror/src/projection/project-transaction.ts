import {
  type EndorserTransaction,
  type Envelope,
  headerTypeName,
  type NamespaceRwSet,
  parseEndorserTransaction,
  parseEnvelope,
  ProofError,
  TYPE_ENDORSER_TRANSACTION,
  VALID,
  validationCodeName,
} from '@maker-registry/fabric-proofs';
import { MAX_ARGUMENT_CHARACTERS, MAX_NAME_CHARACTERS } from '../limits';
import { type IdentityReader } from './identity-summary';
import { summarizeIntent } from './intent-summary';
import { type TransactionRow } from './rows';
import { safeText } from './safe-text';

/** One transaction of a block, and what it wrote if it is valid. */
export interface ProjectedTransaction {
  readonly row: TransactionRow;
  readonly rwSets: readonly NamespaceRwSet[];
}

/** Where a transaction stands and what the peer said of it. */
export interface TransactionPlace {
  readonly block: number;
  readonly txIndex: number;
  readonly flag: number;
}

const UTF8 = new TextDecoder('utf-8');

/** What can't be read, in a transaction the peers refused anyway. */
function readable<Value>(read: () => Value, place: TransactionPlace): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProofError && place.flag !== VALID) return null;
    throw error;
  }
}

function name(text: string): string {
  return safeText(text, MAX_NAME_CHARACTERS);
}

function callOf(
  transaction: EndorserTransaction,
): Pick<TransactionRow, 'chaincode' | 'function' | 'argument' | 'intentId' | 'intentType' | 'actor'> {
  const { invocation } = transaction;
  const [first] = invocation.args;
  const argument = first === undefined ? null : UTF8.decode(first);
  const intent = argument === null ? null : summarizeIntent(argument);
  return {
    chaincode: name(invocation.chaincode),
    function: name(invocation.function),
    argument: argument === null ? null : safeText(argument, MAX_ARGUMENT_CHARACTERS),
    intentId: intent?.intentId ?? null,
    intentType: intent?.type ?? null,
    actor: intent?.actor ?? null,
  };
}

const NO_CALL = {
  chaincode: null,
  function: null,
  argument: null,
  intentId: null,
  intentType: null,
  actor: null,
};

function endorsersOf(
  transaction: EndorserTransaction,
  identities: IdentityReader,
  place: TransactionPlace,
): string[] {
  const msps = transaction.endorsements.map(({ endorserBytes }) =>
    readable(() => identities.read(endorserBytes).mspId, place),
  );
  return [...new Set(msps.filter((msp) => msp !== null))].sort();
}

type HeaderColumns = Pick<TransactionRow, 'txId' | 'type' | 'ledgerTime'>;
type CreatorColumns = Pick<TransactionRow, 'creatorMsp' | 'creatorSubject' | 'creatorRole'>;

function headerOf(envelope: Envelope | null): HeaderColumns {
  if (envelope === null) return { txId: '', type: 'UNREADABLE', ledgerTime: null };
  const { txId, type, timestamp } = envelope.channelHeader;
  return { txId: name(txId), type: headerTypeName(type), ledgerTime: timestamp };
}

function creatorOf(
  envelope: Envelope | null,
  identities: IdentityReader,
  place: TransactionPlace,
): CreatorColumns {
  const bytes = envelope?.signatureHeader.creatorBytes ?? new Uint8Array(0);
  const found = bytes.length === 0 ? null : readable(() => identities.read(bytes), place);
  if (found === null) return { creatorMsp: null, creatorSubject: null, creatorRole: null };
  return { creatorMsp: found.mspId, creatorSubject: found.subject, creatorRole: found.role };
}

function chaincodeTransaction(
  envelope: Envelope | null,
  place: TransactionPlace,
): EndorserTransaction | null {
  if (envelope?.channelHeader.type !== TYPE_ENDORSER_TRANSACTION) return null;
  return readable(() => parseEndorserTransaction(envelope), place);
}

/**
 * Reads one envelope of a block. An invalid transaction gives what can be read of it; a valid one must be readable.
 *
 * @throws ProofError WIRE_*, TX_* for a valid transaction that can't be read
 */
export function projectTransaction(
  bytes: Uint8Array,
  place: TransactionPlace,
  identities: IdentityReader,
): ProjectedTransaction {
  const envelope = readable(() => parseEnvelope(bytes), place);
  const transaction = chaincodeTransaction(envelope, place);
  const row: TransactionRow = {
    block: place.block,
    txIndex: place.txIndex,
    validationCode: validationCodeName(place.flag),
    ...headerOf(envelope),
    ...creatorOf(envelope, identities, place),
    ...(transaction === null ? NO_CALL : callOf(transaction)),
    endorsers: transaction === null ? [] : endorsersOf(transaction, identities, place),
  };
  return { row, rwSets: place.flag === VALID ? (transaction?.rwSets ?? []) : [] };
}
