import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GUARDED_RUN_MS } from '../limits';
import type { Serving, Story } from '../play/story';
import { runProgram, stopProcess, type ProgramResult } from './program';

/** The guard's program, as a separate process: the demonstration never sees a content key or plaintext of a run. */
function guardProgram(story: Story): string {
  return join(story.root, 'clients', 'guard', 'dist', 'main.js');
}

/** Runs the guard to its end. */
export function runGuard(
  story: Story,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ProgramResult> {
  return runProgram(process.execPath, [guardProgram(story), ...args], {
    env: { ...process.env, ...env },
    limitMs: GUARDED_RUN_MS,
  });
}

/** Starts the guard and goes on; its output is kept in `log` too. It ends with the demonstration at the latest. */
export function startGuard(
  story: Story,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  log: string,
): Serving {
  const child = spawn(process.execPath, [guardProgram(story), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const file = createWriteStream(log);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(file, { end: false });
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      lines.push(error.message);
      resolve(null);
    });
    child.once('close', resolve);
  });
  story.closers.add(async () => {
    await stopProcess(child);
    file.end();
  });
  return { pid: child.pid ?? 0, lines: () => lines, ended };
}
