import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwkFromPublicKey, type PublicJwk, type RevocationList } from '@maker-registry/protocol';
import { generateActorKey } from '@maker-registry/sdk';
import { NETWORK, TestOperator } from '../testing/operator';
import {
  jwksFingerprint,
  keysFor,
  listKeys,
  parseJwks,
  pinOperator,
  readPinned,
  requirePinned,
} from '../trust/pinned-operators';
import { generateContentKey } from '../container/protect-file';
import { readContentKeyFile, writeContentKeyFile } from './content-key-file';
import { readDevice, requireDevice, writeDevice } from './device-store';
import { ExecutionCount } from './execution-count';
import { ListMemory } from './list-memory';
import { StateDirectory } from './state-directory';

let directory: string;
let state: StateDirectory;

beforeEach(async () => {
  directory = join(mkdtempSync(join(tmpdir(), 'guard-state-')), 'state');
  state = await StateDirectory.open(directory);
});
afterEach(() => {
  rmSync(join(directory, '..'), { recursive: true });
});

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'accepted',
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

describe('StateDirectory', () => {
  it('is for its owner alone, and so are its files', async () => {
    await state.write('a.json', { v: 1 });
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'a.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['a.json']);
    expect(await state.read('a.json')).toEqual({ v: 1 });
    expect(await state.read('b.json')).toBeUndefined();
  });

  it('refuses a directory that others can enter, and files that do not parse', async () => {
    chmodSync(directory, 0o755);
    expect(await codeOf(StateDirectory.open(directory))).toBe('STATE_MALFORMED');
    for (const text of ['', '[]', '{"v":1,"v":2}', '{"v"']) {
      writeFileSync(join(directory, 'a.json'), text);
      expect(await codeOf(state.read('a.json'))).toBe('STATE_MALFORMED');
    }
  });

  it('loses no change that two guards make at once', async () => {
    const counts = new ExecutionCount(state);
    const before = await Promise.all(Array.from({ length: 8 }, () => counts.add('right')));
    expect(before.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([await counts.of('right'), await counts.of('another')]).toEqual([8, 0]);
  });

  it('takes over a lock whose process is gone', async () => {
    writeFileSync(join(directory, 'executions.json.lock'), '999999999');
    await new ExecutionCount(state).add('right');
    expect(readdirSync(directory)).toEqual(['executions.json']);
  });
});

describe('ListMemory', () => {
  const operator = new TestOperator();
  const now = Math.floor(Date.now() / 1_000);
  const remember = (keys = [operator.listKey], network = NETWORK): ListMemory =>
    new ListMemory(state, { keys, network });
  const accept = async (change: Partial<RevocationList>, by = operator): Promise<unknown> =>
    await codeOf(remember().accept(await by.list({ this_update: now, ...change }), now));

  it('refuses what is older than what was seen, also after a restart', async () => {
    expect(await accept({ number: 5, height: 20 })).toBe('accepted');
    expect(await remember().newestTime()).toBe(now);
    expect(await accept({ number: 4, height: 21 })).toBe('LIST_ROLLBACK');
    expect(await accept({ number: 5, height: 19 })).toBe('LIST_ROLLBACK');
    expect(await accept({ number: 5, height: 21, previous_hash: '9'.repeat(64) })).toBe('LIST_EQUIVOCATION');
    expect(await accept({ number: 6, height: 22 })).toBe('accepted');
  });

  it('refuses lists of others, of other networks and from the future, and remembers none of them', async () => {
    expect(await accept({}, new TestOperator())).toBe('LIST_SIGNATURE_INVALID');
    expect(await accept({ network: 'cd'.repeat(32) })).toBe('LIST_WRONG_NETWORK');
    expect(await accept({ issuer: 'Op2MSP' })).toBe('LIST_SIGNATURE_INVALID');
    expect(await accept({ this_update: now + 3_600 })).toBe('LIST_STALE');
    expect(await codeOf(remember().accept(Buffer.from('{}'), now))).toBe('LIST_MALFORMED');
    expect(await remember().newestTime()).toBe(0);
  });

  it('does not go on with a memory that was tampered with', async () => {
    for (const value of [{}, { v: 1, network: NETWORK }, { v: 1, network: NETWORK, seen: { number: 'x' } }]) {
      await state.write('lists.json', value);
      expect(await accept({})).toBe('STATE_MALFORMED');
    }
  });
});

describe('pinned operators', () => {
  const key = (use: string, kid: string): PublicJwk => {
    const { alg, publicKey } = generateActorKey('es256').signer;
    return { ...jwkFromPublicKey(alg, publicKey), use, kid };
  };
  const keys = [key('token', 't'), key('list', 'l'), key('wrap', 'w')];
  const operator = { mspId: 'Op1MSP', fingerprint: jwksFingerprint(keys), keys };

  it('are kept by network and use', async () => {
    expect(await codeOf(requirePinned(state))).toBe('KEYS_NOT_PINNED');
    await pinOperator(state, NETWORK, operator);
    await pinOperator(state, NETWORK, { ...operator, mspId: 'Op2MSP' });
    const pinned = await requirePinned(state);
    expect(keysFor(pinned, 'token').map(({ kid }) => kid)).toEqual(['t', 't']);
    expect(listKeys(pinned).map(({ issuer }) => issuer)).toEqual(['Op1MSP', 'Op2MSP']);
    await pinOperator(state, 'cd'.repeat(32), operator);
    expect((await requirePinned(state)).operators).toHaveLength(1);
  });

  it('whose keys were exchanged in the file are not believed', async () => {
    await state.write('operators.json', {
      v: 1,
      network: NETWORK,
      operators: [{ msp_id: 'Op1MSP', fingerprint: operator.fingerprint, keys: [key('token', 't')] }],
    });
    expect(await codeOf(readPinned(state))).toBe('STATE_MALFORMED');
  });

  it('have a fingerprint over keys, names and uses, in any order', () => {
    expect(jwksFingerprint([...keys].reverse())).toBe(operator.fingerprint);
    expect(jwksFingerprint(keys.map((one) => ({ ...one, use: 'list' })))).not.toBe(operator.fingerprint);
    expect(jwksFingerprint(keys.slice(1))).not.toBe(operator.fingerprint);
  });

  it.each([
    '{}',
    '{"keys":[{}]}',
    '{"keys":{}}',
    '[]',
    '{"keys":[{"kty":"EC","crv":"P-256","x":"a","kid":"k","use":"token","d":"secret"}]}',
  ])('refuse the key set %s', (text) => {
    expect(() => parseJwks(Buffer.from(text))).toThrow('JWKS');
  });
});

describe('device and content key files', () => {
  it('keep a device', async () => {
    expect(await codeOf(requireDevice(state))).toBe('DEVICE_NOT_ENROLLED');
    const keys = {
      endorsementAlgorithm: 'ecc' as const,
      endorsementPublic: Uint8Array.of(1),
      attestationPublic: Uint8Array.of(2),
      attestationPrivate: Uint8Array.of(3),
    };
    await writeDevice(state, { deviceId: 'ab'.repeat(32), keys });
    expect(await readDevice(state)).toEqual({ deviceId: 'ab'.repeat(32), keys });
    await state.write('device.json', { v: 1, device_id: 'ab', ek_algorithm: 'ecc', ek_public: 'zz' });
    expect(await codeOf(readDevice(state))).toBe('STATE_MALFORMED');
  });

  it('keep a content key with what it opens, and nothing that does not fit together', async () => {
    const path = join(directory, 'content.key');
    const file = { artifactId: 'ab'.repeat(32), keyVersion: 2, contentKey: generateContentKey() };
    await writeContentKeyFile(path, file);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const read = await readContentKeyFile(path);
    expect(Buffer.from(read.contentKey)).toEqual(file.contentKey);
    expect(await codeOf(writeContentKeyFile(path, file))).toBe('FILE_EXISTS');
    const document = {
      v: 1,
      artifact_id: file.artifactId,
      key_version: 2,
      content_key: '00'.repeat(32),
      commitment: read.commitment,
    };
    writeFileSync(path, JSON.stringify(document));
    expect(await codeOf(readContentKeyFile(path))).toBe('KEY_FILE_MALFORMED');
  });
});
