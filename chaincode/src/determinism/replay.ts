import { canonicalize, isRegistryError, RegistryError } from '@maker-registry/protocol';
import { CONTRACTS, functionArity } from '../functions';
import { Ledger } from '../ledger/ledger';
import type { StateWrite } from '../ledger/state-store';
import { RegistryContext } from '../registry-context';
import type { RegistryContract } from '../registry-contract';
import { wireError } from '../wire-error';
import { MemoryState, type MemoryTransaction } from './memory-state';

/** A transaction as replay takes it: what the proposal carried, without Fabric around it. */
export interface ReplayTransaction {
  /** `<contract>:<Function>` */
  readonly function: string;
  readonly args: readonly string[];
  /** `certificate_digest`: SHA-256 of the certificate's DER form, hex; zeros where it does not matter. */
  readonly creator: { readonly msp_id: string; readonly role?: string; readonly certificate_digest?: string };
  readonly txId: string;
  /** Unix seconds */
  readonly timestamp: number;
}

const NO_CERTIFICATE = '0'.repeat(64);

/** What a transaction did: its answer, and every key it read and wrote, in order. A refusal writes nothing. */
export interface ReplayOutcome {
  readonly tx_id: string;
  readonly result?: string;
  /** Canonical JSON of the refusal. */
  readonly error?: string;
  readonly reads: readonly string[];
  readonly writes: readonly { readonly key: string; readonly value: string }[];
  /** Round trips to a peer that batches. */
  readonly round_trips: number;
}

/**
 * Runs transactions through the very contracts that peers call, on a state in memory. Two processes that replay one list
 * must print the same bytes, whatever their Node: what differs between them would split the endorsers.
 */
export class Replay {
  readonly state = new MemoryState();
  readonly #contracts: ReadonlyMap<string, RegistryContract> = new Map(
    CONTRACTS.map(({ name, contract }) => [name, new contract()] as const),
  );

  async run(transaction: ReplayTransaction): Promise<ReplayOutcome> {
    const view = this.state.begin();
    try {
      const result = await this.#call(transaction, view);
      this.state.commit(view);
      return { ...seen(transaction, view), result, writes: view.writes.map(readableWrite) };
    } catch (error) {
      if (!isRegistryError(error)) throw error;
      return { ...seen(transaction, view), error: wireError(error).message, writes: [] };
    }
  }

  async #call(transaction: ReplayTransaction, view: MemoryTransaction): Promise<string> {
    const [contractName = '', functionName = ''] = transaction.function.split(':');
    const contract = this.#contracts.get(contractName);
    if (contract === undefined || functionArity(transaction.function) !== transaction.args.length) {
      throw new RegistryError('NOT_FOUND', 'No such function takes these arguments.', {
        subject: transaction.function,
      });
    }
    const {
      msp_id: mspId,
      role,
      certificate_digest: certificateDigest = NO_CERTIFICATE,
    } = transaction.creator;
    const context = new RegistryContext({
      txId: transaction.txId,
      at: transaction.timestamp,
      caller: { mspId, role, certificateDigest },
      ledger: new Ledger(view),
    });
    return contract.run(context, functionName, transaction.args);
  }
}

function seen(
  { txId }: ReplayTransaction,
  { reads, roundTrips }: MemoryTransaction,
): Pick<ReplayOutcome, 'tx_id' | 'reads' | 'round_trips'> {
  return { tx_id: txId, reads, round_trips: roundTrips };
}

function readableWrite([key, value]: StateWrite): { key: string; value: string } {
  return { key, value: Buffer.from(value).toString('utf8') };
}

/** Replays transactions given as JSON, one a line, and yields one line of canonical JSON for each. */
export async function* replayLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  const replay = new Replay();
  for await (const line of lines) {
    if (line.trim() === '') continue;
    yield canonicalize(await replay.run(JSON.parse(line) as ReplayTransaction));
  }
}
