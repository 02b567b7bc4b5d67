import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { identityPaths, logFile, sampleConfig, tlsCaCertificate, tool } from '../paths';
import type { ToolCall } from '../process/run-tool';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { endorsing, firstOperator } from '../topology/queries';
import { ordererAddress } from './orderer-config';
import { peerAddress } from './peer-config';

/** A call of the `peer` command as an organization's administrator. */
export function peerCall(site: Site, organization: Organization, args: readonly string[]): ToolCall {
  const folder = join(site.paths.run, 'cli');
  if (!existsSync(join(folder, 'core.yaml'))) {
    mkdirSync(folder, { recursive: true });
    copyFileSync(sampleConfig(site.paths, 'core.yaml'), join(folder, 'core.yaml'));
  }
  return {
    command: tool(site.paths, 'peer'),
    args,
    env: {
      FABRIC_CFG_PATH: folder,
      FABRIC_LOGGING_SPEC: 'WARN',
      CORE_PEER_TLS_ENABLED: 'true',
      CORE_PEER_LOCALMSPID: organization.mspId,
      CORE_PEER_MSPCONFIGPATH: identityPaths(site.paths, organization, 'admin').msp,
      CORE_PEER_TLS_ROOTCERT_FILE: tlsCaCertificate(site.paths, organization),
      CORE_PEER_ADDRESS: peerAddress(site, organization),
    },
    log: logFile(site.paths, `cli-${organization.name}`),
  };
}

/** Flags that name an orderer. */
export function toOrderer(site: Site): readonly string[] {
  const operator = firstOperator(site.topology);
  return ['-o', ordererAddress(site, operator), '--tls', '--cafile', tlsCaCertificate(site.paths, operator)];
}

/** Flags that name every endorsing peer. */
export function toEndorsers(site: Site): readonly string[] {
  return endorsing(site.topology).flatMap((organization) => [
    '--peerAddresses',
    peerAddress(site, organization),
    '--tlsRootCertFiles',
    tlsCaCertificate(site.paths, organization),
  ]);
}
