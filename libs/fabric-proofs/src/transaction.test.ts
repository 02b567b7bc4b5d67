import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseBlock } from './block';
import { certificateAttributes, parseCertificate } from './certificate-attributes';
import { parseIdentity } from './identities';
import { altered, codeOf, REFUSED_BLOCK, unpackBlocks } from './testing/ledger-fixture';
import {
  type EndorserTransaction,
  parseEndorserTransaction,
  parseEnvelope,
  verifyTransactionSignatures,
} from './transaction';
import { headerTypeName, validationCodeName } from './validation-codes';

const blocks = unpackBlocks(readFileSync(join(__dirname, '../fixtures/ledger.br'))).map((bytes) =>
  parseBlock(bytes),
);
const envelopeOf = (number: number): Uint8Array => blocks[number]!.envelopes[0]!;
const transactionOf = (number: number): EndorserTransaction =>
  parseEndorserTransaction(parseEnvelope(envelopeOf(number)));

describe('a real transaction', () => {
  const transaction = transactionOf(15);

  it('says who called what and wrote what', () => {
    expect(transaction.creator.mspId).toBe('Op1MSP');
    expect(transaction.invocation).toMatchObject({
      chaincode: 'registry',
      function: 'actors:Register',
      isInit: false,
    });
    expect(transaction.invocation.args).toHaveLength(1);
    expect(transaction.action).toMatchObject({ chaincode: 'registry', status: 200 });
    const own = transaction.rwSets.find(({ namespace }) => namespace === 'registry')!;
    expect(own.writes.map(({ key }) => key.split('\u0000')[1]).sort()).toEqual(['actor', 'intent']);
    expect(own.reads.length).toBeGreaterThan(0);
  });

  it('proves its creator and endorsers', () => {
    const endorsers = verifyTransactionSignatures(transaction).map(({ mspId }) => mspId);
    expect(new Set(endorsers).size).toBe(3);
  });

  it.each(blocks.slice(1).map(({ header }) => header.number))('verifies by itself: block %i', (number) => {
    for (const bytes of blocks[number]!.envelopes) {
      expect(
        verifyTransactionSignatures(parseEndorserTransaction(parseEnvelope(bytes))).length,
      ).toBeGreaterThan(0);
    }
  });

  it('carries the attributes of its creator’s certificate', () => {
    const attributes = certificateAttributes(parseCertificate(transaction.creator.certificate));
    expect(attributes['registry.role']).toBe('gateway');
  });
});

describe('an altered transaction', () => {
  const transaction = transactionOf(15);
  const verdict = (parts: Partial<EndorserTransaction>): string =>
    codeOf(() => verifyTransactionSignatures({ ...transaction, ...parts }));
  const other = transactionOf(16);

  it('is refused for another id', () => {
    const { envelope } = transaction;
    expect(
      verdict({
        envelope: { ...envelope, channelHeader: { ...envelope.channelHeader, txId: '00'.repeat(32) } },
      }),
    ).toBe('TX_ID_MISMATCH');
    expect(
      verdict({
        envelope: { ...envelope, signatureHeader: { ...envelope.signatureHeader, nonce: Buffer.alloc(24) } },
      }),
    ).toBe('TX_ID_MISMATCH');
  });

  it('is refused for another creator or signature', () => {
    expect(verdict({ creator: other.creator })).toBe('SIGNATURE_INVALID');
    expect(verdict({ envelope: { ...transaction.envelope, signature: other.envelope.signature } })).toBe(
      'SIGNATURE_INVALID',
    );
    expect(verdict({ creator: { mspId: 'Op1MSP', certificate: 'none' } })).toBe('SIGNATURE_INVALID');
  });

  it('is refused for an endorsement of another answer, by another peer, or altered', () => {
    const [first, second] = transaction.endorsements;
    expect(verdict({ proposalResponsePayload: other.proposalResponsePayload })).toBe('TX_ENDORSEMENT');
    expect(verdict({ endorsements: [{ ...first!, endorserBytes: second!.endorserBytes }] })).toBe(
      'TX_ENDORSEMENT',
    );
    const signature = Buffer.from(first!.signature);
    signature[signature.length - 1]! ^= 1;
    expect(verdict({ endorsements: [{ ...first!, signature }] })).toBe('TX_ENDORSEMENT');
  });

  it('is refused when any byte of its payload changes', () => {
    const bytes = envelopeOf(15);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= change;
        const code = codeOf(() =>
          verifyTransactionSignatures(parseEndorserTransaction(parseEnvelope(changed, 'proof'), 'proof')),
        );
        expect(code).not.toBe('accepted');
      }),
      { numRuns: 1_000 },
    );
  });

  it('answers every truncation with a typed error', () => {
    const bytes = envelopeOf(15);
    for (let length = 0; length < bytes.length; length += 3) {
      const code = codeOf(() =>
        verifyTransactionSignatures(parseEndorserTransaction(parseEnvelope(bytes.subarray(0, length)))),
      );
      expect(code).not.toBe('accepted');
    }
  });
});

describe('what is not a chaincode transaction', () => {
  it('is told apart', () => {
    expect(codeOf(() => parseEndorserTransaction(parseEnvelope(envelopeOf(0))))).toBe('TX_MALFORMED');
    expect(
      codeOf(() => parseEndorserTransaction({ ...parseEnvelope(envelopeOf(15)), data: Buffer.alloc(0) })),
    ).toBe('TX_MALFORMED');
    expect(altered(blocks[REFUSED_BLOCK]!, {}).flags[0]).toBe(10);
  });

  it('has names for verdicts and types, known or not', () => {
    expect([0, 10, 11, 255, 77].map(validationCodeName)).toEqual([
      'VALID',
      'ENDORSEMENT_POLICY_FAILURE',
      'MVCC_READ_CONFLICT',
      'INVALID_OTHER_REASON',
      'CODE_77',
    ]);
    expect([1, 3, 99].map(headerTypeName)).toEqual(['CONFIG', 'ENDORSER_TRANSACTION', 'TYPE_99']);
  });
});

describe('certificate attributes', () => {
  it('are empty where there are none', () => {
    const { endorserBytes } = transactionOf(15).endorsements[0]!;
    const attributes = certificateAttributes(parseCertificate(parseIdentity(endorserBytes).certificate));
    expect(attributes['registry.role']).toBeUndefined();
  });
});
