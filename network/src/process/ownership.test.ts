import { isOurs, observe } from './ownership';
import type { PidRecord } from './pid-file';
import { identify, parseStat, programOf } from './process-identity';

const RECORD: PidRecord = {
  name: 'op1-peer',
  pid: 4711,
  startTicks: '123456',
  bootId: 'boot-a',
  program: 'peer',
  fingerprint: 'f',
  startedAt: '2026-01-01T00:00:00.000Z',
};
const identity = { pid: 4711, startTicks: '123456', bootId: 'boot-a' };

describe('whose process it is', () => {
  it('recognizes the process the record was written for', () => {
    expect(isOurs(RECORD, { identity, program: 'peer' })).toBe(true);
  });

  it.each([
    ['no process has the number', undefined, 'peer'],
    ['the number was given to a later process', { ...identity, startTicks: '999999' }, 'peer'],
    ['the machine was booted since', { ...identity, bootId: 'boot-b' }, 'peer'],
    ['another program has the number', identity, 'sshd'],
    ['the program cannot be seen', identity, undefined],
    ['another number', { ...identity, pid: 4712 }, 'peer'],
  ])('is not ours when %s', (_what, observed, program) => {
    expect(isOurs(RECORD, { identity: observed, program })).toBe(false);
  });

  it('sees this very process', () => {
    const self = identify(process.pid);
    expect(self?.pid).toBe(process.pid);
    expect(observe(process.pid)).toEqual({ identity: self, program: programOf(process.pid) });
  });

  it('sees nothing where there is no process', () => {
    expect(observe(2 ** 22 + 1)).toEqual({ identity: undefined, program: undefined });
  });
});

describe('/proc/<pid>/stat', () => {
  const rest = 'S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 424242 20';

  it.each(['7 (peer) ', '7 (a (strange) name) ', '7 (x) S ) '])(
    'reads state and start time after %j',
    (head) => {
      expect(parseStat(`${head}${rest}`)).toEqual({ state: 'S', startTicks: '424242' });
    },
  );

  it.each(['', '7 peer S 1', '7 (peer) S 1 2'])('does not guess from %j', (line) => {
    expect(parseStat(line)).toBeUndefined();
  });
});
