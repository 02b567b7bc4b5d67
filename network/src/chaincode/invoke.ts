import { peerCall, toEndorsers, toOrderer } from '../fabric/peer-cli';
import { type ToolResult, tryTool } from '../process/run-tool';
import type { Site } from '../site';
import type { Organization } from '../topology/model';

/** Evaluates a function on one organization's own peer. Nothing is written. */
export function query(site: Site, organization: Organization, call: readonly string[]): Promise<ToolResult> {
  const { channel, chaincode } = site.topology;
  return tryTool(
    peerCall(site, organization, [
      'chaincode',
      'query',
      '-C',
      channel,
      '-n',
      chaincode.name,
      '-c',
      args(call),
    ]),
  );
}

/** Submits a transaction as an organization's administrator and waits until it is committed. */
export function invoke(site: Site, organization: Organization, call: readonly string[]): Promise<ToolResult> {
  const { channel, chaincode } = site.topology;
  const to = [
    'chaincode',
    'invoke',
    ...toOrderer(site),
    '-C',
    channel,
    '-n',
    chaincode.name,
    ...toEndorsers(site),
  ];
  return tryTool(peerCall(site, organization, [...to, '--waitForEvent', '-c', args(call)]));
}

const args = (call: readonly string[]): string => JSON.stringify({ Args: call });
