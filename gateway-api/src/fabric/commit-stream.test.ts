import { type CloseableAsyncIterable, type Network, StatusCode } from '@hyperledger/fabric-gateway';
import { common, peer } from '@hyperledger/fabric-protos';
import { pino } from 'pino';
import { CommitStream } from './commit-stream';

type Code = peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap];

function block(number: number, transactions: Readonly<Record<string, Code>> = {}): peer.FilteredBlock {
  const filtered = new peer.FilteredBlock();
  filtered.setNumber(number);
  for (const [txId, code] of Object.entries(transactions)) {
    const transaction = new peer.FilteredTransaction();
    transaction.setTxid(txId);
    transaction.setTxValidationCode(code);
    filtered.addFilteredTransactions(transaction);
  }
  return filtered;
}

/** A peer of which each connection delivers given blocks and then breaks, except the last, which stays open. */
class FakeNetwork {
  readonly starts: (bigint | undefined)[] = [];
  readonly #connections: (readonly peer.FilteredBlock[])[];

  constructor(connections: (readonly peer.FilteredBlock[])[]) {
    this.#connections = connections;
  }

  getName(): string {
    return 'registry';
  }

  getContract(): { evaluateTransaction: () => Promise<Uint8Array> } {
    const info = new common.BlockchainInfo();
    info.setHeight(5);
    return { evaluateTransaction: () => Promise.resolve(info.serializeBinary()) };
  }

  getFilteredBlockEvents(options: {
    startBlock?: bigint;
  }): Promise<CloseableAsyncIterable<peer.FilteredBlock>> {
    this.starts.push(options.startBlock);
    const blocks = this.#connections.shift() ?? [];
    const last = this.#connections.length === 0;
    let close = (): void => undefined;
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    async function* deliver(): AsyncGenerator<peer.FilteredBlock> {
      yield* blocks;
      if (!last) throw new Error('broken');
      await closed;
    }
    const stream = deliver();
    return Promise.resolve({
      [Symbol.asyncIterator]: () => stream,
      close,
      [Symbol.dispose]: close,
    } as unknown as CloseableAsyncIterable<peer.FilteredBlock>);
  }
}

function follow(connections: (readonly peer.FilteredBlock[])[]): {
  network: FakeNetwork;
  stream: CommitStream;
} {
  const network = new FakeNetwork(connections);
  return { network, stream: new CommitStream(network as unknown as Network, pino({ level: 'silent' })) };
}

describe('CommitStream', () => {
  it('starts at the newest block and tells who waits how a transaction ended', async () => {
    const { network, stream } = follow([
      [block(4), block(5, { a: StatusCode.VALID, b: StatusCode.MVCC_READ_CONFLICT })],
    ]);
    const a = stream.wait('a');
    const b = stream.wait('b');
    const twice = stream.wait('a');
    stream.start();
    await expect(a.outcome).resolves.toEqual({ code: StatusCode.VALID, block: 5 });
    await expect(twice.outcome).resolves.toEqual({ code: StatusCode.VALID, block: 5 });
    await expect(b.outcome).resolves.toEqual({ code: StatusCode.MVCC_READ_CONFLICT, block: 5 });
    expect(network.starts).toEqual([4n]);
    expect(stream.connected).toBe(true);
    expect(stream.height).toBe(5);
    await stream.stop();
    expect(stream.connected).toBe(false);
  });

  it('misses no block between two connections', async () => {
    const { network, stream } = follow([[block(4)], [block(4), block(5, { a: StatusCode.VALID })]]);
    const { outcome } = stream.wait('a');
    stream.start();
    await expect(outcome).resolves.toEqual({ code: StatusCode.VALID, block: 5 });
    expect(network.starts).toEqual([4n, 4n]);
    await stream.stop();
  });

  it('takes a second copy of a transaction for no answer', async () => {
    const { stream } = follow([
      [block(4, { a: StatusCode.DUPLICATE_TXID }), block(5, { a: StatusCode.VALID })],
    ]);
    const { outcome } = stream.wait('a');
    stream.start();
    await expect(outcome).resolves.toEqual({ code: StatusCode.VALID, block: 5 });
    await stream.stop();
  });

  it('forgets who no longer waits', async () => {
    const { stream } = follow([[block(4, { a: StatusCode.VALID, b: StatusCode.VALID })]]);
    const gone = stream.wait('a');
    gone.cancel();
    const seen: string[] = [];
    void gone.outcome.then(() => seen.push('a'));
    const { outcome } = stream.wait('b');
    stream.start();
    await outcome;
    await stream.stop();
    expect(seen).toEqual([]);
  });
});
