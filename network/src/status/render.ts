import type { ChaincodeLine, NetworkStatus, ProcessLine } from './collect';

/** The status as text, and whether all is well. */
export function renderStatus(
  status: NetworkStatus,
  now: number,
): { readonly text: string; readonly healthy: boolean } {
  const problems = [
    ...status.processes.flatMap(processProblem),
    ...chaincodeProblems(status),
    ...watchdogProblem(status),
  ];
  const lines = [
    `Network, profile ${status.profile}`,
    '',
    row(['process', 'state', 'pid', 'up', 'MB', 'height', 'note']),
    ...status.processes.map((line) => row(processCells(line, now))),
    '',
    committedLine(status),
    row(['operator', 'bundle', 'state'], [12, 16, 40]),
    ...status.chaincode.map((line) =>
      row([line.operator, line.digest?.slice(0, 12) ?? '-', chaincodeState(line, status)], [12, 16, 40]),
    ),
    '',
    ...(problems.length === 0 ? ['All is well.'] : problems.map((problem) => `! ${problem}`)),
  ];
  return { text: lines.join('\n'), healthy: problems.length === 0 };
}

const WIDTHS = [18, 9, 9, 9, 6, 8, 40];

function row(cells: readonly string[], widths: readonly number[] = WIDTHS): string {
  return `  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('')}`.trimEnd();
}

function processCells(line: ProcessLine, now: number): readonly string[] {
  return [
    line.name,
    line.pid === undefined ? 'stopped' : 'running',
    String(line.pid ?? '-'),
    line.startedAt === undefined ? '-' : age(now - Date.parse(line.startedAt)),
    String(line.residentMb ?? '-'),
    String(line.height ?? '-'),
    watchdogNote(line),
  ];
}

function watchdogNote({ watchdog }: ProcessLine): string {
  if (watchdog === undefined) return '';
  const restarts = watchdog.restarts === 0 ? '' : `restarted ${watchdog.restarts}× by the watchdog`;
  if (watchdog.behind_for_s === null) return restarts;
  const lag = watchdog.lag === null ? 'silent' : `${watchdog.lag} blocks behind`;
  return `${lag} for ${watchdog.behind_for_s} s ${restarts}`.trimEnd();
}

function processProblem(line: ProcessLine): readonly string[] {
  if (line.pid === undefined) return [`${line.name} is not running: make up, or make logs NODE=${line.name}`];
  const behind = line.watchdog?.behind_for_s ?? null;
  return behind === null || line.watchdog === undefined ? [] : [`${line.name}: ${watchdogNote(line)}`];
}

function committedLine(status: NetworkStatus): string {
  if (status.committed === undefined)
    return 'Chaincode: nothing committed on the channel (or the first peer is away)';
  return `Chaincode: bundle ${status.committed.version.slice(0, 12)} committed, sequence ${status.committed.sequence}`;
}

function chaincodeState(line: ChaincodeLine, status: NetworkStatus): string {
  if (line.refused) return 'REFUSED to start: not the bundle of its package';
  if (!line.running) return 'stopped';
  return line.digest === status.committed?.version ? 'as committed' : 'DIFFERS from the channel';
}

function chaincodeProblems(status: NetworkStatus): readonly string[] {
  return status.chaincode
    .filter(
      (line) =>
        line.refused ||
        (line.running && status.committed !== undefined && line.digest !== status.committed.version),
    )
    .map((line) => `${line.operator}: its chaincode ${chaincodeState(line, status)}`);
}

/** A duration in its largest whole unit. */
export function age(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ];
  const [size, unit] = units.find(([length]) => ms >= length) ?? [1000, 's'];
  return `${Math.floor(ms / size)} ${unit}`;
}

function watchdogProblem(status: NetworkStatus): readonly string[] {
  return status.watchdogAnswers
    ? []
    : ['The watchdog does not answer: nobody restarts a frozen node. make restart NODE=watchdog'];
}
