import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS, VERIFICATION_STATUSES } from '@maker-registry/protocol';

const GUIDE = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'verifying.md'), 'utf8');
const ROWS = GUIDE.split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
const WORDS = { success: 'holds', informational: 'note', failure: 'fails' };

describe('the guide', () => {
  it.each(Object.entries(CHECKS))('says of %s what the table of checks says', (code, entry) => {
    const [row] = ROWS.filter(([, first]) => first === code);
    expect(row?.slice(1, 6)).toEqual([
      code,
      WORDS[entry.severity],
      entry.status ?? '',
      entry.c2pa ?? '—',
      entry.reason,
    ]);
  });

  it('explains every status', () => {
    for (const status of VERIFICATION_STATUSES) {
      expect(ROWS.filter(([, first]) => first === status)).toHaveLength(1);
    }
  });
});
