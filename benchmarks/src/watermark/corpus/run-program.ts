import { execFile } from 'node:child_process';

/** Printed output of a program that is kept; none of ours prints more. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface RunOptions {
  readonly cwd?: string;
  /** Milliseconds after which the program is ended. */
  readonly timeout?: number;
  readonly input?: string;
}

/** Runs a program and returns what it printed. Its last words are in the error when it failed. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { cwd, timeout, input } = options;
  return new Promise((done, failed) => {
    const child = execFile(
      program,
      [...args],
      { cwd, timeout, maxBuffer: MAX_OUTPUT_BYTES, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error === null) {
          done(stdout);
          return;
        }
        const hint = 'code' in error && error.code === 'ENOENT' ? ' It is not installed.' : '';
        failed(
          new Error(`${program} failed.${hint} ${stderr.trim().split('\n').slice(-3).join(' ')}`, {
            cause: error,
          }),
        );
      },
    );
    // A program that ends before it has read everything speaks for itself by its exit code.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
