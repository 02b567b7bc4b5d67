import { makeBlock, ordinaryEnvelope } from '@maker-registry/fabric-proofs/dist/testing/synthetic-chain';
import { ConfigurationSource } from './configuration-source';
import { type LedgerQuestions, type Question } from './ledger-questions';

describe('the configurations for receipts', () => {
  it.each([12, 40])('are not looked for without end where the way leads to block %i', async (next) => {
    const block = (number: number): Uint8Array =>
      makeBlock({
        number,
        previousHash: Buffer.alloc(32),
        envelopes: [ordinaryEnvelope()],
        lastConfig: next,
        signers: [],
      }).bytes;
    const ask = ({ function: name, args }: Question): Promise<Uint8Array> =>
      Promise.resolve(block(name === 'GetConfigBlock' ? 12 : Number(args[1])));
    const questions = { channel: 'registry', ask } as unknown as LedgerQuestions;
    const source = new ConfigurationSource(questions, '00'.repeat(32));
    await expect(source.current()).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
  });
});
