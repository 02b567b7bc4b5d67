import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '@maker-registry/protocol';
import { runRegistry as run } from './testing/run-registry';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'registry-key-'));
  path = join(directory, 'model.key.json');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('registry keys', () => {
  it('makes and shows a model’s key, without its private half', async () => {
    const made = await run('keys', 'generate', '--attestation', '--alg', 'bip340', '--out', path);
    expect(made.out).toEqual({
      alg: 'bip340',
      public_key: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      file: path,
    });
    const shown = await run('keys', 'show', '--attestation', '--key', path);
    expect(shown.out).toEqual({ alg: 'bip340', public_key: made.out['public_key'] });
    const secret = (JSON.parse(readFileSync(path, 'utf8')) as { jwk: { d: string } }).jwk.d;
    expect(shown.stdout).not.toContain(secret);
    expect(made.stdout).not.toContain(toHex(Buffer.from(secret, 'base64url')));
  });

  it.each([
    ['a model’s key for an actor', ['--attestation', '--for', 'ab'.repeat(32)], 'for'],
    ['an unknown algorithm', ['--attestation', '--alg', 'rsa'], 'alg'],
    ['a wallet’s algorithm for an actor', ['--alg', 'bip340'], 'alg'],
    ['no file', ['--attestation'], 'out'],
  ])('refuses %s', async (_what, given, subject) => {
    const out = subject === 'out' ? [] : ['--out', path];
    const { code, error } = await run('keys', 'generate', ...given, ...out);
    expect([code, error['code'], error['subject']]).toEqual([1, 'USAGE', subject]);
  });

  it('refuses the wrong kind of file to show', async () => {
    await run('keys', 'generate', '--out', path);
    const { error } = await run('keys', 'show', '--attestation', '--key', path);
    expect(error['code']).toBe('KEY_FILE_MALFORMED');
  });
});
