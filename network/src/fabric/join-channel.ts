import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CONVERGE_ATTEMPTS, CONVERGE_PAUSE_MS } from '../limits';
import { genesisFile, identityPaths, logFile, tlsCaCertificate, tool } from '../paths';
import { probe } from '../process/probe';
import { type ToolResult, runTool, tryTool } from '../process/run-tool';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { peerCall } from './peer-cli';
import { peerData } from './peer-config';

/** Lets an orderer take part in the channel; false when it does already. */
export async function joinOrderer(site: Site, organization: Organization): Promise<boolean> {
  const admin = identityPaths(site.paths, organization, 'admin');
  const ca = tlsCaCertificate(site.paths, organization);
  const address = `${site.topology.host}:${organization.ports.orderer_admin}`;
  const url = `https://${address}/participation/v1/channels/${site.topology.channel}`;
  const answer = await probe(url, { ca, cert: admin.tlsCertificate, key: admin.tlsKey });
  if (answer?.status === 200) return false;
  await runTool({
    command: tool(site.paths, 'osnadmin'),
    args: [
      'channel',
      'join',
      '--channelID',
      site.topology.channel,
      '--config-block',
      genesisFile(site.paths),
      '-o',
      address,
    ].concat(['--ca-file', ca, '--client-cert', admin.tlsCertificate, '--client-key', admin.tlsKey]),
    log: logFile(site.paths, `cli-${organization.name}`),
  });
  return true;
}

/** Lets a peer join the channel; false when its ledger has the channel already. */
export async function joinPeer(site: Site, organization: Organization): Promise<boolean> {
  if (existsSync(join(peerData(site, organization), 'ledgersData/chains/chains', site.topology.channel)))
    return false;
  const call = peerCall(site, organization, ['channel', 'join', '-b', genesisFile(site.paths)]);
  const joined = await converge(
    () => tryTool(call),
    (result) => result.ok || result.stderr.includes('already exists'),
  );
  if (!joined) await runTool(call);
  return true;
}

/** Repeats a call while the network converges after a start; true once `good`. */
export async function converge(
  call: () => Promise<ToolResult>,
  good: (result: ToolResult) => boolean,
  attempts = CONVERGE_ATTEMPTS,
): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (good(await call())) return true;
    if (attempt + 1 < attempts) await pause(CONVERGE_PAUSE_MS);
  }
  return false;
}
