import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actorId, verifySignature } from '@maker-registry/protocol';
import { generateActorKey } from './actor-signer';
import { readActorKeyFile, writeActorKeyFile } from './key-file';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sdk-key-'));
  path = join(directory, 'actor.key.json');
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function rewrite(change: (document: Record<string, unknown>) => void): Promise<void> {
  const document = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  change(document);
  await writeFile(path, JSON.stringify(document));
}

function withCode(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}

describe('actor key files', () => {
  it.each(['ed25519', 'es256'] as const)('keep an %s key that signs for its actor', async (alg) => {
    const key = generateActorKey(alg);
    await writeActorKeyFile(path, key);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const read = await readActorKeyFile(path);
    expect(read.actorId).toBe(actorId(alg, key.signer.publicKey));
    const message = Buffer.from('a message');
    const signature = read.signer.sign(message);
    expect(verifySignature({ alg, publicKey: key.signer.publicKey, message, signature }).valid).toBe(true);
  });

  it('keep the actor’s id across a rotation', async () => {
    const first = generateActorKey();
    const next = generateActorKey('es256', first.actorId);
    await writeActorKeyFile(path, next);
    expect((await readActorKeyFile(path)).actorId).toBe(first.actorId);
  });

  it('are never overwritten', async () => {
    await writeActorKeyFile(path, generateActorKey());
    const before = await readFile(path);
    await expect(writeActorKeyFile(path, generateActorKey())).rejects.toThrow(withCode('FILE_EXISTS'));
    expect(await readFile(path)).toEqual(before);
  });

  it('that others can read are refused', async () => {
    await writeActorKeyFile(path, generateActorKey());
    await chmod(path, 0o640);
    await expect(readActorKeyFile(path)).rejects.toThrow(withCode('KEY_FILE_EXPOSED'));
  });

  it('are not read through a symbolic link', async () => {
    await writeActorKeyFile(path, generateActorKey());
    await symlink(path, `${path}.link`);
    await expect(readActorKeyFile(`${path}.link`)).rejects.toThrow(withCode('FILE_UNREADABLE'));
  });

  it.each<[string, (document: Record<string, unknown>) => void]>([
    ['another version', (document) => (document['v'] = 2)],
    ['an unknown algorithm', (document) => (document['alg'] = 'rsa')],
    ['the other algorithm', (document) => (document['alg'] = 'es256')],
    ['a public key of another pair', (document) => (document['public_key'] = '00'.repeat(32))],
    ['no key', (document) => delete document['jwk']],
    [
      'a key that is none',
      (document) => (document['jwk'] = { kty: 'OKP', crv: 'Ed25519', x: 'AA', d: 'AA' }),
    ],
    ['a malformed id', (document) => (document['actor_id'] = 'me')],
  ])('with %s are refused', async (_what, change) => {
    await writeActorKeyFile(path, generateActorKey());
    await rewrite(change);
    await expect(readActorKeyFile(path)).rejects.toThrow(withCode('KEY_FILE_MALFORMED'));
  });

  it('that are no JSON, too large or missing are refused', async () => {
    await writeFile(path, 'secret', { mode: 0o600 });
    await expect(readActorKeyFile(path)).rejects.toThrow(withCode('KEY_FILE_MALFORMED'));
    await writeFile(path, ' '.repeat(20_000), { mode: 0o600 });
    await expect(readActorKeyFile(path)).rejects.toThrow(withCode('KEY_FILE_MALFORMED'));
    await expect(readActorKeyFile(`${path}.none`)).rejects.toThrow(withCode('FILE_UNREADABLE'));
  });
});
