import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CredentialRandomness, makeCredential } from './make-credential';
import { parsePublic } from './public-area';
import { fixture } from './testing/fixtures';

// Real processes on a busy machine.
jest.setTimeout(30_000);

const SECRET = Buffer.from('0123456789abcdef0123456789abcdef', 'utf8');
/** tpm2-tools' file of a credential begins with a magic number and a version. */
const FILE_HEADER = Buffer.from('badcc0de00000001', 'hex');
const START_STEPS = 100;
const STEP_MS = 20;

const randomness: CredentialRandomness = {
  seed: Buffer.alloc(32, 1),
  oaepSeed: Buffer.alloc(32, 2),
  ephemeralPrivate: Buffer.alloc(32, 3),
};

describe('MakeCredential against a TPM', () => {
  let directory: string;
  let tpm: ChildProcess;
  const tool = (name: string, ...args: string[]): void => {
    const env = { ...process.env, TPM2TOOLS_TCTI: `swtpm:path=${directory}/sock` };
    execFileSync(`tpm2_${name}`, args, { cwd: directory, env, stdio: 'pipe' });
    if (name !== 'flushcontext') execFileSync('tpm2_flushcontext', ['-t'], { env, stdio: 'pipe' });
  };
  const file = (name: string): Buffer => readFileSync(join(directory, name));

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tpm-test-'));
    mkdirSync(join(directory, 'state'));
    tpm = spawn(
      'swtpm',
      [
        'socket',
        '--tpm2',
        ...['--tpmstate', `dir=${directory}/state`, '--flags', 'not-need-init,startup-clear'],
        ...[
          '--server',
          `type=unixio,path=${directory}/sock`,
          '--ctrl',
          `type=unixio,path=${directory}/sock.ctrl`,
        ],
      ],
      { stdio: 'ignore' },
    );
    const ready = (): boolean =>
      existsSync(join(directory, 'sock')) && existsSync(join(directory, 'sock.ctrl'));
    for (let i = 0; i < START_STEPS && !ready(); i += 1)
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  });

  afterAll(async () => {
    const ended = new Promise((resolve) => tpm.once('exit', resolve));
    tpm.kill();
    await ended;
    rmSync(directory, { recursive: true, force: true });
  });

  const activate = (): Buffer => {
    tool('startauthsession', '--policy-session', '-S', 'session');
    tool('policysecret', '-S', 'session', '-c', 'e');
    try {
      tool(
        'activatecredential',
        '-c',
        'ak.ctx',
        '-C',
        'ek.ctx',
        '-i',
        'credential',
        '-o',
        'secret',
        '-P',
        'session:session',
      );
      return file('secret');
    } finally {
      tool('flushcontext', 'session');
    }
  };

  it.each(['rsa', 'ecc'])(
    'opens in the TPM with the %s endorsement key, and only for its key',
    (algorithm) => {
      tool('createek', '-c', 'ek.ctx', '-G', algorithm, '-u', 'ek.pub');
      tool(
        'createak',
        '-C',
        'ek.ctx',
        '-c',
        'ak.ctx',
        '-G',
        'ecc',
        '-g',
        'sha256',
        '-s',
        'ecdsa',
        '-u',
        'ak.pub',
      );
      const endorsementKey = parsePublic(file('ek.pub'));
      const write = (attestationKey: Uint8Array): void => {
        const made = makeCredential({
          endorsementKey,
          attestationKey: parsePublic(attestationKey),
          credential: SECRET,
          randomness,
        });
        writeFileSync(
          join(directory, 'credential'),
          Buffer.concat([FILE_HEADER, made.credentialBlob, made.encryptedSecret]),
        );
      };
      write(file('ak.pub'));
      expect(activate()).toEqual(SECRET);
      // A credential for a key that is in another TPM: this one refuses to open it.
      write(fixture('ak_ecdsa'));
      expect(activate).toThrow();
    },
  );

  it.each<[string, Partial<Parameters<typeof makeCredential>[0]>]>([
    ['for a signing key', { endorsementKey: parsePublic(fixture('ak_rsassa')) }],
    ['for a key without cipher', { endorsementKey: parsePublic(fixture('release_key')) }],
    ['of 33 bytes', { credential: Buffer.alloc(33) }],
    ['with a short seed', { randomness: { ...randomness, seed: Buffer.alloc(16) } }],
    ['with a short OAEP seed', { randomness: { ...randomness, oaepSeed: Buffer.alloc(31) } }],
    [
      'with a scalar of zero',
      {
        endorsementKey: parsePublic(fixture('ek_ecc')),
        randomness: { ...randomness, ephemeralPrivate: Buffer.alloc(32) },
      },
    ],
  ])('refuses a credential %s', (_name, change) => {
    const input = {
      endorsementKey: parsePublic(fixture('ek_rsa')),
      attestationKey: parsePublic(fixture('ak_ecdsa')),
      credential: SECRET,
      randomness,
    };
    expect(() => makeCredential({ ...input, ...change })).toThrow(/credential|key|seeds/);
  });
});
