import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Paths, pathsOf, pidFile } from '../paths';
import { readPidFile, writePidFile } from './pid-file';
import { identify } from './process-identity';
import {
  type ProcessDefinition,
  awaitReady,
  bringUp,
  ensureStarted,
  runningRecord,
  stateOf,
  stop,
} from './supervisor';

const SLEEPER = 'setInterval(() => undefined, 1000)';
const STUBBORN =
  "process.on('SIGTERM', () => undefined); console.log('up'); setInterval(() => undefined, 1000)";

describe('supervisor', () => {
  const root = mkdtempSync(join(tmpdir(), 'supervisor-'));
  const paths: Paths = pathsOf(root);
  const define = (
    name: string,
    script: string,
    more: Partial<ProcessDefinition> = {},
  ): ProcessDefinition => ({
    name,
    command: process.execPath,
    args: ['-e', script],
    cwd: root,
    env: { PATH: '' },
    ready: () => Promise.resolve(true),
    ...more,
  });
  const names = ['plain', 'outdated', 'killed', 'recycled', 'stubborn', 'short'];

  afterAll(async () => {
    for (const name of names) await stop(paths, name, 'SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });

  it('starts once, sees it running, stops it, and stops nothing twice', async () => {
    const plain = define('plain', SLEEPER);
    expect(await ensureStarted(paths, plain)).toBe(true);
    expect(await ensureStarted(paths, plain)).toBe(false);
    const pid = runningRecord(paths, 'plain')?.pid ?? 0;
    expect(await stop(paths, 'plain')).toBe(true);
    expect(identify(pid)).toBeUndefined();
    expect(await stop(paths, 'plain')).toBe(false);
  });

  it('restarts what runs with other settings', async () => {
    await ensureStarted(paths, define('outdated', SLEEPER, { configuration: 'a' }));
    const before = runningRecord(paths, 'outdated')?.pid;
    expect(stateOf(paths, define('outdated', SLEEPER, { configuration: 'b' }))).toBe('outdated');
    await ensureStarted(paths, define('outdated', SLEEPER, { configuration: 'b' }));
    expect(runningRecord(paths, 'outdated')?.pid).not.toBe(before);
  });

  it('starts again what was killed', async () => {
    const killed = define('killed', SLEEPER);
    await ensureStarted(paths, killed);
    const before = runningRecord(paths, 'killed')?.pid ?? 0;
    process.kill(before, 'SIGKILL');
    while (identify(before) !== undefined) await pause(5);
    expect(stateOf(paths, killed)).toBe('stopped');
    expect(await ensureStarted(paths, killed)).toBe(true);
  });

  it('does not touch a process that has got the number of an old one', async () => {
    // The pid file names this test itself, but with another start time, as after a wrap of process numbers.
    const self = identify(process.pid);
    const stranger = { name: 'recycled', program: 'node', fingerprint: '', startedAt: '' };
    writePidFile(pidFile(paths, 'recycled'), {
      pid: process.pid,
      bootId: self?.bootId ?? '',
      startTicks: '1',
      ...stranger,
    });
    expect(runningRecord(paths, 'recycled')).toBeUndefined();
    expect(await stop(paths, 'recycled', 'SIGKILL')).toBe(false);
    expect(readPidFile(pidFile(paths, 'recycled'))).toBeUndefined();
  });

  it('kills what does not end when asked', async () => {
    await ensureStarted(paths, define('stubborn', STUBBORN, { stopSignal: 'SIGTERM' }));
    const log = join(paths.run, 'logs/stubborn.log');
    while (!readFileSync(log, 'utf8').includes('up')) await pause(10);
    const pid = runningRecord(paths, 'stubborn')?.pid ?? 0;
    expect(await stop(paths, 'stubborn', 'SIGTERM', 100)).toBe(true);
    expect(identify(pid)).toBeUndefined();
  });

  it('says what a process that ends at once wrote', async () => {
    const short = define('short', "console.error('the port is taken'); process.exit(3)", {
      ready: () => Promise.resolve(false),
    });
    await ensureStarted(paths, short);
    await expect(awaitReady(paths, short)).rejects.toThrow('the port is taken');
  });

  it('does not take a stranger that answers on the port for its own process', async () => {
    let probes = 0;
    const doomed = define('short', 'process.exit(1)', {
      ready: async () => {
        probes += 1;
        while (probes === 1 && runningRecord(paths, 'short') !== undefined) await pause(5);
        return true;
      },
    });
    await ensureStarted(paths, doomed);
    await expect(awaitReady(paths, doomed)).rejects.toThrow('ended while starting');
  });

  it('starts again, as often as permitted, what ends while starting', async () => {
    const counter = join(root, 'count');
    const script = `require('node:fs').appendFileSync(${JSON.stringify(counter)}, 'x'); process.exit(1)`;
    const flaky = define('flaky', script, { attempts: 3, ready: () => Promise.resolve(false) });
    await expect(bringUp(paths, flaky)).rejects.toThrow('ended while starting');
    expect(readFileSync(counter, 'utf8')).toBe('xxx');
  });

  it('says that a program is missing', async () => {
    const missing = define('missing', '', { command: join(root, 'no-such-program') });
    await expect(ensureStarted(paths, missing)).rejects.toThrow('missing could not be started');
  });
});
