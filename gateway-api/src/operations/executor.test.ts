import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { EndorseError, GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import { RegistryError, toWire } from '@maker-registry/protocol';
import { pino } from 'pino';
import { type CommitOutcome, type CommitWait } from '../fabric/commit-stream';
import { type Ledger, type SignedTransaction } from '../fabric/ledger';
import { MAX_CONFLICT_TRIES, MAX_DISAGREEMENT_TRIES, MAX_NODE_FAULT_TRIES } from '../limits';
import { type ExecutorEvents, OperationExecutor } from './executor';
import { newOperation, type Operation } from './operation';
import { type IntentPlace } from './replay-lookup';

const OWN = 'Op1MSP';
const VALID = StatusCode.VALID;

function endorseError(code: status, details: readonly (readonly [string, string])[] = []): EndorseError {
  const cause: ServiceError = Object.assign(new Error('x'), { code, details: 'x', metadata: new Metadata() });
  const gatewayError = new GatewayError({
    code,
    message: 'failed',
    cause,
    details: details.map(([mspId, message]) => ({ mspId, message, address: 'peer' })),
  });
  return new EndorseError(Object.assign(gatewayError, { transactionId: 'tx' }));
}

function refusal(
  code: 'ARTIFACT_EXISTS' | 'INTENT_REPLAYED' | 'ACTOR_UNKNOWN',
  subject?: string,
  mspId = OWN,
): EndorseError {
  const wire = toWire(new RegistryError(code, 'No.', subject === undefined ? {} : { subject }));
  return endorseError(status.ABORTED, [[mspId, `chaincode response 500, ${wire}`]]);
}

/** A ledger that plays a script: what each endorsement, submission and question gives. */
class ScriptedLedger implements Ledger {
  readonly mspId = OWN;
  readonly height = 9;
  following = true;
  readonly calls: string[] = [];
  readonly endorsements: (Error | undefined)[] = [];
  readonly submissions: (Error | undefined)[] = [];
  /** Outcome by transaction id, told by the stream when the transaction is submitted. */
  readonly outcomes = new Map<string, CommitOutcome>();
  /** Outcome by transaction id, told when asked. */
  readonly statuses = new Map<string, CommitOutcome>();
  readonly #waits = new Map<string, (outcome: CommitOutcome) => void>();
  #transactions = 0;

  endorse(functionName: string): Promise<SignedTransaction> {
    this.calls.push(`endorse ${functionName}`);
    const error = this.endorsements.shift();
    if (error !== undefined) return Promise.reject(error);
    this.#transactions += 1;
    const txId = `tx${this.#transactions}`;
    return Promise.resolve({ txId, bytes: Buffer.from(txId), result: '{"id":"1"}' });
  }

  submit(transaction: Uint8Array): Promise<void> {
    const txId = Buffer.from(transaction).toString();
    this.calls.push(`submit ${txId}`);
    const error = this.submissions.shift();
    const outcome = this.outcomes.get(txId);
    if (outcome !== undefined) this.#waits.get(txId)?.(outcome);
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  }

  waitForCommit(txId: string): CommitWait {
    const outcome = new Promise<CommitOutcome>((resolve) => {
      this.#waits.set(txId, resolve);
    });
    return { outcome, cancel: () => this.#waits.delete(txId) };
  }

  commitStatus(txId: string): Promise<CommitOutcome | undefined> {
    this.calls.push(`ask ${txId}`);
    return Promise.resolve(this.statuses.get(txId));
  }

  resultOf(txId: string): Promise<string> {
    return Promise.resolve(`{"from":"${txId}"}`);
  }
}

interface Setting {
  readonly ledger: ScriptedLedger;
  readonly journal: string[];
  readonly journalErrors: Error[];
  readonly halt: AbortController;
  readonly executor: OperationExecutor;
}

function setting(place?: IntentPlace): Setting {
  const ledger = new ScriptedLedger();
  const journal: string[] = [];
  const journalErrors: Error[] = [];
  const halt = new AbortController();
  const write = (text: string): Promise<void> => {
    const error = journalErrors.shift();
    if (error !== undefined) return Promise.reject(error);
    ledger.calls.push('store');
    journal.push(text);
    return Promise.resolve();
  };
  const events: ExecutorEvents = {
    retried: () => undefined,
    endorsed: () => undefined,
    committed: () => undefined,
  };
  const executor = new OperationExecutor({
    ledger,
    journal: {
      submitted: (operation) => write(`submitted ${operation.txId ?? ''}`),
      ended: (operation) =>
        write(`${operation.status} ${operation.txId ?? ''} ${operation.problem?.code ?? ''}`.trim()),
    },
    findIntent: () => Promise.resolve(place),
    logger: pino({ level: 'silent' }),
    events,
    signal: halt.signal,
  });
  return { ledger, journal, journalErrors, halt, executor };
}

function operation(kind: 'intent' | 'act' = 'intent'): Operation {
  return newOperation({
    operationId: 'op',
    kind,
    caller: 'c',
    idempotencyKey: undefined,
    requestHash: '00',
    intentId: kind === 'intent' ? 'intent-1' : undefined,
    function: 'actors:Register',
    argument: '{}',
  });
}

describe('OperationExecutor', () => {
  it('stores the signed bytes before it submits them', async () => {
    const { ledger, executor, journal } = setting();
    ledger.outcomes.set('tx1', { code: VALID, block: 3 });
    const op = operation();
    await executor.run(op, false);
    expect(ledger.calls).toEqual(['endorse actors:Register', 'store', 'submit tx1', 'store']);
    expect(journal).toEqual(['submitted tx1', 'committed tx1']);
    expect(op).toMatchObject({
      status: 'committed',
      block: 3,
      attempts: 1,
      result: '{"id":"1"}',
      transaction: undefined,
    });
  });

  it('ends a refusal of the contract without another try', async () => {
    const { ledger, executor, journal } = setting();
    ledger.endorsements.push(refusal('ARTIFACT_EXISTS', 'abc'));
    const op = operation();
    await executor.run(op, false);
    expect(ledger.calls).toEqual(['endorse actors:Register', 'store']);
    expect(journal).toEqual(['refused  ARTIFACT_EXISTS']);
    expect(op.problem).toEqual({ code: 'ARTIFACT_EXISTS', message: 'No.', subject: 'abc' });
  });

  it('endorses again while the peer is away, and asks other operators again when only they refuse', async () => {
    const { ledger, executor } = setting();
    ledger.endorsements.push(endorseError(status.UNAVAILABLE), refusal('ACTOR_UNKNOWN', undefined, 'Op2MSP'));
    ledger.outcomes.set('tx1', { code: VALID, block: 3 });
    const op = operation();
    await executor.run(op, false);
    expect(op.status).toBe('committed');
  });

  it('believes other operators that keep refusing', async () => {
    const { ledger, executor } = setting();
    for (let n = 0; n < MAX_DISAGREEMENT_TRIES; n += 1) {
      ledger.endorsements.push(refusal('ACTOR_UNKNOWN', undefined, 'Op2MSP'));
    }
    const op = operation();
    await executor.run(op, false);
    expect(op).toMatchObject({ status: 'refused', problem: { code: 'ACTOR_UNKNOWN' } });
  });

  it('fails after a few faults of nodes', async () => {
    const { ledger, executor } = setting();
    for (let n = 0; n < MAX_NODE_FAULT_TRIES; n += 1) ledger.endorsements.push(endorseError(status.ABORTED));
    const op = operation();
    await executor.run(op, false);
    expect(op).toMatchObject({ status: 'failed', problem: { code: 'ENDORSEMENT_FAILED' } });
    expect(ledger.calls.filter((call) => call.startsWith('endorse'))).toHaveLength(MAX_NODE_FAULT_TRIES);
  });

  it('does not believe a failed submission: the ledger says whether it committed', async () => {
    const { ledger, executor } = setting();
    ledger.following = false;
    ledger.submissions.push(new Error('not enough orderers confirmed'));
    ledger.statuses.set('tx1', { code: VALID, block: 4 });
    const op = operation();
    await executor.run(op, false);
    expect(ledger.calls).toEqual(['endorse actors:Register', 'store', 'submit tx1', 'ask tx1', 'store']);
    expect(op).toMatchObject({ status: 'committed', block: 4 });
  });

  it('sends the same bytes again when the ledger does not have them', async () => {
    const { ledger, executor } = setting();
    ledger.following = false;
    ledger.submissions.push(new Error('unavailable'), new Error('unavailable'));
    const op = operation();
    const asked = jest.spyOn(ledger, 'commitStatus');
    asked
      .mockImplementationOnce(() => Promise.resolve(undefined))
      .mockImplementationOnce(() => Promise.reject(new Error('away')));
    ledger.statuses.set('tx1', { code: VALID, block: 4 });
    await executor.run(op, false);
    expect(ledger.calls.filter((call) => call === 'submit tx1')).toHaveLength(3);
    expect(ledger.calls.filter((call) => call.startsWith('endorse'))).toHaveLength(1);
    expect(op.status).toBe('committed');
  });

  it('gives bytes up that never get to the ledger, and endorses anew', async () => {
    const { ledger, executor } = setting();
    ledger.following = false;
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 60_000));
    ledger.outcomes.set('tx2', { code: VALID, block: 8 });
    const op = operation();
    await executor.run(op, false);
    jest.restoreAllMocks();
    expect(op).toMatchObject({ status: 'committed', txId: 'tx2', attempts: 2 });
    expect(ledger.calls.filter((call) => call === 'submit tx1').length).toBeGreaterThan(1);
  });

  it('endorses anew after a conflict, and gives up after some', async () => {
    const { ledger, executor } = setting();
    ledger.outcomes.set('tx1', { code: StatusCode.MVCC_READ_CONFLICT, block: 3 });
    ledger.outcomes.set('tx2', { code: StatusCode.PHANTOM_READ_CONFLICT, block: 4 });
    ledger.outcomes.set('tx3', { code: VALID, block: 5 });
    const op = operation();
    await executor.run(op, false);
    expect(op).toMatchObject({ status: 'committed', txId: 'tx3', attempts: 3, block: 5 });

    const other = setting();
    for (let n = 1; n <= MAX_CONFLICT_TRIES; n += 1) {
      other.ledger.outcomes.set(`tx${n}`, { code: StatusCode.MVCC_READ_CONFLICT, block: n });
    }
    const lost = operation();
    await other.executor.run(lost, false);
    expect(lost).toMatchObject({
      status: 'failed',
      attempts: MAX_CONFLICT_TRIES,
      problem: { code: 'TX_CONFLICT' },
    });
  });

  it('can not endorse an act again: its signer is elsewhere', async () => {
    const { ledger, executor } = setting();
    const op = operation('act');
    op.transaction = Buffer.from('tx9');
    op.txId = 'tx9';
    ledger.outcomes.set('tx9', { code: StatusCode.MVCC_READ_CONFLICT, block: 3 });
    await executor.run(op, false);
    expect(ledger.calls).toEqual(['submit tx9', 'store']);
    expect(op).toMatchObject({ status: 'failed', problem: { code: 'TX_CONFLICT' } });
  });

  it('fails on a validation code that no repetition cures', async () => {
    const { ledger, executor } = setting();
    ledger.outcomes.set('tx1', { code: StatusCode.BAD_CREATOR_SIGNATURE, block: 3 });
    const op = operation();
    await executor.run(op, false);
    expect(op).toMatchObject({
      status: 'failed',
      block: 3,
      problem: { code: 'TX_INVALID', subject: 'BAD_CREATOR_SIGNATURE' },
    });
  });

  it('calls an intent committed that the ledger has already, whoever brought it', async () => {
    const { ledger, executor } = setting({ txId: 'theirs', block: 2 });
    ledger.endorsements.push(refusal('INTENT_REPLAYED', 'intent-1'));
    const op = operation();
    await executor.run(op, false);
    expect(op).toMatchObject({ status: 'committed', txId: 'theirs', block: 2, result: '{"from":"theirs"}' });
  });

  it('refuses an intent whose nonce another one used', async () => {
    const { ledger, executor } = setting({ txId: 'theirs', block: 2 });
    ledger.endorsements.push(refusal('INTENT_REPLAYED', 'intent-2'));
    const op = operation();
    await executor.run(op, false);
    expect(op).toMatchObject({ status: 'refused', problem: { code: 'INTENT_REPLAYED' } });
  });

  it('does not call an intent refused because the mirror is away', async () => {
    const { ledger, executor } = setting(undefined);
    ledger.endorsements.push(refusal('INTENT_REPLAYED', 'intent-1'));
    const op = operation();
    await executor.run(op, false);
    expect(op).toMatchObject({ status: 'failed', problem: { code: 'MIRROR_BEHIND' } });
  });

  describe('after a crash', () => {
    it('asks first and submits nothing when the transaction is on the ledger', async () => {
      const { ledger, executor } = setting();
      const op = operation();
      Object.assign(op, { status: 'submitted', transaction: Buffer.from('tx7'), txId: 'tx7', result: '{}' });
      ledger.statuses.set('tx7', { code: VALID, block: 6 });
      await executor.run(op, true);
      expect(ledger.calls).toEqual(['ask tx7', 'store']);
      expect(op).toMatchObject({ status: 'committed', txId: 'tx7', block: 6, result: '{}' });
    });

    it('sends the stored bytes when it is not', async () => {
      const { ledger, executor } = setting();
      const op = operation();
      Object.assign(op, { status: 'submitted', transaction: Buffer.from('tx7'), txId: 'tx7' });
      ledger.outcomes.set('tx7', { code: VALID, block: 6 });
      await executor.run(op, true);
      expect(ledger.calls).toEqual(['ask tx7', 'submit tx7', 'store']);
    });

    it('endorses what had no stored bytes', async () => {
      const { ledger, executor } = setting();
      ledger.outcomes.set('tx1', { code: VALID, block: 6 });
      await executor.run(operation(), true);
      expect(ledger.calls[0]).toBe('endorse actors:Register');
    });
  });

  it('does not submit until the database has the bytes', async () => {
    const { ledger, executor, journalErrors } = setting();
    journalErrors.push(new Error('Connection terminated'), new Error('Connection terminated'));
    ledger.outcomes.set('tx1', { code: VALID, block: 3 });
    await executor.run(operation(), false);
    expect(ledger.calls).toEqual(['endorse actors:Register', 'store', 'submit tx1', 'store']);
  });

  it('stops where it is when the gateway halts, leaving the operation open', async () => {
    const { ledger, executor, halt, journal } = setting();
    const op = operation();
    const running = executor.run(op, false);
    setTimeout(() => {
      halt.abort();
    }, 20);
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(ledger.calls.at(-1)).toBe('submit tx1');
    expect(journal).toEqual(['submitted tx1']);
    expect(op.status).toBe('submitted');
  });
});
