import { within } from './within';

const never = new Promise<number>(() => undefined);

describe('within', () => {
  it('gives the value or the error that comes in time', async () => {
    await expect(within(Promise.resolve(7), 1_000, [])).resolves.toBe(7);
    await expect(within(Promise.reject(new Error('no')), 1_000, [])).rejects.toThrow('no');
  });

  it('gives nothing after the time', async () => {
    await expect(within(never, 1, [])).resolves.toBeUndefined();
  });

  it('gives nothing once a signal is aborted, also before', async () => {
    const later = new AbortController();
    const waiting = within(never, 60_000, [new AbortController().signal, later.signal]);
    later.abort();
    await expect(waiting).resolves.toBeUndefined();
    await expect(within(never, 60_000, [AbortSignal.abort()])).resolves.toBeUndefined();
  });

  it('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const added = jest.spyOn(signal, 'addEventListener');
    const removed = jest.spyOn(signal, 'removeEventListener');
    await within(Promise.resolve(1), 1_000, [signal]);
    await within(never, 1, [signal]);
    expect(added).toHaveBeenCalledTimes(2);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });
});
