import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { openIntent, parseEnvelope } from '@maker-registry/protocol';
import { COMMANDS } from './commands/table';
import { registry } from './registry';
import { rootDigest } from './root-digest';

const GATEWAY = ['--gateway', 'https://127.0.0.1:9', '--network', 'ab'.repeat(32)];
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'registry-cli-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const at = (name: string): string => join(directory, name);
const sha256 = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

async function run(
  ...args: string[]
): Promise<{ code: number; out: Record<string, unknown>; error: Record<string, unknown> }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await registry(args, { environment: {}, stdout, stderr });
  const read = (stream: PassThrough): Record<string, unknown> =>
    JSON.parse(String((stream.read() as Buffer | null) ?? '{}')) as Record<string, unknown>;
  return { code, out: read(stdout), error: read(stderr) };
}

async function generate(name: string, ...more: string[]): Promise<string> {
  return String((await run('keys', 'generate', '--out', at(name), ...more)).out['actor_id']);
}

describe('rootDigest', () => {
  it('hashes the digests of all files in the order of their names', async () => {
    mkdirSync(at('model/a'), { recursive: true });
    for (const [name, text] of [
      ['a/x', '1'],
      ['a.b', '2'],
      ['Z', '3'],
    ] as const) {
      writeFileSync(at(`model/${name}`), text);
    }
    const { root_digest: digest, files } = await rootDigest(at('model'));
    expect(files.map(({ name }) => name)).toEqual(['Z', 'a.b', 'a/x']);
    expect(digest).toBe(sha256(sha256('3'), sha256('2'), sha256('1')).toString('hex'));
  });

  it('leaves .git* out at the top only', async () => {
    mkdirSync(at('model/sub/.git'), { recursive: true });
    mkdirSync(at('model/.git'));
    writeFileSync(at('model/.git/HEAD'), 'x');
    writeFileSync(at('model/.gitattributes'), 'x');
    writeFileSync(at('model/sub/.git/HEAD'), 'y');
    expect((await rootDigest(at('model'))).files.map(({ name }) => name)).toEqual(['sub/.git/HEAD']);
  });

  it('takes a single file', async () => {
    writeFileSync(at('one'), 'content');
    expect((await rootDigest(at('one'))).root_digest).toBe(sha256(sha256('content')).toString('hex'));
  });

  it('refuses symbolic links, special files, empty folders and what is not there', async () => {
    mkdirSync(at('model'));
    await expect(rootDigest(at('model'))).rejects.toThrow('no file');
    symlinkSync('/etc/passwd', at('model/link'));
    await expect(rootDigest(at('model'))).rejects.toThrow('symbolic link');
    await expect(rootDigest(at('model/link'))).rejects.toThrow('symbolic link');
    execFileSync('mkfifo', [at('pipe')]);
    await expect(rootDigest(at('pipe'))).rejects.toThrow('special file');
    await expect(rootDigest(at('none'))).rejects.toThrow('ENOENT');
  });
});

