import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { peerCall, toEndorsers, toOrderer } from '../fabric/peer-cli';
import { converge } from '../fabric/join-channel';
import { peerData } from '../fabric/peer-config';
import { type ToolCall, runTool, tryTool } from '../process/run-tool';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { firstOperator } from '../topology/queries';
import type { StoredBundle } from './bundle-store';

/** Installs the package on an organization's peer; false when it is there already. */
export async function install(
  site: Site,
  organization: Organization,
  bundle: StoredBundle,
): Promise<boolean> {
  const name = `${bundle.packageId.replace(':', '.')}.tar.gz`;
  if (existsSync(join(peerData(site, organization), 'lifecycle/chaincodes', name))) return false;
  const result = await tryTool(
    peerCall(site, organization, ['lifecycle', 'chaincode', 'install', bundle.packageFile]),
  );
  if (!result.ok && !result.stderr.includes('already successfully installed')) {
    await runTool(peerCall(site, organization, ['lifecycle', 'chaincode', 'install', bundle.packageFile]));
  }
  return true;
}

/** An operator's approval of the definition for the next sequence. Repeating it changes nothing. */
export async function approve(
  site: Site,
  organization: Organization,
  bundle: StoredBundle,
  sequence: number,
): Promise<void> {
  const args = [
    'lifecycle',
    'chaincode',
    'approveformyorg',
    ...toOrderer(site),
    ...definitionFlags(site, bundle, sequence),
  ];
  await settle(
    peerCall(site, organization, [...args, '--package-id', bundle.packageId]),
    /unchanged content/,
  );
}

/** Commits the definition; every endorsing peer is asked, the lifecycle policy says how many must agree. */
export async function commit(site: Site, bundle: StoredBundle, sequence: number): Promise<void> {
  const args = [
    'lifecycle',
    'chaincode',
    'commit',
    ...toOrderer(site),
    ...definitionFlags(site, bundle, sequence),
    ...toEndorsers(site),
  ];
  await settle(peerCall(site, firstOperator(site.topology), args), /new definition must be sequence/);
}

function definitionFlags(site: Site, bundle: StoredBundle, sequence: number): readonly string[] {
  const { channel, chaincode } = site.topology;
  const name = ['--channelID', channel, '--name', chaincode.name, '--version', bundle.bundleDigest];
  return [
    ...name,
    '--sequence',
    String(sequence),
    '--signature-policy',
    site.policies.transactionEndorsement,
  ];
}

/** Repeats a call until it succeeds or says that it is done already; then throws what it said last. */
async function settle(call: ToolCall, alreadyDone: RegExp): Promise<void> {
  const done = await converge(
    () => tryTool(call),
    (result) => result.ok || alreadyDone.test(result.stderr),
  );
  if (!done) await runTool(call);
}
