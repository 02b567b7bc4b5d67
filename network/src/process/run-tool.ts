import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { TOOL_TIMEOUT_MS } from '../limits';
import { NetworkError } from '../network-error';

export interface ToolCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Output is appended here. */
  readonly log: string;
  readonly timeoutMs?: number;
  /** Text for the tool's standard input, which is empty otherwise. */
  readonly input?: string;
}

export interface ToolResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line tool to its end and logs what it said. Does not throw when it fails. */
export function tryTool(call: ToolCall): Promise<ToolResult> {
  mkdirSync(dirname(call.log), { recursive: true });
  return new Promise((resolve) => {
    const child = execFile(
      call.command,
      [...call.args],
      {
        cwd: call.cwd,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...call.env },
        timeout: call.timeoutMs ?? TOOL_TIMEOUT_MS,
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        appendFileSync(call.log, `\n$ ${call.command} ${call.args.join(' ')}\n${stdout}${stderr}`);
        resolve({
          ok: error === null,
          stdout,
          stderr: stderr === '' && error !== null ? error.message : stderr,
        });
      },
    );
    // A tool that ends without reading its input is judged by its exit code alone.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(call.input ?? '');
  });
}

/** Like {@link tryTool}, but a failure is an error that quotes the tool. */
export async function runTool(call: ToolCall): Promise<ToolResult> {
  const result = await tryTool(call);
  if (!result.ok) {
    const said = result.stderr.trim().split('\n').slice(-3).join('\n');
    throw new NetworkError(
      `${call.command} ${call.args.slice(0, 3).join(' ')} failed:\n${said}`,
      'Read the log.',
      { log: call.log },
    );
  }
  return result;
}
