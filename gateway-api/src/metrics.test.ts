import { HsmError } from './hsm';
import { Metrics, type Observed } from './metrics';

const observed = {
  openOperations: () => 1,
  peerHeight: () => 2,
  mirrorHeight: () => 3,
  mirrorContradicted: () => true,
};
const counters = {
  signatures: 7,
  derivations: 1,
  failures: 0,
  reopened: 0,
  reinitialized: 0,
  sessions: 8,
  restarts: 2,
  timeouts: 0,
  pending: 0,
};

async function scrape(hsm: Observed['hsm']): Promise<string> {
  const metrics = new Metrics();
  metrics.observe({ ...observed, hsm });
  return metrics.registry.metrics();
}

describe('metrics', () => {
  it('tell of the HSM as it is at this moment', async () => {
    const text = await scrape({ counters: () => Promise.resolve(counters) });
    expect(text).toContain('registry_hsm_up 1\n');
    expect(text).toContain('registry_hsm_signatures 7\n');
    expect(text).toContain('registry_hsm_restarts 2\n');
  });

  it('can be read when the HSM fails or does not answer', async () => {
    const away = await scrape({ counters: () => Promise.reject(new HsmError('HSM_UNAVAILABLE', 'away')) });
    expect(away).toContain('registry_hsm_up 0\n');
    const silent = await scrape({ counters: () => new Promise(() => undefined) });
    expect(silent).toContain('registry_hsm_up 0\n');
    expect(silent).toContain('gateway_mirror_height 3\n');
    expect(silent).toContain('gateway_mirror_contradicted 1\n');
  });

  it('say nothing of an HSM where there is none', async () => {
    expect(await scrape(undefined)).not.toContain('registry_hsm');
  });
});
