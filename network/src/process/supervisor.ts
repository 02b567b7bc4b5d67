import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  READY_POLL_MS,
  READY_TIMEOUT_MS,
  START_AGAIN_PAUSE_MS,
  STOP_POLL_MS,
  STOP_TIMEOUT_MS,
} from '../limits';
import { NetworkError } from '../network-error';
import { type Paths, logFile, pidFile } from '../paths';
import { logTail } from './log-tail';
import { isOurs, isSameProcess, observe } from './ownership';
import { type PidRecord, readPidFile, removePidFile, writePidFile } from './pid-file';
import { identify, programOf } from './process-identity';

/** One long-running process of the network. */
export interface ProcessDefinition {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited except what stands here. */
  readonly env: Readonly<Record<string, string>>;
  /** Executable's file name when `command` is a wrapper that replaces itself. */
  readonly program?: string;
  /** Anything else whose change asks for a restart, such as a configuration file's text. */
  readonly configuration?: string;
  readonly stopSignal?: NodeJS.Signals;
  /** Starts until giving up, 1 unless said otherwise. */
  readonly attempts?: number;
  /** True once the process serves. */
  readonly ready: () => Promise<boolean>;
}

export type ProcessState = 'running' | 'outdated' | 'stopped';

export function fingerprint(definition: ProcessDefinition): string {
  const { command, args, env, configuration } = definition;
  const sorted = Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([command, args, sorted, configuration ?? '']))
    .digest('hex');
}

/** The live process of that name that we started, or undefined. */
export function runningRecord(paths: Paths, name: string): PidRecord | undefined {
  const record = readPidFile(pidFile(paths, name));
  return record !== undefined && isOurs(record, observe(record.pid)) ? record : undefined;
}

export function stateOf(paths: Paths, definition: ProcessDefinition): ProcessState {
  const record = runningRecord(paths, definition.name);
  if (record === undefined) return 'stopped';
  return record.fingerprint === fingerprint(definition) ? 'running' : 'outdated';
}

/** Starts the process unless it runs, and waits until it serves; returns whether it was started. */
export async function bringUp(paths: Paths, definition: ProcessDefinition): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await ensureStarted(paths, definition);
    try {
      await awaitReady(paths, definition);
      return started;
    } catch (error) {
      const stillThere = runningRecord(paths, definition.name) !== undefined;
      if (stillThere || attempt >= (definition.attempts ?? 1)) throw error;
      await pause(START_AGAIN_PAUSE_MS);
    }
  }
}

/** Starts the process unless it already runs with these settings; returns whether it was started. */
export async function ensureStarted(paths: Paths, definition: ProcessDefinition): Promise<boolean> {
  const state = stateOf(paths, definition);
  if (state === 'running') return false;
  if (state === 'outdated') await stop(paths, definition.name, definition.stopSignal);
  start(paths, definition);
  return true;
}

function start(paths: Paths, definition: ProcessDefinition): void {
  const log = logFile(paths, definition.name);
  mkdirSync(dirname(log), { recursive: true });
  mkdirSync(definition.cwd, { recursive: true });
  const output = openSync(log, 'a');
  const child = spawn(definition.command, definition.args, {
    cwd: definition.cwd,
    env: definition.env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.on('error', () => undefined);
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined) {
    throw new NetworkError(
      `${definition.name} could not be started (${definition.command}).`,
      'Run make bootstrap.',
      { log },
    );
  }
  writePidFile(pidFile(paths, definition.name), {
    ...identity,
    name: definition.name,
    program: definition.program ?? basename(definition.command),
    fingerprint: fingerprint(definition),
    startedAt: new Date().toISOString(),
  });
  child.unref();
}

/** Waits until the process serves. @throws NetworkError with the log's last lines when it ends or does not get ready. */
export async function awaitReady(paths: Paths, definition: ProcessDefinition): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const ready = await definition.ready();
    // Asked after the check, so that a stranger who answers on the port is not taken for a process that has ended.
    if (hasEnded(readPidFile(pidFile(paths, definition.name))))
      throw notReady(paths, definition.name, 'ended while starting');
    if (ready) return;
    await pause(READY_POLL_MS);
  }
  throw notReady(paths, definition.name, `is not ready after ${READY_TIMEOUT_MS / 1000} s`);
}

/** Whether the process is gone or on its way out (then its program can no longer be seen). */
function hasEnded(record: PidRecord | undefined): boolean {
  return record !== undefined && (identify(record.pid) === undefined || programOf(record.pid) === undefined);
}

function notReady(paths: Paths, name: string, what: string): NetworkError {
  const log = logFile(paths, name);
  return new NetworkError(`${name} ${what}.\n${logTail(log)}`, `Read its log; then run make up again.`, {
    log,
  });
}

/**
 * Ends the process if it is ours: asks first, kills after `timeoutMs`. Whether it is still the same
 * process is checked again before each signal. Returns whether one was running.
 */
export async function stop(
  paths: Paths,
  name: string,
  signal: NodeJS.Signals = 'SIGTERM',
  timeoutMs = STOP_TIMEOUT_MS,
): Promise<boolean> {
  const record = runningRecord(paths, name);
  if (record === undefined) {
    removePidFile(pidFile(paths, name));
    return false;
  }
  send(record, signal);
  const deadline = Date.now() + timeoutMs;
  // An ending process loses its program before its number: it is waited for until both are gone, or its ports would not
  // be free yet for the next one.
  while (isSameProcess(record, identify(record.pid))) {
    if (Date.now() > deadline) send(record, 'SIGKILL');
    await pause(STOP_POLL_MS);
  }
  removePidFile(pidFile(paths, name));
  return true;
}

function send(record: PidRecord, signal: NodeJS.Signals): void {
  if (!isOurs(record, observe(record.pid))) return;
  try {
    process.kill(record.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
