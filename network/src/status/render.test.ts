import type { NetworkStatus, ProcessLine } from './collect';
import { age, renderStatus } from './render';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const healthy = { height: 7, lag: 0, behind_for_s: null, restarts: 0 };
const peer: ProcessLine = {
  name: 'op1-peer',
  pid: 12,
  startedAt: '2026-01-01T00:00:00Z',
  residentMb: 90,
  height: 7,
  watchdog: healthy,
};
const status: NetworkStatus = {
  profile: 'solo',
  processes: [peer],
  chaincode: [{ operator: 'op1', digest: 'a'.repeat(64), refused: false, running: true }],
  committed: { sequence: 2, version: 'a'.repeat(64) },
  watchdogAnswers: true,
};

describe('the status page', () => {
  it('says that all is well', () => {
    const { text, healthy: well } = renderStatus(status, NOW);
    expect(well).toBe(true);
    expect(text).toMatch(/op1-peer +running +12 +1 h +90 +7/);
    expect(text).toContain('All is well.');
  });

  it.each<[string, Partial<NetworkStatus>, string]>([
    ['a stopped process', { processes: [{ ...peer, pid: undefined }] }, 'op1-peer is not running'],
    [
      'a lagging node',
      { processes: [{ ...peer, watchdog: { ...healthy, lag: 40, behind_for_s: 12 } }] },
      '40 blocks behind for 12 s',
    ],
    [
      'a silent node',
      { processes: [{ ...peer, watchdog: { ...healthy, lag: null, behind_for_s: 3 } }] },
      'silent for 3 s',
    ],
    [
      'other code',
      { chaincode: [{ operator: 'op2', digest: 'b'.repeat(64), refused: false, running: true }] },
      'op2: its chaincode DIFFERS',
    ],
    [
      'refused code',
      { chaincode: [{ operator: 'op3', digest: 'b'.repeat(64), refused: true, running: false }] },
      'op3: its chaincode REFUSED',
    ],
    ['a missing watchdog', { watchdogAnswers: false }, 'The watchdog does not answer'],
  ])('names %s', (_what, parts, sentence) => {
    const { text, healthy: well } = renderStatus({ ...status, ...parts }, NOW);
    expect(well).toBe(false);
    expect(text).toContain(sentence);
  });

  it('shows how often the watchdog helped', () => {
    const processes = [{ ...peer, watchdog: { ...healthy, restarts: 2 } }];
    expect(renderStatus({ ...status, processes }, NOW).text).toContain('restarted 2× by the watchdog');
  });

  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [7_200_000, '2 h'],
    [90_000_000, '1 d'],
  ])('%d ms is %s', (ms, text) => {
    expect(age(ms)).toBe(text);
  });
});
