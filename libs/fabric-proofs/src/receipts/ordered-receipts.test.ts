import {
  TestNetwork,
  type TestIdentity,
  type TestNamespace,
  testOrganization,
  type TestOrganization,
  type TestQuestion,
  testResults,
  testTransaction,
  testValidationInfo,
  transactionIdOf,
} from '../testing/synthetic-network';
import { type Receipt } from './receipt';

const SEQUENCE = 'namespaces/fields/registry/Sequence';
const VALIDATION = 'namespaces/fields/registry/ValidationInfo';
const OPERATORS = ['Op1MSP', 'Op2MSP', 'Op3MSP', 'Op4MSP'];

/** Block receipts of transactions that real ones at hand do not show. */
describe('block receipts of a made network', () => {
  let network: TestNetwork;
  let stranger: TestOrganization;
  let definition: Receipt['blocks'][number];

  beforeAll(async () => {
    network = await TestNetwork.make();
    stranger = await testOrganization('Op9MSP');
    definition = network.block(2, [
      lifecycle([{ key: VALIDATION, value: testValidationInfo(OPERATORS, 3) }]),
    ]);
  });

  /** A transaction that commits a definition. */
  function lifecycle(writes: TestNamespace['writes'], reads: TestNamespace['reads'] = []): Uint8Array {
    return testTransaction(
      {
        asker: network.asker,
        chaincode: '_lifecycle',
        args: ['CommitChaincodeDefinition'],
        result: Buffer.alloc(0),
        results: testResults([
          {
            namespace: '_lifecycle',
            reads,
            writes: [{ key: SEQUENCE, value: Buffer.from('1') }, ...(writes ?? [])],
          },
        ]),
      },
      network.peers(4),
    );
  }

  function call(
    parts: Partial<TestQuestion> = {},
    own: Partial<TestNamespace> = {},
    definedAt = 2,
  ): TestQuestion {
    const results = testResults([
      { namespace: '_lifecycle', reads: [{ key: SEQUENCE, version: [definedAt, 0] }] },
      { namespace: 'registry', writes: [{ key: 'a', value: Buffer.from('1') }], ...own },
    ]);
    return {
      asker: network.asker,
      chaincode: 'registry',
      args: ['actors:Register'],
      result: Buffer.from('{}'),
      results,
      ...parts,
    };
  }

  interface Made {
    readonly call: TestQuestion;
    readonly endorsers?: readonly TestIdentity[];
    readonly code?: number;
    readonly definitions?: Receipt['blocks'];
    readonly block?: Parameters<TestNetwork['block']>[2];
  }

  function judged({
    call: made,
    endorsers = network.peers(3),
    code = 0,
    definitions = [definition],
    block,
  }: Made): string {
    const envelope = testTransaction(made, endorsers);
    const ordered = network.block(5, [envelope], block);
    const answer = network.attestationOf(transactionIdOf(made), envelope, code);
    return network.judge(network.receipt('block', [answer], { blocks: [ordered, ...definitions] })).code;
  }

  it('are accepted when the chaincode’s policy is satisfied', () => {
    expect(judged({ call: call() })).toBe('RECEIPT_ACCEPTED');
    expect(judged({ call: call(), endorsers: network.peers(4) })).toBe('RECEIPT_ACCEPTED');
  });

  it('are refused when it is not: too few, one twice, a stranger, a client', () => {
    const [one, two] = network.peers(2);
    expect(judged({ call: call(), endorsers: network.peers(2) })).toBe('POLICY_NOT_SATISFIED');
    expect(judged({ call: call(), endorsers: [one!, two!, two!] })).toBe('POLICY_NOT_SATISFIED');
    expect(judged({ call: call(), endorsers: [one!, two!, stranger.peer] })).toBe('SIGNER_UNTRUSTED');
    expect(judged({ call: call(), endorsers: [one!, two!, network.operators[2]!.client] })).toBe(
      'POLICY_NOT_SATISFIED',
    );
    expect(judged({ call: call(), endorsers: [one!, two!, network.regulator.peer] })).toBe(
      'POLICY_NOT_SATISFIED',
    );
    expect(judged({ call: call({ asker: stranger.client }) })).toBe('SIGNER_UNTRUSTED');
  });

  it('do not judge the endorsements of a transaction that is not valid', () => {
    expect(judged({ call: call(), endorsers: network.peers(2), code: 10, definitions: [] })).toBe(
      'RECEIPT_ACCEPTED',
    );
    expect(judged({ call: call(), endorsers: network.peers(2), code: 10 })).toBe('RECEIPT_DEFINITION');
  });

  it('find the policy that an upgrade kept, by what its transaction read', () => {
    const upgrade = network.block(4, [lifecycle([], [{ key: VALIDATION, version: [2, 0] }])]);
    expect(judged({ call: call({}, {}, 4), definitions: [upgrade, definition] })).toBe('RECEIPT_ACCEPTED');
    expect(judged({ call: call({}, {}, 4), definitions: [upgrade] })).toBe('RECEIPT_DEFINITION');
    expect(judged({ call: call({}, {}, 4), definitions: [definition] })).toBe('RECEIPT_DEFINITION');
    const silent = network.block(4, [lifecycle([])]);
    expect(judged({ call: call({}, {}, 4), definitions: [silent, definition] })).toBe('RECEIPT_DEFINITION');
    const elsewhere = network.block(4, [lifecycle([], [{ key: VALIDATION, version: [2, 1] }])]);
    expect(judged({ call: call({}, {}, 4), definitions: [elsewhere, definition] })).toBe(
      'RECEIPT_DEFINITION',
    );
  });

  it('take the policy of the definition, not a weaker one that is in force elsewhere', () => {
    const strict = network.block(2, [
      lifecycle([{ key: VALIDATION, value: testValidationInfo(OPERATORS, 4) }]),
    ]);
    expect(judged({ call: call(), definitions: [strict] })).toBe('POLICY_NOT_SATISFIED');
    const other = network.block(2, [
      lifecycle([{ key: VALIDATION, value: testValidationInfo(OPERATORS, 1, 'other') }]),
    ]);
    expect(judged({ call: call(), definitions: [other] })).toBe('POLICY_UNSUPPORTED');
    const unsigned = network.block(2, definition.envelopes, { signers: network.consenters.slice(0, 2) });
    expect(judged({ call: call(), definitions: [unsigned] })).toBe('BLOCK_QUORUM');
  });

  it('refuse what is not evaluated: a key’s own policy, and another namespace', () => {
    expect(judged({ call: call({}, { metadataWrites: ['a'] }) })).toBe('POLICY_UNSUPPORTED');
    expect(judged({ call: call({}, { namespace: 'other' }) })).toBe('POLICY_UNSUPPORTED');
  });

  it('refuse a transaction that does not read its chaincode’s definition', () => {
    const results = testResults([{ namespace: 'registry', writes: [{ key: 'a', value: Buffer.from('1') }] }]);
    expect(judged({ call: call({ results }) })).toBe('RECEIPT_DEFINITION');
  });

  it('refuse a block that names another configuration as the one in force', () => {
    expect(judged({ call: call(), block: { lastConfig: 3 } })).toBe('BLOCK_LAST_CONFIG');
  });
});
