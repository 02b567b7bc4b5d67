import { MIGRATIONS } from '.';

describe('the steps of the schema', () => {
  it('are numbered upwards from 1', () => {
    const numbers = MIGRATIONS.map((migration) => migration.number);
    expect(numbers[0]).toBe(1);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });

  it('stay within the gateway’s own schema', () => {
    for (const { sql } of MIGRATIONS) {
      const names = [...sql.matchAll(/\b(?:CREATE TABLE|ALTER TABLE|INDEX \w+ ON) (\S+)/g)].map(
        (match) => match[1],
      );
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect(name).toMatch(/^gateway\./);
    }
  });
});
