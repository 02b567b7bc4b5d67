import { randomBytes } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';
import { EndorseError } from '@hyperledger/fabric-gateway';
import { type ChannelConfig, type EndorsedAnswer } from '@maker-registry/fabric-proofs';
import { RegistryError } from '@maker-registry/protocol';
import { acceptsBrotli, brotli } from './compressed';
import { KeptReceipts } from './kept-receipts';
import { blamed, type LedgerQuestions, saysUnknownTransaction } from './ledger-questions';
import { MAX_KEPT_BYTES, MAX_KEPT_RECEIPTS, SMALL_BYTES } from './limits';
import { askEnoughOperators } from './operator-choice';

const OPERATORS = ['Op1MSP', 'Op2MSP', 'Op3MSP', 'Op4MSP'];

/** A configuration whose policy is three of four operators' peers; of the rest nothing is looked at. */
const CONFIG = {
  endorsement: {
    rule: { kind: 'n-of', n: 3, rules: OPERATORS.map((_, index) => ({ kind: 'signed-by', index })) },
    principals: OPERATORS.map((mspId) => ({ kind: 'role', mspId, role: 'peer' })),
  },
} as unknown as ChannelConfig;

/** As the client library throws it: made without its constructor, which wants a gRPC error. */
function endorseError(details: { mspId: string; message: string }[], message = 'failed'): EndorseError {
  return Object.assign(Object.create(EndorseError.prototype) as EndorseError, { message, details, code: 10 });
}

const ANSWER = { endorsements: [] } as unknown as EndorsedAnswer;
const QUESTION = { chaincode: 'qscc', function: 'GetTransactionByID', args: [] };

/** Operators that are away fail as a peer's gateway says it. */
function questions(away: readonly string[], asked: string[][]): LedgerQuestions {
  const askOperators = (_: unknown, chosen: readonly string[]): Promise<EndorsedAnswer> => {
    asked.push([...chosen]);
    const missing = chosen.find((mspId) => away.includes(mspId));
    if (missing === undefined) return Promise.resolve(ANSWER);
    return Promise.reject(endorseError([{ mspId: missing, message: 'connection refused' }]));
  };
  return { askOperators } as unknown as LedgerQuestions;
}

describe('the choice of operators', () => {
  it('asks as many as the policy wants, the own one first', async () => {
    const asked: string[][] = [];
    expect(await askEnoughOperators(questions([], asked), QUESTION, CONFIG, 'Op3MSP')).toBe(ANSWER);
    expect(asked).toEqual([['Op3MSP', 'Op1MSP', 'Op2MSP']]);
  });

  it('prefers those whose certificates the receipt holds anyway', async () => {
    const asked: string[][] = [];
    const preferred = ['Op4MSP', 'RegulatorMSP', 'Op2MSP'];
    await askEnoughOperators(questions([], asked), QUESTION, CONFIG, 'Op1MSP', preferred);
    expect(asked).toEqual([['Op4MSP', 'Op2MSP', 'Op1MSP']]);
  });

  it('asks another in the place of one who is away', async () => {
    const asked: string[][] = [];
    expect(await askEnoughOperators(questions(['Op2MSP'], asked), QUESTION, CONFIG, 'Op1MSP')).toBe(ANSWER);
    expect(asked.at(-1)).toEqual(['Op1MSP', 'Op3MSP', 'Op4MSP']);
  });

  it('gives up when too few are left, and when no policy names anybody', async () => {
    const asked: string[][] = [];
    const failed = askEnoughOperators(questions(['Op2MSP', 'Op4MSP'], asked), QUESTION, CONFIG, 'Op1MSP');
    await expect(failed).rejects.toMatchObject({ code: 'RECEIPT_UNAVAILABLE' });
    expect(asked).toHaveLength(2);
  });

  it('hands on what the registry’s own contract refuses', async () => {
    const message = `chaincode response 500, ${JSON.stringify({ code: 'ACTOR_UNKNOWN', message: 'none' })}`;
    const refusing = { askOperators: () => Promise.reject(endorseError([{ mspId: 'Op1MSP', message }])) };
    const asked = askEnoughOperators(
      refusing as unknown as LedgerQuestions,
      { chaincode: 'registry', function: 'actors:Get', args: [] },
      CONFIG,
      'Op1MSP',
    );
    await expect(asked).rejects.toBeInstanceOf(RegistryError);
  });

  it('knows whom an error is about, and an unknown transaction', () => {
    expect(
      blamed(endorseError([], 'failed to find any endorsing peers for org(s): Op2MSP'), OPERATORS),
    ).toEqual(['Op2MSP']);
    expect(blamed(new Error('Op2MSP'), OPERATORS)).toEqual([]);
    const unknown = endorseError([{ mspId: 'Op1MSP', message: 'no such transaction ID [ab] in index' }]);
    expect(saysUnknownTransaction(unknown)).toBe(true);
    expect(saysUnknownTransaction(new Error('no such transaction ID'))).toBe(false);
  });
});

describe('kept receipts', () => {
  it('are bounded in number and in bytes, the least used going first', () => {
    const kept = new KeptReceipts();
    for (let n = 0; n < MAX_KEPT_RECEIPTS; n += 1) kept.keep(`r${n}`, 0, Buffer.alloc(1));
    expect(kept.get('r0', 0)).toBeDefined();
    kept.keep('one more', 0, Buffer.alloc(1));
    expect(kept.get('r0', 0)).toBeDefined();
    expect(kept.get('r1', 0)).toBeUndefined();
    kept.keep('huge', 0, Buffer.alloc(MAX_KEPT_BYTES));
    expect(kept.get('r0', 0)).toBeUndefined();
    expect(kept.get('huge', 0)).toBeDefined();
    kept.keep('too huge', 0, Buffer.alloc(MAX_KEPT_BYTES + 1));
    expect(kept.get('too huge', 0)).toBeUndefined();
    kept.clear();
    expect(kept.get('huge', 0)).toBeUndefined();
  });

  it('hold under their own configuration only, also when they were made while the next came', () => {
    const kept = new KeptReceipts();
    kept.keep('receipt', 7, Buffer.from('old'));
    expect(kept.get('receipt', 12)).toBeUndefined();
    kept.keep('receipt', 12, Buffer.from('new'));
    kept.keep('receipt', 7, Buffer.from('late'));
    expect(kept.get('receipt', 12)).toEqual(Buffer.from('new'));
    expect(kept.get('receipt', 7)).toBeUndefined();
  });
});

describe('brotli', () => {
  it.each([
    ['br', true],
    ['gzip, br', true],
    ['gzip;q=1.0, BR;q=0.5', true],
    ['*', true],
    ['br;q=0', false],
    ['*, br;q=0', false],
    ['gzip', false],
    ['', false],
    [undefined, false],
  ])('is sent where it is accepted: %s', (header, expected) => {
    expect(acceptsBrotli(header)).toBe(expected);
  });

  it.each([10, SMALL_BYTES + 1])('gives the bytes back: %i', async (length) => {
    const bytes = randomBytes(length);
    expect(brotliDecompressSync(await brotli(bytes)).equals(bytes)).toBe(true);
  });
});
