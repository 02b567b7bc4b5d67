import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { RegistryClient } from '@maker-registry/sdk';
import { KEPT_RUNS } from '../limits';
import { closers } from './closers';
import { readNetwork } from './network';
import type { Story } from './story';

const SUFFIX_BYTES = 3;

/** Begins a run: its name, its folder, the connection to the gateway. Nothing of earlier runs is needed or in the way. */
export function openStory(root: string): Story {
  const network = readNetwork(root, process.env);
  const started = new Date();
  const run = `${started.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${randomBytes(SUFFIX_BYTES).toString('hex')}`;
  const runs = join(root, '.run', 'demo');
  removeOldRuns(runs);
  const folder = join(runs, run);
  mkdirSync(folder, { recursive: true });
  const registry = new RegistryClient({
    baseUrl: network.gateway.url,
    ca: readFileSync(resolve(root, network.gateway.tls_ca_cert)),
    network: network.genesis_hash,
  });
  const open = closers();
  open.add(() => {
    registry.close();
  });
  return {
    root,
    run,
    folder,
    network,
    registry,
    closers: open,
    report: {
      run,
      started_at: started.toISOString(),
      ok: false,
      seconds: 0,
      network: { genesis_hash: network.genesis_hash, gateway: network.gateway.url },
      steps: [],
      transactions: [],
      highlights: [],
    },
    made: {},
    currentStep: 0,
  };
}

/** Run folders sort by time. The newest stay, for looking into. */
function removeOldRuns(runs: string): void {
  mkdirSync(runs, { recursive: true });
  const names = readdirSync(runs, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  for (const name of names.slice(0, Math.max(0, names.length - KEPT_RUNS))) {
    rmSync(join(runs, name), { recursive: true, force: true });
  }
}
