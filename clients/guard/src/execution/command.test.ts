import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type HandOver, SupervisedCommand } from './command';
import { MemoryFile } from './memory-file';

jest.setTimeout(20_000);

const SECRET = 'the plaintext of the artifact';
let directory: string;
let file: MemoryFile;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'guard-command-'));
  file = await MemoryFile.create(1_000);
  file.write(Buffer.from(SECRET), 0);
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function start(
  script: string,
  options: { handOver?: HandOver; graceMs?: number } = {},
): Promise<SupervisedCommand> {
  return await SupervisedCommand.start({
    command: ['/bin/sh', '-c', script, 'test', '{}'],
    handOver: options.handOver ?? 'path',
    descriptor: file.descriptor,
    environment: { PATH: process.env['PATH'], OUT: join(directory, 'out') },
    graceMs: options.graceMs ?? 300,
  });
}

const output = (): string => readFileSync(join(directory, 'out'), 'utf8');

async function appears(): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    try {
      if (output() !== '') return;
    } catch {
      // Not there yet.
    }
    await delay(10);
  }
}

/** Whether a process runs; one that is dead and not yet collected by its parent does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('SupervisedCommand', () => {
  it('hands the plaintext over by a path', async () => {
    const command = await start('cat "$1" "$GUARD_ARTIFACT" > "$OUT"');
    expect(await command.ended).toBe(0);
    expect(output()).toBe(SECRET + SECRET);
    await file.wipe();
  });

  it('hands the plaintext over by a descriptor', async () => {
    const command = await start('cat <&"$1" > "$OUT"; echo "$GUARD_ARTIFACT" >> "$OUT"', { handOver: 'fd' });
    expect(await command.ended).toBe(0);
    expect(output()).toBe(`${SECRET}3\n`);
    await file.wipe();
  });

  it('ends with the command’s own code, 128 + n after a signal, and 127 for a program that is not there', async () => {
    expect(await (await start('exit 7')).ended).toBe(7);
    expect(await (await start('kill -9 $$')).ended).toBe(137);
    const missing = await SupervisedCommand.start({
      command: ['/nonexistent/program'],
      handOver: 'path',
      descriptor: file.descriptor,
      environment: {},
      graceMs: 0,
    });
    expect(await missing.ended).toBe(127);
    await file.wipe();
  });

  it('is stopped by SIGTERM when it heeds it', async () => {
    const command = await start(
      'trap "echo bye > $OUT; exit 3" TERM; echo up > "$OUT"; while :; do sleep 0.05; done',
    );
    await appears();
    await command.stop();
    expect(output()).toBe('bye\n');
    expect(isAlive(command.pid)).toBe(false);
    await file.wipe();
  });

  it('is killed with its children when it does not', async () => {
    const command = await start('trap "" TERM; sleep 60 & echo $! > "$OUT"; while :; do sleep 1; done');
    await appears();
    const child = Number(output());
    const started = performance.now();
    await command.stop();
    expect(performance.now() - started).toBeLessThan(1_500);
    await delay(50);
    expect([isAlive(command.pid), isAlive(child)]).toEqual([false, false]);
    await file.wipe();
  });

  it('leaves no child behind that holds the plaintext', async () => {
    const command = await start('sleep 60 & echo $! > "$OUT"');
    expect(await command.ended).toBe(0);
    command.endRemaining();
    await delay(50);
    expect(isAlive(Number(output()))).toBe(false);
    await file.wipe();
  });

  it('writes no core dump', async () => {
    const command = await start('ulimit -c > "$OUT"');
    await command.ended;
    expect(output()).toBe('0\n');
    await file.wipe();
  });

  it('has no core dump piped to a program either, which a limit of 0 would not prevent', async () => {
    const command = await start('grep "core file size" /proc/self/limits > "$OUT"');
    await command.ended;
    expect(output()).toMatch(/^Max core file size +1 +1 +bytes/);
    await file.wipe();
  });
});

describe('MemoryFile', () => {
  it('has no name, and is empty for everyone after it was wiped', async () => {
    const command = await start(
      'exec 5< "$1"; echo up > "$OUT"; sleep 0.3; cat <&5 >> "$OUT"; ls -l /proc/self/fd/5 >> "$OUT"',
    );
    await appears();
    await file.wipe();
    await command.ended;
    expect(output()).toMatch(/^up\n.*\(deleted\)\n$/s);
    expect(output()).not.toContain(SECRET);
  });
});
