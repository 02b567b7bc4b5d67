import { spawn, type ChildProcess } from 'node:child_process';
import { KEPT_OUTPUT_BYTES, PROGRAM_LIMIT_MS, STOP_GRACE_MS } from '../limits';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly limitMs?: number;
}

export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that could not be started or did not end well; the message carries the end of what it said. */
export class ProgramError extends Error {
  constructor(command: string, reason: string, output: string) {
    const said = output.trim().split('\n').slice(-8).join('\n');
    super(`${command}: ${reason}${said === '' ? '' : `\n${said}`}`);
    this.name = 'ProgramError';
  }
}

/** Runs a program to its end. Resolves with its output whatever its exit code; rejects if it can't run or takes too long. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = keepOutput(child.stdout);
    const stderr = keepOutput(child.stderr);
    const limitMs = options.limitMs ?? PROGRAM_LIMIT_MS;
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new ProgramError(command, `did not end within ${limitMs / 1000} s`, stderr()));
    }, limitMs);
    child.once('error', (cause) => {
      clearTimeout(timer);
      reject(new ProgramError(command, cause.message, ''));
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout: stdout(), stderr: stderr() });
    });
  });
}

/** Like {@link runProgram}, but anything but exit code 0 is a {@link ProgramError}. */
export async function runOrFail(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const result = await runProgram(command, args, options);
  if (result.code !== 0) {
    throw new ProgramError(
      command,
      `ended with code ${result.code ?? 'none'}`,
      `${result.stdout}\n${result.stderr}`,
    );
  }
  return result.stdout;
}

/** Ends a process that we started: first asks, then insists. Resolves when it is gone. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

function keepOutput(stream: NodeJS.ReadableStream): () => string {
  let kept = '';
  stream.on('data', (chunk: Buffer) => {
    kept = (kept + chunk.toString('utf8')).slice(-KEPT_OUTPUT_BYTES);
  });
  return () => kept;
}
