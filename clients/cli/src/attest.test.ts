import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RegistryRun, runRegistry as run } from './testing/run-registry';

/** Bytes that a software TPM gave. */
const CAPTURED = join(__dirname, '..', '..', '..', 'libs', 'tpm', 'src', 'testing', 'swtpm.json');
const captured = JSON.parse(readFileSync(CAPTURED, 'utf8')) as Readonly<Record<string, string>>;
const PCRS = [0, 1, 2, 3, 4, 7];
const DIGEST_CHARACTERS = 64;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'registry-attest-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const VALUES = Object.fromEntries(
  PCRS.map((pcr, i) => [
    String(pcr),
    captured['pcr_values']!.slice(i * DIGEST_CHARACTERS, (i + 1) * DIGEST_CHARACTERS),
  ]),
);

/** A quote of a software TPM with everything that its check takes. */
const QUOTE = {
  ak_public: captured['ak_ecdsa']!,
  attest: captured['quote_ecdsa']!,
  signature: captured['quote_signature_ecdsa']!,
  nonce: captured['nonce']!,
  pcrs: { sha256: VALUES },
  required_pcrs: { sha256: PCRS },
};

async function verify(document: unknown): Promise<RegistryRun> {
  const file = join(directory, 'quote.json');
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
  return await run('attest', 'verify-quote', '--in', file);
}

describe('registry attest verify-quote', () => {
  it('affirms a good quote and names every check', async () => {
    const { code: exitCode, stdout, stderr } = await verify(QUOTE);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    const { verdict, code, checks } = JSON.parse(stdout) as {
      verdict: string;
      code: string;
      checks: unknown[];
    };
    expect({ verdict, code }).toEqual({ verdict: 'affirming', code: 'OK' });
    expect(checks).toContainEqual({ name: 'pcr-digest', result: 'passed' });
  });

  it('takes hex in capitals, PCRs in any order, and the counters of before', async () => {
    const document = {
      ...QUOTE,
      attest: QUOTE.attest.toUpperCase(),
      pcrs: { sha256: { ...VALUES, 4: VALUES['4']!.toUpperCase() } },
      required_pcrs: { sha256: [...PCRS].reverse() },
      previous: { reset_count: 1, restart_count: 0, clock: '1' },
    };
    expect(JSON.parse((await verify(document)).stdout)).toMatchObject({ verdict: 'affirming' });
  });

  it.each<[string, object, string]>([
    ['another nonce', { nonce: '00'.repeat(32) }, 'QUOTE_NONCE'],
    ['an empty nonce', { nonce: '' }, 'QUOTE_NONCE'],
    ['a counter that fell', { previous: { reset_count: 2, restart_count: 0, clock: 0 } }, 'QUOTE_CLOCK'],
    [
      'a clock that fell',
      { previous: { reset_count: 1, restart_count: 0, clock: '18446744073709551615' } },
      'QUOTE_CLOCK',
    ],
    ['a quote that does not parse', { attest: 'ff54' }, 'QUOTE_MALFORMED'],
    ['a signature of no bytes', { signature: '' }, 'QUOTE_MALFORMED'],
    ['a key that does not parse', { ak_public: '0000' }, 'QUOTE_MALFORMED'],
    ['a PEM that does not parse', { ak_public: '-----BEGIN PUBLIC KEY-----\n!\n' }, 'QUOTE_MALFORMED'],
    ['a value that is not hex', { pcrs: { sha256: { ...VALUES, 4: 'x' } } }, 'QUOTE_MALFORMED'],
    [
      'a value beside the quoted ones',
      { pcrs: { sha256: { ...VALUES, 9: '00'.repeat(32) } } },
      'QUOTE_PCR_SELECTION',
    ],
    ['no PCR required', { required_pcrs: { sha256: [] } }, 'QUOTE_PCR_SELECTION'],
    ['another bank required', { required_pcrs: { sha1: PCRS } }, 'QUOTE_PCR_SELECTION'],
    ['an event log that does not parse', { event_log: '00' }, 'EVENT_LOG_MALFORMED'],
  ])('contraindicates %s, which is an answer', async (_name, change, code) => {
    const { code: exitCode, stdout } = await verify({ ...QUOTE, ...change });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'contraindicated', code });
  });

  it.each<[string, unknown, string]>([
    ['text that is not JSON', '{', 'JSON_MALFORMED'],
    ['a member twice', '{"nonce":"00","nonce":"01"}', 'JSON_DUPLICATE_KEY'],
    ['no object', [], 'SCHEMA_VIOLATION'],
    ['no nonce', { ...QUOTE, nonce: undefined }, 'SCHEMA_VIOLATION'],
    ['an unknown member, which could be a misspelt check', { ...QUOTE, previuos: {} }, 'SCHEMA_VIOLATION'],
    ['half a byte', { ...QUOTE, nonce: '0' }, 'SCHEMA_VIOLATION'],
    ['a PCR required twice', { ...QUOTE, required_pcrs: { sha256: [0, 0] } }, 'SCHEMA_VIOLATION'],
    ['a PCR that no TPM has', { ...QUOTE, required_pcrs: { sha256: [32] } }, 'SCHEMA_VIOLATION'],
    [
      'counters without a clock',
      { ...QUOTE, previous: { reset_count: 1, restart_count: 0 } },
      'SCHEMA_VIOLATION',
    ],
  ])('cannot answer for a file with %s', async (_name, document, code) => {
    const { code: exitCode, stdout, stderr } = await verify(document);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toMatchObject({ code });
  });

  it('cannot answer without a file', async () => {
    const { code: exitCode, stderr } = await run('attest', 'verify-quote', '--in', join(directory, 'absent'));
    expect(exitCode).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});
