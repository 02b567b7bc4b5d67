import { type Actor } from '@maker-registry/protocol';
import { type Stored } from '../reads/mirror-reads';
import { ActorKeys } from './actor-keys';

function stored(...keyids: string[]): Stored<Actor> {
  const keys = keyids.map((keyid) => ({ keyid, alg: 'ed25519', public_key: `key of ${keyid}` }));
  return { doc: { keys } as unknown as Actor, block: 1, txIndex: 0 };
}

describe('ActorKeys', () => {
  it('asks once for a key, also for a retired one', async () => {
    const read = jest.fn(() => Promise.resolve<Stored<Actor> | undefined>(stored('old', 'new')));
    const keys = new ActorKeys(read);
    await expect(keys.find('a', 'new')).resolves.toEqual({
      keyid: 'new',
      alg: 'ed25519',
      publicKey: 'key of new',
    });
    await expect(keys.find('a', 'old')).resolves.toMatchObject({ keyid: 'old' });
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('knows nothing of unknown keys and actors, nor while the mirror is away', async () => {
    await expect(new ActorKeys(() => Promise.resolve(stored('x'))).find('a', 'y')).resolves.toBeUndefined();
    await expect(new ActorKeys(() => Promise.resolve(undefined)).find('a', 'y')).resolves.toBeUndefined();
    await expect(
      new ActorKeys(() => Promise.reject(new Error('away'))).find('a', 'y'),
    ).resolves.toBeUndefined();
  });

  it('keeps a bounded number', async () => {
    const read = jest.fn((id: string) => Promise.resolve<Stored<Actor> | undefined>(stored(`key-${id}`)));
    const keys = new ActorKeys(read, 2);
    for (const id of ['a', 'b', 'c']) await keys.find(id, `key-${id}`);
    await keys.find('c', 'key-c');
    expect(read).toHaveBeenCalledTimes(3);
    await keys.find('a', 'key-a');
    expect(read).toHaveBeenCalledTimes(4);
  });
});
