import { type Network } from '@hyperledger/fabric-gateway';
import {
  configEnvelope,
  makeBlock,
  ordinaryEnvelope,
} from '@maker-registry/fabric-proofs/dist/testing/synthetic-chain';
import { ChannelConfigurations } from './channel-configurations';

/** A peer whose block `number` says that `lastConfig[number]` is its newest configuration. */
function peer(newest: number, lastConfig: Readonly<Record<number, number>>): ChannelConfigurations {
  const block = (number: number): Uint8Array =>
    makeBlock({
      number,
      previousHash: number === 0 ? Buffer.alloc(0) : Buffer.alloc(32),
      envelopes: [number === newest ? configEnvelope(1, [], 0) : ordinaryEnvelope()],
      lastConfig: lastConfig[number] ?? number,
      signers: [],
    }).bytes;
  const evaluateTransaction = (name: string, _channel: string, number?: string): Promise<Uint8Array> =>
    Promise.resolve(block(name === 'GetConfigBlock' ? newest : Number(number)));
  const network = { getName: () => 'registry', getContract: () => ({ evaluateTransaction }) };
  return new ChannelConfigurations(network as unknown as Pick<Network, 'getName' | 'getContract'>);
}

describe('the configurations that the own peer has', () => {
  it('are found back from the newest to the genesis block', async () => {
    const { items, more } = await peer(12, { 11: 5, 4: 0 }).page(0);
    expect(items.map(({ number }) => number)).toEqual([0, 5, 12]);
    expect(more).toBe(false);
    expect((await peer(12, { 11: 5, 4: 0 }).page(6)).items.map(({ number }) => number)).toEqual([12]);
  });

  it.each([12, 40])('are not looked for without end where the way leads to block %i', async (next) => {
    await expect(peer(12, { 11: next }).page(0)).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
  });
});
