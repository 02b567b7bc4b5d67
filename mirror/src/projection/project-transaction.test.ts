import { parseBlock, ProofError, VALID } from '@maker-registry/fabric-proofs';
import fc from 'fast-check';
import { ledgerFixture } from '../testing/ledger-fixture';
import { IdentityReader } from './identity-summary';
import { summarizeIntent } from './intent-summary';
import { projectTransaction } from './project-transaction';

const { blocks } = ledgerFixture();
const REFUSED = 23;
const ENDORSEMENT_POLICY_FAILURE = 10;

function envelope(number: number): Uint8Array {
  return parseBlock(blocks[number]!).envelopes[0]!;
}

function project(bytes: Uint8Array, flag: number): ReturnType<typeof projectTransaction> {
  return projectTransaction(bytes, { block: 1, txIndex: 0, flag }, new IdentityReader());
}

describe('projectTransaction', () => {
  it('reads a valid transaction', () => {
    const { row, rwSets } = project(envelope(15), VALID);
    expect(row).toMatchObject({
      type: 'ENDORSER_TRANSACTION',
      validationCode: 'VALID',
      creatorMsp: 'Op1MSP',
      creatorRole: 'gateway',
      chaincode: 'registry',
      function: 'actors:Register',
      intentType: 'actor.register',
    });
    expect(row.intentId).toMatch(/^[0-9a-f]{64}$/);
    expect(row.actor).toMatch(/^[0-9a-f]{64}$/);
    expect(row.endorsers).toHaveLength(3);
    expect(rwSets.length).toBeGreaterThan(0);
  });

  it('reads a refused transaction, and takes none of its writes', () => {
    const { row, rwSets } = project(envelope(REFUSED), ENDORSEMENT_POLICY_FAILURE);
    expect(row).toMatchObject({ validationCode: 'ENDORSEMENT_POLICY_FAILURE', function: 'licenses:Define' });
    expect(row.endorsers).toHaveLength(2);
    expect(rwSets).toEqual([]);
  });

  it('reads a configuration', () => {
    expect(project(envelope(0), VALID).row).toMatchObject({
      type: 'CONFIG',
      chaincode: null,
      endorsers: [],
    });
  });

  it('records a refused transaction of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 255 }), (bytes, flag) => {
        const { row } = project(bytes, flag);
        expect(row.validationCode).not.toBe('VALID');
        expect(Object.values(row).join('')).not.toContain('\u0000');
      }),
    );
    const real = envelope(15);
    fc.assert(
      fc.property(fc.nat(real.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(real);
        changed[at] = value;
        expect(project(changed, ENDORSEMENT_POLICY_FAILURE).rwSets).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a valid transaction that it can not read: the tables would miss its writes', () => {
    const cut = envelope(15).subarray(0, 1_000);
    expect(() => project(cut, VALID)).toThrow(ProofError);
    expect(project(cut, ENDORSEMENT_POLICY_FAILURE).row).toMatchObject({ type: 'UNREADABLE', txId: '' });
  });
});

describe('summarizeIntent', () => {
  const intent = { type: 'artifact.register', actor: 'ab'.repeat(32), nonce: '0' };
  const dsse = (
    payload: unknown,
    payloadType: unknown = 'application/vnd.maker-registry.intent+json',
  ): string =>
    JSON.stringify({
      payload: Buffer.from(JSON.stringify(payload)).toString('base64'),
      payloadType,
      signatures: [],
    });

  it('names intent, type and actor', () => {
    expect(summarizeIntent(dsse(intent))).toEqual({
      intentId: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      type: 'artifact.register',
      actor: 'ab'.repeat(32),
    });
  });

  it.each<[string, string]>([
    ['a role act', '{"artifact_id":"x","decision":"approve"}'],
    ['no JSON', 'payloadType'],
    ['broken JSON', '{"payloadType"'],
    ['a list', '["payloadType"]'],
    ['a payload that is no text', '{"payload":1,"payloadType":"x"}'],
    ['a type that is no text', dsse(intent, 7)],
    ['a payload that is no object', dsse('x')],
  ])('finds nothing in %s', (_what, argument) => {
    expect(summarizeIntent(argument)).toEqual({ intentId: null, type: null, actor: null });
  });

  it('takes no actor or type of another form', () => {
    expect(summarizeIntent(dsse({ type: 'A B', actor: 'x'.repeat(64) }))).toMatchObject({
      type: null,
      actor: null,
    });
  });
});

describe('IdentityReader', () => {
  it('forgets rather than grows without bound', () => {
    const reader = new IdentityReader();
    for (let index = 0; index < 2_100; index += 1) {
      const name = Buffer.from(`Msp${index}`);
      expect(reader.read(Buffer.concat([Buffer.from([0x0a, name.length]), name])).mspId).toBe(`Msp${index}`);
    }
    expect(reader.read(Buffer.from('0a0141', 'hex'))).toEqual({ mspId: 'A', subject: null, role: null });
  });
});
