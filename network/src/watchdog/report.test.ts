import { assess } from './decision';
import { heightIn } from './heights';
import { metricsOf, reportOf } from './report';

const RULE = { maxLagBlocks: 5, maxLagMs: 10_000, graceMs: 30_000 };

describe('a node’s metrics', () => {
  const text = [
    '# HELP ledger_blockchain_height Height of the chain in blocks.',
    'ledger_blockchain_height{channel="other"} 9',
    'ledger_blockchain_height{channel="registry"} 1234',
    'ledger_blockchain_height_total{channel="registry"} 5',
  ].join('\n');

  it('tell the height of the channel', () => {
    expect(heightIn(text, 'registry')).toBe(1234);
  });

  it.each([
    '',
    'ledger_blockchain_height{channel="registry"} NaN',
    'ledger_blockchain_height{channel="registry"} 1.5',
  ])('tell nothing in %j', (body) => {
    expect(heightIn(body, 'registry')).toBeUndefined();
  });
});

describe('the watchdog’s report', () => {
  const heights = new Map([
    ['a', { height: 100, process: 'p' }],
    ['b', { height: 100, process: 'p' }],
    ['c', { height: 50, process: 'p' }],
    ['d', { height: undefined, process: undefined }],
  ]);
  const health = assess(new Map(), heights, 1000, RULE);

  it('says who lags and who is silent', () => {
    expect(reportOf(health, 5000).nodes).toEqual({
      a: { height: 100, lag: 0, behind_for_s: null, restarts: 0 },
      b: { height: 100, lag: 0, behind_for_s: null, restarts: 0 },
      c: { height: 50, lag: 50, behind_for_s: 4, restarts: 0 },
      d: { height: null, lag: null, behind_for_s: 4, restarts: 0 },
    });
  });

  it('says the same to Prometheus', () => {
    const lines = metricsOf(health).split('\n');
    expect(lines).toContain('registry_node_lag_blocks{node="c"} 50');
    expect(lines).toContain('registry_node_up{node="d"} 0');
    expect(lines).toContain('# TYPE registry_node_restarts_total counter');
    expect(lines.some((line) => line.startsWith('registry_node_block_height{node="d"}'))).toBe(false);
  });
});
