import { isRegistryError, type License, type LedgerWrite } from '@maker-registry/protocol';
import { MemoryState } from '../determinism/memory-state';
import { reportFaultsTo } from '../faults';
import { OPEN_TERMS } from '../testing/world';
import { Ledger } from './ledger';
import { compositeKey } from './state-keys';

const license = (id: string): License => ({
  license_id: id,
  licensor: 'aa',
  name: 'Terms',
  terms: OPEN_TERMS,
  defined: { tx_id: '00', at: 0 },
});
const write = (id: string): LedgerWrite => ({ kind: 'license', id: [id], value: license(id) });

describe('ledger', () => {
  let state: MemoryState;

  beforeEach(() => {
    state = new MemoryState();
  });

  it('reads a key once, present or absent', async () => {
    const transaction = state.begin();
    const ledger = new Ledger(transaction);
    await ledger.get('license', ['x']);
    expect(await ledger.get('license', ['x'])).toBeUndefined();
    expect(transaction.reads).toEqual([compositeKey('license', ['x'])]);
  });

  it('fetches several documents in one round trip, each key once', async () => {
    const transaction = state.begin();
    const ledger = new Ledger(transaction);
    await ledger.get('license', ['a']);
    await ledger.prefetch(['a', 'b', 'c', 'b'].map((id) => ({ kind: 'license', id: [id] })));
    await ledger.get('license', ['c']);
    await ledger.prefetch([{ kind: 'license', id: ['b'] }]);
    expect(transaction.reads).toEqual(['a', 'b', 'c'].map((id) => compositeKey('license', [id])));
    expect(transaction.roundTrips).toBe(2);
  });

  it('sees its own writes, and asks the state for none of them', async () => {
    const transaction = state.begin();
    const ledger = new Ledger(transaction);
    ledger.put(write('x'));
    expect(await ledger.get('license', ['x'])).toEqual(license('x'));
    expect(transaction.reads).toEqual([]);
  });

  it('writes nothing before it is flushed', () => {
    const transaction = state.begin();
    new Ledger(transaction).put(write('x'));
    expect(transaction.writes).toEqual([]);
  });

  it('writes in the order of the keys, the last value of each, once', async () => {
    const transaction = state.begin();
    const ledger = new Ledger(transaction);
    for (const id of ['b', 'a', 'b', 'c']) ledger.put(write(id));
    await ledger.flush();
    await ledger.flush();
    expect(transaction.writes.map(([key]) => key)).toEqual(
      ['a', 'b', 'c'].map((id) => compositeKey('license', [id])),
    );
  });

  it('stores canonical JSON that comes back equal', async () => {
    const first = state.begin();
    const ledger = new Ledger(first);
    ledger.put(write('x'));
    await ledger.flush();
    state.commit(first);
    expect(await new Ledger(state.begin()).get('license', ['x'])).toEqual(license('x'));
    expect(Buffer.from(first.writes[0]![1]).toString()).toMatch(
      /^\{"defined":\{"at":0,"tx_id":"00"\},"license_id"/,
    );
  });

  it('tells a peer that fails from a key that is absent, and reports it', async () => {
    const faults: unknown[] = [];
    reportFaultsTo((fault) => faults.push(fault));
    const gone = new Error('stream terminated');
    const ledger = new Ledger({ getMany: () => Promise.reject(gone), putMany: () => Promise.reject(gone) });
    await expect(ledger.get('license', ['x'])).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    ledger.put(write('x'));
    await expect(ledger.flush()).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    expect(faults).toEqual([gone, gone]);
  });

  it('refuses a value that is not JSON, naming the key', async () => {
    const broken = state.begin();
    await broken.putMany([[compositeKey('license', ['x']), Buffer.from('{')]]);
    state.commit(broken);
    const refusal: unknown = await new Ledger(state.begin())
      .get('license', ['x'])
      .catch((error: unknown) => error);
    expect(isRegistryError(refusal) && [refusal.code, refusal.subject]).toEqual([
      'LEDGER_STATE_CORRUPT',
      compositeKey('license', ['x']),
    ]);
  });
});
