import { readFileSync } from 'node:fs';
import { launcherStatus } from '../chaincode/service';
import { committedDefinition, type CommittedDefinition } from '../chaincode/committed';
import { processMakers } from '../commands/definitions';
import { probe } from '../process/probe';
import { runningRecord } from '../process/supervisor';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { endorsing, firstOperator, nodeName } from '../topology/queries';
import { pollHeights } from '../watchdog/heights';
import { watchdogUrl } from '../watchdog/process';
import type { WatchdogReport } from '../watchdog/report';

/** One line of the process table. */
export interface ProcessLine {
  readonly name: string;
  readonly pid: number | undefined;
  readonly startedAt: string | undefined;
  readonly residentMb: number | undefined;
  /** Blocks in the ledger, for orderers and peers that answer. */
  readonly height: number | undefined;
  readonly watchdog: WatchdogReport['nodes'][string] | undefined;
}

/** What one operator's launcher says it runs. */
export interface ChaincodeLine {
  readonly operator: string;
  readonly digest: string | undefined;
  readonly refused: boolean;
  readonly running: boolean;
}

export interface NetworkStatus {
  readonly profile: string;
  readonly processes: readonly ProcessLine[];
  readonly chaincode: readonly ChaincodeLine[];
  readonly committed: CommittedDefinition | undefined;
  readonly watchdogAnswers: boolean;
}

/** Looks at everything at once; nothing is changed. */
export async function collectStatus(site: Site): Promise<NetworkStatus> {
  const [heights, report, committed] = await Promise.all([
    pollHeights(site),
    watchdogReport(site),
    committedOrNothing(site),
  ]);
  return {
    profile: site.topology.profile,
    processes: [...processMakers(site).keys()].map((name) =>
      processLine(site, name, heights.get(name), report),
    ),
    chaincode: endorsing(site.topology).map((organization) => chaincodeLine(site, organization)),
    committed,
    watchdogAnswers: report !== undefined,
  };
}

function processLine(
  site: Site,
  name: string,
  height: number | undefined,
  report: WatchdogReport | undefined,
): ProcessLine {
  const record = runningRecord(site.paths, name);
  return {
    name,
    pid: record?.pid,
    startedAt: record?.startedAt,
    residentMb: record === undefined ? undefined : residentMb(record.pid),
    height,
    watchdog: report?.nodes[name],
  };
}

function chaincodeLine(site: Site, organization: Organization): ChaincodeLine {
  const said = launcherStatus(site, organization);
  const record = runningRecord(site.paths, nodeName(organization, 'chaincode'));
  // What a launcher wrote counts only for the process that wrote it.
  const current = said !== undefined && (record === undefined || record.pid === said.pid) ? said : undefined;
  return {
    operator: organization.name,
    digest: current?.bundle_sha256,
    refused: current?.refused ?? false,
    running: record !== undefined,
  };
}

async function watchdogReport(site: Site): Promise<WatchdogReport | undefined> {
  const answer = await probe(`${watchdogUrl(site)}/status`);
  return answer?.status === 200 ? (JSON.parse(answer.body) as WatchdogReport) : undefined;
}

/** The committed definition by the first operator's peer, when that runs. */
async function committedOrNothing(site: Site): Promise<CommittedDefinition | undefined> {
  const peer = nodeName(firstOperator(site.topology), 'peer');
  return runningRecord(site.paths, peer) === undefined
    ? undefined
    : committedDefinition(site, 1).catch(() => undefined);
}

function residentMb(pid: number): number | undefined {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line?.[1] === undefined ? undefined : Math.round(Number(line[1]) / 1024);
  } catch {
    return undefined;
  }
}
