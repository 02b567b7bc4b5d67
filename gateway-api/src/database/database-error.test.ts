import { RegistryError } from '@maker-registry/protocol';
import { forRequest, isDatabaseAway } from './database-error';

function sqlError(code: string): Error {
  return Object.assign(new Error('sql'), { code });
}

describe('isDatabaseAway', () => {
  it.each(['08006', '53300', '57P01', '57P03', '58030', '40001', '40P01'])(
    'says so of SQLSTATE %s',
    (code) => {
      expect(isDatabaseAway(sqlError(code))).toBe(true);
    },
  );
  it.each(['42P01', '23505', '22P02', '42601'])('says no of SQLSTATE %s', (code) => {
    expect(isDatabaseAway(sqlError(code))).toBe(false);
  });
  it('says so of a lost connection, not of our own errors', () => {
    expect(isDatabaseAway(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))).toBe(true);
    expect(isDatabaseAway(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isDatabaseAway(new RegistryError('NOT_FOUND', 'x'))).toBe(false);
  });
});

describe('forRequest', () => {
  it.each([sqlError('57P03'), sqlError('42P01'), new Error('timeout expired')])(
    'answers 503 to %s',
    async (error) => {
      await expect(forRequest(() => Promise.reject(error))).rejects.toMatchObject({
        code: 'MIRROR_UNAVAILABLE',
      });
    },
  );
  it('does not hide mistakes', async () => {
    await expect(forRequest(() => Promise.reject(sqlError('42601')))).rejects.toThrow('sql');
  });
});
