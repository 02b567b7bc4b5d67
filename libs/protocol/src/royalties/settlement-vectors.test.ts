import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalize } from '../encoding/canonical-json';
import { parseStrictJson } from '../encoding/strict-json';
import { codeOf } from '../test-support/expect-code';
import { simulateSettlement } from './simulate';

interface Vector {
  readonly rule: string;
  readonly kind: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly code: unknown;
}

const VECTORS = join(__dirname, '..', '..', 'vectors');

function read(folder: 'valid' | 'invalid'): [string, Vector][] {
  const files = readdirSync(join(VECTORS, folder)).filter((file) => file.startsWith('settlement-'));
  return files.map((file) => [
    file,
    parseStrictJson(readFileSync(join(VECTORS, folder, file), 'utf8')) as unknown as Vector,
  ]);
}

describe('the published settlements, made by an independent program', () => {
  const valid = read('valid');
  const invalid = read('invalid');

  it.each(valid)('%s is divided alike', (_, { kind, input, output }) => {
    expect(kind).toBe('settlement');
    // Canonical texts: a beneficiary may be called __proto__, which comparing objects would miss.
    expect(canonicalize(simulateSettlement(input))).toBe(canonicalize(output));
  });

  it.each(invalid)('%s is refused alike', (_, { kind, input, code }) => {
    expect(kind).toBe('settlement');
    expect(codeOf(() => simulateSettlement(input))).toBe(code);
  });

  it('are enough, and each shows a rule of its own', () => {
    expect(valid.length).toBeGreaterThanOrEqual(52);
    expect(invalid.length).toBeGreaterThanOrEqual(41);
    const rules = [...valid, ...invalid].map(([, { rule }]) => rule);
    expect(new Set(rules).size).toBe(rules.length);
  });

  it('satisfy the check that uses no code of this library', () => {
    const { status, stdout, stderr } = spawnSync('python3', [join(VECTORS, 'check_settlements.py')], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(`${valid.length + invalid.length} settlement vectors, 0 failures\n`);
  });
});
