import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathsOf } from '../paths';
import { withLock } from './lock';

describe('the lock of a network', () => {
  const root = mkdtempSync(join(tmpdir(), 'lock-'));
  const paths = pathsOf(root);
  const file = join(paths.run, 'lock.json');
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  it('lets one command work at a time, the second after the first', async () => {
    const trace: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      trace.push(`+${name}`);
      await pause(150);
      trace.push(`-${name}`);
    };
    await Promise.all([
      withLock(paths, 'a', work('a')),
      pause(20).then(() => withLock(paths, 'b', work('b'))),
    ]);
    expect(trace).toEqual(['+a', '-a', '+b', '-b']);
  });

  it('names who holds it to one that does not wait', async () => {
    await withLock(paths, 'make up', async () => {
      const other = withLock(paths, 'watchdog', () => Promise.resolve(), { waitMs: 0 });
      await expect(other).rejects.toThrow(`"make up" (process ${process.pid}) is at work`);
    });
  });

  it('is free again after a failure', async () => {
    await expect(withLock(paths, 'a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await withLock(paths, 'b', () => Promise.resolve(1), { waitMs: 0 })).toBe(1);
  });

  it.each([
    [
      'a command that was killed',
      {
        pid: 2 ** 22 + 1,
        startTicks: '1',
        bootId: 'b',
        name: 'x',
        program: 'node',
        fingerprint: '',
        startedAt: '',
      },
    ],
    [
      'a command whose number another process has now',
      {
        pid: process.pid,
        startTicks: '1',
        bootId: 'b',
        name: 'x',
        program: 'node',
        fingerprint: '',
        startedAt: '',
      },
    ],
    ['a command that was killed while it wrote', undefined],
  ])('is taken over from %s', async (_who, record) => {
    mkdirSync(paths.run, { recursive: true });
    writeFileSync(file, record === undefined ? '' : JSON.stringify(record));
    expect(await withLock(paths, 'b', () => Promise.resolve(1), { waitMs: 0 })).toBe(1);
  });
});
