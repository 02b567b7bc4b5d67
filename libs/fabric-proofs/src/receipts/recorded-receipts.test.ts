import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { flipped, highS, recordedReceipts } from '../testing/receipt-fixtures';
import { MAX_RECEIPT_BYTES } from './limits';
import { type EndorsedAnswer, type Receipt } from './receipt';
import { encodeReceipt, parseReceipt } from './receipt-format';
import { verifyReceipt } from './verify-receipt';

const recorded = recordedReceipts((name) => readFileSync(join(__dirname, '../../fixtures/receipts', name)));
const { genesisHash, judge, walk, whole } = recorded;
const core = recorded.core('valid');
const receipt = parseReceipt(core);
const [answer] = receipt.answers as [EndorsedAnswer];

/** The verdict on a receipt with some parts replaced and written as the encoder writes it. */
function changed(parts: Partial<Receipt>, original: Receipt = receipt): string {
  return judge(encodeReceipt({ ...original, ...parts })).code;
}

const withAnswer = (parts: Partial<EndorsedAnswer>): string =>
  changed({ answers: [{ ...answer, ...parts }] });

describe('receipts of a real network', () => {
  it('are accepted with nothing but the genesis hash', () => {
    const verdict = verifyReceipt(whole, { genesisHash });
    expect(verdict).toMatchObject({ verdict: 'accepted', code: 'RECEIPT_ACCEPTED' });
    expect(verdict.checks.map(({ check, holds }) => [check, holds])).toEqual([
      ['form', true],
      ['configuration', true],
      ['attestation', true],
      ['policy', true],
    ]);
    expect(verdict.statement).toMatchObject({
      kind: 'attested',
      channel: 'registry',
      operators: { signed: ['Op1MSP', 'Op2MSP', 'Op3MSP'], required: 3, of: 4 },
      transaction: { valid: true, validation: 'VALID', chaincode: 'registry', function: 'actors:Register' },
    });
  });

  it.each([
    ['valid', 'VALID'],
    ['gateway', 'VALID'],
    ['conflict', 'MVCC_READ_CONFLICT'],
    ['refused', 'ENDORSEMENT_POLICY_FAILURE'],
    ['valid-block', 'VALID'],
    ['refused-block', 'ENDORSEMENT_POLICY_FAILURE'],
  ])('state the ledger’s verdict, whatever it is: %s', (name, validation) => {
    const verdict = judge(recorded.core(name));
    expect(verdict.reason).toBe('everything that the receipt states is proved');
    expect(verdict.statement?.transaction).toMatchObject({ validation, valid: validation === 'VALID' });
  });

  it('give a valid transaction’s place in the chain and who endorsed it', () => {
    const { statement } = judge(recorded.core('valid-block'));
    expect(statement?.position).toMatchObject({
      index: 0,
      configuration_block: 0,
    });
    expect([...(statement?.position?.endorsers ?? [])].sort()).toEqual(['Op1MSP', 'Op2MSP', 'Op3MSP']);
  });

  it('keep to the promised sizes', () => {
    expect(recorded.core('gateway').length).toBeLessThanOrEqual(8_192);
    expect(core.length).toBeLessThanOrEqual(8_192);
  });
});

describe('a receipt of another ledger or without its configurations', () => {
  it('is refused', () => {
    expect(verifyReceipt(whole, { genesisHash: '00'.repeat(32) }).code).toBe('GENESIS_MISMATCH');
    expect(verifyReceipt(core, { genesisHash }).code).toBe('RECEIPT_CONFIGURATION_MISSING');
    expect(verifyReceipt(core, { genesisHash: '00'.repeat(32), walk }).code).toBe(
      'RECEIPT_CONFIGURATION_MISSING',
    );
  });

  it('is refused when the verifier knows of a newer configuration, or wants more operators', () => {
    const options = { genesisHash, walk };
    expect(verifyReceipt(core, { ...options, minimumConfiguration: 1 }).code).toBe(
      'RECEIPT_CONFIGURATION_OLD',
    );
    expect(verifyReceipt(core, { ...options, minimumOperators: 4 }).code).toBe('RECEIPT_POLICY');
    expect(verifyReceipt(core, { ...options, minimumOperators: 3 }).code).toBe('RECEIPT_ACCEPTED');
  });
});

