import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runRegistry as run } from './testing/run-registry';

const FIXTURES = join(__dirname, '..', '..', '..', 'libs', 'fabric-proofs', 'fixtures', 'receipts');
const GENESIS = readFileSync(join(FIXTURES, 'genesis'), 'utf8').trim();
const WHOLE = join(FIXTURES, 'valid.receipt');
const CORE = join(FIXTURES, 'gateway.core');
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'registry-receipts-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('registry verify receipt', () => {
  const verify = (...words: readonly string[]): ReturnType<typeof run> => run('verify', 'receipt', ...words);

  it('needs only the file and the genesis hash', async () => {
    const { code, out } = await verify(WHOLE, '--genesis', GENESIS);
    expect(code).toBe(0);
    expect(out).toMatchObject({
      verdict: 'accepted',
      code: 'RECEIPT_ACCEPTED',
      statement: { kind: 'attested', network: GENESIS, transaction: { valid: true } },
    });
    expect(Object.keys(out)).toEqual(['verdict', 'code', 'reason', 'checks', 'statement']);
    expect((await verify(WHOLE, '--genesis', GENESIS.toUpperCase())).out['verdict']).toBe('accepted');
  });

  it('answers with exit code 0 also when the receipt is refused', async () => {
    const altered = join(directory, 'altered.receipt');
    const bytes = readFileSync(WHOLE);
    bytes[5_000]! ^= 1;
    writeFileSync(altered, bytes);
    const { code, out } = await verify(altered, '--genesis', GENESIS);
    expect({ code, verdict: out['verdict'], statement: out['statement'] }).toEqual({
      code: 0,
      verdict: 'refused',
      statement: null,
    });
    const empty = join(directory, 'empty');
    writeFileSync(empty, '');
    expect(await verify(empty, '--genesis', GENESIS)).toMatchObject({
      code: 0,
      out: { verdict: 'refused', code: 'RECEIPT_MALFORMED' },
    });
    expect((await verify(WHOLE, '--genesis', '0'.repeat(64))).out['code']).toBe('GENESIS_MISMATCH');
  });

  it('verifies a core with the configurations of a whole receipt', async () => {
    expect((await verify(CORE, '--genesis', GENESIS)).out['code']).toBe('RECEIPT_CONFIGURATION_MISSING');
    const { out } = await verify(CORE, '--genesis', GENESIS, '--configurations', WHOLE);
    expect(out['code']).toBe('RECEIPT_ACCEPTED');
  });

  it('asks for more where it is told to', async () => {
    expect((await verify(WHOLE, '--genesis', GENESIS, '--operators', '3')).out['code']).toBe(
      'RECEIPT_ACCEPTED',
    );
    expect((await verify(WHOLE, '--genesis', GENESIS, '--operators', '4')).out['code']).toBe(
      'RECEIPT_POLICY',
    );
    const newer = await verify(WHOLE, '--genesis', GENESIS, '--sequence', '1');
    expect(newer.out['code']).toBe('RECEIPT_CONFIGURATION_OLD');
  });

  it('fails when the question can’t be asked', async () => {
    expect(await verify(WHOLE, '--genesis', 'none')).toMatchObject({
      code: 1,
      error: { code: 'GENESIS_MALFORMED' },
    });
    expect(await verify(WHOLE)).toMatchObject({ code: 1, error: { code: 'USAGE' } });
    expect(await verify('--genesis', GENESIS)).toMatchObject({ code: 1, error: { code: 'USAGE' } });
    expect(await verify(WHOLE, '--genesis', GENESIS, '--operators', 'all')).toMatchObject({
      code: 1,
      error: { code: 'USAGE' },
    });
    expect(await verify(join(directory, 'none'), '--genesis', GENESIS)).toMatchObject({
      code: 1,
      error: { code: 'FILE_UNREADABLE' },
    });
    const other = join(directory, 'other');
    copyFileSync(CORE, other);
    const refused = await verify(CORE, '--genesis', GENESIS, '--configurations', other);
    expect(refused).toMatchObject({ code: 1, error: { code: 'CONFIGURATIONS_REFUSED' } });
  });
});