describe('registry', () => {
  it('makes keys and shows them', async () => {
    const actor = await generate('maker.json', '--alg', 'es256');
    expect((await run('keys', 'show', '--key', at('maker.json'))).out).toMatchObject({
      actor_id: actor,
      alg: 'es256',
    });
    expect((await run('keys', 'generate', '--out', at('maker.json'))).error['code']).toBe('FILE_EXISTS');
    expect(await generate('next.json', '--for', actor)).toBe(actor);
  });

  it('writes an offer that the buyer alone can accept, at the price both mean', async () => {
    await generate('seller.json');
    const buyer = await generate('buyer.json');
    const right = 'cd'.repeat(32);
    const sale = [
      '--right',
      right,
      '--buyer',
      buyer,
      '--amount',
      '8000',
      '--currency',
      'EUR',
      '--out',
      at('offer.json'),
    ];
    const sold = await run('right', 'sell', ...sale, '--actor-key', at('seller.json'), ...GATEWAY);
    expect(sold.code).toBe(0);
    const { envelope, intent } = openIntent(parseEnvelope(readFileSync(at('offer.json'), 'utf8').trim()));
    expect(envelope.signatures).toHaveLength(1);
    expect(intent).toMatchObject({
      type: 'right.sell',
      body: { right_id: right, buyer, price: { amount: '8000' } },
    });
    const accept = async (key: string, price: string, network = 'ab', what = right): Promise<unknown> => {
      const args = [
        '--offer',
        at('offer.json'),
        '--right',
        what,
        '--price',
        price,
        '--currency',
        'EUR',
        '--actor-key',
        at(key),
      ];
      const gateway = ['--gateway', 'https://127.0.0.1:9', '--network', network.repeat(32)];
      return (await run('right', 'accept', ...args, ...gateway)).error['code'];
    };
    expect(await accept('buyer.json', '7999')).toBe('OFFER_MISMATCH');
    expect(await accept('seller.json', '8000')).toBe('OFFER_MISMATCH');
    expect(await accept('buyer.json', '8000', 'ff')).toBe('OFFER_MISMATCH');
    expect(await accept('buyer.json', '8000', 'ab', 'ce'.repeat(32))).toBe('OFFER_MISMATCH');
    expect(await accept('buyer.json', '8000')).toBe('GATEWAY_UNREACHABLE');
  });

  it('checks what it sends before it signs', async () => {
    await generate('maker.json');
    writeFileSync(at('terms.json'), '{"actions":["fly"]}');
    const terms = ['--name', 'x', '--terms', at('terms.json'), '--actor-key', at('maker.json'), ...GATEWAY];
    expect((await run('license', 'define', ...terms)).error['code']).toBe('SCHEMA_VIOLATION');
    writeFileSync(at('terms.json'), '{"actions":[],"actions":[]}');
    expect((await run('license', 'define', ...terms)).error['code']).toBe('USAGE');
  });

  it('refuses a word that belongs to no option', async () => {
    const { code, error } = await run('keys', 'generate', '--out', at('key.json'), 'ed25519');
    expect([code, error['code']]).toEqual([1, 'USAGE']);
    expect(existsSync(at('key.json'))).toBe(false);
  });

  it('refuses a purpose it does not know', async () => {
    await generate('holder.json');
    const right = ['--right', 'cd'.repeat(32), '--actor-key', at('holder.json')];
    expect((await run('token', ...right, '--purpose', 'reserach', ...GATEWAY)).error).toMatchObject({
      code: 'USAGE',
      subject: 'purpose',
    });
  });

  it('refuses to rotate to a key of another actor', async () => {
    await generate('old.json');
    await generate('stranger.json');
    const args = ['--actor-key', at('old.json'), '--new-key', at('stranger.json'), ...GATEWAY];
    expect((await run('actor', 'rotate', ...args)).error).toMatchObject({
      code: 'USAGE',
      subject: 'new-key',
    });
  });

  it('refuses a key file that does not fit the container', async () => {
    writeFileSync(at('in'), 'text');
    const protect = (id: string, n: number): Promise<unknown> =>
      run(
        'guard',
        'protect',
        '--in',
        at('in'),
        '--out',
        at(`${n}.mrg`),
        '--artifact',
        id.repeat(32),
        '--key-version',
        '1',
        '--key-out',
        at(`${n}.key`),
      );
    await protect('aa', 1);
    await protect('bb', 2);
    await generate('maker.json');
    const args = [
      '--key',
      at('1.key'),
      '--container',
      at('2.mrg'),
      '--actor-key',
      at('maker.json'),
      ...GATEWAY,
    ];
    expect((await run('key', 'commit', ...args)).error['code']).toBe('CONTENT_KEY_MISMATCH');
  });

  it('explains every command and has no name twice', async () => {
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
    for (const { name, help, options } of COMMANDS) {
      expect(help.startsWith(`registry ${name}`)).toBe(true);
      for (const option of Object.keys(options)) expect(help).toContain(`--${option}`);
    }
    expect((await run('no', 'such').catch(() => ({ code: 1 }))).code).toBe(1);
  });
});
