import { MIGRATIONS } from '.';

describe('the steps of the schema', () => {
  it('are numbered from 1 without gaps, in order', () => {
    expect(MIGRATIONS.map((migration) => migration.number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
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
