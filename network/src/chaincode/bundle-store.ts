import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NetworkError } from '../network-error';
import { chaincodeFolder } from '../paths';
import type { Site } from '../site';
import { type ChaincodePackage, buildPackage, bundleDigest } from './package';

/** The bundle of this checkout as a package, with its code kept aside so that a later build cannot change a running network. */
export interface StoredBundle extends ChaincodePackage {
  readonly bundleFile: string;
  readonly packageFile: string;
}

/** Path of the built bundle; CHAINCODE_BUNDLE names another one. */
export function builtBundle(site: Site): string {
  return process.env['CHAINCODE_BUNDLE'] ?? join(site.paths.root, site.topology.chaincode.bundle);
}

export function storeBundle(site: Site): StoredBundle {
  const built = builtBundle(site);
  if (!existsSync(built))
    throw new NetworkError(`There is no chaincode bundle at ${built}.`, 'Run make bundle.');
  const source = readFileSync(built);
  const bundle = stored(site, bundleDigest(source));
  mkdirSync(dirname(bundle.bundleFile), { recursive: true });
  writeFileSync(bundle.bundleFile, source);
  writeFileSync(bundle.packageFile, bundle.bytes);
  return bundle;
}

function stored(site: Site, digest: string): StoredBundle {
  const { name } = site.topology.chaincode;
  const folder = join(chaincodeFolder(site.paths), digest);
  return {
    ...buildPackage(name, digest),
    bundleFile: join(folder, 'bundle.cjs'),
    packageFile: join(folder, `${name}.tar.gz`),
  };
}

const deployedFile = (site: Site): string => join(chaincodeFolder(site.paths), 'deployed');

/** Remembers which bundle the channel has committed, so that a node can be restarted with it whatever was built since. */
export function noteDeployed(site: Site, bundle: StoredBundle): void {
  writeFileSync(deployedFile(site), `${bundle.bundleDigest}\n`);
}

/** The bundle that serves the committed definition. @throws NetworkError when none was deployed yet. */
export function deployedBundle(site: Site): StoredBundle {
  const file = deployedFile(site);
  if (!existsSync(file)) throw new NetworkError('No chaincode has been deployed yet.', 'Run make up.');
  return stored(site, readFileSync(file, 'utf8').trim());
}
