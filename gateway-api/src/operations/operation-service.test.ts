import { pino } from 'pino';
import { type OperationExecutor } from './executor';
import { newOperation, type Operation, type OperationRequest } from './operation';
import { OperationService } from './operation-service';
import { type Existing, type OperationStore } from './operation-store';

type Request = Omit<OperationRequest, 'operationId'>;

function request(change: Partial<Request> = {}): Request {
  return {
    kind: 'intent',
    caller: 'actor:a',
    idempotencyKey: undefined,
    requestHash: '00',
    intentId: 'i1',
    function: 'actors:Register',
    argument: '{}',
    ...change,
  };
}

/** Operations in memory, with the rules of the table's unique indexes. */
class MemoryStore {
  readonly rows: Operation[] = [];
  away = false;

  insert(operation: Operation): Promise<boolean> {
    if (this.away) return Promise.reject(new Error('Connection terminated'));
    if (this.#find(operation) !== undefined) return Promise.resolve(false);
    this.rows.push(operation);
    return Promise.resolve(true);
  }

  existing(operation: Operation): Promise<Existing | undefined> {
    const found = this.#find(operation);
    // A database gives a copy, not the object that is being worked on.
    return Promise.resolve(found === undefined ? undefined : { ...found, operation: { ...found.operation } });
  }

  byId(id: string): Promise<Operation | undefined> {
    return Promise.resolve(this.rows.find((row) => row.operationId === id));
  }

  reopen(operation: Operation): Promise<boolean> {
    return Promise.resolve(operation.status === 'refused' || operation.status === 'failed');
  }

  open(after: string): Promise<Operation[]> {
    const rows = this.rows.filter((row) => row.operationId > after && row.status === 'pending');
    return Promise.resolve(rows.sort((a, b) => (a.operationId < b.operationId ? -1 : 1)).slice(0, 1));
  }

  #find(operation: Operation): Existing | undefined {
    const key = operation.idempotencyKey;
    const byKey = this.rows.find(
      (row) => key !== undefined && row.caller === operation.caller && row.idempotencyKey === key,
    );
    if (byKey !== undefined) return { operation: byKey, byKey: true };
    const byIntent = this.rows.find(
      (row) => operation.intentId !== undefined && row.intentId === operation.intentId,
    );
    return byIntent === undefined ? undefined : { operation: byIntent, byKey: false };
  }
}

function setting(maxOpen = 10) {
  const store = new MemoryStore();
  const runs: {
    operation: Operation;
    recovered: boolean;
    end: (status: Operation['status'], error?: Error) => void;
  }[] = [];
  const executor = {
    run: (operation: Operation, recovered: boolean) =>
      new Promise<void>((resolve, reject) => {
        const end = (status: Operation['status'], error?: Error): void => {
          operation.status = status;
          if (error === undefined) resolve();
          else reject(error);
        };
        runs.push({ operation, recovered, end });
      }),
  };
  const stopping = new AbortController();
  const ended: string[] = [];
  const service = new OperationService({
    store: store as unknown as OperationStore,
    executor: executor as unknown as OperationExecutor,
    maxOpen,
    logger: pino({ level: 'silent' }),
    stopping: stopping.signal,
    halting: new AbortController().signal,
    onEnded: (operation) => ended.push(operation.status),
  });
  return { store, runs, service, stopping, ended };
}

const present = (): AbortSignal => new AbortController().signal;
const tick = (): Promise<void> => new Promise(setImmediate);

