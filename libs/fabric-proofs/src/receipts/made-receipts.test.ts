import { parseBlock } from '../block';
import { hex } from '../digests';
import { bytesField, numberField } from '../wire-writer';
import {
  configEnvelope,
  makeBlock,
  testConsenter,
  type TestBlock,
  type TestConsenter,
} from '../testing/synthetic-chain';
import {
  CHANNEL,
  endorse,
  processed,
  serializedIdentity,
  testAnswer,
  testApplication,
  type TestIdentity,
  type TestMembership,
  testOrganization,
  type TestOrganization,
  testProposal,
  type TestQuestion,
  testResponse,
  testTransaction,
  transactionIdOf,
} from '../testing/synthetic-network';
import { essentialBlock, verifyWalk } from './configuration-walk';
import { type EndorsedAnswer, type Receipt } from './receipt';
import { encodeReceipt } from './receipt-format';
import { type ReceiptVerdict, verifyReceipt } from './verify-receipt';

/** What real receipts at hand do not show: networks whose keys are made here, with signers who lie. */
describe('receipts of made networks', () => {
  let consenters: TestConsenter[];
  let operators: TestOrganization[];
  let regulator: TestOrganization;
  let newcomer: TestOrganization;
  let genesis: ReturnType<typeof makeBlock>;
  let genesisHash: string;
  let invoked: TestQuestion;
  let envelope: Uint8Array;

  beforeAll(async () => {
    consenters = await Promise.all([1, 2, 3, 4].map(testConsenter));
    operators = await Promise.all(['Op1MSP', 'Op2MSP', 'Op3MSP', 'Op4MSP'].map(testOrganization));
    regulator = await testOrganization('RegulatorMSP');
    newcomer = await testOrganization('Op5MSP');
    genesis = makeBlock({
      number: 0,
      previousHash: Buffer.alloc(0),
      envelopes: [configuration(0)],
      lastConfig: 0,
      signers: [],
    });
    genesisHash = hex(genesis.headerHash);
    invoked = {
      asker: operators[0]!.client,
      chaincode: 'registry',
      args: ['actors:Register', 'x'],
      result: Buffer.from('{}'),
    };
    envelope = testTransaction(invoked, peers(3));
  });

  const peers = (count: number): TestIdentity[] => operators.slice(0, count).map(({ peer }) => peer);

  function configuration(sequence: number, membership: Partial<TestMembership> = {}): Uint8Array {
    const application = testApplication({
      organizations: [...operators, regulator],
      operators,
      required: 3,
      ...membership,
    });
    return configEnvelope(sequence, consenters, 3, application);
  }

  function question(parts: Partial<TestQuestion> = {}): TestQuestion {
    const txId = transactionIdOf(invoked);
    return {
      asker: operators[0]!.client,
      chaincode: 'qscc',
      args: ['GetTransactionByID', CHANNEL, txId],
      result: processed(envelope, 0),
      nonce: Buffer.alloc(24, 9),
      ...parts,
    };
  }

  function receiptOf(answers: readonly EndorsedAnswer[], parts: Partial<Receipt> = {}): Receipt {
    return {
      kind: 'attested',
      required: answers[0]?.endorsements.length ?? 0,
      operators: 4,
      answers,
      blocks: [],
      txIndex: 0,
      configurations: [essentialBlock(parseBlock(genesis.bytes))],
      ...parts,
    };
  }

  const judge = (receipt: Receipt): ReceiptVerdict => verifyReceipt(encodeReceipt(receipt), { genesisHash });
  const codeOf = (parts: Partial<TestQuestion>, signers = peers(3)): string =>
    judge(receiptOf([testAnswer(question(parts), signers)])).code;

  it('are accepted as those of a real one', () => {
    const { code, statement } = judge(receiptOf([testAnswer(question(), peers(3))]));
    expect(code).toBe('RECEIPT_ACCEPTED');
    expect(statement?.transaction).toMatchObject({
      valid: true,
      creator_msp_id: 'Op1MSP',
      function: 'actors:Register',
    });
    expect(codeOf({}, peers(4))).toBe('RECEIPT_ACCEPTED');
  });

  describe('a verdict', () => {
    it('that is absent means VALID; one that is mistyped, repeated or beside it is refused', () => {
      expect(
        judge(receiptOf([testAnswer(question({ result: processed(envelope, 11) }), peers(3))])).statement
          ?.transaction,
      ).toMatchObject({ valid: false, validation: 'MVCC_READ_CONFLICT' });
      const field = (bytes: readonly Uint8Array[]): Uint8Array =>
        Buffer.concat([processed(envelope, 0), ...bytes]);
      expect(codeOf({ result: field(bytesField(2, Buffer.from([11]))) })).toBe('WIRE_TYPE');
      expect(codeOf({ result: field([...numberField(2, 11), ...numberField(2, 0)]) })).toBe(
        'WIRE_REPEATED_FIELD',
      );
      expect(codeOf({ result: field(numberField(3, 11)) })).toBe('WIRE_UNKNOWN_FIELD');
      expect(codeOf({ result: field([Buffer.from([0x15, 11, 0, 0, 0])]) })).toBe('WIRE_TYPE');
    });

    it('is of the transaction asked for, on this channel', () => {
      const other = testTransaction({ ...invoked, nonce: Buffer.alloc(24, 1) }, peers(3));
      expect(codeOf({ result: processed(other, 0) })).toBe('RECEIPT_TRANSACTION');
      const elsewhere = testTransaction({ ...invoked, channel: 'other' }, peers(3));
      expect(codeOf({ result: processed(elsewhere, 0) })).toBe('RECEIPT_TRANSACTION');
      expect(codeOf({ result: Buffer.alloc(0) })).toBe('RECEIPT_TRANSACTION');
    });
  });

  describe('a question', () => {
    it('put on another channel, or about one, is refused', () => {
      expect(codeOf({ channel: 'other' })).toBe('RECEIPT_CHANNEL');
      const [, , txId] = question().args;
      expect(codeOf({ args: ['GetTransactionByID', 'other', txId!] })).toBe('RECEIPT_CHANNEL');
    });

    it('of another function or chaincode is refused', () => {
      const [name, channel, txId] = question().args;
      expect(codeOf({ args: ['GetBlockByTxID', channel!, txId!] })).toBe('RECEIPT_QUESTION');
      expect(codeOf({ args: [name!, channel!, txId!, 'more'] })).toBe('RECEIPT_QUESTION');
      expect(codeOf({ chaincode: 'registry' })).toBe('RECEIPT_QUESTION');
      expect(codeOf({ answeredBy: 'registry' })).toBe('RECEIPT_QUESTION');
    });

    it('that was refused has no answer', () => {
      expect(codeOf({ status: 500 })).toBe('RECEIPT_ANSWER');
    });
  });

  describe('a signer', () => {
    it('who is no operator does not count, were it the regulator', () => {
      expect(codeOf({}, [...peers(2), regulator.peer])).toBe('SIGNER_UNTRUSTED');
      expect(codeOf({}, [...peers(3), regulator.peer])).toBe('SIGNER_UNTRUSTED');
      expect(codeOf({}, [...peers(2), newcomer.peer])).toBe('SIGNER_UNTRUSTED');
    });

    it('must be a peer, not a client or administrator of the operator', async () => {
      expect(codeOf({}, [...peers(2), operators[2]!.client])).toBe('SIGNER_UNTRUSTED');
      expect(codeOf({}, [...peers(2), await operators[2]!.issue('admin')])).toBe('SIGNER_UNTRUSTED');
    });

    it('must have a certificate of the operator’s own CA', () => {
      const { certificate, key } = newcomer.peer;
      const impostor = {
        mspId: 'Op3MSP',
        certificate,
        key,
        bytes: serializedIdentity('Op3MSP', certificate),
      };
      expect(codeOf({}, [...peers(2), impostor])).toBe('SIGNER_UNTRUSTED');
    });

    it('counts once, also with a second peer of the same operator', async () => {
      expect(codeOf({}, [...peers(3), await operators[0]!.issue('peer')])).toBe('SIGNER_REPEATED');
    });

    it('who signed another answer does not count', () => {
      const answer = testAnswer(question(), peers(2));
      const other = testResponse(testProposal(question()), question({ result: processed(envelope, 11) }));
      const endorsements = [...answer.endorsements, endorse(other, operators[2]!.peer)];
      expect(judge(receiptOf([{ ...answer, endorsements }])).code).toBe('RECEIPT_ENDORSEMENT');
    });
  });

  describe('the configurations', () => {
    const block = (number: number, parts: Partial<TestBlock>): ReturnType<typeof makeBlock> =>
      makeBlock({
        number,
        previousHash: number === 1 ? genesis.headerHash : Buffer.alloc(32, number),
        envelopes: [],
        lastConfig: number,
        signers: consenters.slice(0, 3),
        ...parts,
      });
    const essential = (made: { bytes: Uint8Array }): Receipt['blocks'][number] => parseBlock(made.bytes);
    const start = (): Receipt['blocks'][number] => essentialBlock(parseBlock(genesis.bytes));

    /** Op4 leaves in block 7, Op5 comes in block 9. */
    const walked = (): Receipt['blocks'] => [
      start(),
      essential(
        block(7, { envelopes: [configuration(1, { operators: operators.slice(0, 3), required: 2 })] }),
      ),
      essential(
        block(9, {
          envelopes: [
            configuration(2, {
              organizations: [...operators.slice(0, 3), newcomer, regulator],
              operators: [...operators.slice(0, 3), newcomer],
            }),
          ],
        }),
      ),
    ];
    const under = (
      configurations: Receipt['configurations'],
      signers: TestIdentity[],
      more: Partial<Receipt> = {},
    ): string => judge(receiptOf([testAnswer(question(), signers)], { configurations, ...more })).code;

    it('say who counts: who left no longer does, who came does', () => {
      const [, , op3, op4] = operators;
      expect(under(walked(), [...peers(2), newcomer.peer])).toBe('RECEIPT_ACCEPTED');
      expect(under(walked(), [...peers(2), op4!.peer])).toBe('SIGNER_UNTRUSTED');
      expect(under(walked().slice(0, 2), [operators[0]!.peer, op3!.peer], { operators: 3 })).toBe(
        'RECEIPT_ACCEPTED',
      );
      expect(under(walked().slice(0, 2), peers(3).concat(newcomer.peer), { operators: 3 })).toBe(
        'SIGNER_UNTRUSTED',
      );
    });

    it('may not leave one out, or be in another order', () => {
      const [first, second, third] = walked();
      expect(under([first!, third!], peers(3))).toBe('RECEIPT_CONFIGURATION_SKIPPED');
      expect(under([first!, third!, second!], peers(3))).toBe('RECEIPT_CONFIGURATION_SKIPPED');
      expect(under([first!, second!, second!], peers(3))).toBe('BLOCK_NUMBER');
      expect(under([second!, third!], peers(3))).toBe('BLOCK_NUMBER');
    });

    it('need the orderers’ quorum, and no signature that does not count', () => {
      const made = (parts: Partial<TestBlock>): Receipt['blocks'] => [
        start(),
        essential(block(7, { envelopes: [configuration(1)], ...parts })),
      ];
      expect(under(made({}), peers(3))).toBe('RECEIPT_ACCEPTED');
      expect(under(made({ signers: consenters.slice(0, 2) }), peers(3))).toBe('BLOCK_QUORUM');
      expect(under(made({ lastConfig: 0 }), peers(3))).toBe('BLOCK_LAST_CONFIG');
      const [first, second] = made({ signers: [...consenters.slice(0, 3), consenters[0]!] });
      expect(under([first!, second!], peers(3))).toBe('RECEIPT_BLOCK_SIGNATURE');
      expect(
        under(
          [first!, essentialBlock(second!, verifyWalk([first!], genesisHash).configurations[0]!.config)],
          peers(3),
        ),
      ).toBe('RECEIPT_ACCEPTED');
    });

    it('that follow at once must follow by hash', () => {
      const next = (previousHash: Uint8Array): Receipt['blocks'] => [
        start(),
        essential(block(1, { envelopes: [configuration(1)], previousHash })),
      ];
      expect(under(next(genesis.headerHash), peers(3))).toBe('RECEIPT_ACCEPTED');
      expect(under(next(Buffer.alloc(32)), peers(3))).toBe('BLOCK_PREVIOUS_HASH');
    });

    it('are of one channel', () => {
      const other = [start(), essential(block(7, { envelopes: [configuration(1, { channel: 'other' })] }))];
      expect(under(other, peers(3))).toBe('RECEIPT_CHANNEL');
    });

    it('without an explicit endorsement policy name nobody', () => {
      const silent = makeBlock({
        number: 0,
        previousHash: Buffer.alloc(0),
        envelopes: [configEnvelope(0, consenters, 3)],
        lastConfig: 0,
        signers: [],
      });
      const receipt = receiptOf([testAnswer(question({ channel: '' }), peers(3))], {
        configurations: [essentialBlock(parseBlock(silent.bytes))],
      });
      expect(verifyReceipt(encodeReceipt(receipt), { genesisHash: hex(silent.headerHash) }).code).toBe(
        'POLICY_UNSUPPORTED',
      );
    });

    it('that revoke a peer’s certificate end what it signed', async () => {
      const der = await operators[2]!.revoke([operators[2]!.peer]);
      const revoking = [
        start(),
        essential(
          block(7, { envelopes: [configuration(1, { revocationList: { of: operators[2]!, der } })] }),
        ),
      ];
      expect(under(revoking, peers(3))).toBe('SIGNER_REVOKED');
      expect(under(revoking, [...peers(2), operators[3]!.peer])).toBe('RECEIPT_ACCEPTED');
      expect(under(revoking, [...peers(2), await operators[2]!.issue('peer')])).toBe('RECEIPT_ACCEPTED');
      const broken = essential(
        block(7, {
          envelopes: [
            configuration(1, { revocationList: { of: operators[2]!, der: Buffer.from([0x30, 0]) } }),
          ],
        }),
      );
      expect(under([start(), broken], peers(3))).toBe('CONFIG_MALFORMED');
    });
  });
});
