import { resolve } from 'node:path';
import { type Fields, readYaml } from './decode';

/** The repository's root, for tests that read its real files. */
export const ROOT = resolve(__dirname, '../..');

export const TOPOLOGY_FILE = resolve(ROOT, 'network/topology.yaml');

/** The real topology document with some parts replaced. */
export function topologyWith(parts: Fields): Fields {
  return { ...readYaml(TOPOLOGY_FILE), ...parts };
}