describe('OperationService', () => {
  it('carries out what it accepts, and counts the end', async () => {
    const { service, runs, ended } = setting();
    const operation = await service.accept(request());
    expect(runs).toHaveLength(1);
    expect(service.open).toBe(1);
    runs[0]?.end('committed');
    await tick();
    expect(operation.status).toBe('committed');
    expect(ended).toEqual(['committed']);
    expect(service.open).toBe(0);
  });

  it('makes one operation of one intent, however often it comes', async () => {
    const { service, runs } = setting();
    const [first, second] = await Promise.all([service.accept(request()), service.accept(request())]);
    expect(second.operationId).toBe(first.operationId);
    expect(runs).toHaveLength(1);
  });

  it('answers a committed intent without doing it again', async () => {
    const { service, runs } = setting();
    const first = await service.accept(request());
    runs[0]?.end('committed');
    await tick();
    await expect(service.accept(request())).resolves.toMatchObject({
      operationId: first.operationId,
      status: 'committed',
    });
    expect(runs).toHaveLength(1);
  });

  it.each(['refused', 'failed'] as const)('tries a %s intent again', async (status) => {
    const { service, runs } = setting();
    const first = await service.accept(request());
    runs[0]?.end(status);
    await tick();
    const again = await service.accept(request());
    expect(again).toMatchObject({ operationId: first.operationId, status: 'pending' });
    expect(runs).toHaveLength(2);
  });

  it('takes up an open operation that nobody carries out, when its intent comes again', async () => {
    const { service, runs, store } = setting();
    store.rows.push(newOperation({ ...request(), operationId: 'left' }));
    await expect(service.accept(request())).resolves.toMatchObject({ operationId: 'left' });
    expect(runs).toMatchObject([{ recovered: true }]);
  });

  describe('with an Idempotency-Key', () => {
    const keyed = (change: Partial<Request> = {}): Request => request({ idempotencyKey: 'k', ...change });

    it('answers the same request with the stored result, a refusal too', async () => {
      const { service, runs } = setting();
      const first = await service.accept(keyed());
      runs[0]?.end('refused');
      await tick();
      await expect(service.accept(keyed())).resolves.toMatchObject({
        operationId: first.operationId,
        status: 'refused',
      });
      expect(runs).toHaveLength(1);
    });

    it('refuses another body', async () => {
      const { service } = setting();
      await service.accept(keyed());
      await expect(service.accept(keyed({ requestHash: '11', intentId: 'i2' }))).rejects.toMatchObject({
        code: 'IDEMPOTENCY_MISMATCH',
        subject: 'k',
      });
    });

    it('keeps callers apart', async () => {
      const { service } = setting();
      const first = await service.accept(keyed());
      const other = await service.accept(keyed({ caller: 'actor:b', requestHash: '11', intentId: 'i2' }));
      expect(other.operationId).not.toBe(first.operationId);
    });

    it('refuses a second request while the first is being answered, not after', async () => {
      const { service } = setting();
      let answer: (value: string) => void = () => undefined;
      const first = service.answering('a', 'k', () => new Promise<string>((resolve) => (answer = resolve)));
      await expect(service.answering('a', 'k', () => Promise.resolve('x'))).rejects.toMatchObject({
        code: 'IDEMPOTENCY_IN_FLIGHT',
      });
      await expect(service.answering('b', 'k', () => Promise.resolve('x'))).resolves.toBe('x');
      await expect(service.answering('a', undefined, () => Promise.resolve('x'))).resolves.toBe('x');
      answer('done');
      await expect(first).resolves.toBe('done');
      await expect(service.answering('a', 'k', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      await expect(service.answering('a', 'k', () => Promise.resolve('x'))).resolves.toBe('x');
    });
  });

  it('refuses more than it can hold, and again takes what fits', async () => {
    const { service, runs } = setting(1);
    await service.accept(request());
    await expect(service.accept(request({ intentId: 'i2' }))).rejects.toMatchObject({
      code: 'LEDGER_UNAVAILABLE',
    });
    runs[0]?.end('committed');
    await tick();
    await expect(service.accept(request({ intentId: 'i2' }))).resolves.toBeDefined();
  });

  it('refuses while it stops or the database is away', async () => {
    const { service, stopping, store } = setting();
    store.away = true;
    await expect(service.accept(request())).rejects.toMatchObject({ code: 'MIRROR_UNAVAILABLE' });
    stopping.abort();
    await expect(service.accept(request())).rejects.toMatchObject({ code: 'SERVICE_STOPPING' });
  });

  it('knows no operation that is not there', async () => {
    await expect(setting().service.find('nobody')).rejects.toMatchObject({ code: 'OPERATION_UNKNOWN' });
  });

  describe('waiting', () => {
    it('ends with the operation', async () => {
      const { service, runs } = setting();
      const operation = await service.accept(request());
      const waiting = service.wait(operation, 60_000, present);
      runs[0]?.end('committed');
      await expect(waiting).resolves.toMatchObject({ status: 'committed' });
    });

    it('ends with the time, with the caller and with the gateway', async () => {
      const { service, stopping } = setting();
      const operation = await service.accept(request());
      await expect(service.wait(operation, 1, present)).resolves.toMatchObject({ status: 'pending' });
      await expect(service.wait(operation, 60_000, () => AbortSignal.abort())).resolves.toMatchObject({
        status: 'pending',
      });
      stopping.abort();
      await expect(service.wait(operation, 60_000, present)).resolves.toMatchObject({ status: 'pending' });
    });
  });

  it('takes up every open operation after a start, each once', async () => {
    const { service, runs, store } = setting();
    for (const operationId of ['b', 'a', 'c']) {
      store.rows.push(newOperation({ ...request({ intentId: operationId }), operationId }));
    }
    await expect(service.recover(0)).resolves.toBe(3);
    expect(runs.map(({ operation, recovered }) => [operation.operationId, recovered])).toEqual([
      ['a', true],
      ['b', true],
      ['c', true],
    ]);
    await expect(service.recover(0)).resolves.toBe(0);
  });

  it('survives an operation that throws, and leaves it open', async () => {
    const { service, runs, ended } = setting();
    const operation = await service.accept(request());
    runs[0]?.end('pending', new Error('a bug'));
    await tick();
    expect(service.open).toBe(0);
    expect(ended).toEqual([]);
    await expect(service.find(operation.operationId)).resolves.toMatchObject({ status: 'pending' });
  });
});
