import { bytesField, numberField } from '../wire-writer';
import { makeBlock } from '../testing/synthetic-chain';
import {
  CHANNEL,
  testAnswer,
  type TestIdentity,
  TestNetwork,
  type TestQuestion,
  testResults,
  testTransaction,
} from '../testing/synthetic-network';
import { type EndorsedAnswer } from './receipt';

const VALUE = Buffer.from('{"status":"active"}');
const KEY = '\u0000actor\u0000x\u0000';

describe('state receipts of a made network', () => {
  let network: TestNetwork;

  beforeAll(async () => {
    network = await TestNetwork.make();
  });

  function writer(value: Uint8Array = VALUE, key = KEY): TestQuestion {
    const results = testResults([{ namespace: 'registry', writes: [{ key, value }] }]);
    return {
      asker: network.asker,
      chaincode: 'registry',
      args: ['actors:Register'],
      result: Buffer.from('{}'),
      results,
    };
  }

  function read(parts: Partial<TestQuestion> = {}): EndorsedAnswer {
    const reads = [{ key: KEY, version: [5, 2] as const }];
    return testAnswer(
      {
        asker: network.asker,
        chaincode: 'registry',
        args: ['actors:Get', 'x'],
        result: VALUE,
        results: testResults([{ namespace: 'registry', reads }]),
        nonce: Buffer.alloc(24, 3),
        ...parts,
      },
      network.peers(3),
    );
  }

  function info(height: number, channel = CHANNEL): EndorsedAnswer {
    const result = Buffer.concat([...numberField(1, height), ...bytesField(2, Buffer.alloc(32, 1))]);
    const question = { asker: network.asker, chaincode: 'qscc', args: ['GetChainInfo', channel], result };
    return testAnswer({ ...question, nonce: Buffer.alloc(24, 4) }, network.peers(3));
  }

  const judge = (answers: readonly EndorsedAnswer[]): ReturnType<TestNetwork['judge']> =>
    network.judge(network.receipt('state', answers));
  const wrote = (call: TestQuestion, code = 0): EndorsedAnswer => network.attestation(call, code);

  it('prove a value, its version and the transaction that wrote it', () => {
    const { code, statement } = judge([read(), wrote(writer()), info(9)]);
    expect(code).toBe('RECEIPT_ACCEPTED');
    expect(statement).toMatchObject({
      transaction: { valid: true },
      state: { key: KEY, value: VALUE.toString('base64'), version: { block: 5, index: 2 }, height: 8 },
    });
    expect(judge([read(), wrote(writer())]).statement?.state?.height).toBeNull();
  });

  it('refuse a transaction that wrote something else, or is not valid', () => {
    expect(judge([read(), wrote(writer(Buffer.from('{}')))]).code).toBe('RECEIPT_VALUE');
    expect(judge([read(), wrote(writer(VALUE, 'another key'))]).code).toBe('RECEIPT_VALUE');
    expect(judge([read(), wrote(writer(), 11)]).code).toBe('RECEIPT_VALUE');
  });

  it('refuse a question that is no read of the ledger’s own chaincode', () => {
    const writes = [{ key: KEY, value: VALUE }];
    const results = testResults([{ namespace: 'registry', reads: [{ key: KEY, version: [5, 2] }], writes }]);
    expect(judge([read({ results }), wrote(writer())]).code).toBe('RECEIPT_VALUE');
    expect(judge([read({ chaincode: 'qscc' }), wrote(writer())]).code).toBe('RECEIPT_VALUE');
    expect(judge([read({ results: testResults([]) }), wrote(writer())]).code).toBe('RECEIPT_VALUE');
    const absent = testResults([{ namespace: 'registry', reads: [{ key: KEY }] }]);
    expect(judge([read({ results: absent }), wrote(writer())]).code).toBe('RECEIPT_VALUE');
    const elsewhere = testResults([{ namespace: 'other', reads: [{ key: KEY, version: [5, 2] }] }]);
    expect(judge([read({ results: elsewhere }), wrote(writer())]).code).toBe('RECEIPT_VALUE');
  });

  it('refuse a height below the value’s own, of another channel, or another answer in its place', () => {
    expect(judge([read(), wrote(writer()), info(5)]).code).toBe('RECEIPT_VALUE');
    expect(judge([read(), wrote(writer()), info(6)]).code).toBe('RECEIPT_ACCEPTED');
    expect(judge([read(), wrote(writer()), info(9, 'other')]).code).toBe('RECEIPT_CHANNEL');
    expect(judge([read(), wrote(writer()), wrote(writer())]).code).toBe('RECEIPT_QUESTION');
    expect(judge([read(), read()]).code).toBe('RECEIPT_QUESTION');
  });
});

