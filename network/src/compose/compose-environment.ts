import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredBundle } from '../chaincode/bundle-store';
import { databaseUrl } from '../services/postgres';
import type { Site } from '../site';

/** Writes `.run/compose.env`: what compose.yaml leaves open because it differs from network to network. */
export function writeComposeEnvironment(site: Site, bundle: StoredBundle): void {
  const values = {
    CHAINCODE_ID: bundle.packageId,
    CHAINCODE_DIGEST: bundle.bundleDigest,
    DATABASE_URL: databaseUrl(site),
  };
  const lines = Object.entries(values).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(site.paths.run, 'compose.env'), lines.join(''), { mode: 0o600 });
}
