import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parseRanges } from './commands/protect';
import { GUARD_COMMANDS } from './commands/table';
import { EXIT_CODES } from './exit-codes';
import { guard } from './guard';

const ARTIFACT = 'ab'.repeat(32);
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'guard-cli-'));
  writeFileSync(join(directory, 'in'), 'plain text of an artifact');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const environment = { XDG_STATE_HOME: directory };
  const code = await guard(args, { environment, stdout, stderr });
  const read = (stream: PassThrough): string => String((stream.read() as Buffer | null) ?? '');
  return { code, out: read(stdout), err: read(stderr) };
}

const at = (name: string): string => join(directory, name);
const protect = (...more: string[]): ReturnType<typeof run> =>
  run(
    'protect',
    '--in',
    at('in'),
    '--out',
    at('out'),
    '--artifact',
    ARTIFACT,
    '--key-version',
    '1',
    '--key-out',
    at('key'),
    ...more,
  );

describe('guard', () => {
  it('leaves no bytes in clear because a range belongs to no option', async () => {
    const { code, err } = await protect('--ranges', '0-4', '6-9');
    expect(code).toBe(EXIT_CODES.usage);
    expect(err).toContain('6-9');
    expect(existsSync(at('out'))).toBe(false);
  });

  it('protects, inspects and unprotects', async () => {
    const made = await protect();
    expect(made.code).toBe(0);
    const facts = JSON.parse(made.out) as Record<string, unknown>;
    expect(facts).toMatchObject({ artifact_id: ARTIFACT, key_version: 1, format: 'mrg1' });
    const seen = JSON.parse((await run('inspect', '--in', at('out'), '--digest')).out) as Record<
      string,
      unknown
    >;
    expect(seen['ciphertext_digest']).toBe(facts['ciphertext_digest']);
    expect((await run('unprotect', '--in', at('out'), '--key', at('key'), '--out', at('back'))).code).toBe(0);
    expect(readFileSync(at('back'), 'utf8')).toBe('plain text of an artifact');
  });

  it('leaves neither key nor container after a failure, and shows neither key nor plaintext', async () => {
    const failed = await protect('--ranges', '0-999', '--json');
    expect(failed.code).toBe(EXIT_CODES.refused);
    expect(JSON.parse(failed.err)).toMatchObject({ event: 'refused', code: 'CONTAINER_MALFORMED' });
    const made = await protect();
    const { content_key: key } = JSON.parse(readFileSync(at('key'), 'utf8')) as { content_key: string };
    expect(`${made.out}${made.err}`).not.toContain(key);
    const tampered = readFileSync(at('out'));
    tampered[tampered.length - 1] = tampered.at(-1)! ^ 1;
    writeFileSync(at('out'), tampered);
    expect((await run('unprotect', '--in', at('out'), '--key', at('key'), '--out', at('back'))).code).toBe(
      EXIT_CODES.refused,
    );
    expect(() => readFileSync(at('back'))).toThrow('ENOENT');
  });

  it.each<[string, string[], number, string]>([
    ['an option that is missing', ['inspect'], EXIT_CODES.usage, 'USAGE'],
    ['an option that is unknown', ['inspect', '--out', 'x'], EXIT_CODES.usage, 'USAGE'],
    ['an id that is none', ['protect', '--artifact', 'me'], EXIT_CODES.usage, 'USAGE'],
    ['no command to run', ['run', '--right', 'x'], EXIT_CODES.usage, 'USAGE'],
    ['neither right nor token', ['run', '--', 'true'], EXIT_CODES.usage, 'USAGE'],
    ['a wrong hand-over', ['run', '--as', 'pipe', '--', 'true'], EXIT_CODES.usage, 'USAGE'],
    [
      'a wrong purpose',
      ['run', '--right', 'x', '--purpose', 'fun', '--', 'true'],
      EXIT_CODES.failed,
      'KEYS_NOT_PINNED',
    ],
    [
      'too long a grace',
      ['run', '--right', 'x', '--grace', '60000', '--', 'true'],
      EXIT_CODES.usage,
      'USAGE',
    ],
    [
      'a machine that has pinned nothing',
      ['run', '--right', 'x', '--', 'true'],
      EXIT_CODES.failed,
      'KEYS_NOT_PINNED',
    ],
    ['a file that is not there', ['inspect', '--in', '/nonexistent'], EXIT_CODES.failed, 'FILE_UNREADABLE'],
    ['no gateway', ['pin', '--operator', 'Op1MSP'], EXIT_CODES.usage, 'USAGE'],
  ])('tells of %s', async (_what, args, code, name) => {
    const result = await run(...args.slice(0, 1), '--json', ...args.slice(1));
    expect(result.code).toBe(code);
    expect(JSON.parse(result.err)).toMatchObject({ event: 'error', code: name });
  });

  it('leaves a command its own options, also --help and --json', async () => {
    const result = await run('run', '--right', 'x', '--', 'program', '--help', '--json');
    expect(result.out).toBe('');
    expect(result.err).toMatch(/^guard: error code=KEYS_NOT_PINNED/);
  });

  it('explains itself', async () => {
    expect((await run()).code).toBe(0);
    expect((await run('jump')).code).toBe(EXIT_CODES.usage);
    for (const name of Object.keys(GUARD_COMMANDS)) {
      const { code, out } = await run(name, '--help');
      expect([code, out.startsWith(`guard ${name} `)]).toEqual([0, true]);
    }
  });
});

describe('parseRanges', () => {
  it('sorts ranges and joins those that touch', () => {
    expect(parseRanges('8-9, 0-4,4-6')).toEqual([
      [0, 6],
      [8, 9],
    ]);
  });

  it.each(['', '1', '5-5', '6-5', '-1-4', '0-4;5-6', '0x0-4', '0-4,2-6'])('refuses %s', (text) => {
    expect(() => parseRanges(text)).toThrow(
      expect.objectContaining({ name: expect.stringMatching(/Error$/) as string }) as Error,
    );
  });
});