describe('prefix statements of a made network', () => {
  let network: TestNetwork;

  let ordered: Uint8Array;

  beforeAll(async () => {
    network = await TestNetwork.make();
    const call = {
      asker: network.asker,
      chaincode: 'registry',
      args: ['actors:Register'],
      result: Buffer.from('{}'),
    };
    const { bytes } = makeBlock({
      number: 5,
      previousHash: Buffer.alloc(32, 4),
      envelopes: [testTransaction(call, network.peers(3))],
      lastConfig: 0,
      signers: network.consenters.slice(0, 3),
    });
    ordered = bytes;
  });

  const metadata = (value: Uint8Array): Buffer => Buffer.concat(bytesField(1, value));

  /** Block 5 as a peer stores it: with flags and a commit hash, which the orderers did not sign. */
  function stored(commitHash: Uint8Array | null, flags: readonly number[] = [0]): Uint8Array {
    const hash = commitHash === null ? Buffer.alloc(0) : metadata(commitHash);
    // Later entries of the repeated metadata: LAST_CONFIG, flags, an unused one, the commit hash.
    const own = [Buffer.alloc(0), Buffer.from(flags), Buffer.alloc(0), hash];
    const more = own.flatMap((one) => [Buffer.from([0x0a]), lengthOf(one), one]);
    return Buffer.concat([ordered, ...bytesField(3, Buffer.concat(more))]);
  }

  function lengthOf(bytes: Uint8Array): Uint8Array {
    return Buffer.concat(numberField(1, bytes.length)).subarray(1);
  }

  function statement(
    signer: TestIdentity,
    result: Uint8Array,
    args: readonly string[] = ['GetBlockByNumber', CHANNEL, '5'],
  ): EndorsedAnswer {
    const nonce = Buffer.alloc(24, network.peers(4).indexOf(signer) + 1);
    return testAnswer({ asker: network.asker, chaincode: 'qscc', args, result, nonce }, [signer]);
  }

  const judge = (
    answers: readonly EndorsedAnswer[],
    required = answers.length,
  ): ReturnType<TestNetwork['judge']> => network.judge(network.receipt('prefix', answers, { required }));
  const HASH = Buffer.alloc(32, 7);

  it('bind operators to one commit hash', () => {
    const block = stored(HASH);
    const { code, statement: stated } = judge(network.peers(3).map((peer) => statement(peer, block)));
    expect(code).toBe('RECEIPT_ACCEPTED');
    expect(stated).toMatchObject({
      operators: { signed: ['Op1MSP', 'Op2MSP', 'Op3MSP'] },
      prefix: { block: 5, commit_hash: HASH.toString('hex'), validation_codes: [0] },
    });
    expect(judge([statement(network.peers(1)[0]!, block)]).code).toBe('RECEIPT_ACCEPTED');
  });

  it('refuse statements that differ', () => {
    const [one, two] = network.peers(2);
    const block = stored(HASH);
    expect(judge([statement(one!, block), statement(two!, stored(Buffer.alloc(32, 8)))]).code).toBe(
      'RECEIPT_DISAGREEMENT',
    );
  });

  it('refuse flags that differ, an operator twice, no commit hash', () => {
    const [one, two] = network.peers(2);
    const block = stored(HASH);
    expect(judge([statement(one!, block), statement(one!, block)]).code).toBe('SIGNER_REPEATED');
    expect(judge([statement(one!, stored(null))]).code).toBe('RECEIPT_ANSWER');
    expect(judge([statement(one!, block), statement(two!, stored(HASH, [11]))]).code).toBe(
      'RECEIPT_DISAGREEMENT',
    );
  });

  it('refuse another question or block, and an answer that several signed', () => {
    const [one, two] = network.peers(2);
    const block = stored(HASH);
    expect(judge([statement(one!, block, ['GetBlockByNumber', CHANNEL, '6'])]).code).toBe('RECEIPT_QUESTION');
    expect(judge([statement(one!, block, ['GetBlockByNumber', 'other', '5'])]).code).toBe('RECEIPT_CHANNEL');
    expect(judge([statement(one!, block, ['GetBlockByHash', CHANNEL, '5'])]).code).toBe('RECEIPT_QUESTION');
    const both = testAnswer(
      { asker: network.asker, chaincode: 'qscc', args: ['GetBlockByNumber', CHANNEL, '5'], result: block },
      [one!, two!],
    );
    expect(judge([both]).code).toBe('RECEIPT_MALFORMED');
    expect(judge([statement(network.regulator.peer, block)]).code).toBe('SIGNER_UNTRUSTED');
  });

  it('refuse a block that its orderers did not sign', () => {
    const [one] = network.peers(1);
    const block = Buffer.from(stored(HASH));
    block[20]! ^= 1;
    expect(judge([statement(one!, block)]).verdict).toBe('refused');
  });
});
