import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = join(__dirname, '..', '..', 'vectors');

function check(cwd: string): { readonly status: number | null; readonly lines: readonly string[] } {
  const { status, stdout } = spawnSync('python3', ['check.py'], { cwd, encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n') };
}

function count(kind: string): number {
  return readdirSync(join(folder, kind)).filter(
    (name) => name.endsWith('.json') && !name.startsWith('settlement-'),
  ).length;
}

function tests(name: string): number {
  const text = readFileSync(join(folder, name), 'utf8');
  return (JSON.parse(text) as { tests: readonly unknown[] }).tests.length;
}

describe('the second reading of the specification, in Python', () => {
  it('agrees with every vector and every published signature', () => {
    const sets = readdirSync(folder).filter((name) =>
      /^(?:bip340|speccheck|wycheproof).*[.]json$/.test(name),
    );
    const published = sets.map(tests).reduce((sum, length) => sum + length, 0);
    expect(check(folder)).toEqual({
      status: 0,
      lines: [
        `${count('valid')} valid, ${count('invalid')} invalid, ${published} of published sets: 0 failures`,
      ],
    });
    expect(published).toBeGreaterThan(400);
  });

  it('says so when a vector is wrong', () => {
    const copy = mkdtempSync(join(tmpdir(), 'vectors-'));
    try {
      cpSync(folder, copy, { recursive: true });
      const edit = (name: string, from: string, to: string): void => {
        const text = readFileSync(join(copy, name), 'utf8');
        expect(text).toContain(from);
        writeFileSync(join(copy, name), text.replace(from, to));
      };
      edit('valid/attestation-parent.json', '"digest": "', '"digest": "00');
      edit('invalid/decode-trailing-byte.json', 'ATTESTATION_MALFORMED', 'REFERENCE_MALFORMED');
      edit('bip340.json', '"result": "valid"', '"result": "invalid"');
      const { status, lines } = check(copy);
      expect(status).toBe(1);
      expect(lines).toHaveLength(4);
      expect(lines.join('\n')).toMatch(
        /valid\/attestation-parent[^]*invalid\/decode-trailing-byte[^]*bip340.json: test 0[^]*3 failures/,
      );
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});