describe('an altered receipt', () => {
  it('is refused for any byte that changes', () => {
    for (let at = 0; at < core.length; at += 1) {
      const verdict = judge(flipped(core, at, 1 << (at % 8)));
      if (verdict.verdict === 'accepted') throw new Error(`byte ${at} may be changed`);
    }
  }, 120_000);

  it('is refused for any bits of any byte, configurations and blocks included', () => {
    const files = [whole, recorded.core('valid-block'), recorded.core('conflict')];
    fc.assert(
      fc.property(fc.nat(2), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, place, mask) => {
        const file = files[which]!;
        const bytes = flipped(file, place % file.length, mask);
        return verifyReceipt(bytes, { genesisHash, walk }).verdict === 'refused';
      }),
      { numRuns: 500 },
    );
  }, 120_000);

  it('is refused when it is cut or has something after its end', () => {
    for (let length = 0; length < core.length; length += 13)
      expect(judge(core.subarray(0, length)).verdict).toBe('refused');
    expect(judge(Buffer.concat([core, Buffer.from([0])])).verdict).toBe('refused');
    expect(judge(Buffer.concat([core, core])).verdict).toBe('refused');
  });

  it('is refused when it is too large to be one', () => {
    expect(judge(Buffer.alloc(MAX_RECEIPT_BYTES + 1)).code).toBe('RECEIPT_TOO_LARGE');
  });

  it('is refused when it is written otherwise than its encoder writes', () => {
    // The same numbers in a longer form, and an unknown field.
    const format = 2 + core[1]!;
    const longer = Buffer.concat([
      core.subarray(0, format),
      Buffer.from([0x10, 0x81, 0x00]),
      core.subarray(format + 2),
    ]);
    expect(judge(longer).code).toBe('RECEIPT_NOT_CANONICAL');
    expect(judge(Buffer.concat([core, Buffer.from([0x7a, 0x00])])).code).toBe('WIRE_UNKNOWN_FIELD');
  });

  it('never crashes the reader on bytes of anybody’s making', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400, size: 'max' }), (bytes) => {
        expect(judge(bytes).verdict).toBe('refused');
        expect(judge(Buffer.concat([core.subarray(0, 26), bytes])).verdict).toBe('refused');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('who signed', () => {
  const [first, second, third] = answer.endorsements as [
    EndorsedAnswer['endorsements'][number],
    EndorsedAnswer['endorsements'][number],
    EndorsedAnswer['endorsements'][number],
  ];

  it('must be enough operators, whatever the receipt states', () => {
    expect(withAnswer({ endorsements: [first, second] })).toBe('POLICY_NOT_SATISFIED');
    const two = { answers: [{ ...answer, endorsements: [first, second] }], required: 2 };
    expect(changed(two)).toBe('POLICY_NOT_SATISFIED');
    expect(withAnswer({ endorsements: [] })).toBe('POLICY_NOT_SATISFIED');
    expect(changed({ required: 2 })).toBe('RECEIPT_POLICY');
    expect(changed({ required: 4 })).toBe('RECEIPT_POLICY');
    expect(changed({ operators: 3 })).toBe('RECEIPT_POLICY');
  });

  it('counts once', () => {
    expect(withAnswer({ endorsements: [first, second, second] })).toBe('SIGNER_REPEATED');
    expect(withAnswer({ endorsements: [first, second, third, third] })).toBe('SIGNER_REPEATED');
  });

  it('must have signed this answer with this certificate', () => {
    const exchanged = [
      first,
      { ...second, signature: third.signature },
      { ...third, signature: second.signature },
    ];
    expect(withAnswer({ endorsements: exchanged })).toBe('RECEIPT_ENDORSEMENT');
    const other = parseReceipt(recorded.core('gateway')).answers[0]!.endorsements[2]!;
    expect(withAnswer({ endorsements: [first, second, other] })).toBe('RECEIPT_ENDORSEMENT');
  });

  it('must have signed with the lower s', () => {
    const mirrored = { ...third, signature: highS(third.signature) };
    expect(withAnswer({ endorsements: [first, second, mirrored] })).toBe('RECEIPT_ENDORSEMENT');
  });

  it('has one place in the file: the encoder puts the signatures in order', () => {
    const reordered = encodeReceipt({
      ...receipt,
      answers: [{ ...answer, endorsements: [third, first, second] }],
    });
    expect(reordered.equals(core)).toBe(true);
  });
});

describe('what was asked', () => {
  const other = parseReceipt(recorded.core('conflict')).answers[0]!;

  it('must be what was answered', () => {
    expect(withAnswer({ proposalPayload: other.proposalPayload })).toBe('RECEIPT_QUESTION');
    expect(withAnswer({ responsePayload: other.responsePayload })).toBe('RECEIPT_QUESTION');
    expect(withAnswer({ channelHeader: other.channelHeader })).toBe('TX_ID_MISMATCH');
    expect(withAnswer({ signatureHeader: other.signatureHeader })).toBe('TX_ID_MISMATCH');
  });

  it('can’t be a verdict of another transaction', () => {
    const { endorsements } = other;
    expect(withAnswer({ responsePayload: other.responsePayload, endorsements })).toBe('RECEIPT_QUESTION');
  });
});

describe('the parts of a receipt', () => {
  it('are those of its kind', () => {
    expect(changed({ answers: [] })).toBe('RECEIPT_MALFORMED');
    expect(changed({ answers: [answer, answer] })).toBe('RECEIPT_MALFORMED');
    expect(changed({ txIndex: 1 })).toBe('RECEIPT_MALFORMED');
    expect(changed({ kind: 'block' })).toBe('RECEIPT_MALFORMED');
    expect(changed({ kind: 'state' })).toBe('RECEIPT_MALFORMED');
    expect(changed({ blocks: parseReceipt(whole).configurations })).toBe('RECEIPT_MALFORMED');
  });

  it('of another kind are judged as that kind', () => {
    expect(changed({ kind: 'prefix' })).toBe('RECEIPT_QUESTION');
    expect(changed({ kind: 'state', answers: [answer, answer] })).toBe('RECEIPT_VALUE');
  });
});

describe('a block receipt', () => {
  const block = parseReceipt(recorded.core('valid-block'));
  const [ordered, definition] = block.blocks as [Receipt['blocks'][number], Receipt['blocks'][number]];
  const refused = parseReceipt(recorded.core('refused-block'));

  it('needs the right block and index', () => {
    expect(changed({ txIndex: 1 }, block)).toBe('RECEIPT_TRANSACTION');
    expect(changed({ blocks: [refused.blocks[0]!, definition] }, block)).toBe('RECEIPT_TRANSACTION');
  });

  it('needs the orderers’ quorum, each once, and nothing that does not count', () => {
    const [one, two, three] = ordered.signatures;
    const signed = (signatures: typeof ordered.signatures): string =>
      changed({ blocks: [{ ...ordered, signatures }, definition] }, block);
    expect(signed([one!, two!])).toBe('BLOCK_QUORUM');
    expect(signed([one!, two!, two!])).toBe('BLOCK_QUORUM');
    expect(signed([one!, two!, three!, three!])).toBe('RECEIPT_BLOCK_SIGNATURE');
    expect(signed([one!, two!, { ...three!, signature: highS(three!.signature) }])).toBe('BLOCK_QUORUM');
    const { identifierHeader, consenterId } = one!;
    expect(signed([{ ...three!, identifierHeader, consenterId }, two!])).toBe('BLOCK_QUORUM');
  });

  it('needs the block’s own transactions', () => {
    const envelopes = refused.blocks[0]!.envelopes;
    expect(changed({ blocks: [{ ...ordered, envelopes }, definition] }, block)).toBe('BLOCK_DATA_HASH');
  });

  it('needs the definition that the transaction ran under', () => {
    expect(changed({ blocks: [ordered] }, block)).toBe('RECEIPT_DEFINITION');
    expect(changed({ blocks: [ordered, refused.blocks[0]!] }, block)).toBe('RECEIPT_DEFINITION');
    expect(changed({ blocks: [ordered, definition, refused.blocks[0]!] }, block)).toBe('RECEIPT_DEFINITION');
    const unsigned = { ...definition, signatures: definition.signatures.slice(1) };
    expect(changed({ blocks: [ordered, unsigned] }, block)).toBe('BLOCK_QUORUM');
    expect(changed({ blocks: [...refused.blocks, definition] }, refused)).toBe('RECEIPT_DEFINITION');
  });
});
